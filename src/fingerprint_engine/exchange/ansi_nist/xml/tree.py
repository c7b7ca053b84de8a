"""Finding elements by paths, and making them in the order of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fingerprint_engine.exchange.ansi_nist.xml.mapping import Path, Step
from fingerprint_engine.exchange.markup import Element, Name

Order = Mapping[Name, int]
"""Place of each name of an element among its siblings."""


def find_all(element: Element, path: Path) -> Iterator[Element]:
    """Elements at a path, in document order."""
    if not path:
        yield element
        return
    for child in element.children:
        if child.name in path[0]:
            yield from find_all(child, path[1:])


def find(element: Element, path: Path) -> Element | None:
    """The first element at a path."""
    return next(find_all(element, path), None)


def make(element: Element, path: Path, order: Order) -> Element:
    """The first element at a path; what is missing on the way is made."""
    for step in path:
        found = next((child for child in element.children if child.name in step), None)
        element = found if found is not None else add(element, step, order)
    return element


def add(element: Element, step: Step, order: Order) -> Element:
    """A new child, behind those that stand before it in the tables."""
    name = _as_the_others(element, step)
    made = Element(name)
    rank = order.get(name, len(order))
    later = (place for place, child in enumerate(element.children) if order.get(child.name, -1) > rank)
    element.children.insert(next(later, len(element.children)), made)
    return made


def remove(element: Element, gone: Sequence[Element]) -> None:
    """Take leaves out, and what is empty then."""
    kept = []
    for child in element.children:
        if any(child is one for one in gone):
            continue
        had = bool(child.children)
        remove(child, gone)
        if not (had and not child.children):
            kept.append(child)
    element.children[:] = kept


def _as_the_others(element: Element, step: Step) -> Name:
    """The name to write: where a prefix has two namespaces, that of the element it goes into."""
    first = step[0]
    return next(
        (name for name in step if name.local == first.local and name.namespace == element.name.namespace), first
    )
