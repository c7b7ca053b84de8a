"""`Segment`: a block of prints in a file that is never changed, mapped into memory and read as needed."""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery, UnsupportedGalleryVersion
from fingerprint_engine.index.columns.block import TRAIT_TYPES, BlockView, PrintBlock, PrintColumns, Traits
from fingerprint_engine.index.columns.details import text_hash
from fingerprint_engine.index.storage.manifest import SegmentEntry
from fingerprint_engine.index.storage.segment_format import (
    COLUMNS,
    HEADER_SIZE,
    LAZY,
    SegmentHeader,
    decode_header,
    sketch_digest,
)
from fingerprint_engine.template.sketches import SKETCH_WORDS, sketch_many


class Segment(PrintBlock):
    """A mapped segment. Only its index is checked when it is opened; `damage` looks at everything.

    Raises
    ------
    CorruptGallery
        When it is absent, cut short or damaged, or another file than the manifest names; says file and place.
    UnsupportedGalleryVersion
        When a newer release wrote it.
    """

    def __init__(self, path: Path, entry: SegmentEntry) -> None:
        self.path, self.entry, self.segment = path, entry, entry.number
        self._bytes, self._header = map_segment(path)
        header = self._header
        checksum = zlib.crc32(self._bytes[:HEADER_SIZE].data)
        if (header.number, header.prints, self._bytes.size, checksum) != (
            entry.number,
            entry.prints,
            entry.size,
            entry.checksum,
        ):
            raise CorruptGallery(f"{path}: another file than the manifest names")
        bad = self.damage(name for name in COLUMNS if name not in LAZY)
        if bad:
            raise CorruptGallery(bad[0])
        count = header.prints
        sketches = self._column("sketches")
        if header.sketch_digest == sketch_digest() and sketches.size == count * SKETCH_WORDS:
            sketches = sketches.reshape(count, SKETCH_WORDS)
        else:  # made by a release that sketched differently
            sketches = sketch_many(self._column("data"), self._column("offset"))
        self._view = BlockView(
            self,
            PrintColumns(sketches, self._column("data"), self._column("offset")),
            Traits(**{name: self._column(name) for name in TRAIT_TYPES}),
            np.ones(count, np.bool_),
        )
        self._keys, self._key_offset = self._column("keys"), self._column("key_offset")
        self._subjects, self._subject_offset = self._column("subjects"), self._column("subject_offset")
        self._key_sorted, self._key_row = self._column("key_sorted"), self._column("key_row")
        self._subject_sorted, self._subject_row = self._column("subject_sorted"), self._column("subject_row")
        self.words = words_of(self._bytes, header)
        gone = np.unpackbits(np.frombuffer(entry.removed, np.uint8), count=count if entry.removed else 0)
        self.alive = ~gone.astype(np.bool_) if gone.size else np.ones(count, np.bool_)
        self.removed = int(count - self.alive.sum())

    def __len__(self) -> int:
        return self._header.prints - self.removed

    def view(self) -> BlockView:
        """The block as it is now."""
        return self._view._replace(alive=self.alive)

    def key(self, row: int) -> str:
        """The key of a row."""
        return self._keys[int(self._key_offset[row]) : int(self._key_offset[row + 1])].tobytes().decode()

    def stored_subject(self, row: int) -> str | None:
        """The subject that was given with a row."""
        begin, end = int(self._subject_offset[row]), int(self._subject_offset[row + 1])
        return self._subjects[begin:end].tobytes().decode() or None

    def find(self, key: str) -> int | None:
        """The row of a key that counts."""
        for row in _equal_run(self._key_sorted, self._key_row, text_hash(key)):
            if self.alive[row] and self.key(int(row)) == key:
                return int(row)
        return None

    def find_many(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether rows with these `text_hash` of their keys are here, counting or not."""
        places = np.searchsorted(self._key_sorted, hashes)
        return np.asarray(self._key_sorted[np.minimum(places, self._key_sorted.size - 1)] == hashes)

    def subject_rows(self, subject_hash: int) -> NDArray[np.int64]:
        """Rows whose subject has this `text_hash`, removed ones among them."""
        return np.sort(_equal_run(self._subject_sorted, self._subject_row, subject_hash)).astype(np.int64)

    def current_entry(self) -> SegmentEntry:
        """The entry of the manifest with the rows that are removed now."""
        entry = self.entry
        bits = np.packbits(~self.alive).tobytes() if self.removed else b""
        return SegmentEntry(entry.number, entry.prints, entry.size, entry.checksum, bits)

    def damage(self, columns: Iterable[str] = tuple(COLUMNS)) -> list[str]:
        """The columns whose checksum does not fit, with file and place."""
        return damaged_columns(self.path, self._bytes, self._header, columns)

    def _column(self, name: str) -> NDArray[Any]:
        return column_of(self._bytes, self._header, name)


def map_segment(path: Path, *, cut_short: bool = False) -> tuple[NDArray[np.uint8], SegmentHeader]:
    """The bytes of a segment's file, mapped, and its header; `cut_short` accepts a file without its end.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
        With the path in front.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            mapped = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
    except FileNotFoundError:
        raise CorruptGallery(f"{path}: expected a segment of this gallery, found no such file") from None
    try:
        return np.frombuffer(mapped, np.uint8), decode_header(bytes(mapped[:HEADER_SIZE]), 2**63 if cut_short else size)
    except (CorruptGallery, UnsupportedGalleryVersion) as error:
        raise type(error)(f"{path}: {error}") from None


def column_of(data: NDArray[np.uint8], header: SegmentHeader, name: str) -> NDArray[Any]:
    """A column of a mapped segment."""
    extent = header.extents[name]
    return data[extent.offset : extent.offset + extent.size].view(COLUMNS[name])


def words_of(data: NDArray[np.uint8], header: SegmentHeader) -> list[str]:
    """The words that the codes of category and site stand for."""
    words: list[str] = json.loads(column_of(data, header, "words").tobytes())
    return words


def damaged_columns(path: Path, data: NDArray[np.uint8], header: SegmentHeader, columns: Iterable[str]) -> list[str]:
    """The columns whose checksum does not fit, with file and place."""
    found = []
    for name in columns:
        offset, size, checksum = header.extents[name]
        if zlib.crc32(data[offset : offset + size].data) != checksum:
            found.append(f"{path}: offset {offset}: the checksum of column {name} does not fit")
    return found


def _equal_run(values: NDArray[np.uint64], rows: NDArray[np.uint32], wanted: int) -> NDArray[np.uint32]:
    hashed = np.uint64(wanted)
    return rows[np.searchsorted(values, hashed) : np.searchsorted(values, hashed, side="right")]
