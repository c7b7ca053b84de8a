"""BMP: run lengths are decoded by Pillow in Python, pair by pair, into two buffers of the image's size."""

from __future__ import annotations

import struct

from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.codec_port import check_stated_size

_HEADER_SIZE, _SHORTEST = 14, 40
"""Older headers than those of 40 bytes state the size in fewer bytes, and no run lengths."""
_SIZE_AT = 18
_HEADER = struct.Struct("<iiHHI")
_RUN_LENGTHS = (1, 2)
_BYTES_PER_ITEM = 20
"""Ten pairs take as long as one item of another format."""


def decoder_bytes(data: bytes, budget: Budget) -> int:
    """Of two buffers, where the file states run lengths."""
    if len(data) < _SIZE_AT + _HEADER.size or data[_HEADER_SIZE] < _SHORTEST:
        return 0
    cols, rows, _, _, compression = _HEADER.unpack_from(data, _SIZE_AT)
    check_stated_size(cols, abs(rows))
    if compression not in _RUN_LENGTHS:
        return 0
    budget.spend("items", len(data) // _BYTES_PER_ITEM)
    return int(2 * abs(cols * rows))
