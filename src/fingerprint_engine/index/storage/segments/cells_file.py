"""The index beside a segment: which minutiae of its prints lie in which cell; made anew from its sketches at any time.

A file that is absent, damaged, of another gallery, of another segment or of a release with other cells is not used:
its segment is then scanned, and receipts say so.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery, UnsupportedGalleryVersion
from fingerprint_engine.index.cells.centres import cell_centres, cells_digest
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.columns.cell_lists import MAX_LISTED_PRINTS, CellLists
from fingerprint_engine.index.columns.large_pages import large_array
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader, decode_header, encode_header
from fingerprint_engine.index.storage.manifest import IndexEntry, SegmentEntry
from fingerprint_engine.index.storage.segments.segment_format import FILE_DIGEST_BYTES
from fingerprint_engine.keys import DataKey
from fingerprint_engine.keys.errors import NotAuthentic
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE

KIND = "cells"
MARK = b"\x89FPGI\r\n\x1a"
MIN_INDEXED_PRINTS = 8_192
"""Chosen: fewer are scanned in 2 ms; a list for every cell would be longer than what is in it."""
_HEAD = struct.Struct("<32s8sIQ4x")
"""Digest of the segment, digest of the cells, cells, minutiae."""
_LISTS_AT = HEADER_SIZE + _HEAD.size


def write_cells(folder: Path, file: FileHeader, entry: SegmentEntry, sketches: NDArray[np.uint64]) -> IndexEntry:
    """Make the index of a segment, on the disk; it counts once a manifest names it.

    Raises
    ------
    OSError
        When it cannot be written; then nothing is left of it.
    """
    index = IndexEntry(KIND, 0, b"")
    path = folder / entry.index_name(index)
    if path.is_dir() and not path.is_symlink():  # what else lies there gives way to a file
        path.rename(durable_files.aside(path))
    pieces = _encoded(file, entry, lists_of(sketches))
    if entry.key is not None:
        pieces = [pieces[0][:HEADER_SIZE], _sealed(entry.key, file, b"".join(pieces)[HEADER_SIZE:])]
    digest = hashlib.blake2b(digest_size=FILE_DIGEST_BYTES)
    size = 0
    with durable_files.new_file(path) as descriptor:
        for piece in pieces:
            durable_files.write_all(descriptor, piece, size)
            digest.update(piece)
            size += len(piece)
    return IndexEntry(KIND, size, digest.digest())


def is_indexed(prints: int) -> bool:
    """Whether a segment of so many prints gets an index."""
    return MIN_INDEXED_PRINTS <= prints <= MAX_LISTED_PRINTS


def read_cells(folder: Path, entry: SegmentEntry, identity: bytes, *, in_memory: bool = False) -> CellLists | None:
    """The lists in the index of a segment, mapped or in memory; None where the manifest names none.

    Sealed ones are always opened into memory.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
        When the file is not what the manifest names, or of another release.
    GalleryError
        When there is no memory for them.
    """
    index = next((one for one in entry.indexes if one.kind == KIND), None)
    if index is None:
        return None
    path = folder / entry.index_name(index)
    try:
        descriptor = durable_files.open_to_read(path)
    except OSError as error:
        raise CorruptGallery(f"{path}: cannot open it ({error.strerror})") from None
    try:
        if durable_files.size_of(descriptor) != index.size or index.size < _LISTS_AT:
            raise CorruptGallery(f"{path}: expected {index.size} bytes, got {durable_files.size_of(descriptor)}")
        if in_memory and entry.key is None:
            data = durable_files.load(path, descriptor, 0, index.size)
        else:
            data = np.frombuffer(mmap.mmap(descriptor, index.size, access=mmap.ACCESS_READ), np.uint8)
    finally:
        os.close(descriptor)
    if hashlib.blake2b(data.data, digest_size=FILE_DIGEST_BYTES).digest() != index.digest:
        raise CorruptGallery(f"{path}: it is not byte for byte the file that the manifest names")
    try:
        if entry.key is not None:
            data = _opened(entry.key, FileHeader(identity, entry.number), data)
        return _decoded(data, entry, identity)
    except (CorruptGallery, UnsupportedGalleryVersion) as error:
        raise type(error)(f"{path}: {error}") from None


def _sealed(key: DataKey, file: FileHeader, data: bytes) -> bytes:
    """It may be made anew for a segment, so its nonce is random."""
    return key.seal_once(data, file.place() + MARK)


def _opened(key: DataKey, file: FileHeader, data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    try:
        plain = key.open_once(data[HEADER_SIZE:].tobytes(), file.place() + MARK)
    except NotAuthentic as error:
        raise CorruptGallery(f"gallery index: {error}") from None
    opened = large_array(HEADER_SIZE + len(plain))
    opened[:HEADER_SIZE] = data[:HEADER_SIZE]
    opened[HEADER_SIZE:] = np.frombuffer(plain, np.uint8)
    opened.setflags(write=False)
    return opened


def has_lists_of(lists: CellLists, sketches: NDArray[np.uint64]) -> bool:
    """Whether lists are those of some sketches: forged ones would hide a print."""
    made = lists_of(sketches)
    same_rows = np.array_equal(lists.start, made.start) and np.array_equal(lists.rows, made.rows)
    return same_rows and np.array_equal(lists.codes, made.codes)


def _encoded(file: FileHeader, entry: SegmentEntry, lists: CellLists) -> list[bytes]:
    head = encode_header(MARK, file)
    head += _HEAD.pack(entry.digest, cells_digest(), lists.start.size - 1, lists.rows.size)
    return [
        head,
        lists.codes.astype("<u8").tobytes(),
        lists.start.astype("<u4").tobytes(),
        lists.rows.astype("<u2").tobytes(),
    ]


def _decoded(data: NDArray[np.uint8], entry: SegmentEntry, identity: bytes) -> CellLists:
    header = decode_header(data[:HEADER_SIZE].tobytes(), MARK, "index", identity)
    segment, digest, cells, minutiae = _HEAD.unpack(data[HEADER_SIZE:_LISTS_AT].tobytes())
    if header.number != entry.number or segment != entry.digest:
        raise CorruptGallery("gallery index: it belongs to another segment, or to an older state of this one")
    if entry.prints > MAX_LISTED_PRINTS:  # rows beyond have no place in 16 bits, nor votes in a search
        raise CorruptGallery(f"gallery index: expected at most {MAX_LISTED_PRINTS} prints, got {entry.prints}")
    if digest != cells_digest() or cells != cell_centres().shape[0]:
        raise UnsupportedGalleryVersion("gallery index: another release made it, with other cells")
    if minutiae > entry.prints * SKETCH_MINUTIAE or data.size != _LISTS_AT + 18 * minutiae + 4 * (cells + 1):
        raise CorruptGallery(f"gallery index: {minutiae} minutiae do not fit into {data.size} bytes")
    start_at = _LISTS_AT + 16 * minutiae
    rows_at = start_at + 4 * (cells + 1)
    lists = CellLists(
        data[start_at:rows_at].view("<u4"),
        data[rows_at:].view("<u2"),
        data[_LISTS_AT:start_at].view("<u8").reshape(minutiae, 2),
    )
    # The kernel that reads them checks nothing.
    start = lists.start
    if start[0] != 0 or start[-1] != minutiae or not bool((start[1:] >= start[:-1]).all()):
        raise CorruptGallery(f"gallery index: expected rising places of {minutiae} minutiae")
    if minutiae and int(lists.rows.max()) >= entry.prints:
        raise CorruptGallery(f"gallery index: expected rows below {entry.prints}")
    return lists
