"""Keys and `PrintDetails`: what a gallery keeps of a print besides its template."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib

from fingerprint_engine.errors import InputError

MAX_KEY_BYTES = 1024
"""Chosen: room for any identifier, and a bound for whoever reads a damaged file."""
MAX_SUBJECT_BYTES, MAX_WORD_BYTES = 1024, 255
NEVER = 2**31 - 1
"""Day number of what does not expire."""
_EPOCH = datetime.date(1970, 1, 1)


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
        When a value is not of its type or too long.
    """

    subject: str | None = None
    category: str | None = None
    site: str | None = None
    expires: datetime.date | None = None

    def __post_init__(self) -> None:
        limits = {"subject": MAX_SUBJECT_BYTES, "category": MAX_WORD_BYTES, "site": MAX_WORD_BYTES}
        for name, max_bytes in limits.items():
            value = getattr(self, name)
            if value is not None:
                _check_text(value, name, max_bytes)
        if self.expires is not None and type(self.expires) is not datetime.date:
            raise InputError(f"expires: expected a date, got {type(self.expires).__name__}")


NO_DETAILS = PrintDetails()


def check_details(details: object) -> PrintDetails:
    """Return details, or raise `InputError`."""
    if not isinstance(details, PrintDetails):
        raise InputError(f"details: expected PrintDetails, got {type(details).__name__}")
    return details


def check_key(key: object) -> str:
    """Return a valid key, or raise. The message never holds the key, which may be personal data.

    Raises
    ------
    InputError
        When it is not text, is empty, cannot be written as UTF-8 or takes more than `MAX_KEY_BYTES` there.
    """
    return _check_text(key, "key", MAX_KEY_BYTES)


def day_number(date: datetime.date | None) -> int:
    """Days since 1970-01-01."""
    return NEVER if date is None else (date - _EPOCH).days


def day_number_range() -> tuple[int, int]:
    """The lowest and the highest day number that is a date."""
    return day_number(datetime.date.min), day_number(datetime.date.max)


def date_of(day: int) -> datetime.date | None:
    """The date of a day number."""
    return None if day == NEVER else _EPOCH + datetime.timedelta(days=day)


def text_hash(text: str) -> int:
    """64 bits that stand for a key or a subject in columns; whoever finds one compares the text as well."""
    return bytes_hash(text.encode("utf-8"))


def bytes_hash(text: bytes) -> int:
    """`text_hash` of what is UTF-8 already."""
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def _check_text(text: object, name: str, max_bytes: int) -> str:
    if not isinstance(text, str):
        raise InputError(f"{name}: expected text, got {type(text).__name__}")
    try:
        size = len(text) if text.isascii() else len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise InputError(f"{name}: expected text that can be written as UTF-8, got a lone surrogate") from None
    if not 1 <= size <= max_bytes:
        raise InputError(f"{name}: expected 1 to {max_bytes} bytes of UTF-8, got {size}")
    return text
