"""The image-codec port: what a decoder of an image format has to offer.

To add a codec, write a class with `sniff` and `decode` as `ImageCodec` describes them, and name it in the entry-point
group ``fingerprint_engine.image_codecs`` of a ``pyproject.toml``: this package's, or that of a package of its own.
It is then found both for files and for payloads in records.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from fingerprint_engine.errors import ImageError
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.image import MAX_PIXELS, MAX_SIDE_PX

SNIFF_BYTES = 64
"""How many leading bytes of a file a codec is shown."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """What a codec found in a file, before any judgement.

    Parameters
    ----------
    pixels
        Shape (rows, cols) for grey, (rows, cols, 2) grey and alpha, (rows, cols, 3) RGB, (rows, cols, 4) RGBA; of the
        depth that the file has (bool, uint8, uint16, int32, float32).
    ppi
        Pixels per inch along x and along y as the file states them, or None where it states nothing.
    remarks
        What is doubtful about the file although it could be decoded, a sentence each.
    """

    pixels: NDArray[Any]
    ppi: tuple[float, float] | None
    remarks: tuple[str, ...] = ()


@runtime_checkable
class ImageCodec(Protocol):
    """The port. Implementations have no state and may be called from several threads at once.

    A codec recognises its formats by content, never by file name. An entry point names a class that is made without
    arguments.
    """

    def sniff(self, header: bytes) -> bool:
        """Whether a file that begins with these bytes (up to `SNIFF_BYTES`) is one of this codec's formats."""
        ...

    def decode(self, data: bytes, budget: Budget) -> DecodedImage:
        """Decode a whole file.

        Parameters
        ----------
        data
            The file.
        budget
            What it may cost. A codec counts the pixels that the header states, and what else the file can make it
            repeat, before it allocates anything of that size.

        Raises
        ------
        ImageError
            For any bytes that cannot be decoded completely, are larger than allowed (`LimitExceeded`) or hold more
            than one page; no other exception leaves a codec, except `MissingExtra` when the decoder is not installed.
        """
        ...


def check_stated_size(cols: int, rows: int) -> None:
    """Refuse a size that a header states, before anything of that size is allocated.

    Raises
    ------
    ImageError
        When a side is not positive or the image is larger than a fingerprint image may be.
    """
    if cols < 1 or rows < 1:
        raise ImageError(f"expected at least one pixel, header states {cols} x {rows}")
    if max(cols, rows) > MAX_SIDE_PX or cols * rows > MAX_PIXELS:
        raise ImageError(
            f"expected at most {MAX_SIDE_PX} px per side and {MAX_PIXELS} px in all, header states {cols} x {rows}"
        )
