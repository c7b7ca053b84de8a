"""Marker segments, of which JPEG files, JPEG 2000 code streams and WSQ files are made.

A segment is 0xFF, a marker, a length of two bytes that counts itself, and a body. Behind the marker of a scan (JPEG) or
a block (WSQ) coded data follow, in which 0xFF is followed by 0x00.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fingerprint_engine.limits import Budget

_BEFORE_CODED_DATA = frozenset({0xA3, 0xDA})  # start of block (WSQ), start of scan (JPEG); neither exists in the other
_AFTER_CODED_DATA = re.compile(rb"\xff[^\x00]|\Z", re.DOTALL)
_START_BYTES = 2


class MarkerSegment(NamedTuple):
    """One segment.

    Parameters
    ----------
    marker
        Second byte of the marker.
    body
        What follows the length; shorter than the length says where the file is cut off.
    stop
        Offset behind the body.
    """

    marker: int
    body: bytes
    stop: int


def marker_segments(data: bytes, budget: Budget) -> Iterator[MarkerSegment]:
    """The segments behind the marker that begins the file, up to the first bytes that are no segment.

    Raises
    ------
    LimitExceeded
        When there are more than the budget allows.
    """
    at = _START_BYTES
    while at + 4 <= len(data) and data[at] == 0xFF:
        budget.spend("items")
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            return
        segment = MarkerSegment(data[at + 1], data[at + 4 : at + 2 + length], at + 2 + length)
        yield segment
        at = coded_data_stop(data, segment) if segment.marker in _BEFORE_CODED_DATA else segment.stop


def coded_data_stop(data: bytes, segment: MarkerSegment) -> int:
    """Where the coded data behind a segment end: at the next marker, or at the end of the file."""
    found = _AFTER_CODED_DATA.search(data, segment.stop)
    return len(data) if found is None else found.start()
