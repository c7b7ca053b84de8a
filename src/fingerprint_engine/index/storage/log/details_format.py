"""Bytes of `PrintDetails` in the gallery's log; see `docs/formats.md`."""

from __future__ import annotations

import struct

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.columns.details import (
    MAX_SUBJECT_BYTES,
    MAX_WORD_BYTES,
    NO_DETAILS,
    PrintDetails,
    date_of,
    day_number,
)

_HEAD = struct.Struct("<HHHi")
"""Sizes of subject, category and site, and the last day."""
MAX_DETAILS_BYTES = _HEAD.size + MAX_SUBJECT_BYTES + 2 * MAX_WORD_BYTES


def encode_details(details: PrintDetails) -> bytes:
    """The bytes of details; none when nothing was given."""
    texts_given = (details.subject, details.category, details.site)
    if details.expires is None and texts_given == (None, None, None):
        return b""
    texts = [(text or "").encode("utf-8") for text in texts_given]
    return _HEAD.pack(*map(len, texts), day_number(details.expires)) + b"".join(texts)


def decode_details(data: bytes) -> PrintDetails:
    """Details that bytes of the log hold.

    Raises
    ------
    CorruptGallery
        When they are invalid.
    """
    if not data:
        return NO_DETAILS
    try:
        *sizes, day = _HEAD.unpack_from(data)
        if _HEAD.size + sum(sizes) != len(data):
            raise CorruptGallery("gallery log: details of a print whose lengths do not fit")
        texts: list[str | None] = []
        position = _HEAD.size
        for size in sizes:
            texts.append(data[position : position + size].decode("utf-8") or None)
            position += size
        subject, category, site = texts
        return PrintDetails(subject, category, site, date_of(day))
    except (struct.error, ValueError, OverflowError):  # UnicodeDecodeError and InputError are ValueErrors
        raise CorruptGallery("gallery log: expected the details of a print, found something else") from None
