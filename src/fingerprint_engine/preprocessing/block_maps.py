"""Between block maps and pixel maps."""

from __future__ import annotations

import dataclasses
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.kernels import halve_angles

BLOCK_PX = 8
"""Side of a block of the block maps; block (i, j) covers rows 8i to 8i+7 and columns 8j to 8j+7, centre +3.5."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class RidgeFlow:
    """How ridges run through every pixel; float32, shape (rows, cols).

    Attributes
    ----------
    cosine, sine
        Unit vector of the orientation. Its sign means nothing: an orientation has no sense.
    period
        Pixels from ridge to ridge.
    """

    cosine: NDArray[np.float32]
    sine: NDArray[np.float32]
    period: NDArray[np.float32]


def ridge_flow(orientation: NDArray[np.float32], period: NDArray[np.float32], shape: tuple[int, int]) -> RidgeFlow:
    """Orientation and period of the blocks, interpolated to (rows, cols) pixels; orientations with doubled angles."""
    cosine, sine = np.empty(shape, np.float32), np.empty(shape, np.float32)
    halve_angles(_magnified(np.cos(2.0 * orientation)), _magnified(np.sin(2.0 * orientation)), cosine, sine)
    return RidgeFlow(cosine, sine, to_pixels(period, shape))


def to_pixels(blocks: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Interpolate a block map bilinearly to (rows, cols) pixels; block centres keep their values."""
    return np.ascontiguousarray(_magnified(blocks)[: shape[0], : shape[1]])


def above(blocks: NDArray[np.float32], limit: float, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Where `to_pixels` is greater than a limit."""
    return np.asarray(_magnified(blocks)[: shape[0], : shape[1]] > limit)


def _magnified(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """A block map interpolated to all pixels of its blocks, those beyond the image's edges included."""
    rows, cols = blocks.shape
    size = (cols * BLOCK_PX, rows * BLOCK_PX)
    pixels = cv2.resize(blocks.astype(np.float32, copy=False), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(pixels, dtype=np.float32)


def at_pixels(blocks: NDArray[np.float32], row: NDArray[np.intp], col: NDArray[np.intp]) -> NDArray[np.float32]:
    """What `to_pixels` says of some pixels, without asking it about all; for fewer than 32,768 of them."""
    if row.size == 0:  # which OpenCV refuses
        return np.empty(0, np.float32)
    y, x = (((place + 0.5) / BLOCK_PX - 0.5).astype(np.float32).reshape(1, -1) for place in (row, col))
    values = cv2.remap(blocks, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values, dtype=np.float32).ravel()


def to_blocks(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Mean of each block; blocks that reach over the edge repeat the edge's pixels."""
    rows, cols = pixels.shape
    # A mask stays one byte a pixel for as long as it can.
    values: NDArray[Any] = pixels.view(np.uint8) if pixels.dtype == np.bool_ else pixels.astype(np.float32, copy=False)
    below, right = -rows % BLOCK_PX, -cols % BLOCK_PX
    if below or right:
        values = cv2.copyMakeBorder(values, 0, below, 0, right, cv2.BORDER_REPLICATE)
    values = values.astype(np.float32, copy=False)
    size = (values.shape[1] // BLOCK_PX, values.shape[0] // BLOCK_PX)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
