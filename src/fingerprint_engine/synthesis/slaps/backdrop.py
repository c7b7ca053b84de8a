"""What lies on a glass or a card besides the hand: a halo of moisture, an earlier hand, writing, grey ground."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.impressions.clutter import add_writing
from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise

FloatMap = NDArray[np.float32]


def add_halo(ink: FloatMap, skin: NDArray[np.bool_], rng: np.random.Generator) -> FloatMap:
    """Breath of moisture around whatever touched; `skin` says where that is."""
    reach = rng.uniform(12.0, 45.0)
    small = cv2.resize(skin.astype(np.float32), None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), reach / 8.0)
    size = (ink.shape[1], ink.shape[0])
    cloud = cv2.resize(blurred.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    cloud = np.clip(2.0 * cloud, 0.0, 1.0) * rng.uniform(0.05, 0.18)
    mottled = cloud * np.clip(0.8 + 0.3 * smooth_noise(rng, ink.shape, 25.0) + 0.15 * grain(rng, ink.shape, 1.2), 0, 2)
    return np.asarray(np.maximum(ink, mottled), dtype=np.float32)


def add_earlier_hand(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """The remains of a hand that lay there before: the same ink once more, elsewhere, mirrored, faint."""
    rows, cols = ink.shape
    moved = ink[:, ::-1] if rng.random() < 0.5 else ink
    turn = cv2.getRotationMatrix2D((0.5 * cols, 0.5 * rows), rng.uniform(-15.0, 15.0), 1.0)
    turn = turn + np.column_stack([np.zeros((2, 2)), rng.uniform(-0.25, 0.25, 2) * (cols, rows)])
    ghost = cv2.warpAffine(np.ascontiguousarray(moved), turn, (cols, rows), flags=cv2.INTER_LINEAR)
    patchy = np.clip(0.8 + 0.5 * smooth_noise(rng, ink.shape, 90.0), 0.0, 1.3)
    return np.asarray(np.maximum(ink, rng.uniform(0.05, 0.25) * patchy * ghost), dtype=np.float32)


def add_rim(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Where the palm touches the lower rim of the glass: a line and dots above it."""
    rows, cols = ink.shape
    rim = np.zeros_like(ink)
    for _ in range(int(rng.integers(1, 4))):
        left, width = int(rng.uniform(0, 0.8 * cols)), int(rng.uniform(100, 400))
        tall = int(rng.uniform(20, 140))
        part = rim[rows - tall :, left : left + width]
        part[...] = np.clip(0.6 * grain(rng, (part.shape[0], part.shape[1]), 1.8) - 0.2, 0.0, 0.8)
        part[-3:] = 0.9
    return np.asarray(np.maximum(ink, rim), dtype=np.float32)


def add_print(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Words and ruled lines."""
    return add_writing(ink, rng)


def develop(
    ink: FloatMap, darkest: float, ground: float, unevenness: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Grey values of ink on a ground that is not quite even."""
    paper = ground + unevenness * (smooth_noise(rng, ink.shape, 250.0) + 0.4 * grain(rng, ink.shape, 0.8))
    grey = paper - np.clip(ink, 0.0, 1.0) * (paper - darkest)
    return np.asarray(np.clip(np.rint(grey), 0.0, 255.0), dtype=np.uint8)
