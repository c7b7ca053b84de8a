"""Sweat pores: small openings on the ridges, about every half millimetre, always in the same places."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CELL_PX = 8.0
"""One candidate per cell; pores are 0.4 to 0.5 mm apart along a ridge (Ashbaugh 1999)."""


def place_pores(ridges: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float64]:
    """Place pores on the ridge lines.

    Returns
    -------
    float64, shape (n, 3): x, y in pixels at 500 ppi, and size, 1 for the usual one.
    """
    cols = ridges.shape[1]
    crest = (ridges >= cv2.dilate(ridges, np.ones((3, 3), np.uint8)) - 0.12) & (ridges > 0.55)
    ys, xs = np.nonzero(crest)
    order = rng.permutation(ys.size)
    ys, xs = ys[order], xs[order]
    cell = (ys // CELL_PX).astype(np.int64) * (cols + 1) + (xs // CELL_PX).astype(np.int64)
    _, first = np.unique(cell, return_index=True)
    first = first[rng.uniform(size=first.size) < 0.85]
    x = xs[first] + rng.uniform(-0.7, 0.7, first.size)
    y = ys[first] + rng.uniform(-0.7, 0.7, first.size)
    size = np.clip(rng.lognormal(0.0, 0.35, first.size), 0.4, 2.2)
    return np.stack([x, y, size], axis=1)


def splat(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64], shape: tuple[int, int], sigma_px: float
) -> NDArray[np.float32]:
    """Sum of round Gaussian spots of unit height times `weight`; float32, shape `shape`."""
    rows, cols = shape
    canvas = np.zeros((rows + 2) * (cols + 2))
    inside = (x > -1.0) & (x < cols) & (y > -1.0) & (y < rows)
    x, y, weight = x[inside] + 1.0, y[inside] + 1.0, weight[inside]
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = x - left, y - top
    for dy, wy in ((0, 1.0 - fy), (1, fy)):
        for dx, wx in ((0, 1.0 - fx), (1, fx)):
            where = np.minimum(top + dy, rows + 1) * (cols + 2) + np.minimum(left + dx, cols + 1)
            np.add.at(canvas, where, weight * wx * wy)
    height = 2.0 * np.pi * sigma_px**2
    image = (height * canvas).reshape(rows + 2, cols + 2).astype(np.float32)
    return np.ascontiguousarray(cv2.GaussianBlur(image, (0, 0), sigma_px)[1:-1, 1:-1])
