"""What the headers of compressed images say: size and kind; the pixels are not touched."""

from __future__ import annotations

import struct

from fingerprint_engine.exchange.image_codecs.compression import Compression, compression_of
from fingerprint_engine.exchange.image_codecs.jp2_boxes import jp2_boxes
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.marker_segments import MarkerSegment, marker_segments

_WSQ_FRAMES = frozenset({0xA2})
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_LOSSLESS_FRAME = 0xC3
_CODE_STREAM_SIZES = frozenset({0x51})
_PNG_SIZE_AT = 16


def stated_size(payload: bytes, budget: Budget) -> tuple[int, int] | None:
    """Columns and rows by the payload's own header; None for plain pixels and where no header is found.

    Raises
    ------
    LimitExceeded
        When more precedes the header than the budget allows.
    """
    match compression_of(payload):
        case Compression.PNG:
            return _pair(">II", payload, _PNG_SIZE_AT)
        case Compression.WSQ:
            return _turned(_pair(">HH", _body(payload, _WSQ_FRAMES, budget), 2))
        case Compression.JPEG:
            return _turned(_pair(">HH", _body(payload, _JPEG_FRAMES, budget), 1))
        case Compression.JPEG_2000:
            for box in jp2_boxes(payload, budget):
                if box.kind == b"jp2h":  # its first box is the image header
                    return _turned(_pair(">II", payload, box.start + 16))
            return _extent_of_code_stream(_body(payload, _CODE_STREAM_SIZES, budget))
        case _:
            return None


def is_lossless_jpeg(payload: bytes, budget: Budget) -> bool:
    """Whether the frame header is that of lossless JPEG (SOF3)."""
    frame = _first(payload, _JPEG_FRAMES, budget)
    return frame is not None and frame.marker == _JPEG_LOSSLESS_FRAME


def _extent_of_code_stream(body: bytes) -> tuple[int, int] | None:
    far, near = _pair(">II", body, 2), _pair(">II", body, 10)
    return None if far is None or near is None else (far[0] - near[0], far[1] - near[1])


def _first(data: bytes, markers: frozenset[int], budget: Budget) -> MarkerSegment | None:
    return next((segment for segment in marker_segments(data, budget) if segment.marker in markers), None)


def _body(data: bytes, markers: frozenset[int], budget: Budget) -> bytes:
    segment = _first(data, markers, budget)
    return b"" if segment is None else segment.body


def _pair(layout: str, data: bytes, place: int) -> tuple[int, int] | None:
    if place + struct.calcsize(layout) > len(data):
        return None
    first, second = struct.unpack_from(layout, data, place)
    return first, second


def _turned(rows_cols: tuple[int, int] | None) -> tuple[int, int] | None:
    return None if rows_cols is None else (rows_cols[1], rows_cols[0])
