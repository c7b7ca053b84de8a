"""Sound files of what is no print: dots, stripes, blocks, halves and noise, on which measures may divide by nothing.

A file may be sound in every field and still show what no scanner shows.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.attacks.pixels import PPI

_FORMATS = ("PNG", "BMP", "TIFF")
_SMALLEST_PX, _LARGEST_PX = 16, 420


def picture_file(rng: np.random.Generator) -> bytes:
    """A picture of two grey levels or noise, with plain sides or without, upright or inverted, as a file."""
    rows, cols = (int(side) for side in rng.integers(_SMALLEST_PX, _LARGEST_PX, 2))
    pixels = _pattern(rng, rows, cols)
    low, high = sorted(int(level) for level in rng.choice([0, 1, 8, 90, 127, 128, 200, 254, 255], 2, replace=False))
    grey = np.where(pixels, high, low).astype(np.uint8)
    if rng.random() < 0.5:
        side = int(rng.integers(1, 1 + cols // 3))
        grey[:, :side] = grey[:, -side:] = grey[0, 0]
    if rng.random() < 0.5:
        grey = ~grey
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, str(rng.choice(_FORMATS)), dpi=(PPI, PPI))
    return stream.getvalue()


def _pattern(rng: np.random.Generator, rows: int, cols: int) -> NDArray[np.bool_]:
    row, col = np.mgrid[:rows, :cols]
    apart, thick = int(rng.integers(2, 40)), int(rng.integers(1, 6))
    kinds = (
        (row % apart < thick) & (col % apart < thick),
        (row + 2 * col) % apart < thick,
        (row // apart + col // apart) % 2 == 0,
        row > apart,
        rng.random((rows, cols)) < 1.0 / apart,
    )
    return np.asarray(kinds[int(rng.integers(len(kinds)))])
