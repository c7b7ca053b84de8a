"""The native byte format of templates, version 1; the table of its bytes is in `docs/formats.md`.

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
from fingerprint_engine.minutiae.columns import MAX_QUALITY, UNKNOWN_QUALITY, Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import ORIENTATION_STEPS, UNKNOWN_ORIENTATION, CoarseMap
from fingerprint_engine.template.content import TemplateContent
from fingerprint_engine.template.cylinders import CELLS
from fingerprint_engine.template.kernels.native import (
    CYLINDER_WORDS,
    HAS_PERIOD,
    MINUTIA_BYTES,
    SINGULAR_BYTES,
    WORD_BYTES,
)
from fingerprint_engine.template.parameters import RADIUS_RANGE_PX
from fingerprint_engine.template.quantization import (
    direction_codes,
    directions_rad,
    position_codes,
    positions_px,
)

MAGIC = b"FPET"
VERSION = 1
_ENVELOPE = struct.Struct("<4sHI")
_HEADER = struct.Struct("<8s8sBBBBBBHHff4H")
_CHECKSUM = struct.Struct("<I")


class _Header(NamedTuple):
    """The fields of fixed size, in the order of the bytes."""

    parameters_digest: bytes
    descriptor_digest: bytes
    finger: int
    impression: int
    quality: int
    name_bytes: int
    minutiae: int
    points_and_flag: int
    rows_px: int
    cols_px: int
    source_ppi: float
    radius_px: float
    first_row: int
    first_col: int
    rows: int
    cols: int

    @property
    def points(self) -> int:
        """Number of singular points."""
        return self.points_and_flag & ~HAS_PERIOD

    @property
    def period_shape(self) -> tuple[int, int]:
        """Rows and columns of the period map, (0, 0) when there is none."""
        return ((self.rows + 1) // 2, (self.cols + 1) // 2) if self.points_and_flag & HAS_PERIOD else (0, 0)

    @property
    def content_bytes(self) -> int:
        """Size of what follows the header, without the checksum."""
        period_rows, period_cols = self.period_shape
        points = self.minutiae * MINUTIA_BYTES + self.points * SINGULAR_BYTES
        return self.name_bytes + points + self.rows * self.cols + period_rows * period_cols


def encode(template: TemplateContent) -> bytes:
    """The bytes of a template."""
    minutiae, points, grid = template.minutiae, template.singular_points, template.coarse_map
    if len(minutiae) > 255 or len(points) >= HAS_PERIOD:
        raise InputError(
            f"template: expected at most 255 minutiae and {HAS_PERIOD - 1} singular points, "
            f"got {len(minutiae)} and {len(points)}"
        )
    name = template.extractor.encode()
    rows, cols = grid.orientation.shape
    header = _Header(
        parameters_digest=template.parameters_digest,
        descriptor_digest=template.descriptor_digest,
        finger=template.finger,
        impression=template.impression,
        quality=template.quality,
        name_bytes=len(name),
        minutiae=len(minutiae),
        points_and_flag=len(points) | (HAS_PERIOD if grid.period.size else 0),
        rows_px=template.shape[0],
        cols_px=template.shape[1],
        source_ppi=template.source_ppi,
        radius_px=template.radius_px,
        first_row=grid.row,
        first_col=grid.col,
        rows=rows,
        cols=cols,
    )
    words = np.ascontiguousarray(template.cylinders.astype("<u8")).view(np.uint8)
    body = b"".join(
        (
            _HEADER.pack(*header),
            name,
            _two_bytes_each(position_codes(minutiae.x)),
            _two_bytes_each(position_codes(minutiae.y)),
            direction_codes(minutiae.direction).tobytes(),
            minutiae.kind.tobytes(),
            minutiae.quality.tobytes(),
            words.reshape(len(minutiae), CYLINDER_WORDS, 8)[:, :, :WORD_BYTES].tobytes(),
            _two_bytes_each(position_codes(points.x)),
            _two_bytes_each(position_codes(points.y)),
            direction_codes(points.direction).tobytes(),
            points.kind.tobytes(),
            grid.orientation.tobytes(),
            grid.period.tobytes(),
        )
    )
    total = _ENVELOPE.size + len(body) + _CHECKSUM.size
    data = _ENVELOPE.pack(MAGIC, VERSION, total) + body
    return data + _CHECKSUM.pack(zlib.crc32(data))


def decode(data: bytes) -> TemplateContent:
    """What bytes hold; see `Template.from_bytes`."""
    header = _read_header(data)
    reader = _Reader(data[_ENVELOPE.size + _HEADER.size : -_CHECKSUM.size])
    points, cells = header.points, (header.rows, header.cols)
    try:
        extractor = reader.take(header.name_bytes).decode()
        minutiae = _minutiae(reader, header.minutiae)
        content = TemplateContent(
            minutiae=minutiae,
            cylinders=_cylinders(reader, header.minutiae),
            singular_points=SingularPoints(
                reader.positions(points), reader.positions(points), reader.directions(points), reader.octets(points)
            ),
            coarse_map=CoarseMap(
                header.first_row, header.first_col, reader.octets_of(cells), reader.octets_of(header.period_shape)
            ),
            finger=Finger(header.finger),
            impression=Impression(header.impression),
            quality=header.quality,
            shape=(header.rows_px, header.cols_px),
            source_ppi=header.source_ppi,
            extractor=extractor,
            parameters_digest=header.parameters_digest,
            descriptor_digest=header.descriptor_digest,
            radius_px=header.radius_px,
        )
    except CorruptTemplate:
        raise
    except ValueError as error:  # enum members, UTF-8 and the columns' own checks
        raise CorruptTemplate(f"template: a field holds an impossible value ({type(error).__name__})") from error
    _check_content(content)
    return content


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
    header = _read_header(data)
    digest = header.parameters_digest + header.descriptor_digest
    return NativeFacts(digest, header.finger, header.impression, header.quality, header.minutiae)


def _read_header(data: bytes) -> _Header:
    """The header of sound bytes: magic, length, checksum and version are right, and the counts fit the length."""
    _check_envelope(data)
    found = len(data) - _ENVELOPE.size - _HEADER.size - _CHECKSUM.size
    if found < 0:
        raise CorruptTemplate("template: its header is cut short")
    header = _Header(*_HEADER.unpack_from(data, _ENVELOPE.size))
    if header.content_bytes != found:
        raise CorruptTemplate(
            f"template: its counts ask for {header.content_bytes} bytes of content, {found} are there"
        )
    return header


class _Reader:
    """Takes columns off the front of the content; lengths were checked before."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, count: int) -> bytes:
        self._at += count
        return self._content[self._at - count : self._at]

    def octets(self, count: int) -> NDArray[np.uint8]:
        return np.frombuffer(self.take(count), np.uint8)

    def octets_of(self, shape: tuple[int, int]) -> NDArray[np.uint8]:
        return self.octets(shape[0] * shape[1]).reshape(shape)

    def positions(self, count: int) -> NDArray[np.float32]:
        return positions_px(np.frombuffer(self.take(2 * count), "<u2"))

    def directions(self, count: int) -> NDArray[np.float32]:
        return directions_rad(self.octets(count))


def _minutiae(reader: _Reader, count: int) -> Minutiae:
    x, y, direction = reader.positions(count), reader.positions(count), reader.directions(count)
    kind, quality = reader.octets(count), reader.octets(count)
    minutiae = Minutiae(x, y, direction, kind, quality)
    unordered = (
        (minutiae.x != x) | (minutiae.y != y) | (minutiae.direction != direction) | (minutiae.kind != kind)
    ) | (minutiae.quality != quality)
    if unordered.any():
        raise CorruptTemplate("template: minutiae are not in canonical order")
    return minutiae


def _cylinders(reader: _Reader, count: int) -> NDArray[np.uint64]:
    stored = reader.octets(count * CYLINDER_WORDS * WORD_BYTES).reshape(count, CYLINDER_WORDS, WORD_BYTES)
    words = np.zeros((count, CYLINDER_WORDS, 8), np.uint8)
    words[:, :, :WORD_BYTES] = stored
    cylinders = words.reshape(count, CYLINDER_WORDS * 8).view("<u8").astype(np.uint64)
    cylinders.setflags(write=False)
    return cylinders


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


def _check_content(content: TemplateContent) -> None:
    """What a checksum cannot tell: bytes that were forged, or written by a faulty program."""
    rows, cols = content.shape
    minutiae, words, codes = content.minutiae, content.cylinders, content.coarse_map.orientation
    sound = (
        rows >= 1
        and cols >= 1
        and (content.quality <= MAX_QUALITY or content.quality == UNKNOWN_QUALITY)
        and np.isfinite(content.source_ppi)
        and content.source_ppi > 0
        and RADIUS_RANGE_PX[0] <= content.radius_px <= RADIUS_RANGE_PX[1]
        and bool((minutiae.x < cols).all())
        and bool((minutiae.y < rows).all())
        and not bool((words >> np.uint64(CELLS)).any())
        and not bool((words[:, :-1] & ~words[:, -1:]).any())
        and bool(((codes < ORIENTATION_STEPS) | (codes >= UNKNOWN_ORIENTATION)).all())
    )
    if not sound:
        raise CorruptTemplate("template: a field holds an impossible value")


def _two_bytes_each(codes: NDArray[np.uint16]) -> bytes:
    return codes.astype("<u2").tobytes()
