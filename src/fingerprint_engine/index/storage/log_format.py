"""Bytes of the gallery's log: a file header, then frames; see `docs/formats.md`.

A frame is what one call writes and what is acknowledged at once: it counts whole or not at all. All numbers are
little-endian, all frames begin at multiples of 16 bytes.
"""

from __future__ import annotations

import dataclasses
import itertools
import struct
import zlib
from collections.abc import Iterator, Sequence

from fingerprint_engine.errors import CorruptGallery, GalleryError, UnsupportedGalleryVersion

FORMAT_VERSION = 2
FILE_MAGIC = b"\x89FPGAL\r\n"
FRAME_MAGIC, FRAME_END = b"FPGf", b"fGPF"
SECTOR = 512
"""Bytes that a disk writes whole or not at all."""
ALIGNMENT = 16
MAX_FRAME_BYTES = 1 << 28
"""Chosen: about a hundred thousand prints; more in one call would be a mistake of the caller."""

_FILE_HEADER = struct.Struct("<8sHHQ8xI")
_FRAME_HEADER = struct.Struct("<4sIII")
_FRAME_TRAILER = struct.Struct("<I4s")
_RECORD_HEAD = struct.Struct("<BHIH")
"""Kind, size of the key, of the template and of the details."""
_ENROL, _REMOVE = 1, 2
FILE_HEADER_SIZE = _FILE_HEADER.size


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One change: `template` bytes are enrolled under `key`, or with None the key is removed.

    `details` are bytes that `encode_details` made.
    """

    key: str
    template: bytes | None
    details: bytes = b""


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """A sound frame: where it begins, where the next one does, and its changes."""

    offset: int
    end: int
    records: tuple[Record, ...]


def file_header(generation: int) -> bytes:
    """The first 32 bytes of a log; the generation says which of a gallery's logs it is."""
    head = _FILE_HEADER.pack(FILE_MAGIC, FORMAT_VERSION, FILE_HEADER_SIZE, generation, 0)[:-4]
    return head + struct.pack("<I", zlib.crc32(head))


def generation_of(data: bytes) -> int:
    """Check the header of a log; which of a gallery's logs it is.

    The first 32 bytes keep this layout in every version, so that damage and a newer version can be told apart.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
    """
    if len(data) < FILE_HEADER_SIZE or data[:8] != FILE_MAGIC:
        raise CorruptGallery(f"gallery log, offset 0: expected a header of {FILE_HEADER_SIZE} bytes")
    _, version, size, generation, checksum = _FILE_HEADER.unpack_from(data)
    if zlib.crc32(data[: FILE_HEADER_SIZE - 4]) != checksum:
        raise CorruptGallery("gallery log, offset 0: the checksum of the file header does not fit")
    if version > FORMAT_VERSION:
        raise UnsupportedGalleryVersion(
            f"gallery log: this release reads versions up to {FORMAT_VERSION}, found version {version}"
        )
    if version < FORMAT_VERSION or size != FILE_HEADER_SIZE:
        raise CorruptGallery(
            f"gallery log, offset 0: expected version {FORMAT_VERSION} and a header of {FILE_HEADER_SIZE} bytes, "
            f"got {version}, {size}"
        )
    return int(generation)


def encode_frame(records: Sequence[Record], offset: int) -> bytes:
    """One frame, to be written at `offset`; a frame that was moved elsewhere is unsound."""
    body = b"".join(_encode_record(record) for record in records)
    if len(body) > MAX_FRAME_BYTES:
        raise GalleryError(f"frame: expected at most {MAX_FRAME_BYTES} bytes, got {len(body)}")
    head = struct.pack("<4sII", FRAME_MAGIC, len(body), len(records))
    framed = head + struct.pack("<I", _header_checksum(head, offset)) + body + bytes(_padding(len(body)))
    return framed + _FRAME_TRAILER.pack(zlib.crc32(framed), FRAME_END)


def read_frames(data: bytes) -> Iterator[Frame]:
    """The frames of a log, up to its end or to a torn last frame, which is as if it had never been written.

    Raises
    ------
    CorruptGallery
        When a frame is damaged in a way that an interrupted write cannot explain; names the offset.
    """
    offset = FILE_HEADER_SIZE
    generation_of(data)
    while offset < len(data):
        end = _frame_end(data, offset)
        if end is None or end > len(data) or not _is_sound(data, offset, end):
            if _is_torn(data, offset, end):
                return
            raise CorruptGallery(f"gallery log, offset {offset}: a damaged frame; its checksum does not fit")
        yield Frame(offset, end, _decode_records(data, offset))
        offset = end


def _encode_record(record: Record) -> bytes:
    key, template = record.key.encode("utf-8"), record.template
    if template is None:
        return _RECORD_HEAD.pack(_REMOVE, len(key), 0, 0) + key
    head = _RECORD_HEAD.pack(_ENROL, len(key), len(template), len(record.details))
    return b"".join((head, key, record.details, template))


def _padding(body: int) -> int:
    return -(_FRAME_HEADER.size + body + _FRAME_TRAILER.size) % ALIGNMENT


def _header_checksum(head: bytes, offset: int) -> int:
    return zlib.crc32(struct.pack("<Q", offset), zlib.crc32(head))


def _frame_end(data: bytes, offset: int) -> int | None:
    """Where the frame at `offset` ends by its header; None when there is no sound header."""
    if offset + _FRAME_HEADER.size > len(data):
        return None
    magic, body, _, checksum = _FRAME_HEADER.unpack_from(data, offset)
    if magic != FRAME_MAGIC or checksum != _header_checksum(data[offset : offset + 12], offset):
        return None
    return int(offset + _FRAME_HEADER.size + body + _padding(body) + _FRAME_TRAILER.size)


def _is_sound(data: bytes, offset: int, end: int) -> bool:
    start = end - _FRAME_TRAILER.size
    checksum, mark = _FRAME_TRAILER.unpack_from(data, start)
    return bool(mark == FRAME_END and checksum == zlib.crc32(memoryview(data)[offset:start]))


def _is_torn(data: bytes, offset: int, end: int | None) -> bool:
    """Whether what begins at `offset` is the last frame, and unsound as an interrupted write leaves it.

    A killed process leaves the first bytes of the frame. A machine that lost power may have written any of its sectors;
    those it did not write are missing or zero. Sound parts of a frame never fill their share of a sector with zeros:
    header and trailer begin with a mark, and a flipped bit does not make zeros of a sector.
    """
    if any(_frame_end(data, later) is not None for later in _marks(data, offset + ALIGNMENT)):
        return False  # something was acknowledged after it, so this one was as well
    remaining = data[offset:]
    if not any(remaining[: _FRAME_HEADER.size]):
        return True
    if end is None:
        return len(remaining) < _FRAME_HEADER.size and FRAME_MAGIC.startswith(remaining[: len(FRAME_MAGIC)])
    if end > len(data):
        return True
    return end == len(data) and _has_zero_sector(data, offset, end)


def _marks(data: bytes, start: int) -> Iterator[int]:
    """Positions from `start` at which a frame could begin."""
    position = data.find(FRAME_MAGIC, start)
    while position >= 0:
        if position % ALIGNMENT == 0:
            yield position
        position = data.find(FRAME_MAGIC, position + 1)


def _has_zero_sector(data: bytes, offset: int, end: int) -> bool:
    edges = [offset, *range(offset - offset % SECTOR + SECTOR, end, SECTOR), end]
    return any(not any(data[a:b]) for a, b in itertools.pairwise(edges))


def _decode_records(data: bytes, offset: int) -> tuple[Record, ...]:
    """The changes of a frame whose checksums fit; what does not fit now was written by a faulty program."""
    _, size, count, _ = _FRAME_HEADER.unpack_from(data, offset)
    position = offset + _FRAME_HEADER.size
    stop = position + size
    records = []
    for _ in range(count):
        if position + _RECORD_HEAD.size > stop:
            raise CorruptGallery(f"gallery log, offset {position}: a record reaches beyond its frame")
        kind, key_size, template_size, details_size = _RECORD_HEAD.unpack_from(data, position)
        begin = position + _RECORD_HEAD.size
        middle = begin + key_size
        last = middle + details_size
        after = last + template_size
        if kind not in (_ENROL, _REMOVE) or after > stop:
            raise CorruptGallery(f"gallery log, offset {position}: expected a record of kind 1 or 2 within its frame")
        try:
            key = data[begin:middle].decode("utf-8")
        except UnicodeDecodeError:
            raise CorruptGallery(f"gallery log, offset {begin}: expected a key in UTF-8") from None
        if kind == _ENROL:
            records.append(Record(key, data[last:after], data[middle:last]))
        else:
            records.append(Record(key, None))
        position = after
    if position != stop:
        raise CorruptGallery(f"gallery log, offset {position}: expected {count} records, found more bytes")
    return tuple(records)


def sound_frames(data: bytes) -> Iterator[Frame]:
    """Every frame that is sound, whatever lies between; for repair only, because what is skipped is lost."""
    generation_of(data)
    offset = FILE_HEADER_SIZE
    for begin in _marks(data, offset):
        end = _frame_end(data, begin)
        if begin >= offset and end is not None and end <= len(data) and _is_sound(data, begin, end):
            yield Frame(begin, end, _decode_records(data, begin))
            offset = end
