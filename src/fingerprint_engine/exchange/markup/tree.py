"""Elements of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Name(NamedTuple):
    """A qualified name: the namespace's address, empty for none, and the name in it."""

    namespace: str
    local: str


class Element:
    """An element. It may be changed; whoever was given one copies it first.

    Parameters
    ----------
    name
        Qualified.
    attributes
        By qualified name.
    text
        What stands before the first child; whitespace alone beside children is none.
    data
        Decoded base64, in place of the text, for names that the reader was told.
    children
        Elements in their order.
    """

    __slots__ = ("attributes", "children", "data", "name", "text")

    def __init__(
        self,
        name: Name,
        text: str = "",
        *,
        attributes: dict[Name, str] | None = None,
        data: bytes | None = None,
        children: list[Element] | None = None,
    ) -> None:
        self.name = name
        self.attributes = attributes or {}
        self.text = text
        self.data = data
        self.children = children if children is not None else []

    def copy(self) -> Element:
        """A copy, and of all below."""
        return Element(
            self.name,
            self.text,
            attributes=dict(self.attributes),
            data=self.data,
            children=[child.copy() for child in self.children],
        )

    def leaves(self) -> Iterator[Element]:
        """Elements without children, this one or those below, in document order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()
