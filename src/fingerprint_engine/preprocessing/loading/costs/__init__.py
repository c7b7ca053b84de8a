"""A FILE'S HEADERS IN, WHAT DECODING IT WILL COST OUT.

In come the bytes of an image file; out goes the memory that its decoder will need beside the image itself, or
`LimitExceeded`, before a decoder sees the file. Decoders trust what headers state: one of two kilobytes may ask for
gigabytes, or for minutes. One module per format, which looks at headers only; the room must not decode anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.costs import bmp, jpeg, jpeg_2000, png, tiff

__all__ = ["bmp", "decoder_bytes", "jpeg", "jpeg_2000", "png", "tiff"]

_OF_KIND: Mapping[str, Callable[[bytes, Budget], int]] = {
    "BMP": bmp.decoder_bytes,
    "JPEG": jpeg.decoder_bytes,
    "JPEG2000": jpeg_2000.decoder_bytes,
    "PNG": png.decoder_bytes,
    "TIFF": tiff.decoder_bytes,
}


def decoder_bytes(kind: str, data: bytes, budget: Budget) -> int:
    """Bytes that a decoder will need beside the image, as far as a file's headers say.

    Parameters
    ----------
    kind
        Format of the file, as Pillow calls it.
    data
        The whole file; it may be damaged.
    budget
        Against which chunks, segments, strips and the like are counted.

    Raises
    ------
    LimitExceeded
        When there are too many of them, or that memory is not allowed.
    ImageError
        When the image is larger than an image may be, or the headers contradict the file.
    """
    needed = _OF_KIND[kind](data, budget)
    budget.need("memory_bytes", needed)
    return needed
