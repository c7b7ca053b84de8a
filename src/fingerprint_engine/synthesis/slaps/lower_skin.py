"""What of a finger touches the glass below its tip: the fold of the joint, the middle phalanx, the next joint."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise

FloatMap = NDArray[np.float32]


def phalanx_ink(shape: tuple[int, int], rng: np.random.Generator) -> FloatMap:
    """Ink of a middle phalanx that touches lightly: cross ridges, broken to dots, aslant; shape (rows, cols)."""
    rows, cols = shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    slant = rng.normal(0.0, 0.45)
    along = x * math.sin(slant) + y * math.cos(slant) + 9.0 * smooth_noise(rng, shape, 60.0)
    ridges = np.cos(2.0 * np.pi * along / rng.uniform(8.5, 10.5))
    touch = smooth_noise(rng, shape, 55.0) + 0.9 * grain(rng, shape, 2.0) + rng.uniform(-1.3, 0.2)
    across, down = np.abs(2.0 * x / cols - 1.0), np.abs(2.0 * y / rows - 1.0)
    inside = 1.0 / (1.0 + np.exp(np.clip(((across**3 + down**4) - 0.75) / 0.06, -30.0, 30.0)))
    dots = 1.0 / (1.0 + np.exp(np.clip(-(ridges + touch - 0.3) / 0.25, -30.0, 30.0)))
    return np.asarray(rng.uniform(0.25, 0.8) * dots * inside, dtype=np.float32)


def fold_ink(shape: tuple[int, int], rng: np.random.Generator) -> FloatMap:
    """Ink of skin that is pressed together above the fold of a joint: dark, hardly any ridges."""
    rows, cols = shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    far = np.hypot((x / cols - rng.uniform(0.4, 0.6)) / 0.33, (y / rows - 0.5) / 0.36)
    spot = np.clip(1.25 - far, 0.0, 1.0) * (1.0 + 0.25 * grain(rng, shape, 2.0))
    return np.asarray(np.clip(rng.uniform(0.5, 1.0) * spot, 0.0, 1.0), dtype=np.float32)


def bandage_ink(shape: tuple[int, int], rng: np.random.Generator) -> FloatMap:
    """Ink of a plaster in place of a fingertip: weave, no ridges."""
    rows, cols = shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    step = rng.uniform(5.0, 14.0)
    weave = 0.5 + 0.25 * (np.cos(2 * np.pi * x / step) + np.cos(2 * np.pi * y / step))
    weave *= np.clip(0.6 + 0.5 * smooth_noise(rng, shape, 40.0), 0.0, 1.3)
    inside = (np.abs(2.0 * x / cols - 1.0) < 0.85) & (np.abs(2.0 * y / rows - 1.0) < 0.9)
    return np.asarray(rng.uniform(0.1, 0.35) * weave * inside, dtype=np.float32)
