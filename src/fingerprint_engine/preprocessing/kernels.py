"""Compiled loops of preprocessing: oriented filtering along and across the ridges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import inline_kernel, kernel

FloatMap = NDArray[np.float32]


@inline_kernel
def bilinear(image: FloatMap, x: float, y: float) -> float:
    """Value between pixels; coordinates must lie in [0, cols-1) x [0, rows-1)."""
    column, row = int(x), int(y)
    fx, fy = np.float32(x - column), np.float32(y - row)
    top = image[row, column] * (np.float32(1.0) - fx) + image[row, column + 1] * fx
    bottom = image[row + 1, column] * (np.float32(1.0) - fx) + image[row + 1, column + 1] * fx
    return top * (np.float32(1.0) - fy) + bottom * fy


@kernel
def smooth_along(
    image: FloatMap,
    mask: NDArray[np.bool_],
    cosine: FloatMap,
    sine: FloatMap,
    weights: FloatMap,
    step_px: float,
    out: FloatMap,
) -> None:
    """Weighted mean along the ridge line through each foreground pixel, following its curve.

    ``cosine``, ``sine`` are the orientation's unit vector (either sign); ``weights[k]`` belongs to the k-th step on each
    side, ``weights[0]`` to the pixel itself.
    """
    rows, cols = image.shape
    for row in range(rows):
        for col in range(cols):
            if not mask[row, col]:
                out[row, col] = 0.0
                continue
            total = image[row, col] * weights[0]
            norm = weights[0]
            for side in range(2):
                direction_x, direction_y = cosine[row, col], -sine[row, col]
                if side == 1:
                    direction_x, direction_y = -direction_x, -direction_y
                x, y = np.float32(col), np.float32(row)
                for k in range(1, weights.shape[0]):
                    x += step_px * direction_x
                    y += step_px * direction_y
                    if x < 0.0 or y < 0.0 or x >= cols - 1 or y >= rows - 1:
                        break
                    total += weights[k] * bilinear(image, x, y)
                    norm += weights[k]
                    near_row, near_col = int(y + np.float32(0.5)), int(x + np.float32(0.5))
                    next_x, next_y = cosine[near_row, near_col], -sine[near_row, near_col]
                    if next_x * direction_x + next_y * direction_y < 0.0:
                        next_x, next_y = -next_x, -next_y
                    direction_x, direction_y = next_x, next_y
            out[row, col] = total / norm


@kernel
def band_pass_across(
    image: FloatMap,
    mask: NDArray[np.bool_],
    cosine: FloatMap,
    sine: FloatMap,
    period: FloatMap,
    even_weights: FloatMap,
    odd_weights: FloatMap,
    taps_per_period: float,
    even: FloatMap,
    odd: FloatMap,
) -> None:
    """Quadrature pair of band-pass filters across the ridge; taps are spaced by a fraction of the local period."""
    rows, cols = image.shape
    for row in range(rows):
        for col in range(cols):
            even[row, col] = 0.0
            odd[row, col] = 0.0
            if not mask[row, col]:
                continue
            step = period[row, col] / taps_per_period
            across_x, across_y = sine[row, col] * step, cosine[row, col] * step
            real = image[row, col] * even_weights[0]
            imaginary = np.float32(0.0)
            for k in range(1, even_weights.shape[0]):
                x, y = col + k * across_x, row + k * across_y
                before_x, before_y = col - k * across_x, row - k * across_y
                # Reflect at the border: a missing sample takes the value of its mirror image.
                ahead_inside = x >= 0.0 and y >= 0.0 and x < cols - 1 and y < rows - 1
                behind_inside = before_x >= 0.0 and before_y >= 0.0 and before_x < cols - 1 and before_y < rows - 1
                ahead = bilinear(image, x, y) if ahead_inside else np.float32(0.0)
                behind = bilinear(image, before_x, before_y) if behind_inside else np.float32(0.0)
                real += even_weights[k] * (ahead + behind)
                imaginary += odd_weights[k] * (ahead - behind)
            even[row, col] = real
            odd[row, col] = imaginary
