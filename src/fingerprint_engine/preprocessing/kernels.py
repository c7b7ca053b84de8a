"""Compiled loops of preprocessing: oriented filtering along and across the ridges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import inline_kernel, kernel

FloatMap = NDArray[np.float32]


@inline_kernel
def bilinear(image: FloatMap, x: np.float32, y: np.float32) -> np.float32:
    """Value between pixels; coordinates must lie in [0, cols-1) x [0, rows-1)."""
    column, row = np.int32(x), np.int32(y)
    fx, fy = x - np.float32(column), y - np.float32(row)
    top = image[row, column] + fx * (image[row, column + 1] - image[row, column])
    bottom = image[row + 1, column] + fx * (image[row + 1, column + 1] - image[row + 1, column])
    return np.float32(top + fy * (bottom - top))


@inline_kernel
def between(image: FloatMap, x: np.float32, y: np.float32, otherwise: np.float32) -> np.float32:
    """Value between pixels, or ``otherwise`` outside the image."""
    rows, cols = image.shape
    if x < np.float32(0.0) or y < np.float32(0.0) or x >= np.float32(cols - 1) or y >= np.float32(rows - 1):
        return otherwise
    return bilinear(image, x, y)


@kernel
def smooth_along(
    image: FloatMap,
    mask: NDArray[np.bool_],
    cosine: FloatMap,
    sine: FloatMap,
    reach_px: np.float32,
    weight: np.float32,
    out: FloatMap,
) -> None:
    """Mix each foreground pixel with the two that lie ``reach_px`` before and after it along its ridge.

    ``weight`` is the share of each of the two. ``cosine``, ``sine`` are the orientation's unit vector, of either sign.
    Background pixels are copied.
    """
    rows, cols = image.shape
    for row in range(rows):
        for col in range(cols):
            here = image[row, col]
            if not mask[row, col]:
                out[row, col] = here
                continue
            along_x, along_y = cosine[row, col] * reach_px, -sine[row, col] * reach_px
            after = between(image, np.float32(col) + along_x, np.float32(row) + along_y, here)
            before = between(image, np.float32(col) - along_x, np.float32(row) - along_y, here)
            out[row, col] = here + weight * (after + before - here - here)


@kernel
def band_pass_across(
    image: FloatMap,
    mask: NDArray[np.bool_],
    cosine: FloatMap,
    sine: FloatMap,
    period: FloatMap,
    even_weights: FloatMap,
    odd_weights: FloatMap,
    taps_per_period: np.float32,
    even: FloatMap,
    odd: FloatMap,
) -> None:
    """Quadrature pair of band-pass filters across the ridge; taps are spaced by a fraction of the local period.

    Beyond the image's border lies the mean, which is zero.
    """
    rows, cols = image.shape
    last = even_weights.shape[0] - 1
    for row in range(rows):
        for col in range(cols):
            even[row, col] = 0.0
            odd[row, col] = 0.0
            if not mask[row, col]:
                continue
            step = period[row, col] / taps_per_period
            across_x, across_y = sine[row, col] * step, cosine[row, col] * step
            reach = step * np.float32(last) + np.float32(1.0)
            x, y = np.float32(col), np.float32(row)
            inside = x > reach and y > reach and x + reach < np.float32(cols - 1) and y + reach < np.float32(rows - 1)
            real = image[row, col] * even_weights[0]
            imaginary = np.float32(0.0)
            for k in range(1, last + 1):
                shift_x, shift_y = np.float32(k) * across_x, np.float32(k) * across_y
                if inside:
                    ahead = bilinear(image, x + shift_x, y + shift_y)
                    behind = bilinear(image, x - shift_x, y - shift_y)
                else:
                    ahead = between(image, x + shift_x, y + shift_y, np.float32(0.0))
                    behind = between(image, x - shift_x, y - shift_y, np.float32(0.0))
                real += even_weights[k] * (ahead + behind)
                imaginary += odd_weights[k] * (ahead - behind)
            even[row, col] = real
            odd[row, col] = imaginary
