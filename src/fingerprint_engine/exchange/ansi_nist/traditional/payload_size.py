"""What the first bytes of a compressed image say of its size; the pixels are not touched."""

from __future__ import annotations

import struct

from fingerprint_engine.exchange.image_codecs import Compression, compression_of

_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP"
_WSQ_FRAME, _JPEG_SCAN = 0xA2, 0xDA
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_HEADER_BYTES = 4096


def stated_size(payload: bytes) -> tuple[int, int] | None:
    """Columns and rows by the payload's own header; None for plain pixels and where no header is found."""
    kind, head = compression_of(payload), payload[:_HEADER_BYTES]
    if kind is Compression.PNG:
        size = _unpacked(">II", head, 16)
        return None if size is None else (size[0], size[1])
    if kind is Compression.WSQ:
        rows_cols = _segment(head, frozenset({_WSQ_FRAME}), ">HH", 2)
        return None if rows_cols is None else (rows_cols[1], rows_cols[0])
    if kind is Compression.JPEG:
        rows_cols = _segment(payload, _JPEG_FRAMES, ">HH", 1)
        return None if rows_cols is None else (rows_cols[1], rows_cols[0])
    if kind is Compression.JPEG_2000 and head.startswith(_JP2_SIGNATURE):
        place = head.find(b"ihdr")
        rows_cols = _unpacked(">II", head, place + 4) if place >= 0 else None
        return None if rows_cols is None else (rows_cols[1], rows_cols[0])
    if kind is Compression.JPEG_2000:
        size = _unpacked(">IIII", head, 8)
        return None if size is None else (size[0] - size[2], size[1] - size[3])
    return None


def _segment(data: bytes, frames: frozenset[int], layout: str, skip: int) -> tuple[int, ...] | None:
    """Numbers in the first marker segment of these kinds, ``skip`` bytes behind its length."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in frames:
            return _unpacked(layout, data, place + 4 + skip)
        if marker == _JPEG_SCAN or length < 2:
            return None
        place += 2 + length
    return None


def _unpacked(layout: str, data: bytes, place: int) -> tuple[int, ...] | None:
    return struct.unpack_from(layout, data, place) if place + struct.calcsize(layout) <= len(data) else None
