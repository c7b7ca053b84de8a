"""Sealed columns of a segment: each is one piece, but for the templates, each of which is one, opened when it is read.

A piece is bound to gallery, segment, number of prints, column and row, so that none can stand in another's place.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.columns.large_pages import large_array
from fingerprint_engine.index.columns.mapped_pages import give_back
from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.segments.segment_format import (
    COLUMNS,
    HEADER_SIZE,
    LAZY,
    Extent,
    SegmentHeader,
    aligned,
    plain_size,
)
from fingerprint_engine.keys import TAG_BYTES, DataKey
from fingerprint_engine.keys.errors import NotAuthentic

_PLACES = {name: place for place, name in enumerate(COLUMNS)}


class ColumnSeal:
    """Seals and opens the pieces of one segment.

    Parameters
    ----------
    file, key
        Gallery and number of the segment, and its key.
    prints, sketch_digest
        Of its header, which pieces are bound to as well.
    """

    def __init__(self, file: FileHeader, key: DataKey, prints: int, sketch_digest: bytes) -> None:
        self._key = key
        self._place = file.place(prints) + sketch_digest

    def seal(self, name: str, data: bytes | memoryview, row: int = 0) -> bytes:
        """A column, or one row of it."""
        return self._key.seal(data, _nonce(name, row), self._place)

    def open(self, name: str, sealed: bytes | memoryview, row: int = 0) -> bytes:
        """What was sealed there; `NotAuthentic` when it was not."""
        return self._key.open(sealed, _nonce(name, row), self._place)


class SealedTemplates:
    """Templates of a sealed segment in its mapped file.

    Parameters
    ----------
    stored
        The sealed column.
    offset
        Of the plain templates.
    seal
        Of the segment.
    """

    def __init__(self, stored: NDArray[np.uint8], offset: NDArray[np.int64], seal: ColumnSeal) -> None:
        self.stored, self._offset, self._seal = stored, offset, seal

    def open(self, row: int) -> bytes | None:
        """The template of a row; None when it was altered."""
        begin = int(self._offset[row]) + TAG_BYTES * row
        end = int(self._offset[row + 1]) + TAG_BYTES * (row + 1)
        try:
            return self._seal.open("data", self.stored[begin:end].data, row)
        except NotAuthentic:
            return None


def sealed_rows(
    pieces: Iterator[NDArray[np.uint8]], sizes: NDArray[np.int64], seal: ColumnSeal
) -> Iterator[NDArray[np.uint8]]:
    """Pieces of plain templates as sealed ones, row by row."""
    row = 0
    for piece in pieces:
        data, begin, made = np.ascontiguousarray(piece).data, 0, []
        while begin < len(data):
            end = begin + int(sizes[row])
            made.append(seal.seal("data", data[begin:end], row))
            begin, row = end, row + 1
        yield np.frombuffer(b"".join(made), np.uint8)


def opened_columns(
    path: Path, stored: NDArray[np.uint8], header: SegmentHeader, key: DataKey
) -> tuple[NDArray[np.uint8], SegmentHeader, ColumnSeal]:
    """The columns of a sealed segment but its templates, laid out as in a plain one, and where they lie.

    Raises
    ------
    CorruptGallery
        When a column was altered or belongs somewhere else; names it.
    """
    seal = ColumnSeal(header.file, key, header.prints, header.sketch_digest)
    extents: dict[str, Extent] = {}
    end = HEADER_SIZE
    for name, extent in header.extents.items():
        extents[name] = Extent(aligned(end), plain_size(name, extent.size, header.prints), 0)
        end = extents[name].offset + extents[name].size
    plain = large_array(extents["data"].offset)
    for name, extent in extents.items():
        if name in LAZY:
            continue
        kept = header.extents[name]
        try:
            data = seal.open(name, stored[kept.offset : kept.offset + kept.size].data)
        except NotAuthentic as error:
            raise CorruptGallery(f"{path}: offset {kept.offset}: column {name}: {error}") from None
        plain[extent.offset : extent.offset + extent.size] = np.frombuffer(data, np.uint8)
    plain.setflags(write=False)
    give_back(stored[: header.extents["data"].offset])  # sealed they are not read again
    return plain, header._replace(extents=extents), seal


def opened_whole(
    path: Path, stored: NDArray[np.uint8], header: SegmentHeader, key: DataKey
) -> tuple[NDArray[np.uint8], SegmentHeader]:
    """All columns as in a plain segment, templates that were altered as zeros; errors as `opened_columns`."""
    plain, laid_out, seal = opened_columns(path, stored, header, key)
    kept, at = header.extents["data"], laid_out.extents["offset"]
    offset = plain[at.offset : at.offset + at.size].view("<i8")
    templates = SealedTemplates(stored[kept.offset : kept.offset + kept.size], offset, seal)
    rows = (templates.open(row) or bytes(offset[row + 1] - offset[row]) for row in range(header.prints))
    return np.concatenate([plain, np.frombuffer(b"".join(rows), np.uint8)]), laid_out


def _nonce(name: str, row: int) -> bytes:
    return _PLACES[name].to_bytes(4, "little") + row.to_bytes(8, "little")
