"""A field: its number and what it says."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.exchange.ansi_nist.tables.values import Content, Subfields


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A field of a record.

    Parameters
    ----------
    number
        Such as 13 for ``14.013``.
    content
        Subfields (repetitions), each a tuple of items of text; or the bytes of an image or of other data.
    """

    number: int
    content: Content = dataclasses.field(repr=False)

    @property
    def subfields(self) -> Subfields:
        """Items of each subfield; empty where the field holds bytes."""
        return () if isinstance(self.content, bytes) else self.content

    @property
    def first_item(self) -> str:
        """The first item of the first subfield; empty where there is none."""
        return self.subfields[0][0] if self.subfields and self.subfields[0] else ""
