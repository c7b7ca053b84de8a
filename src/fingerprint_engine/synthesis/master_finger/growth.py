"""Ridge growth: from an orientation and a period at every pixel to a ridge pattern with minutiae."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.kernels import spread_waves

ORIENTATIONS = 90
"""Wavelets an octave of π: steps of 2°, a sixth of what a wavelet of three periods resolves."""
PERIOD_STEP_PX = 0.25
THRESHOLD = 1e-4
"""Pixels fainter than this send nothing."""
LANE = 8
"""float32 values a vector register holds; rows of wavelets are padded to a multiple of it."""


def wavelet_bank(periods_px: NDArray[np.float64]) -> NDArray[np.float32]:
    """Zero-mean Gabor wavelets, one for each period and each of `ORIENTATIONS` orientations.

    Three effective peaks: the Gaussian falls to 1e-3 at one and a half periods (Cappelli 2002), sigma = 0.404 periods.
    Each is scaled so that it leaves a plane wave of its own orientation and period unchanged.

    Returns
    -------
    float32, shape (periods * ORIENTATIONS, side, width); columns from `side` on are zero padding.
    """
    radius = math.ceil(1.5 * float(periods_px.max()))
    side = 2 * radius + 1
    width = -(-side // LANE) * LANE
    bank = np.zeros((periods_px.size * ORIENTATIONS, side, width), dtype=np.float32)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float64)
    for p, period in enumerate(periods_px):
        sigma = 0.404 * period
        envelope = np.exp(-(x**2 + y**2) / (2.0 * sigma**2))
        for o in range(ORIENTATIONS):
            theta = math.pi * o / ORIENTATIONS
            wave = np.cos(2.0 * math.pi / period * (x * math.sin(theta) + y * math.cos(theta)))
            wavelet = envelope * wave
            wavelet -= envelope * (wavelet.sum() / envelope.sum())
            wavelet /= (wavelet * wave).sum()
            bank[p * ORIENTATIONS + o, :, :side] = wavelet
    return bank


def grow_ridges(
    orientation: NDArray[np.float32],
    period: NDArray[np.float32],
    region: NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    iterations: int,
) -> NDArray[np.float32]:
    """Grow a ridge pattern.

    Parameters
    ----------
    orientation, period
        float32, shape (rows, cols): radians along the ridge, and pixels from ridge to ridge.
    region
        bool, shape (rows, cols); nothing grows outside.
    rng
        Makes the white noise from which ridges emerge.
    iterations
        Passes of the wavelets; the more, the fewer minutiae remain, because opposite ones meet and vanish.

    Returns
    -------
    float32, shape (rows, cols): about -1 in valleys to 1 on ridges, 0 outside the region.
    """
    low, high = float(period.min()), float(period.max())
    steps = max(1, math.ceil((high - low) / PERIOD_STEP_PX)) + 1
    periods = np.linspace(low, max(high, low + 1e-3), steps)
    bank = wavelet_bank(periods)
    p = np.rint((period - low) / (periods[1] - periods[0])).astype(np.int32)
    o = np.rint(orientation * (ORIENTATIONS / math.pi)).astype(np.int32) % ORIENTATIONS
    index = np.ascontiguousarray(np.clip(p, 0, steps - 1) * ORIENTATIONS + o)
    rows, cols = orientation.shape
    side, width = bank.shape[1:]
    half = side // 2
    pattern = (0.5 * rng.standard_normal((rows, cols), dtype=np.float32)).astype(np.float32)
    padded = np.empty((rows + side - 1, cols + width - 1), dtype=np.float32)
    for _ in range(iterations):
        pattern *= region
        padded[:] = 0.0
        spread_waves(pattern, index, bank, THRESHOLD, padded)
        pattern = np.clip(1.6 * padded[half : half + rows, half : half + cols], -1.0, 1.0).astype(np.float32)
    pattern *= region
    padded[:] = 0.0
    spread_waves(pattern, index, bank, THRESHOLD, padded)
    return np.ascontiguousarray(padded[half : half + rows, half : half + cols]) * region
