"""Tag, length, value (ISO/IEC 7816-4, BER): the objects in which cards and passports keep their data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fingerprint_engine.exchange.octets import OctetReader

_LONG_TAG, _MAX_LENGTH_BYTES = 0x1F, 4


class DataObject(NamedTuple):
    """An object: its tag, and a reader of its value."""

    tag: int
    value: OctetReader


def head_of(octets: OctetReader) -> tuple[int, int]:
    """Tag and length that come next.

    Raises
    ------
    MalformedRecord
        Where there is no tag of one or two bytes, or the length takes more than four.
    """
    tag = octets.u8("tag")
    if tag & _LONG_TAG == _LONG_TAG:
        tag = tag << 8 | octets.u8("tag")
    length = octets.u8("length")
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= _MAX_LENGTH_BYTES:
            raise octets.malformed(f"expected a length of at most {_MAX_LENGTH_BYTES} bytes, found {count}", "length")
        length = octets.unsigned(count, "length")
    return tag, length


def objects_in(octets: OctetReader) -> Iterator[DataObject]:
    """Objects one after another, to the end.

    Raises
    ------
    MalformedRecord
        Where one runs past the end.
    """
    while octets.left:
        octets.budget.spend("items")
        tag, length = head_of(octets)
        yield DataObject(tag, octets.section(length, f"object {tag:X}"))
