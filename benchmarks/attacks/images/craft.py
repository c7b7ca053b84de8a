"""One crafted image file of any format."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.attacks.images.marker_files import altered_jpeg_2000, altered_markers
from benchmarks.attacks.images.pictures import picture_file
from benchmarks.attacks.images.plain_files import altered_bmp, altered_pgm
from benchmarks.attacks.images.portable_network_graphics import altered_png
from benchmarks.attacks.images.samples import sound_images
from benchmarks.attacks.images.tagged_image_files import altered_tiff
from benchmarks.exchange.mutations import mutated

_ALTERATIONS: dict[str, Callable[[bytes, np.random.Generator], bytes]] = {
    "png": altered_png,
    "bmp": altered_bmp,
    "tiff": altered_tiff,
    "pgm": altered_pgm,
    "jpeg": altered_markers,
    "wsq": altered_markers,
    "jp2": altered_jpeg_2000,
    "j2k": altered_jpeg_2000,
}
_AT_RANDOM, _NO_PRINT = 0.08, 0.15


def craft(rng: np.random.Generator) -> bytes:
    """An altered file, each format as often as any other, or a sound one of what is no print."""
    if rng.random() < _NO_PRINT:
        return picture_file(rng)
    kind = str(rng.choice(list(_ALTERATIONS)))
    names = [name for name in sound_images() if name.split()[0] == kind]
    data = sound_images()[str(rng.choice(names))]
    return mutated(data, rng) if rng.random() < _AT_RANDOM else _ALTERATIONS[kind](data, rng)
