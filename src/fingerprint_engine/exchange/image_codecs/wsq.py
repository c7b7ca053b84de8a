"""WSQ writing through the extra ``wsq``: NIST's encoder at its fixed 0.75 bits per pixel, about 15:1."""

from __future__ import annotations

import re
import struct

from fingerprint_engine.errors import ExchangeError, ImageError
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.preprocessing.loading import wsq_process
from fingerprint_engine.preprocessing.loading.marker_segments import marker_segments

_COMMENT = 0xA8
_PPI = re.compile(rb"(?<=\nPPI )-?\d+(?=\n)")
_CHILD = """
import struct
rows, cols = struct.unpack("<ii", sys.stdin.buffer.read(8))
sys.stdout.buffer.write(_wsq.compress(sys.stdin.buffer.read(), rows, cols, 12.0))
"""
"""The encoder's last argument is not used by it; it has no other rate."""


def encode(image: FingerprintImage) -> bytes:
    """A WSQ file whose comment states the image's resolution.

    Raises
    ------
    MissingExtra
        When the extra is not installed.
    ExchangeError
        When the encoder fails.
    """
    rows, cols = image.shape
    request = struct.pack("<ii", rows, cols) + image.pixels.tobytes()
    try:
        written = wsq_process.run(_CHILD, request, pixels=rows * cols, action="encoding")
    except ImageError as error:
        raise ExchangeError(str(error)) from error
    if not written.startswith(b"\xff\xa0"):
        raise ExchangeError(f"WSQ: the encoder failed on {cols} x {rows} px")
    return with_ppi(written, image.ppi)


def with_ppi(data: bytes, ppi: float) -> bytes:
    """The file with the resolution that its comment states replaced: the encoder always writes 500.

    Raises
    ------
    ExchangeError
        When the file has no such comment at its beginning.
    """
    first = next(marker_segments(data, Budget()), None)
    if first is None or first.marker != _COMMENT or _PPI.search(first.body) is None:
        raise ExchangeError("WSQ: expected a comment with the resolution behind the start of the file")
    changed = _PPI.sub(str(round(ppi)).encode(), first.body)
    return data[:4] + (2 + len(changed)).to_bytes(2, "big") + changed + data[first.stop :]
