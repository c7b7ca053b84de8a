"""The header with which every file of a gallery begins, and the identity in it: no file counts in another gallery.

It keeps this layout from version 3 on, so that damage, a newer version and the file of another gallery can be told
apart. All numbers are little-endian; see `docs/formats.md`.
"""

from __future__ import annotations

import secrets
import struct
import zlib
from typing import NamedTuple

from fingerprint_engine.errors import CorruptGallery, UnsupportedGalleryVersion
from fingerprint_engine.keys import DataKey

FORMAT_VERSION = 3
IDENTITY_BYTES = 16
MAX_NUMBER = 99_999_999
"""Of a log or a segment: names of files have eight digits."""

_HEADER = struct.Struct("<8sHH4x16sQ4xI")
_PLACE, _NUMBER = struct.Struct("<16sQ"), struct.Struct("<Q")
HEADER_SIZE = _HEADER.size
_OLD_HEADER_SIZE = 32
"""Of version 2 and before, which ends in a checksum as well."""


class FileHeader(NamedTuple):
    """Which gallery a file belongs to, and a number whose meaning depends on the kind of file.

    `key` is what the file is sealed with; None where the gallery has no keys. It stands in no header.
    """

    identity: bytes
    number: int
    key: DataKey | None = None

    def place(self, *numbers: int) -> bytes:
        """Bytes that no other place of any gallery has, to bind a sealed piece to."""
        return _PLACE.pack(self.identity, self.number) + b"".join(_NUMBER.pack(number) for number in numbers)


def new_identity() -> bytes:
    """Bytes that no other gallery has."""
    return secrets.token_bytes(IDENTITY_BYTES)


def encode_header(mark: bytes, header: FileHeader) -> bytes:
    """The first `HEADER_SIZE` bytes of a file; `mark` says which kind it is of."""
    head = _HEADER.pack(mark, FORMAT_VERSION, HEADER_SIZE, header.identity, header.number, 0)[:-4]
    return head + struct.pack("<I", zlib.crc32(head))


def decode_header(data: bytes, mark: bytes, kind: str, identity: bytes | None = None) -> FileHeader:
    """The header that the first bytes of a file hold.

    Parameters
    ----------
    data
        At least `HEADER_SIZE` bytes, unless the file is shorter.
    mark, kind
        The kind of file that is expected, and its name.
    identity
        Of the gallery; None: any.

    Raises
    ------
    CorruptGallery
        When it is damaged, of another kind or of another gallery.
    UnsupportedGalleryVersion
        When another release wrote it, in a version that this one does not read.
    """
    if len(data) < 12 or data[:8] != mark:
        raise CorruptGallery(f"gallery {kind}, offset 0: expected a header of {HEADER_SIZE} bytes")
    version, size = struct.unpack_from("<HH", data, 8)
    length = HEADER_SIZE if version >= FORMAT_VERSION else _OLD_HEADER_SIZE
    if len(data) < length:
        raise CorruptGallery(f"gallery {kind}, offset 0: expected a header of {length} bytes, got {len(data)}")
    if zlib.crc32(data[: length - 4]) != int.from_bytes(data[length - 4 : length], "little"):
        raise CorruptGallery(f"gallery {kind}, offset 0: the checksum of the header does not fit")
    if version != FORMAT_VERSION and version:
        raise UnsupportedGalleryVersion(f"gallery {kind}: expected version {FORMAT_VERSION}, found version {version}")
    if version != FORMAT_VERSION or size != HEADER_SIZE:
        raise CorruptGallery(f"gallery {kind}, offset 8: expected version {FORMAT_VERSION} and {HEADER_SIZE} bytes")
    header = FileHeader(*_HEADER.unpack_from(data)[3:5])
    if identity is not None and header.identity != identity:
        raise CorruptGallery(f"gallery {kind}: it belongs to another gallery")
    return header
