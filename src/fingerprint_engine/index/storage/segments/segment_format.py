"""Bytes of a segment: a header with a table of its columns, then the columns; see `docs/formats.md`."""

from __future__ import annotations

import functools
import hashlib
import struct
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.columns.block import TRAIT_TYPES
from fingerprint_engine.index.columns.details import MAX_KEY_BYTES, MAX_SUBJECT_BYTES, MAX_WORD_BYTES
from fingerprint_engine.index.storage.file_header import HEADER_SIZE as FILE_HEADER_SIZE
from fingerprint_engine.index.storage.file_header import FileHeader, decode_header, encode_header
from fingerprint_engine.keys import TAG_BYTES
from fingerprint_engine.template.limits import MAX_TEMPLATE_BYTES
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE, SKETCH_WORDS, sketch_weights

SEGMENT_MARK, SEALED_SEGMENT_MARK = b"\x89FPGS\r\n\x1a", b"\x89FPGX\r\n\x1a"
ALIGNMENT = 64
COLUMNS: dict[str, str] = {
    "sketches": "<u8",
    "offset": "<i8",
    **TRAIT_TYPES,
    "key_offset": "<i8",
    "keys": "<u1",
    "key_sorted": "<u8",
    "key_row": "<u4",
    "subject_offset": "<i8",
    "subjects": "<u1",
    "subject_sorted": "<u8",
    "subject_row": "<u4",
    "words": "<u1",
    "data": "<u1",
}
"""Columns in the order of the file, with the type of their numbers."""
LAZY = ("data",)
"""Columns whose checksum only `check_gallery` verifies: they hold most of the bytes, of which a search reads few."""

FILE_DIGEST_BYTES = 32
MAX_SEGMENT_PRINTS = 1 << 19
MAX_SEGMENT_BYTES = 1 << 35
"""Chosen: 8 times what compaction makes of a segment, and room for it; limits for whoever reads a manifest."""
MIN_PRINT_BYTES = 8 * SKETCH_WORDS

_HEAD = struct.Struct("<III4x8s")
"""Columns, size of the header, prints, digest of how sketches were made."""
_ENTRY = struct.Struct("<QQI4x")
_CHECKSUM = struct.Struct("<I")
_TABLE_AT = FILE_HEADER_SIZE + _HEAD.size
HEADER_SIZE = _TABLE_AT + len(COLUMNS) * _ENTRY.size + _CHECKSUM.size


class Extent(NamedTuple):
    """Where a column lies, in bytes, and the CRC-32 of what is there."""

    offset: int
    size: int
    checksum: int


class SegmentHeader(NamedTuple):
    """The header of a segment: gallery and number, prints, how sketches were made, and where the columns lie."""

    file: FileHeader
    prints: int
    sketch_digest: bytes
    extents: dict[str, Extent]


class SegmentDigest:
    """BLAKE2b of a whole segment: what lies behind the header, in order, and then the header, which is made last."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=FILE_DIGEST_BYTES)

    def update(self, data: bytes | memoryview) -> None:
        """Take the next bytes behind the header."""
        self._hash.update(data)

    def finish(self, header: bytes) -> bytes:
        """The digest."""
        self._hash.update(header)
        return self._hash.digest()


@functools.lru_cache(maxsize=1)
def sketch_digest() -> bytes:
    """Eight bytes that differ whenever this release sketches otherwise; then stored sketches are made anew."""
    shape = struct.pack("<HH", SKETCH_WORDS, SKETCH_MINUTIAE)
    weights = b"".join(part.tobytes() for part in sketch_weights())
    return hashlib.blake2b(shape + weights, digest_size=8).digest()


def aligned(offset: int) -> int:
    """The next place at which a column may begin."""
    return -(-offset // ALIGNMENT) * ALIGNMENT


def max_words_bytes(prints: int) -> int:
    """Upper limit of the column of words: two for each print, of characters that JSON writes with six."""
    return 64 + 2 * prints * (6 * MAX_WORD_BYTES + 3)


def plain_size(name: str, stored: int, prints: int) -> int:
    """Bytes of a sealed column without its tags: one, and of the templates one each."""
    return stored - TAG_BYTES * (prints if name in LAZY else 1)


def encode_segment_header(header: SegmentHeader) -> bytes:
    """The bytes of a header."""
    head = encode_header(_mark_of(header.file), header.file)
    head += _HEAD.pack(len(COLUMNS), HEADER_SIZE, header.prints, header.sketch_digest)
    head += b"".join(_ENTRY.pack(*header.extents[name]) for name in COLUMNS)
    return head + _CHECKSUM.pack(zlib.crc32(head))


def _mark_of(file: FileHeader) -> bytes:
    return SEGMENT_MARK if file.key is None else SEALED_SEGMENT_MARK


def decode_segment_header(data: bytes, size: int, wanted: FileHeader, *, cut_short: bool = False) -> SegmentHeader:
    """The header that the first bytes of a file hold.

    Parameters
    ----------
    data
        At least `HEADER_SIZE` bytes, unless the file is shorter.
    size
        Bytes of the file.
    wanted
        Gallery of the segment, and what it is sealed with.
    cut_short
        Whether columns may reach beyond the end of the file.

    Raises
    ------
    CorruptGallery
        When it is damaged, of another gallery, or its columns do not lie one behind the other inside the file.
    UnsupportedGalleryVersion
        When a newer release wrote it.
    """
    file = decode_header(data[:FILE_HEADER_SIZE], _mark_of(wanted), "segment", wanted.identity)
    end = HEADER_SIZE - _CHECKSUM.size
    if len(data) < HEADER_SIZE or zlib.crc32(data[:end]) != _CHECKSUM.unpack_from(data, end)[0]:
        raise CorruptGallery("offset 0: the checksum of the header does not fit")
    columns, length, prints, digest = _HEAD.unpack_from(data, FILE_HEADER_SIZE)
    if columns != len(COLUMNS) or length != HEADER_SIZE:
        raise CorruptGallery(f"offset {FILE_HEADER_SIZE}: expected {len(COLUMNS)} columns, got {columns}")
    if not 1 <= prints <= min(MAX_SEGMENT_PRINTS, MAX_SEGMENT_BYTES if cut_short else size // MIN_PRINT_BYTES):
        raise CorruptGallery(f"offset {FILE_HEADER_SIZE}: {prints} prints do not fit into {size} bytes")
    extents = {
        name: Extent(*_ENTRY.unpack_from(data, _TABLE_AT + place * _ENTRY.size)) for place, name in enumerate(COLUMNS)
    }
    _check_extents(extents, prints, MAX_SEGMENT_BYTES if cut_short else size, is_sealed=wanted.key is not None)
    return SegmentHeader(file, prints, digest, extents)


def column_of(data: NDArray[np.uint8], header: SegmentHeader, name: str) -> NDArray[Any]:
    """A column of a mapped segment."""
    extent = header.extents[name]
    return data[extent.offset : extent.offset + extent.size].view(COLUMNS[name])


def _check_extents(extents: dict[str, Extent], prints: int, size: int, *, is_sealed: bool) -> None:
    """Columns lie in their order where a writer puts them, and those with a value for each print have so many."""
    offset = HEADER_SIZE
    most = {
        "keys": prints * MAX_KEY_BYTES,
        "subjects": prints * MAX_SUBJECT_BYTES,
        "words": max_words_bytes(prints),
        "data": prints * MAX_TEMPLATE_BYTES,
    }
    for name, extent in extents.items():
        if extent.offset != aligned(offset) or extent.size > size:
            raise CorruptGallery(f"offset {extent.offset}: column {name} does not lie behind the one before")
        offset = extent.offset + extent.size
        if offset > size:
            raise CorruptGallery(f"offset {size}: the file is cut short, column {name} reaches beyond its end")
        width = np.dtype(COLUMNS[name]).itemsize
        found = plain_size(name, extent.size, prints) if is_sealed else extent.size
        if name == "sketches":
            expected = prints * width * SKETCH_WORDS
        elif name.endswith("offset"):
            expected = (prints + 1) * width
        elif name in most:
            if not 0 <= found <= most[name]:
                raise CorruptGallery(f"offset {extent.offset}: column {name}: more bytes than {prints} prints have")
            continue
        else:
            expected = prints * width
        if found != expected:
            raise CorruptGallery(f"offset {extent.offset}: column {name}: expected {expected} bytes, got {found}")
