"""`Segment`: a block of prints in a file that is never changed, mapped into memory and read as needed.

Its sketches and its index, which every search reads, may be in memory instead: then the file is read once, what was
read is checked, and whatever happens to those places of the file later changes no answer. Templates stay mapped.
"""

from __future__ import annotations

import dataclasses
import mmap
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery, UnsupportedGalleryVersion
from fingerprint_engine.index.columns.block import (
    TRAIT_TYPES,
    BlockState,
    BlockView,
    KeptBatch,
    PrintBlock,
    PrintColumns,
    Rows,
    Traits,
)
from fingerprint_engine.index.columns.cell_lists import CellLists
from fingerprint_engine.index.columns.details import text_hash
from fingerprint_engine.index.columns.mapped_pages import give_back, is_mapped
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.manifest import IndexEntry, SegmentEntry
from fingerprint_engine.index.storage.protection.sealed_columns import SealedTemplates, opened_columns
from fingerprint_engine.index.storage.segments.cells_file import has_lists_of, read_cells
from fingerprint_engine.index.storage.segments.segment_format import (
    COLUMNS,
    HEADER_SIZE,
    LAZY,
    SegmentHeader,
    column_of,
    decode_segment_header,
    sketch_digest,
)
from fingerprint_engine.index.storage.segments.structure_check import check_structure
from fingerprint_engine.template.sketches import SKETCH_WORDS, sketch_many


class FileStamp(NamedTuple):
    """What the system says of a file; it changes with every write to it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, descriptor: int) -> FileStamp:
        """Of an open file."""
        found = os.fstat(descriptor)
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class MappedFile(NamedTuple):
    """The bytes of a segment's file, its header, and its stamp when it was opened."""

    data: NDArray[np.uint8]
    header: SegmentHeader
    stamp: FileStamp


class SegmentNames(NamedTuple):
    """Names of a mapped segment."""

    words: list[str]
    keys: NDArray[np.uint8]
    key_offset: NDArray[np.int64]
    subjects: NDArray[np.uint8]
    subject_offset: NDArray[np.int64]
    key_sorted: NDArray[np.uint64]
    key_row_of: NDArray[np.uint32]
    subject_sorted: NDArray[np.uint64]
    subject_row_of: NDArray[np.uint32]

    def key(self, row: int) -> str:
        """The key of a row."""
        return self.keys[int(self.key_offset[row]) : int(self.key_offset[row + 1])].tobytes().decode()

    def stored_subject(self, row: int) -> str | None:
        """The subject that was given with a row."""
        begin, end = int(self.subject_offset[row]), int(self.subject_offset[row + 1])
        return self.subjects[begin:end].tobytes().decode() or None

    def key_rows(self, key: str) -> Iterable[int]:
        """Rows that may have this key."""
        rows: list[int] = _equal_run(self.key_sorted, self.key_row_of, text_hash(key)).tolist()
        return rows

    def subject_rows(self, subject_hash: int) -> Rows:
        """Rows whose subject has this `text_hash`, in order."""
        return np.sort(_equal_run(self.subject_sorted, self.subject_row_of, subject_hash)).astype(np.int64)


class Segment(PrintBlock):
    """A mapped segment. Its table and its index are checked when it is opened; `content_check` looks at everything.

    The file is let go when neither this object nor a view of it is used any more. With `in_memory` sketches and index
    are read into memory at once, else when `load` is called.

    Raises
    ------
    CorruptGallery
        When it is absent, cut short or damaged, or another file than the manifest names; says file and place.
    UnsupportedGalleryVersion
        When a newer release wrote it.
    GalleryError
        When there is no memory for its index.
    """

    def __init__(self, path: Path, entry: SegmentEntry, identity: bytes, *, in_memory: bool = False) -> None:
        self.path, self.entry = path, entry
        wanted = FileHeader(identity, entry.number, entry.key)
        self.file = map_segment(path, wanted)
        data, header, _ = self.file
        if (header.file.number, header.prints, data.size) != (entry.number, entry.prints, entry.size):
            raise CorruptGallery(f"{path}: another file than the manifest names")
        is_loaded = in_memory and entry.key is None and header.sketch_digest == sketch_digest()
        later = (*LAZY, "sketches") if is_loaded else LAZY
        if bad := self.damage(name for name in COLUMNS if name not in later):
            raise CorruptGallery(bad[0])
        self._plain, self._header, templates = data, header, None
        if entry.key is not None:
            self._plain, self._header, seal = opened_columns(path, data, header, entry.key)
            stored = column_of(data, header, "data")
            templates = SealedTemplates(stored, self.column("offset"), seal)
        words = check_structure(path, self._plain, self._header)
        names = ("keys", "key_offset", "subjects", "subject_offset")
        found = ("key_sorted", "key_row", "subject_sorted", "subject_row")
        alive = entry.alive()
        alive.setflags(write=False)
        size = self._header.extents["data"].size
        self.state = BlockState(header.prints, size, int(header.prints - alive.sum()), alive)
        self._names = SegmentNames(words, *(self.column(name) for name in (*names, *found)))
        self._view = BlockView(
            self._names,
            self._columns(templates, self._cells(identity, in_memory=in_memory)),
            Traits(**{name: self.column(name) for name in TRAIT_TYPES}),
            alive,
            entry.number,
        )
        if is_loaded:
            self.load()

    def view(self) -> BlockView:
        """The block as it is now."""
        return self._view._replace(alive=self.state.alive)

    def find(self, key: str) -> int | None:
        """The row of a key that counts."""
        names, alive = self._names, self.state.alive
        for row in names.key_rows(key):
            if alive[row] and names.key(row) == key:
                return row
        return None

    def find_many(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether rows with these `text_hash` of their keys are here, counting or not."""
        values = self._names.key_sorted
        places = np.searchsorted(values, hashes)
        return np.asarray(values[np.minimum(places, values.size - 1)] == hashes)

    def may_hold(self, key: str) -> bool:
        """Whether a row with the `text_hash` of this key is here, counting or not."""
        return bool(self.find_many(np.array([text_hash(key)], np.uint64))[0])

    @property
    def is_in_place(self) -> bool:
        """Whether the path still names the file that is mapped: nobody deleted it or put another in its place."""
        try:
            found = self.path.stat(follow_symlinks=False)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (self.file.stamp.device, self.file.stamp.inode)

    def current_entry(self) -> SegmentEntry:
        """The entry of the manifest with the rows that are removed now."""
        entry = self.entry
        bits = np.packbits(~self.state.alive).tobytes() if self.removed else b""
        return SegmentEntry(entry.number, entry.prints, entry.size, entry.digest, bits, entry.indexes, entry.key)

    def damage(self, columns: Iterable[str] = tuple(COLUMNS)) -> list[str]:
        """The columns whose checksum does not fit, with file and place."""
        return damaged_columns(self.path, self.file.data, self.file.header, columns)

    def check_index(self) -> None:
        """Leave the index out of use unless it is the one that this release makes of the sketches."""
        cells = self._view.columns.cells
        if cells is not None and not has_lists_of(cells, self._view.columns.sketches):
            self.index_problem = f"{self.path}: the index beside it does not fit its prints"
            self._view = self._view._replace(columns=self._view.columns.with_cells(None))

    def use_index(self, index: IndexEntry, identity: bytes) -> None:
        """Use an index that was made for the segment."""
        self.entry = dataclasses.replace(self.entry, indexes=(index,))
        self.index_problem = ""
        self._view = self._view._replace(columns=self._view.columns.with_cells(self._cells(identity)))

    def load(self) -> None:
        """Read what is mapped of sketches and index into memory; views that were taken before keep what they have.

        Raises
        ------
        CorruptGallery
            When the file is another one by now, or what was read is damaged. Of the index it is a problem that views
            name instead.
        GalleryError
            When there is no memory for it. Either way the segment stays as it was.
        """
        columns = self._view.columns
        sketches, cells = columns.sketches, columns.cells
        if is_mapped(sketches):
            sketches = self._loaded_sketches().reshape(sketches.shape)
        if cells is not None and is_mapped(cells.codes):
            cells = self._cells(self.file.header.file.identity, in_memory=True)
        self._view = self._view._replace(columns=columns.with_index(sketches, cells))
        give_back(column_of(self.file.data, self.file.header, "sketches"))  # also what reading beside them mapped

    def give_back(self) -> None:
        """Give back all memory through which the file and its index were read."""
        for data in (self.file.data, *(self._view.columns.cells or ())):
            give_back(data)

    def _loaded_sketches(self) -> NDArray[Any]:
        offset, size, checksum = self.file.header.extents["sketches"]
        descriptor = _open_to_read(self.path)
        try:
            if FileStamp.of(descriptor) != self.file.stamp:
                raise CorruptGallery(f"{self.path}: it was changed while it was opened")
            data = durable_files.load(self.path, descriptor, offset, size)
        finally:
            os.close(descriptor)
        if zlib.crc32(data.data) != checksum:
            raise CorruptGallery(_damage_of(self.path, "sketches", offset))
        return data.view(COLUMNS["sketches"])

    def _cells(self, identity: bytes, *, in_memory: bool = False) -> CellLists | None:
        try:
            return read_cells(self.path.parent, self.entry, identity, in_memory=in_memory)
        except (CorruptGallery, UnsupportedGalleryVersion) as error:
            self.index_problem = str(error)
            return None

    def _columns(self, templates: SealedTemplates | None, cells: CellLists | None) -> PrintColumns:
        sketches = self.column("sketches").reshape(self._header.prints, SKETCH_WORDS)
        stored = column_of(self.file.data, self.file.header, "data")
        columns = PrintColumns(sketches, stored, self.column("offset"), cells, KeptBatch(), templates)
        if self._header.sketch_digest == sketch_digest():
            return columns
        made = sketch_many(*columns.all_natives())  # they are of a release that sketched otherwise
        return PrintColumns(made, stored, columns.offset, cells, KeptBatch(), templates)

    def column(self, name: str) -> NDArray[Any]:
        """A column; the templates of a sealed segment are read through `view` only."""
        return column_of(self._plain, self._header, name)


def map_segment(path: Path, wanted: FileHeader, *, cut_short: bool = False) -> MappedFile:
    """Map a segment's file; `cut_short` accepts one without its end.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
        With the path in front.
    """
    descriptor = _open_to_read(path)
    try:
        stamp = FileStamp.of(descriptor)
        mapped = mmap.mmap(descriptor, stamp.size, access=mmap.ACCESS_READ) if stamp.size else b""
    finally:
        os.close(descriptor)
    try:
        header = decode_segment_header(bytes(mapped[:HEADER_SIZE]), stamp.size, wanted, cut_short=cut_short)
    except (CorruptGallery, UnsupportedGalleryVersion) as error:
        raise type(error)(f"{path}: {error}") from None
    return MappedFile(np.frombuffer(mapped, np.uint8), header, stamp)


def damaged_columns(path: Path, data: NDArray[np.uint8], header: SegmentHeader, columns: Iterable[str]) -> list[str]:
    """The columns whose checksum does not fit, with file and place."""
    found = []
    for name in columns:
        offset, size, checksum = header.extents[name]
        if zlib.crc32(data[offset : offset + size].data) != checksum:
            found.append(_damage_of(path, name, offset))
    return found


def _damage_of(path: Path, column: str, offset: int) -> str:
    return f"{path}: offset {offset}: the checksum of column {column} does not fit"


def _open_to_read(path: Path) -> int:
    try:
        return durable_files.open_to_read(path)
    except FileNotFoundError:
        raise CorruptGallery(f"{path}: expected a segment of this gallery, found no such file") from None


def _equal_run(values: NDArray[np.uint64], rows: NDArray[np.uint32], wanted: int) -> NDArray[np.uint32]:
    hashed = np.uint64(wanted)
    return rows[values.searchsorted(hashed) : values.searchsorted(hashed, side="right")]
