"""JPEG 2000 writing as the exchange of 1000 ppi prints asks for, with the resolution box that Pillow cannot write."""

from __future__ import annotations

import io

from PIL import Image

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.image_codecs.jp2_boxes import jp2_boxes
from fingerprint_engine.geometry import MM_PER_INCH
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing import FingerprintImage

LOSSY_RATIO = 10.0
"""10:1 at 1000 ppi: INTERPOL's field table and the American profile."""
_MAX_RESOLUTIONS = 7  # six levels of wavelets
_HEADER_BOX = b"jp2h"
_U16_MAX = 0xFFFF


def encode(image: FingerprintImage, *, lossless: bool, ratio: float = LOSSY_RATIO) -> bytes:
    """A JP2 file of one grey component.

    Lossless: the reversible 5-3 wavelet. Lossy: the irreversible 9-7 wavelet at ``ratio``. Both with blocks of 64 x 64,
    six levels (fewer for small images) and the order RPCL. The box ``res `` states the resolution.

    Raises
    ------
    ExchangeError
        When the ratio is less than 1.
    """
    if not lossless and not ratio >= 1.0:
        raise ExchangeError(f"JPEG 2000: expected a ratio of at least 1, got {ratio:g}")
    resolutions = max(1, min(_MAX_RESOLUTIONS, min(image.shape).bit_length()))
    buffer = io.BytesIO()
    Image.fromarray(image.pixels).save(
        buffer,
        "JPEG2000",
        irreversible=not lossless,
        quality_mode="rates",
        quality_layers=None if lossless else [ratio],
        num_resolutions=resolutions,
        codeblock_size=(64, 64),
        progression="RPCL",
    )
    return _with_resolution(buffer.getvalue(), image.ppi)


def _with_resolution(data: bytes, ppi: float) -> bytes:
    """The file with the capture resolution at the end of its header box."""
    per_metre = round(ppi * 1000.0 / MM_PER_INCH)
    exponent = 0
    while per_metre > _U16_MAX:
        per_metre, exponent = round(per_metre / 10), exponent + 1
    number = per_metre.to_bytes(2, "big") + b"\x00\x01"
    capture = (18).to_bytes(4, "big") + b"resc" + number + number + bytes([exponent, exponent])
    box = (8 + len(capture)).to_bytes(4, "big") + b"res " + capture
    for header in jp2_boxes(data, Budget()):
        if header.kind == _HEADER_BOX:
            length = (header.stop - header.start + len(box)).to_bytes(4, "big")
            return data[: header.start] + length + data[header.start + 4 : header.stop] + box + data[header.stop :]
    raise ExchangeError("JPEG 2000: the encoder wrote no header box")
