"""A field of a tagged record, with the spelling of its tag and its value as raw bytes, and the four separators."""

from __future__ import annotations

import dataclasses

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
"""End of record, of field, of subfield (a repetition), and of an item within a subfield."""

DATA_NUMBER = 999
FIRST_TYPE_WITH_DATA = 10
"""From Type-10 on, field 999 holds bytes in which separators mean nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A field as it is written.

    Parameters
    ----------
    tag
        Type and number as they are spelled, such as ``b"14.013"`` or ``b"1.01"``; empty for bytes between separators
        that carry no tag, which only lenient reading accepts.
    value
        What follows the colon, separators of subfields and items included.
    """

    tag: bytes
    value: bytes = dataclasses.field(repr=False)

    @property
    def number(self) -> int:
        """Field number, 13 for ``14.013``; −1 without a tag."""
        return int(self.tag.partition(b".")[2]) if self.tag else -1

    @property
    def subfields(self) -> tuple[tuple[bytes, ...], ...]:
        """Items of each subfield; one empty item where the value is empty."""
        return tuple(tuple(part.split(US)) for part in self.value.split(RS))

    @property
    def size(self) -> int:
        """Bytes as written, without the separator after it."""
        return len(self.tag) + len(self.value) + bool(self.tag)

    def __bytes__(self) -> bytes:
        return self.tag + b":" + self.value if self.tag else self.value


def join_subfields(subfields: tuple[tuple[bytes, ...], ...]) -> bytes:
    """The value that has these items; the inverse of `Field.subfields`."""
    return RS.join(US.join(items) for items in subfields)


def spell_tag(record_type: int, number: int, digits: int) -> bytes:
    """A tag with its number padded to ``digits`` places, as the record's other tags are."""
    return b"%d.%0*d" % (record_type, digits, number)
