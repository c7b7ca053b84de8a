"""Bytes of the gallery's log: a file header, then frames that form a chain; see `docs/formats.md`.

A frame is what one call writes and what is acknowledged at once: it counts whole or not at all. It states its place:
its sequence number, the digest of the frame before, and a checksum of all that over gallery, log and offset. It is
looked for only where the one before ends (or, by a repair, where the one behind begins): what lies inside a frame is
never taken for another. All frames begin at multiples of 16 bytes.
"""

from __future__ import annotations

import hashlib
import itertools
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader, decode_header, encode_header
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.records import Record, decode_records, encode_records
from fingerprint_engine.keys.errors import NotAuthentic

LOG_MARK = b"\x89FPGAL\r\n"
FRAME_MARK, FRAME_END = b"FPGf", b"fGPF"
SECTOR = 512
"""Bytes that a disk writes whole or not at all."""
ALIGNMENT = 16
DIGEST_BYTES = 16
MAX_FRAME_BYTES = 5 << 24
"""Chosen: 84 MB, a group of `enrol_many` whose templates all have the largest size."""
MAX_LOG_BYTES, MAX_LOG_FRAMES, MAX_LOG_CHANGES = 1 << 28, 1 << 18, 1 << 18
"""Chosen: a log is sealed at a quarter of these; a disk too full for that may put it off so far."""
MAX_FRAME_RECORDS = 1 << 12
"""Chosen: twice what one call changes."""

_HEADER = struct.Struct("<4sIIIQQ16s")
"""Mark, size of the records, their number, checksum, sequence number, changes before, digest of the frame before."""
_TRAILER = struct.Struct("<16sQ4x4s")
"""Digest, size of the frame, mark."""
_PLACE = struct.Struct("<16sQQ")
FRAME_HEADER_SIZE = _HEADER.size


class LogPosition(NamedTuple):
    """How far a log has come.

    Attributes
    ----------
    frames, changes
        Frames before this position, and enrolments and removals in them.
    size
        Bytes before it, the file header among them.
    digest
        Of the last frame before it, and so of all; of the file header when there is none.
    """

    frames: int
    changes: int
    size: int
    digest: bytes

    @property
    def share(self) -> float:
        """How much of what a log may hold; above 1 it is more."""
        return max(self.size / MAX_LOG_BYTES, self.frames / MAX_LOG_FRAMES, self.changes / MAX_LOG_CHANGES)


class FrameHead(NamedTuple):
    """What the header of a frame says."""

    body: int
    records: int
    sequence: int
    changes_before: int
    digest_before: bytes
    end: int

    def continues(self, position: LogPosition) -> bool:
        """Whether the frame is the next one after a position."""
        before = (self.sequence - 1, self.changes_before, self.digest_before)
        return before == (position.frames, position.changes, position.digest)


class Frame(NamedTuple):
    """A sound frame: where it begins, its header, what it holds, and how far the log has come with it."""

    offset: int
    head: FrameHead
    records: tuple[Record, ...]
    follows: Follows | None
    after: LogPosition


def log_header(log: FileHeader) -> bytes:
    """The first bytes of a log."""
    return encode_header(LOG_MARK, log)


def check_log_header(data: bytes, log: FileHeader) -> None:
    """Check that a log is the one that the manifest names.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
    """
    found = decode_header(data[:HEADER_SIZE], LOG_MARK, "log", log.identity)
    if found.number != log.number:
        raise CorruptGallery(f"gallery log: expected number {log.number}, found number {found.number}")


def beginning(log: FileHeader) -> LogPosition:
    """The position of a log without frames."""
    return LogPosition(0, 0, HEADER_SIZE, _digest(log.identity, log_header(log)))


def encode_frame(
    records: Sequence[Record], at: LogPosition, log: FileHeader, follows: Follows | None = None
) -> tuple[bytes, LogPosition]:
    """One frame, to be written at a position, and the position after it.

    Raises
    ------
    GalleryError
        When it is too large.
    """
    body = encode_records(records, follows)
    count = len(records) + (follows is not None)
    if log.key is not None:
        body = log.key.seal_once(body, _place_of(log, at.frames + 1, at.changes, count, at.digest))
    if len(body) > MAX_FRAME_BYTES:
        raise GalleryError(f"changes: expected at most {MAX_FRAME_BYTES} bytes at once, got {len(body)}")
    if count > MAX_FRAME_RECORDS:
        raise GalleryError(f"changes: expected at most {MAX_FRAME_RECORDS} at once, got {count}")
    fields = (at.frames + 1, at.changes, at.digest)
    head = _HEADER.pack(FRAME_MARK, len(body), count, 0, *fields)
    head = _HEADER.pack(FRAME_MARK, len(body), count, _checksum(head, log, at.size), *fields)
    parts = head, body, bytes(_padding(len(body)))
    size = sum(map(len, parts)) + _TRAILER.size
    digest = _digest(log.identity, *parts)
    after = LogPosition(at.frames + 1, at.changes + len(records), at.size + size, digest)
    return b"".join((*parts, _TRAILER.pack(digest, size, FRAME_END))), after


def frame_head(data: bytes, offset: int, log: FileHeader) -> FrameHead | None:
    """The header of a frame at `offset`; None when there is no sound one, made for this very place."""
    if offset < HEADER_SIZE or offset % ALIGNMENT or offset + _HEADER.size > len(data):
        return None
    mark, body, count, checksum, sequence, changes, digest = _HEADER.unpack_from(data, offset)
    if mark != FRAME_MARK or body > MAX_FRAME_BYTES or count > MAX_FRAME_RECORDS:
        return None
    if checksum != _checksum(data[offset : offset + _HEADER.size], log, offset):
        return None
    end = offset + _HEADER.size + body + _padding(body) + _TRAILER.size
    return FrameHead(body, count, sequence, changes, digest, end)


def frame_at(data: bytes, offset: int, log: FileHeader) -> Frame | None:
    """The sound frame at `offset`, or None; whether it continues the chain is for the caller to see.

    Raises
    ------
    CorruptGallery
        When its digest is right and its records are not.
    """
    head = frame_head(data, offset, log)
    if head is None or head.end > len(data):
        return None
    start = head.end - _TRAILER.size
    digest, size, mark = _TRAILER.unpack_from(data, start)
    padding = head.end - _TRAILER.size - offset - _HEADER.size - head.body
    if mark != FRAME_END or size != head.end - offset or any(data[head.end - 8 : head.end - 4]):
        return None
    if digest != _digest(log.identity, memoryview(data)[offset:start]) or any(data[start - padding : start]):
        return None
    begin = offset + _HEADER.size
    body = memoryview(data)[begin : begin + head.body]
    if log.key is not None:
        place = _place_of(log, head.sequence, head.changes_before, head.records, head.digest_before)
        try:
            body = memoryview(log.key.open_once(body, place))
        except NotAuthentic as error:
            raise CorruptGallery(f"gallery log, offset {offset}: a frame that its key did not write: {error}") from None
    records, follows = decode_records(body, head.records, begin)
    after = LogPosition(head.sequence, head.changes_before + len(records), head.end, digest)
    return Frame(offset, head, records, follows, after)


def begin_of_last(data: bytes, end: int, log: FileHeader) -> int | None:
    """Where the frame that ends at `end` begins, by its own trailer and header; None when these do not agree."""
    if end - _TRAILER.size < HEADER_SIZE or end > len(data):
        return None
    _, size, mark = _TRAILER.unpack_from(data, end - _TRAILER.size)
    if mark != FRAME_END or size > end - HEADER_SIZE:
        return None
    head = frame_head(data, end - size, log)
    return end - size if head is not None and head.end == end else None


def is_torn(data: bytes, offset: int, log: FileHeader) -> bool:
    """Whether what begins at `offset` is the last frame, and unsound as an interrupted write leaves it.

    To be asked only about what is not known to be acknowledged. A killed process leaves the first bytes of a frame. A
    machine that lost power may have written any of its sectors; those it did not write are missing or zero.
    """
    head = frame_head(data, offset, log)
    if head is not None:
        return head.end > len(data) or (head.end == len(data) and _has_zero_part(data, offset, head.end))
    last = begin_of_last(data, len(data), log)
    if last is not None and last > offset:
        return False  # something was written after it, so this one was acknowledged
    remaining = data[offset : offset + _HEADER.size]
    if len(remaining) < _HEADER.size and FRAME_MARK.startswith(remaining[: len(FRAME_MARK)]):
        return True
    return _has_zero_part(data, offset, offset + len(remaining))


def _place_of(log: FileHeader, sequence: int, changes: int, count: int, digest_before: bytes) -> bytes:
    """What a sealed frame is bound to."""
    return log.place(sequence, changes, count) + digest_before


def _padding(body: int) -> int:
    return -(_HEADER.size + body + _TRAILER.size) % ALIGNMENT


def _checksum(head: bytes, log: FileHeader, offset: int) -> int:
    """CRC-32 of a frame's header, without the checksum in it, and of its place."""
    return zlib.crc32(head[16:], zlib.crc32(head[:12], zlib.crc32(_PLACE.pack(log.identity, log.number, offset))))


def _digest(identity: bytes, *parts: bytes | memoryview) -> bytes:
    keyed = hashlib.blake2b(digest_size=DIGEST_BYTES, key=identity)
    for part in parts:
        keyed.update(part)
    return keyed.digest()


def _has_zero_part(data: bytes, offset: int, end: int) -> bool:
    """Whether a whole sector, or what lies of one between two places, is zero; sound headers and trailers never are."""
    edges = [offset, *range(offset - offset % SECTOR + SECTOR, end, SECTOR), end]
    return any(not any(data[a:b]) for a, b in itertools.pairwise(edges))
