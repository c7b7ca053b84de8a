"""Control numbers of transactions (1.009, 1.010): two digits of the year, twelve of a series, a letter that checks."""

from __future__ import annotations

import re

from fingerprint_engine.errors import ExchangeError

PATTERN = re.compile(r"(\d{2})(\d{12})([A-HJ-NP-RT-Z])", re.ASCII)
_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
"""By the remainder of the number by 23; I, O and S are not among them."""
MAX_SERIAL = 10**12 - 1


def control_number(year: int, serial: int) -> str:
    """The control number of a transaction.

    Parameters
    ----------
    year
        Of the calendar; its last two digits are taken.
    serial
        0 to 999,999,999,999, used once in that year by whoever sends.

    Raises
    ------
    ExchangeError
        When the series number has more digits.
    """
    if not 0 <= serial <= MAX_SERIAL or year < 0:
        raise ExchangeError(f"1.009: expected a series number of 0 to {MAX_SERIAL}, found {serial}")
    digits = f"{year % 100:02d}{serial:012d}"
    return digits + _LETTERS[int(digits) % len(_LETTERS)]


def is_control_number(text: str) -> bool:
    """Whether a text is a control number with the right letter."""
    match = PATTERN.fullmatch(text)
    return match is not None and _LETTERS[int(match[1] + match[2]) % len(_LETTERS)] == match[3]
