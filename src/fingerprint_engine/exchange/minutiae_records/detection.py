"""Which standard and edition a minutiae record is, told by content: two standards share each version number."""

from __future__ import annotations

from fingerprint_engine.errors import MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.minutiae_records.incits_2009 import ends_at
from fingerprint_engine.exchange.minutiae_records.iso_2011 import HEADER_BYTES
from fingerprint_engine.exchange.minutiae_records.model import RecordVersion

FORMAT_IDENTIFIER = b"FMR\x00"
_FIRST_EDITIONS = (b" 20\x00", b"020\x00")
_NEAR = 4
"""Bytes by which record lengths have been seen to be wrong, doubled."""


def is_minutiae_record(data: bytes) -> bool:
    """Whether the bytes begin with the format identifier of minutiae records."""
    return data[:4] == FORMAT_IDENTIFIER


def version_of(data: bytes) -> RecordVersion:
    """The version of a record.

    Raises
    ------
    MalformedRecord
        When the bytes are not a minutiae record, or too short for any.
    UnsupportedRecord
        When the version number is not known.
    """
    if not is_minutiae_record(data):
        raise MalformedRecord("expected 'FMR' and a zero byte", 0, "format identifier", "ISO/IEC 19794-2, INCITS 378")
    if len(data) < HEADER_BYTES:
        raise MalformedRecord(
            f"expected at least {HEADER_BYTES} bytes, found {len(data)}", len(data), "header", "ISO/IEC 19794-2"
        )
    magic = data[4:8]
    if magic in _FIRST_EDITIONS:
        return _first_edition(data)
    if magic == b"030\x00":
        return RecordVersion.ISO_2011 if _is_chain(data) else _incits_030(data)
    if magic == b"035\x00":
        return RecordVersion.ANSI_2009_AM1
    raise UnsupportedRecord(
        "minutiae record: expected version ' 20', '030' or '035', found another; "
        "'020' and these are all that the known editions use"
    )


def _first_edition(data: bytes) -> RecordVersion:
    """INCITS 2004 begins its length with two bytes, or two zeros and four; ISO 2005 has four."""
    short, iso = int.from_bytes(data[8:10], "big"), int.from_bytes(data[8:12], "big")
    long = int.from_bytes(data[10:14], "big")
    if short:
        is_iso = abs(iso - len(data)) <= _NEAR < abs(short - len(data))
    else:
        is_iso = long < 0x10000 or abs(long - len(data)) > _NEAR
    return RecordVersion.ISO_2005 if is_iso else RecordVersion.ANSI_2004


def _incits_030(data: bytes) -> RecordVersion:
    """INCITS 2009, or its draft of 2007 where only that layout's views lead to the end of the file."""
    draft, published = (ends_at(data, one) for one in (RecordVersion.ANSI_2007, RecordVersion.ANSI_2009))
    fits_draft = draft is not None and abs(draft - len(data)) <= _NEAR
    fits_published = published is not None and abs(published - len(data)) <= _NEAR
    return RecordVersion.ANSI_2007 if fits_draft and not fits_published else RecordVersion.ANSI_2009


def _is_chain(data: bytes) -> bool:
    """Whether the lengths of ISO 2011's representations lead to the end of the file."""
    count = int.from_bytes(data[12:14], "big")
    at = HEADER_BYTES
    for _ in range(count):
        length = int.from_bytes(data[at : at + 4], "big")
        if length < 4 or at + length > len(data):
            return False
        at += length
    return count > 0 and abs(at - len(data)) <= _NEAR
