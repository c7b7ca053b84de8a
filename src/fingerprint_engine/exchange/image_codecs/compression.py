"""The compressions that records name, and how their payloads begin."""

from __future__ import annotations

import enum


class Compression(enum.StrEnum):
    """How an image is compressed in a record."""

    RAW = "raw"
    PACKED = "packed"
    WSQ = "wsq"
    JPEG = "jpeg"
    JPEG_2000 = "jpeg-2000"
    JPEG_2000_LOSSLESS = "jpeg-2000-lossless"
    PNG = "png"

    @property
    def is_lossless(self) -> bool:
        """Whether pixels come back as they were."""
        return self in (Compression.RAW, Compression.PACKED, Compression.JPEG_2000_LOSSLESS, Compression.PNG)


_STARTS = {
    b"\xff\xa0\xff": Compression.WSQ,
    b"\xff\xd8\xff": Compression.JPEG,
    b"\xff\x4f\xff\x51": Compression.JPEG_2000,
    b"\x00\x00\x00\x0cjP  \r\n\x87\n": Compression.JPEG_2000,
    b"\x89PNG\r\n\x1a\n": Compression.PNG,
}


def compression_of(data: bytes) -> Compression | None:
    """What a payload is by its first bytes; None for plain pixels and what is unknown. JPEG 2000 counts as lossy."""
    return next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)
