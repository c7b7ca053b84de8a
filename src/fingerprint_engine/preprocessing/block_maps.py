"""Between block maps and pixel maps."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.ridge_maps import BLOCK_PX


def to_pixels(blocks: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Interpolate a block map bilinearly to (rows, cols) pixels; block centres keep their values."""
    block_rows, block_cols = blocks.shape
    size = (block_cols * BLOCK_PX, block_rows * BLOCK_PX)
    pixels = cv2.resize(blocks.astype(np.float32, copy=False), size, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(pixels[: shape[0], : shape[1]])


def to_blocks(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Mean of each block; blocks that reach over the edge repeat the edge's pixels."""
    rows, cols = pixels.shape
    values = pixels.astype(np.float32)
    below, right = -rows % BLOCK_PX, -cols % BLOCK_PX
    if below or right:
        values = cv2.copyMakeBorder(values, 0, below, 0, right, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    size = (values.shape[1] // BLOCK_PX, values.shape[0] // BLOCK_PX)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def orientation_vectors(
    orientation: NDArray[np.float32], shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cosine and sine of a block orientation map in every pixel, interpolated with doubled angles.

    The vectors' signs mean nothing: an orientation has no sense.
    """
    cosine = to_pixels(np.cos(2.0 * orientation), shape)
    sine = to_pixels(np.sin(2.0 * orientation), shape)
    angle = 0.5 * np.arctan2(sine, cosine)
    return np.cos(angle), np.sin(angle)
