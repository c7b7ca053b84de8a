"""The native byte format of templates, version 1; the table of its bytes is in `docs/formats.md`.

The envelope is the same in all versions: magic, version (uint16), total length (uint32) and, in the last four bytes,
the CRC-32 of all bytes before. Damage is therefore told from a newer version whatever that version holds. Bytes are
checked by `native.check`, content by `content_checks`: what is here may trust both.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import CoarseMap
from fingerprint_engine.template.content import TemplateContent
from fingerprint_engine.template.kernels.native import (
    CONTENT_AT,
    COUNT_AT,
    CYLINDER_WORDS,
    DIGESTS_AT,
    DIGESTS_BYTES,
    FINGER_AT,
    HAS_PERIOD,
    IMPRESSION_AT,
    NAME_LENGTH_AT,
    QUALITY_AT,
    RADIUS_AT,
    WORD_BYTES,
)
from fingerprint_engine.template.making import Making
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
_RADIUS = struct.Struct("<f")
_SECOND_DIGEST_AT = DIGESTS_AT + DIGESTS_BYTES // 2


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


def encode(template: TemplateContent) -> bytes:
    """The bytes of content that `content_checks.check_content` let in."""
    minutiae, points, grid = template.minutiae, template.singular_points, template.coarse_map
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
    """What bytes hold that `native.check.check_native` let in."""
    header = _header_of(data)
    reader = _Reader(data[_ENVELOPE.size + _HEADER.size : -_CHECKSUM.size])
    points, cells = header.points, (header.rows, header.cols)
    return TemplateContent(
        extractor=reader.take(header.name_bytes).decode(),
        minutiae=reader.minutiae(header.minutiae),
        cylinders=reader.cylinders(header.minutiae),
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
        parameters_digest=header.parameters_digest,
        descriptor_digest=header.descriptor_digest,
        radius_px=header.radius_px,
    )


class NativeFacts(NamedTuple):
    """What the header of a native template says."""

    made_with: Making
    finger: int
    impression: int
    quality: int
    minutiae: int


def facts_of(data: bytes) -> NativeFacts:
    """The facts of a header that `native.check.check_native` let in, a hundred times faster than decoding."""
    finger, impression, quality, minutiae = data[FINGER_AT], data[IMPRESSION_AT], data[QUALITY_AT], data[COUNT_AT]
    return NativeFacts(made_with(data), finger, impression, quality, minutiae)


def made_with(data: bytes) -> Making:
    """With what a template was made, of whose header `facts_of` says more; every search asks for it."""
    (radius_px,) = _RADIUS.unpack_from(data, RADIUS_AT)
    name = data[CONTENT_AT : CONTENT_AT + data[NAME_LENGTH_AT]].decode(errors="replace")
    return Making(data[DIGESTS_AT:_SECOND_DIGEST_AT], data[_SECOND_DIGEST_AT:FINGER_AT], radius_px, name)


def _header_of(data: bytes) -> _Header:
    return _Header(*_HEADER.unpack_from(data, _ENVELOPE.size))


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

    def minutiae(self, count: int) -> Minutiae:
        x, y, direction = self.positions(count), self.positions(count), self.directions(count)
        return Minutiae(x, y, direction, self.octets(count), self.octets(count))

    def cylinders(self, count: int) -> NDArray[np.uint64]:
        stored = self.octets(count * CYLINDER_WORDS * WORD_BYTES).reshape(count, CYLINDER_WORDS, WORD_BYTES)
        words = np.zeros((count, CYLINDER_WORDS, 8), np.uint8)
        words[:, :, :WORD_BYTES] = stored
        cylinders = words.reshape(count, CYLINDER_WORDS * 8).view("<u8").astype(np.uint64)
        cylinders.setflags(write=False)
        return cylinders


def _two_bytes_each(codes: NDArray[np.uint16]) -> bytes:
    return codes.astype("<u2").tobytes()
