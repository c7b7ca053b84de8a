"""The artefacts of WSQ, as most archives of prints carry them."""

from __future__ import annotations

import _wsq
import numpy as np
from numpy.typing import NDArray

WSQ_SHARE = 0.15
"""Chance that a sample was kept as WSQ; some of them were JPEG before."""
MIN_SPREAD = 2.0
"""Flatter images (standard deviation in grey levels) are left alone: NIST's encoder divides by their spread."""


def through_wsq(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The image, uint8 of shape (rows, cols), as 0.75 bits per pixel keep it."""
    if pixels.std() < MIN_SPREAD:
        return pixels
    rows, cols = pixels.shape
    data, cols, rows, _ = _wsq.decompress(_wsq.compress(pixels.tobytes(), rows, cols, 12.0))
    return np.frombuffer(data, dtype=np.uint8).reshape(rows, cols)
