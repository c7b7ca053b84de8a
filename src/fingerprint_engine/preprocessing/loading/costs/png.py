"""PNG: a chain of chunks, each of which Pillow reads in Python."""

from __future__ import annotations

from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.codec_port import check_stated_size

_SIGNATURE_BYTES, _FRAME_BYTES = 8, 12
_SIZE = slice(16, 24)


def decoder_bytes(data: bytes, budget: Budget) -> int:
    """None beside the image; the chunks are counted."""
    if len(data) >= _SIZE.stop:
        size = data[_SIZE]
        check_stated_size(int.from_bytes(size[:4], "big"), int.from_bytes(size[4:], "big"))
    at = _SIGNATURE_BYTES
    while at + _FRAME_BYTES <= len(data):
        budget.spend("items")
        at += _FRAME_BYTES + int.from_bytes(data[at : at + 4], "big")
    return 0
