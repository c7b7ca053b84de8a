"""A grey landscape that looks like a photograph: something that must not be taken for a fingerprint."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise


def make_scene(rng: np.random.Generator, shape: tuple[int, int], ppi: float = 500.0) -> FingerprintImage:
    """Sky with clouds, three ranges of hills, a house with windows and a tree; shape (rows, cols)."""
    rows, cols = shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    y, x = y / rows, x / cols
    grey = (205.0 - 70.0 * (0.5 - y)).astype(np.float32) + 26.0 * np.clip(_fractal(rng, shape, 0.35) - 0.2, 0.0, 2.0)
    for level, tone, roughness in ((0.50, 150.0, 0.05), (0.60, 115.0, 0.035), (0.72, 82.0, 0.03)):
        ridge = level + roughness * smooth_noise(rng, (1, cols), 0.2 * cols) + 0.006 * smooth_noise(rng, (1, cols), 9.0)
        land = tone + 16.0 * _fractal(rng, shape, 0.12) + 30.0 * (y - level)
        grey = np.where(y > ridge, land, grey)
    grey = _house(grey, x, y, 0.30, 0.66)
    crown = np.hypot((x - 0.76) * 1.1, y - 0.56) + 0.035 * _fractal(rng, shape, 0.06)
    trunk = (np.abs(x - 0.76) < 0.012) & (y > 0.56) & (y < 0.80)
    grey = np.where(trunk, 45.0, grey)
    grey = np.where(crown < 0.14, 62.0 + 20.0 * _fractal(rng, shape, 0.04), grey)
    grey = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.8) + 1.0 * grain(rng, shape, 0.5)
    return FingerprintImage(np.clip(np.rint(grey), 0, 255).astype(np.uint8), ppi)


def _fractal(rng: np.random.Generator, shape: tuple[int, int], scale: float) -> NDArray[np.float32]:
    """Noise with equal structure at every size from `scale` (share of the height) down to two pixels."""
    total, size, weight = np.zeros(shape, dtype=np.float32), scale * shape[0], 1.0
    while size >= 2.0:
        total += weight * smooth_noise(rng, shape, size)
        size, weight = 0.5 * size, 0.55 * weight
    return total


def _house(
    grey: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32], left: float, floor: float
) -> NDArray[np.float32]:
    """Paint a gabled house whose lower left corner is at (`left`, `floor` + 0.16), in shares of the image."""
    wall = (x > left) & (x < left + 0.26) & (y > floor) & (y < floor + 0.16)
    roof = (y < floor) & (y > floor - 0.13 * (1.0 - np.abs(x - left - 0.13) / 0.16))
    grey = np.where(wall, 188.0 - 40.0 * (x - left), grey).astype(np.float32)
    grey = np.where(roof, 70.0 + 60.0 * (x - left), grey).astype(np.float32)
    for column in range(3):
        pane = np.abs(x - left - 0.05 - 0.08 * column) < 0.022
        window = pane & (np.abs(y - floor - 0.06) < 0.028)
        grey = np.where(window, 52.0, grey).astype(np.float32)
    return grey
