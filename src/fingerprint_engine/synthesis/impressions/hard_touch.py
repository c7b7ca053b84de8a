"""Bad contact: pressure that differs from spot to spot, skin that is worn or dirty, a finger that slips."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise

FloatMap = NDArray[np.float32]


def spoil_contact(ink: FloatMap, amount: float, rng: np.random.Generator) -> FloatMap:
    """Make a clean contact a hard one; each fault comes with a chance that grows with `amount`.

    Parameters
    ----------
    ink
        float32, shape (rows, cols) at 500 ppi: 0 on the untouched ground to 1 on a touching ridge.
    amount
        0 (as it was) to 1 (hardly usable).
    rng
        All that is random comes from here.

    Returns
    -------
    float32, same shape, 0 to 1.
    """
    if rng.random() < 0.2 + 0.25 * amount:
        for _ in range(int(rng.integers(1, 4))):
            ink = _wrinkled(ink, rng)
    if rng.random() < 0.25 + 0.6 * amount:
        ink = _uneven_pressure(ink, amount, rng)
    if rng.random() < 0.6 * amount:
        ink = _broken(ink, amount, rng)
    if rng.random() < 0.7 * amount:
        ink = _lost_patches(ink, rng)
    if rng.random() < 0.55 * amount:
        ink = _filled_patches(ink, rng)
    if rng.random() < 0.25 * amount:
        ink = _slip(ink, rng)
    return np.asarray(np.clip(ink, 0.0, 1.0), dtype=np.float32)


def _uneven_pressure(ink: FloatMap, amount: float, rng: np.random.Generator) -> FloatMap:
    """Ridges widen until valleys fill where pressed or wet, and thin until they break where not."""
    shape = (ink.shape[0], ink.shape[1])
    soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.8, 1.8))
    level = rng.normal(0.0, 0.14 * amount) + rng.uniform(0.05, 0.24) * amount * smooth_noise(
        rng, shape, rng.uniform(18.0, 80.0)
    )
    steepness = rng.uniform(2.0, 5.0)
    pressed = np.clip((soft - 0.42 + level) * steepness + 0.5, 0.0, 1.0)
    # What was never touched stays so: only the neighbourhood of ink can fill.
    near = np.clip(4.0 * cv2.GaussianBlur(ink, (0, 0), 5.0), 0.0, 1.0)
    return np.asarray(pressed * near, dtype=np.float32)


def _broken(ink: FloatMap, amount: float, rng: np.random.Generator) -> FloatMap:
    """Worn or dry skin: ridges fall into islands of a few pixels."""
    shape = (ink.shape[0], ink.shape[1])
    rough = grain(rng, shape, rng.uniform(1.0, 2.6)) + 0.8 * smooth_noise(rng, shape, 45.0)
    kept = np.clip((rough + rng.uniform(0.2, 1.6) - 0.7 * amount) * 2.0, 0.0, 1.0)
    return np.asarray(ink * kept, dtype=np.float32)


def _wrinkled(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Old skin: a family of fine, nearly parallel folds that do not touch, at uneven distances, in some places."""
    rows, cols = ink.shape
    angle, fine = rng.uniform(0.0, math.pi), 4
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    across = x * np.float32(math.cos(angle)) + y * np.float32(math.sin(angle))
    across += np.float32(rng.uniform(1.0, 6.0)) * smooth_noise(rng, (rows, cols), rng.uniform(25.0, 70.0))
    across += np.float32(rng.uniform(0.2, 1.0)) * smooth_noise(rng, (rows, cols), 9.0)
    across -= across.min()
    length = int(fine * across.max()) + 2
    places = np.cumsum(rng.gamma(4.0, rng.uniform(5.0, 20.0) / 4.0, length // (2 * fine) + 1)) * fine
    profile = np.zeros(length, dtype=np.float32)
    inside = places[places < length - 1].astype(np.intp)
    profile[inside] = rng.uniform(0.4, 1.0, inside.size)
    width = fine * rng.uniform(0.4, 1.1)
    profile = cv2.GaussianBlur(profile[None], (0, 0), width)[0] * np.float32(width * math.sqrt(2.0 * math.pi))
    depth = np.clip(profile[(fine * across).astype(np.intp)], 0.0, 1.0)
    there = np.clip(0.9 * smooth_noise(rng, (rows, cols), rng.uniform(25.0, 80.0)) + rng.uniform(-0.2, 1.2), 0.0, 1.0)
    return np.asarray(ink * (1.0 - depth * there), dtype=np.float32)


def _lost_patches(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Spots that hardly touch: scars, blisters, dirt, dents."""
    shape = (ink.shape[0], ink.shape[1])
    noise = smooth_noise(rng, shape, rng.uniform(10.0, 45.0))
    lost = np.clip((noise - rng.uniform(0.7, 1.7)) * rng.uniform(1.5, 6.0), 0.0, 1.0)
    return np.asarray(ink * (1.0 - rng.uniform(0.6, 1.0) * lost), dtype=np.float32)


def _filled_patches(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Blots of sweat, grease or ink over ridges and valleys alike."""
    shape = (ink.shape[0], ink.shape[1])
    noise = smooth_noise(rng, shape, rng.uniform(14.0, 60.0))
    blot = np.clip((noise - rng.uniform(0.6, 1.5)) * rng.uniform(1.5, 5.0), 0.0, 1.0) * rng.uniform(0.5, 0.97)
    inside = np.clip(5.0 * cv2.GaussianBlur(ink, (0, 0), 7.0), 0.0, 1.0)
    return np.asarray(ink + blot * inside * (rng.uniform(0.7, 1.0) - ink), dtype=np.float32)


def _slip(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """The finger slides while it is read: a blur along one direction in a part of the image."""
    length, angle = int(rng.integers(3, 9)), rng.uniform(0.0, math.pi)
    line = np.zeros((2 * length + 1, 2 * length + 1), dtype=np.float32)
    reach = 0.5 * length
    ends = [(round(length + s * reach * math.cos(angle)), round(length - s * reach * math.sin(angle))) for s in (-1, 1)]
    cv2.line(line, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
    slid = cv2.filter2D(ink, cv2.CV_32F, line / line.sum(), borderType=cv2.BORDER_REFLECT_101)
    share = np.clip(0.5 + 1.2 * smooth_noise(rng, (ink.shape[0], ink.shape[1]), 70.0), 0.0, 1.0)
    return np.asarray(ink + share * (slid - ink), dtype=np.float32)
