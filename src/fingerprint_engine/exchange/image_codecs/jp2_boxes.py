"""The boxes of a JPEG 2000 file: a length of four bytes that counts itself, a kind of four bytes, and a content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fingerprint_engine.limits import Budget

_HEAD_BYTES = 8


class Jp2Box(NamedTuple):
    """Kind of a box, the offset at which it starts and the one behind it."""

    kind: bytes
    start: int
    stop: int


def jp2_boxes(data: bytes, budget: Budget) -> Iterator[Jp2Box]:
    """The boxes of a file at its top level, up to one whose length says that it runs to the end or does not fit.

    Raises
    ------
    LimitExceeded
        When there are more than the budget allows.
    """
    start = 0
    while start + _HEAD_BYTES <= len(data):
        budget.spend("items")
        length = int.from_bytes(data[start : start + 4], "big")
        if length < _HEAD_BYTES:
            return
        yield Jp2Box(data[start + 4 : start + _HEAD_BYTES], start, start + length)
        start += length
