"""Checks of a segment's columns, made whenever one is opened: no number leads out of a column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.columns.details import (
    MAX_KEY_BYTES,
    MAX_SUBJECT_BYTES,
    MAX_WORD_BYTES,
    NEVER,
    day_number_range,
)
from fingerprint_engine.index.storage.segments.segment_format import MAX_SEGMENT_BYTES, SegmentHeader, column_of
from fingerprint_engine.text.bounded_json import is_text, parse_texts


def check_structure(path: Path, data: NDArray[np.uint8], header: SegmentHeader) -> list[str]:
    """Check that places, rows and codes lie where they may; gives the words of category and site.

    Raises
    ------
    CorruptGallery
        With file and column.
    """

    def column(name: str) -> NDArray[np.int64]:
        return column_of(data, header, name)

    for offset, of, lowest, highest in (
        ("offset", "data", 1, MAX_SEGMENT_BYTES),
        ("key_offset", "keys", 1, MAX_KEY_BYTES),
        ("subject_offset", "subjects", 0, MAX_SUBJECT_BYTES),
    ):
        places, total = column(offset), header.extents[of].size
        # Compared with each other, not subtracted: a difference of forged numbers may overflow.
        is_right = places[0] == 0 and places[-1] == total and bool((places[1:] >= places[:-1]).all())
        if not is_right or not _all_within(np.diff(places), lowest, highest):
            raise _refused(path, offset, f"rising places of {lowest} to {highest} bytes each in {total}")
    for name in ("key_row", "subject_row"):
        if not _all_within(column(name), 0, header.prints - 1):
            raise _refused(path, name, f"rows below {header.prints}")
    for name in ("key_sorted", "subject_sorted"):
        values = column(name)
        if not bool((values[1:] >= values[:-1]).all()):
            raise _refused(path, name, "rising values")
    days = column("expires")
    first, last = day_number_range()
    if not bool(((days == NEVER) | ((days >= first) & (days <= last))).all()):
        raise _refused(path, "expires", "days that are dates")
    words = words_of(path, data, header)
    for name in ("category", "site"):
        if not _all_within(column(name), 0, len(words) - 1):
            raise _refused(path, name, f"codes below {len(words)}")
    return words


def words_of(path: Path, data: NDArray[np.uint8], header: SegmentHeader) -> list[str]:
    """The words that the codes of category and site stand for.

    Raises
    ------
    CorruptGallery
        When the column holds anything else.
    """
    data_of_words = column_of(data, header, "words").tobytes()
    words = parse_texts(data_of_words, 2 * header.prints + 1, f"{path}: column words", CorruptGallery)
    if words[0] or not all(is_text(word, 1, MAX_WORD_BYTES) for word in words[1:]) or len(set(words)) != len(words):
        raise _refused(path, "words", f"different words of 1 to {MAX_WORD_BYTES} bytes, the first empty")
    return words


def _all_within(values: NDArray[np.int64], lowest: int, highest: int) -> bool:
    return bool(values.min() >= lowest and values.max() <= highest)


def _refused(path: Path, name: str, expected: str) -> CorruptGallery:
    return CorruptGallery(f"{path}: column {name}: expected {expected}")
