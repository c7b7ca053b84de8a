"""The native byte format of templates, version 1: little-endian, checksummed, readable by every later release.

The envelope is the same in all versions: magic, version (uint16), total length (uint32) and, in the last four bytes,
the CRC-32 of all bytes before. Damage is therefore told from a newer version whatever that version holds.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptTemplate, InputError, UnsupportedTemplateVersion
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.geometry import TWO_PI
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
from fingerprint_engine.template.build import DIRECTION_STEPS, POSITION_STEPS, UNKNOWN_QUALITY, direction_codes
from fingerprint_engine.template.coarse_map import CoarseMap
from fingerprint_engine.template.cylinders import CELLS, WORDS
from fingerprint_engine.template.template import Template

MAGIC = b"FPET"
VERSION = 1
_ENVELOPE = struct.Struct("<4sHI")
_HEADER = struct.Struct("<8s8sBBBBBBHHff4H")
_CHECKSUM = struct.Struct("<I")
_WORD_BYTES = 7
_MINUTIA_BYTES = 2 + 2 + 1 + 1 + 1 + WORDS * _WORD_BYTES
_SINGULAR_BYTES = 2 + 2 + 1 + 1


def encode(template: Template) -> bytes:
    """The bytes of a template."""
    minutiae, points, grid = template.minutiae, template.singular_points, template.coarse_map
    if len(minutiae) > 255 or len(points) > 255:
        raise InputError(f"template: expected at most 255 points of a sort, got {len(minutiae)} and {len(points)}")
    name = template.extractor.encode()
    rows, cols = grid.orientation.shape
    header = _HEADER.pack(
        template.parameters_digest,
        template.descriptor_digest,
        template.finger,
        template.impression,
        template.quality,
        len(name),
        len(minutiae),
        len(points) | (0x80 if grid.period.size else 0),
        *template.shape,
        template.source_ppi,
        template.radius_px,
        grid.row,
        grid.col,
        rows,
        cols,
    )
    words = np.ascontiguousarray(template.cylinders.astype("<u8")).view(np.uint8).reshape(len(minutiae), WORDS, 8)
    body = b"".join(
        (
            header,
            name,
            _steps(minutiae.x),
            _steps(minutiae.y),
            direction_codes(minutiae.direction).tobytes(),
            minutiae.kind.tobytes(),
            minutiae.quality.tobytes(),
            words[:, :, :_WORD_BYTES].tobytes(),
            _steps(points.x),
            _steps(points.y),
            direction_codes(points.direction).tobytes(),
            points.kind.tobytes(),
            grid.orientation.tobytes(),
            grid.period.tobytes(),
        )
    )
    total = _ENVELOPE.size + len(body) + _CHECKSUM.size
    data = _ENVELOPE.pack(MAGIC, VERSION, total) + body
    return data + _CHECKSUM.pack(zlib.crc32(data))


def decode(data: bytes) -> Template:
    """The template that bytes hold; see `Template.from_bytes`."""
    _check_envelope(data)
    reader = _Reader(data[_ENVELOPE.size : -_CHECKSUM.size])
    header = _HEADER.unpack(reader.take(_HEADER.size))
    digest, descriptor_digest, finger, impression, quality, name_length, count, flags = header[:8]
    rows_px, cols_px, source_ppi, radius_px, row, col, rows, cols = header[8:]
    points, has_period = flags & 0x7F, bool(flags & 0x80)
    half = ((rows + 1) // 2, (cols + 1) // 2) if has_period else (0, 0)
    expected = name_length + count * _MINUTIA_BYTES + points * _SINGULAR_BYTES + rows * cols + half[0] * half[1]
    if expected != reader.left:
        raise CorruptTemplate(f"template: its counts ask for {expected} bytes of content, {reader.left} are there")
    try:
        extractor = reader.take(name_length).decode()
        minutiae, cylinders = _minutiae(reader, count)
        template = Template(
            minutiae=minutiae,
            cylinders=cylinders,
            singular_points=SingularPoints(
                reader.positions(points), reader.positions(points), reader.directions(points), reader.octets(points)
            ),
            coarse_map=CoarseMap(
                row, col, reader.octets(rows * cols).reshape(rows, cols), reader.octets(half[0] * half[1]).reshape(half)
            ),
            finger=Finger(finger),
            impression=Impression(impression),
            quality=quality,
            shape=(rows_px, cols_px),
            source_ppi=source_ppi,
            extractor=extractor,
            parameters_digest=digest,
            descriptor_digest=descriptor_digest,
            radius_px=radius_px,
        )
    except CorruptTemplate:
        raise
    except ValueError as error:  # enum members, UTF-8 and the columns' own checks
        raise CorruptTemplate(f"template: a field holds an impossible value ({type(error).__name__})") from error
    _check_content(template)
    return template


class NativeFacts(NamedTuple):
    """What the header of a native template says."""

    digest: bytes
    finger: int
    impression: int
    quality: int
    minutiae: int


def peek(data: bytes) -> NativeFacts:
    """The facts of a header, a hundred times faster than decoding; checks checksum and counts, not every value.

    Raises
    ------
    CorruptTemplate, UnsupportedTemplateVersion
        As `decode`.
    """
    _check_envelope(data)
    if len(data) < _ENVELOPE.size + _HEADER.size + _CHECKSUM.size:
        raise CorruptTemplate("template: its header is cut short")
    header = _HEADER.unpack_from(data, _ENVELOPE.size)
    digest, descriptor_digest, finger, impression, quality, name_length, count, flags = header[:8]
    rows, cols = header[14:]
    points = flags & 0x7F
    cells = rows * cols + (((rows + 1) // 2) * ((cols + 1) // 2) if flags & 0x80 else 0)
    expected = name_length + count * _MINUTIA_BYTES + points * _SINGULAR_BYTES + cells
    found = len(data) - _ENVELOPE.size - _HEADER.size - _CHECKSUM.size
    if expected != found:
        raise CorruptTemplate(f"template: its counts ask for {expected} bytes of content, {found} are there")
    return NativeFacts(digest + descriptor_digest, finger, impression, quality, count)


class _Reader:
    """Takes columns off the front of the content; lengths were checked before."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._content) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise CorruptTemplate(f"template: expected {count} more bytes, {self.left} are there")
        self._at += count
        return self._content[self._at - count : self._at]

    def octets(self, count: int) -> NDArray[np.uint8]:
        return np.frombuffer(self.take(count), np.uint8)

    def positions(self, count: int) -> NDArray[np.float32]:
        return (np.frombuffer(self.take(2 * count), "<u2") / np.float32(POSITION_STEPS)).astype(np.float32)

    def directions(self, count: int) -> NDArray[np.float32]:
        return self.octets(count) * np.float32(TWO_PI / DIRECTION_STEPS)


def _minutiae(reader: _Reader, count: int) -> tuple[Minutiae, NDArray[np.uint64]]:
    x, y, direction = reader.positions(count), reader.positions(count), reader.directions(count)
    kind, quality = reader.octets(count), reader.octets(count)
    minutiae = Minutiae(x, y, direction, kind, quality)
    unordered = (
        (minutiae.x != x) | (minutiae.y != y) | (minutiae.direction != direction) | (minutiae.kind != kind)
    ) | (minutiae.quality != quality)
    if unordered.any():
        raise CorruptTemplate("template: minutiae are not in canonical order")
    words = np.zeros((count, WORDS, 8), np.uint8)
    words[:, :, :_WORD_BYTES] = reader.octets(count * WORDS * _WORD_BYTES).reshape(count, WORDS, _WORD_BYTES)
    cylinders = words.reshape(count, WORDS * 8).view("<u8").astype(np.uint64)
    cylinders.setflags(write=False)
    return minutiae, cylinders


def _check_envelope(data: bytes) -> None:
    if not isinstance(data, bytes):
        raise InputError(f"template: expected bytes, got {type(data).__name__}")
    if len(data) < _ENVELOPE.size + _CHECKSUM.size:
        raise CorruptTemplate(f"template: expected at least {_ENVELOPE.size + _CHECKSUM.size} bytes, got {len(data)}")
    magic, version, length = _ENVELOPE.unpack_from(data)
    if magic != MAGIC:
        raise CorruptTemplate("template: the bytes do not begin as a template does")
    if length != len(data):
        raise CorruptTemplate(f"template: expected {length} bytes, got {len(data)}")
    if zlib.crc32(data[: -_CHECKSUM.size]) != _CHECKSUM.unpack(data[-_CHECKSUM.size :])[0]:
        raise CorruptTemplate("template: the checksum does not fit the content")
    if version > VERSION:
        raise UnsupportedTemplateVersion(f"template: expected version 1 to {VERSION}, got {version}")
    if version < 1:
        raise CorruptTemplate(f"template: expected version 1 to {VERSION}, got {version}")


def _check_content(template: Template) -> None:
    """What a checksum cannot tell: bytes that were forged, or written by a faulty program."""
    rows, cols = template.shape
    minutiae, grid = template.minutiae, template.coarse_map
    words = template.cylinders
    codes = grid.orientation
    sound = (
        rows >= 1
        and cols >= 1
        and (template.quality <= 100 or template.quality == UNKNOWN_QUALITY)
        and np.isfinite(template.source_ppi)
        and template.source_ppi > 0
        and 30.0 <= template.radius_px <= 150.0
        and bool((minutiae.x < cols).all())
        and bool((minutiae.y < rows).all())
        and not bool((words >> np.uint64(CELLS)).any())
        and not bool((words[:, :-1] & ~words[:, -1:]).any())
        and bool(((codes < 128) | (codes >= 254)).all())
    )
    if not sound:
        raise CorruptTemplate("template: a field holds an impossible value")


def _steps(values: NDArray[np.float32]) -> bytes:
    return np.round(values * np.float32(POSITION_STEPS)).astype("<u2").tobytes()
