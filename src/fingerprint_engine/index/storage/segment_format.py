"""Bytes of a segment: a header with a table of its columns, then the columns; see `docs/formats.md`."""

from __future__ import annotations

import functools
import hashlib
import struct
import zlib
from typing import NamedTuple

from fingerprint_engine.errors import CorruptGallery, UnsupportedGalleryVersion
from fingerprint_engine.index.columns.block import TRAIT_TYPES
from fingerprint_engine.index.storage.log_format import FORMAT_VERSION
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE, SKETCH_WORDS, sketch_weights

MAGIC = b"\x89FPGS\r\n\x1a"
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

_HEAD = struct.Struct("<8sHHII8sQ")
_ENTRY = struct.Struct("<QQI4x")
_CHECKSUM = struct.Struct("<I")
HEADER_SIZE = _HEAD.size + len(COLUMNS) * _ENTRY.size + _CHECKSUM.size


class Extent(NamedTuple):
    """Where a column lies, in bytes, and the CRC-32 of what is there."""

    offset: int
    size: int
    checksum: int


class SegmentHeader(NamedTuple):
    """The header of a segment."""

    prints: int
    sketch_digest: bytes
    number: int
    extents: dict[str, Extent]


@functools.lru_cache(maxsize=1)
def sketch_digest() -> bytes:
    """Eight bytes that differ whenever this release sketches otherwise; then stored sketches are made anew."""
    shape = struct.pack("<HH", SKETCH_WORDS, SKETCH_MINUTIAE)
    weights = b"".join(part.tobytes() for part in sketch_weights())
    return hashlib.blake2b(shape + weights, digest_size=8).digest()


def aligned(offset: int) -> int:
    """The next place at which a column may begin."""
    return -(-offset // ALIGNMENT) * ALIGNMENT


def encode_header(header: SegmentHeader) -> bytes:
    """The bytes of a header."""
    head = _HEAD.pack(
        MAGIC, FORMAT_VERSION, len(COLUMNS), HEADER_SIZE, header.prints, header.sketch_digest, header.number
    )
    head += b"".join(_ENTRY.pack(*header.extents[name]) for name in COLUMNS)
    return head + _CHECKSUM.pack(zlib.crc32(head))


def decode_header(data: bytes, size: int) -> SegmentHeader:
    """The header that the first bytes of a file hold.

    Parameters
    ----------
    data
        At least `HEADER_SIZE` bytes, unless the file is shorter.
    size
        Bytes of the file.

    Raises
    ------
    CorruptGallery
        When it is damaged, or its columns reach beyond the file.
    UnsupportedGalleryVersion
        When a newer release wrote it.
    """
    if len(data) < HEADER_SIZE or data[:8] != MAGIC:
        raise CorruptGallery(f"offset 0: expected a header of {HEADER_SIZE} bytes")
    _, version, columns, length, prints, digest, number = _HEAD.unpack_from(data)
    if version > FORMAT_VERSION:  # its header has a length that only its own release knows
        raise UnsupportedGalleryVersion(f"this release reads versions up to {FORMAT_VERSION}, found version {version}")
    end = HEADER_SIZE - _CHECKSUM.size
    sound = zlib.crc32(data[:end]) == _CHECKSUM.unpack_from(data, end)[0]
    if not sound or version < FORMAT_VERSION or columns != len(COLUMNS) or length != HEADER_SIZE:
        raise CorruptGallery("offset 0: the checksum of the header does not fit")
    extents = {
        name: Extent(*_ENTRY.unpack_from(data, _HEAD.size + place * _ENTRY.size)) for place, name in enumerate(COLUMNS)
    }
    for name, extent in extents.items():
        if extent.offset + extent.size > size:
            raise CorruptGallery(f"offset {size}: the file is cut short, column {name} reaches beyond its end")
    return SegmentHeader(prints, digest, number, extents)
