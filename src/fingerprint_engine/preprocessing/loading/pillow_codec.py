"""The built-in image codec: PNG, BMP, TIFF, PGM, JPEG and JPEG 2000 through Pillow."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from fingerprint_engine.errors import ImageError, UnreadableImage
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.image import MAX_PIXELS
from fingerprint_engine.preprocessing.loading import costs, portable_maps
from fingerprint_engine.preprocessing.loading.codec_port import DecodedImage, check_stated_size
from fingerprint_engine.preprocessing.loading.costs.tiff import check_directories, white_is_zero

_SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "BMP": (b"BM",),
    "TIFF": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "PPM": tuple(b"P%d%c" % (kind, space) for kind in range(1, 7) for space in b" \t\r\n"),
    "JPEG": (b"\xff\xd8\xff",),
    "JPEG2000": (b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
}
_MODES_AS_THEY_ARE = ("1", "L", "LA", "I", "I;16", "I;16L", "I;16B", "F", "RGB", "RGBA")
_MODES_CONVERTED = {"P": "RGBA", "PA": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "La": "LA", "RGBa": "RGBA"}
_BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2}
"""As Pillow holds them; in all other modes four."""
_STRIP_ROWS = 256
_TWELVE_BIT_MAX, _SIXTEEN_BIT_MAX = 4095, np.uint16(65535)
_ROUNDING_PPI = 0.02
"""Whole pixels per metre state a resolution to half of 0.0254 ppi: 500 ppi comes back as 499.999."""


class PillowCodec:
    """Decoder of the formats that Pillow reads and that fingerprints come in."""

    def sniff(self, header: bytes) -> bool:
        """Whether the bytes begin one of the six formats."""
        return _format_of(header) is not None

    def decode(self, data: bytes, budget: Budget | None = None) -> DecodedImage:
        """Decode a whole file; see `ImageCodec.decode`.

        Mirrored and turned images are set upright as their orientation tag says.
        """
        kind = _format_of(data[:16])
        if kind is None:
            raise UnreadableImage("expected PNG, BMP, TIFF, PGM, JPEG or JPEG 2000, got a file of another kind")
        limited = Budget() if budget is None else budget
        if kind == "PPM":
            return DecodedImage(portable_maps.decode(data, limited), None)
        beside = costs.decoder_bytes(kind, data, limited)
        readable, is_white_zero = _zero_as_black(data) if kind == "TIFF" else (data, False)
        try:
            with Image.open(io.BytesIO(readable), formats=[kind]) as image:
                check_stated_size(*image.size)
                _check_pages(image, kind)
                _check_depth(image, kind)
                _check_cost(image, beside, limited)
                image.load()
                _check_exif(image, limited)
                ppi = _stated_ppi(image)
                ImageOps.exif_transpose(image, in_place=True)
                pixels = _pixels(image, kind)
                if is_white_zero:
                    _turn_white(pixels)
        except ImageError:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ImageError(f"{kind}: expected at most {MAX_PIXELS} px in all, header states far more") from error
        except UnidentifiedImageError as error:
            raise UnreadableImage(f"{kind}: the file begins like one, but its header is damaged or cut off") from error
        except Exception as error:  # Damaged files make Pillow raise nearly any exception; none may leave a codec.
            raise UnreadableImage(
                f"{kind}: the file is damaged or cut off ({type(error).__name__}: {error})"
            ) from error
        return DecodedImage(pixels, ppi)


def decoded_of_pillow(image: Image.Image, budget: Budget) -> DecodedImage:
    """The pixels of an image of Pillow's that a caller holds, and what it says of their resolution.

    Raises
    ------
    ImageError, LimitExceeded
        When it is larger than an image may be, has several pages, or is of a kind that is not read.
    """
    check_stated_size(*image.size)
    _check_pages(image, "image")
    _check_cost(image, 0, budget)
    try:
        return DecodedImage(_pixels(image, "image"), _stated_ppi(image))
    except (OSError, ValueError, SyntaxError) as error:  # a file behind it that was not read yet
        raise UnreadableImage(f"the image cannot be read ({type(error).__name__}: {error})") from error


def _format_of(header: bytes) -> str | None:
    return next((kind for kind, starts in _SIGNATURES.items() if header.startswith(starts)), None)


def _check_pages(image: Image.Image, kind: str) -> None:
    """Refuse several pages; auxiliary pictures behind a JPEG are none, and those of TIFF were counted before."""
    pages = 1 if kind in ("JPEG", "TIFF") else getattr(image, "n_frames", 1)
    if pages != 1:
        raise ImageError(f"{kind}: expected one page, got {pages}; split the file first")


def _check_depth(image: Image.Image, kind: str) -> None:
    """Refuse colour of more than 8 bits, which Pillow would cut down without a word."""
    tiles = getattr(image, "tile", None) or ()
    if image.mode in ("RGB", "RGBA", "LA") and any(";16" in str(tile[3]) for tile in tiles):
        raise ImageError(f"{kind}: expected 8 bits a channel, got 16-bit {image.mode}; convert to 8-bit grey first")


def _zero_as_black(data: bytes) -> tuple[bytes, bool]:
    """A TIFF file that Pillow reads, and whether what it reads is to be inverted.

    Pillow inverts 8 bits where 0 is white. Of 16 bits it forgets it, or knows no such files, by their order of bytes.
    """
    found = white_is_zero(data)
    if found is None:
        return data, False
    at, black = found
    return data[:at] + black + data[at + len(black) :], True


def _turn_white(pixels: NDArray[np.uint16]) -> None:
    """Invert 16 bits in place; 12 bits in 16 are left as they are, to be refused as such."""
    if pixels.size and pixels.max() > _TWELVE_BIT_MAX:
        np.subtract(_SIXTEEN_BIT_MAX, pixels, out=pixels)


def _check_cost(image: Image.Image, beside: int, budget: Budget) -> None:
    """Count the image as Pillow holds it, the array that is made of it, and what the decoder needs beside them."""
    cols, rows = image.size
    held = _BYTES_PER_PIXEL.get(image.mode, 4) + (4 if image.mode in _MODES_CONVERTED else len(image.getbands()))
    budget.spend("pixels", cols * rows)
    budget.need("memory_bytes", cols * rows * held + beside)


def _check_exif(image: Image.Image, budget: Budget) -> None:
    """Count the tags that are about to be read for the orientation; PNG files may hold them behind the pixels."""
    exif = image.info.get("exif")
    text = image.info.get("Raw profile type exif")
    if exif is None and isinstance(text, str):
        exif = bytes.fromhex("".join(text.split("\n")[3:]))
    if isinstance(exif, bytes):
        check_directories(exif.removeprefix(b"Exif\0\0"), budget)


def _pixels(image: Image.Image, kind: str) -> NDArray[Any]:
    """The pixels, a strip at a time: Pillow would hold the whole image three times."""
    if image.mode not in _MODES_AS_THEY_ARE and image.mode not in _MODES_CONVERTED:
        raise ImageError(
            f"{kind}: expected grey, palette or RGB pixels, got colour mode {image.mode}; convert to grey first"
        )
    cols, rows = image.size
    found: NDArray[Any] | None = None
    for top in range(0, rows, _STRIP_ROWS):
        strip = image.crop((0, top, cols, min(rows, top + _STRIP_ROWS)))
        values = np.asarray(strip.convert(_MODES_CONVERTED.get(image.mode, image.mode)))
        if found is None:
            found = np.empty((rows, *values.shape[1:]), values.dtype.newbyteorder("="))
        found[top : top + len(values)] = values
    return np.empty((0, 0), np.uint8) if found is None else found


def _stated_ppi(image: Image.Image) -> tuple[float, float] | None:
    stated = image.info.get("dpi")
    if stated is None:
        return _shape_of_pixels(image)
    along_x, along_y = (_unrounded(float(value)) for value in stated)
    if min(along_x, along_y) <= 1.0:  # 0 is what BMP, 1 what TIFF says when nothing is known
        return None
    return along_x, along_y


def _shape_of_pixels(image: Image.Image) -> tuple[float, float] | None:
    """Pixels along x and y where a file states oblong ones in no unit; None for square ones."""
    for name in ("aspect", "jfif_density", "resolution"):  # PNG, JPEG, TIFF
        stated = image.info.get(name)
        if isinstance(stated, tuple) and len(stated) == 2:
            along_x, along_y = (_unrounded(float(value)) for value in stated)
            if min(along_x, along_y) > 0.0 and along_x != along_y:
                return along_x, along_y
    return None


def _unrounded(ppi: float) -> float:
    if not math.isfinite(ppi):
        return 0.0
    whole = float(round(ppi))
    return whole if abs(ppi - whole) < _ROUNDING_PPI else ppi
