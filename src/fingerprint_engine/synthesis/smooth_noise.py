"""Smooth random fields: the raw material of every gradual variation of a finger and of its impressions."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], scale_px: float) -> NDArray[np.float32]:
    """Stationary Gaussian-like noise of mean 0 and standard deviation 1.

    A coarse grid of independent normal numbers, one every `scale_px` pixels and shifted at random, is interpolated by
    cubic B-splines, which have no overshoot and no visible grid.

    Parameters
    ----------
    shape
        (rows, cols) of the result.
    scale_px
        Spacing of the grid; the correlation length is about the same.

    Returns
    -------
    float32, shape `shape`.
    """
    rows, cols = shape
    offset_y, offset_x = rng.uniform(0.0, 1.0, 2)
    grid_rows, grid_cols = math.ceil(rows / scale_px) + 4, math.ceil(cols / scale_px) + 4
    grid = rng.standard_normal((grid_rows, grid_cols))
    vertical = _spline_weights(np.arange(rows) / scale_px + offset_y, grid_rows)
    horizontal = _spline_weights(np.arange(cols) / scale_px + offset_x, grid_cols)
    return np.asarray(vertical @ grid @ horizontal.T, dtype=np.float32)


def _spline_weights(position: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Rows of cubic B-spline weights, scaled so that independent unit normals give unit variance at every position."""
    cell = np.floor(position).astype(np.int64)
    t = position - cell
    taps = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1)
    taps /= np.linalg.norm(taps, axis=1, keepdims=True)
    weights = np.zeros((position.size, count))
    for tap in range(4):
        weights[np.arange(position.size), cell + tap] = taps[:, tap]
    return weights


def grain(rng: np.random.Generator, shape: tuple[int, int], sigma_px: float) -> NDArray[np.float32]:
    """White noise blurred by a Gaussian of `sigma_px`, mean 0 and standard deviation 1; float32, shape `shape`."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    if sigma_px > 0.2:
        noise = cv2.GaussianBlur(noise, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT_101).astype(np.float32)
        noise /= max(float(noise.std()), 1e-6)
    return noise
