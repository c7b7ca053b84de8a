"""The one print behind crafted images and records."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image

from benchmarks.data_sets import SAMPLES

PPI = 500.0
ROWS, COLS = 256, 224


@functools.cache
def print_pixels() -> np.ndarray:
    """The middle of a synthetic sample."""
    with Image.open(SAMPLES / "10_1.png") as image:
        whole = np.asarray(image.convert("L"))
    top, left = (whole.shape[0] - ROWS) // 2, (whole.shape[1] - COLS) // 2
    return np.ascontiguousarray(whole[top : top + ROWS, left : left + COLS])
