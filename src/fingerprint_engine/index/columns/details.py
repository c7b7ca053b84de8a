"""`PrintDetails`: what a gallery keeps of a print besides its template, for filtering and for fusing fingers."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import struct

from fingerprint_engine.errors import CorruptGallery, InputError
from fingerprint_engine.index.columns.keys import check_text

MAX_SUBJECT_BYTES, MAX_WORD_BYTES = 1024, 255
NEVER = 2**31 - 1
"""Day number of what does not expire."""
_EPOCH = datetime.date(1970, 1, 1)
_HEAD = struct.Struct("<HHHi")


@dataclasses.dataclass(frozen=True, slots=True)
class PrintDetails:
    """What is known of an enrolled print.

    Attributes
    ----------
    subject
        Reference of the one whose finger it is; prints of one subject become one candidate. None: the key itself.
    category, site
        Any words to filter by, at most 255 bytes each.
    expires
        The last day on which the print may be searched; None: no end.

    Raises
    ------
    InputError
        When a value is not of its kind.
    """

    subject: str | None = None
    category: str | None = None
    site: str | None = None
    expires: datetime.date | None = None

    def __post_init__(self) -> None:
        for name, most in (("subject", MAX_SUBJECT_BYTES), ("category", MAX_WORD_BYTES), ("site", MAX_WORD_BYTES)):
            value = getattr(self, name)
            if value is not None:
                check_text(value, name, most)
        if self.expires is not None and type(self.expires) is not datetime.date:
            raise InputError(f"expires: expected a date, got {type(self.expires).__name__}")


NO_DETAILS = PrintDetails()


def encode_details(details: PrintDetails) -> bytes:
    """The bytes of details in the log; none for none."""
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
        When they hold none.
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


def day_number(date: datetime.date | None) -> int:
    """Days since 1970-01-01."""
    return NEVER if date is None else (date - _EPOCH).days


def date_of(day: int) -> datetime.date | None:
    """The date of a day number."""
    return None if day == NEVER else _EPOCH + datetime.timedelta(days=day)


def text_hash(text: str) -> int:
    """64 bits that stand for a key or a subject in columns; whoever finds one compares the text as well."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")
