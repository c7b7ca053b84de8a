"""The head of a log: a small file of its own that says how far the log has come, so that a log cut short is noticed.

It is written after each frame is on the disk and is not synced itself: after a loss of power it may lag behind the log,
and it is never ahead of it.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader, decode_header, encode_header
from fingerprint_engine.index.storage.log.frames import LogPosition
from fingerprint_engine.keys import TAG_BYTES

HEAD_MARK = b"\x89FPGH\r\n\x1a"
_POSITION = struct.Struct("<QQQ16s")
_CHECKSUM = struct.Struct("<I4x")
HEAD_SIZE = HEADER_SIZE + _POSITION.size + _CHECKSUM.size
"""Of a log without a key; with one a tag follows."""
_TRIES = 50
"""A head that is read while it is written may be half old and half new."""


def encode_head(position: LogPosition, log: FileHeader) -> bytes:
    """The bytes of a head."""
    data = encode_header(HEAD_MARK, log) + _POSITION.pack(*position)
    data += _CHECKSUM.pack(zlib.crc32(data))
    return data if log.key is None else data + log.key.tag(data)


def decode_head(data: bytes, log: FileHeader) -> LogPosition:
    """How far a log has come.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
        When the bytes are damaged, or of another log.
    """
    found = decode_header(data[:HEADER_SIZE], HEAD_MARK, "log head", log.identity)
    end = HEADER_SIZE + _POSITION.size
    if found.number != log.number or data[end:HEAD_SIZE] != _CHECKSUM.pack(zlib.crc32(data[:end])):
        raise CorruptGallery(f"gallery log head: expected {HEAD_SIZE} sound bytes of log {log.number}")
    if data[HEAD_SIZE:] != (b"" if log.key is None else log.key.tag(data[:HEAD_SIZE])):
        raise CorruptGallery("gallery log head: its tag does not fit: it was altered")
    position = LogPosition(*_POSITION.unpack_from(data, HEADER_SIZE))
    if position.size < HEADER_SIZE or position.share > 1.0:
        raise CorruptGallery("gallery log head: expected a log within its limits")
    return position


def read_head(path: Path, log: FileHeader) -> LogPosition:
    """How far a log has come, by the head in a file.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
        With the path in front; also when there is no such file.
    """
    for attempt in range(_TRIES):
        try:
            return decode_head(durable_files.read_whole(path, HEAD_SIZE + TAG_BYTES), log)
        except FileNotFoundError:
            raise CorruptGallery(f"{path}: expected the head of the log, found no such file") from None
        except CorruptGallery as error:
            if attempt + 1 == _TRIES:
                raise CorruptGallery(f"{path}: {error}") from None
    raise CorruptGallery(f"{path}: it changes faster than it can be read")
