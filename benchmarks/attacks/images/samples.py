"""Sound image files of one small synthetic print, in every format that is read."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image

from benchmarks.attacks.pixels import PPI, print_pixels
from fingerprint_engine.exchange.image_codecs import Compression, encode
from fingerprint_engine.preprocessing import image_from_array


@functools.cache
def sound_images() -> dict[str, bytes]:
    """Files by name; the first word of a name is the format."""
    grey = Image.fromarray(print_pixels())
    rgb, rgba = grey.convert("RGB"), grey.convert("RGBA")
    wide = Image.fromarray(print_pixels().astype(np.uint16) * 257)
    dpi = (PPI, PPI)
    made = {
        "png grey": _saved(grey, "PNG", dpi=dpi),
        "png palette": _saved(grey.convert("P"), "PNG", dpi=dpi),
        "png rgba": _saved(rgba, "PNG", dpi=dpi),
        "png 16": _saved(wide, "PNG", dpi=dpi),
        "bmp grey": _saved(grey, "BMP", dpi=dpi),
        "bmp rgb": _saved(rgb, "BMP", dpi=dpi),
        "tiff grey": _saved(grey, "TIFF", dpi=dpi),
        "tiff lzw": _saved(grey, "TIFF", dpi=dpi, compression="tiff_lzw"),
        "tiff deflate": _saved(rgb, "TIFF", dpi=dpi, compression="tiff_adobe_deflate"),
        "tiff pages": _saved(grey, "TIFF", dpi=dpi, save_all=True, append_images=[grey]),
        "pgm binary": _saved(grey, "PPM"),
        "pgm text": b"P2\n%d %d\n255\n" % grey.size + b" ".join(b"%d" % v for v in print_pixels().ravel()),
        "jpeg grey": _saved(grey, "JPEG", dpi=(int(PPI), int(PPI)), quality=90),
        "jpeg progressive": _saved(rgb, "JPEG", dpi=(int(PPI), int(PPI)), progressive=True),
        "jp2 grey": _saved(grey, "JPEG2000"),
        "j2k grey": _saved(grey, "JPEG2000", no_jp2=True),
    }
    image = image_from_array(print_pixels(), PPI, polarity="dark-ridges")
    made["wsq grey"] = encode(image, Compression.WSQ)
    made["jp2 ours"] = encode(image, Compression.JPEG_2000)
    return made


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
