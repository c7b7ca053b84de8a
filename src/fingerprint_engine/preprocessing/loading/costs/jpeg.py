"""JPEG: segments, which Pillow reads in Python, and scans, each of which goes over the whole image."""

from __future__ import annotations

from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.codec_port import check_stated_size
from fingerprint_engine.preprocessing.loading.costs import tiff

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_SCAN, _APP_1, _APP_2 = 0xDA, 0xE1, 0xE2
_ALONE = frozenset({0x00, 0x01, 0xFF, *range(0xD0, 0xDA)})
"""Second bytes behind which no length follows: escaped data, padding, restarts, start and end of the image."""
_EXIF, _PICTURES = b"Exif\0\0", b"MPF\0"
_PIXELS_PER_ITEM = 64 * 64
"""Pixels over which one scan goes in the time of one item of another format."""
_COEFFICIENT_BYTES = 2


def decoder_bytes(data: bytes, budget: Budget) -> int:
    """Of the coefficients, which are kept where there are several scans."""
    at, samples, pixels, is_progressive = 2, 0, 0, False
    exif_segments, exif_bytes = 0, 0
    while 0 <= (found := data.find(b"\xff", at)) < len(data) - 1:
        budget.spend("items", 1 + found - at)
        marker = data[found + 1]
        at = found + (1 if marker == 0xFF else 2)
        if marker in _ALONE:
            continue
        if marker == _SCAN:
            scans = data.count(b"\xff\xda", found)
            budget.spend("items", scans * pixels // _PIXELS_PER_ITEM)
            return _COEFFICIENT_BYTES * samples if is_progressive or scans > 1 else 0
        body = data[at + 2 : at + max(2, int.from_bytes(data[at : at + 2], "big"))]
        at += 2 + len(body)
        if marker in _FRAMES and len(body) > 5:
            rows, cols = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            check_stated_size(cols, rows)
            pixels = cols * rows
            samples, is_progressive = pixels * body[5], marker in _PROGRESSIVE
        elif marker == _APP_1 and body.startswith(_EXIF):
            exif_segments, exif_bytes = exif_segments + 1, exif_bytes + len(body)
            budget.need("memory_bytes", exif_segments * exif_bytes)  # each is joined to a copy of those before
            tiff.check_directories(body[len(_EXIF) :], budget)
        elif marker == _APP_2 and body.startswith(_PICTURES):
            tiff.check_directories(body[len(_PICTURES) :], budget)
    return 0
