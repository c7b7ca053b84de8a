"""From ink to grey values as different sensors give them: optical, capacitive, thermal, ink on paper, a latent mark."""

from __future__ import annotations

import enum

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise

FloatMap = NDArray[np.float32]


class SensorLook(enum.Enum):
    """What took the print."""

    OPTICAL = "optical"
    CAPACITIVE = "capacitive"
    THERMAL = "thermal"
    INK = "ink"
    LATENT = "latent"


LOOK_SHARES = {
    SensorLook.OPTICAL: 0.44,
    SensorLook.CAPACITIVE: 0.19,
    SensorLook.THERMAL: 0.13,
    SensorLook.INK: 0.14,
    SensorLook.LATENT: 0.10,
}


def draw_look(rng: np.random.Generator) -> SensorLook:
    """Draw a look with the shares of `LOOK_SHARES`."""
    looks = list(LOOK_SHARES)
    return looks[int(rng.choice(len(looks), p=list(LOOK_SHARES.values())))]


def sense(ink: FloatMap, look: SensorLook, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Grey image of what touches.

    Parameters
    ----------
    ink
        float32, shape (rows, cols): 0 on the untouched ground to 1 on a touching ridge.

    Returns
    -------
    uint8, shape (rows, cols), dark ridges.
    """
    shape = (ink.shape[0], ink.shape[1])
    ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.3, 1.1)).astype(np.float32)
    if look is SensorLook.THERMAL:
        grey = _thermal(ink, rng)
    else:
        ground, ridge = _levels(look, rng)
        ground_map = ground + rng.uniform(0.0, 10.0) * smooth_noise(rng, shape, 90.0)
        ground_map += _texture(look, shape, rng)
        grey = ground_map - ink * (ground_map - ridge)
    grey = grey + _lighting(shape, rng)
    grey = grey + rng.uniform(0.3, 5.0) * grain(rng, shape, rng.uniform(0.2, 0.8))
    if rng.random() < 0.15:
        grey = 255.0 * np.clip(grey / 255.0, 0.0, 1.0) ** rng.uniform(0.6, 1.7)
    if rng.random() < 0.2:
        grey = 128.0 + (grey - 128.0) * rng.uniform(0.25, 1.8) + rng.uniform(-30.0, 30.0)
    if rng.random() < 0.1:
        step = float(rng.integers(4, 24))
        grey = step * np.rint(grey / step)
    return np.asarray(np.clip(np.rint(grey), 0.0, 255.0), dtype=np.uint8)


def compress(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Pass an image through JPEG of quality 30 to 90, or through JPEG 2000 at 6:1 to 20:1."""
    if rng.random() < 0.5:
        coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 91))])[1]
    else:
        per_mille = round(1000.0 / rng.uniform(6.0, 20.0))
        coded = cv2.imencode(".jp2", pixels, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, per_mille])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _levels(look: SensorLook, rng: np.random.Generator) -> tuple[float, float]:
    """Grey of the ground and of a ridge."""
    if look is SensorLook.OPTICAL:
        ground = rng.uniform(150.0, 262.0)
        return ground, max(ground - rng.uniform(50.0, 225.0), 5.0)
    if look is SensorLook.CAPACITIVE:
        ground = rng.uniform(80.0, 190.0)
        return ground, max(ground - rng.uniform(25.0, 120.0), 8.0)
    if look is SensorLook.INK:
        ground = rng.uniform(175.0, 245.0)
        return ground, rng.uniform(20.0, 110.0)
    ground = rng.uniform(110.0, 220.0)
    return ground, ground - rng.uniform(14.0, 60.0)


def _texture(look: SensorLook, shape: tuple[int, int], rng: np.random.Generator) -> FloatMap | float:
    """Fixed pattern of the sensor or structure of the paper."""
    if look is SensorLook.CAPACITIVE:
        rows, cols = (rng.standard_normal((n, 1) if k == 0 else (1, n)) for k, n in enumerate(shape))
        return np.asarray(rng.uniform(0.3, 3.5) * rows + rng.uniform(0.3, 3.5) * cols, dtype=np.float32)
    if look is SensorLook.INK:
        return np.asarray(rng.uniform(1.0, 9.0) * grain(rng, shape, rng.uniform(0.7, 3.0)), dtype=np.float32)
    if look is SensorLook.LATENT:
        noise = rng.standard_normal(shape, dtype=np.float32)
        strokes = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.5, 2.0), sigmaY=rng.uniform(4, 25)).astype(np.float32)
        strokes /= max(float(strokes.std()), 1e-6)
        coarse = 12.0 * smooth_noise(rng, shape, 25.0)
        return np.asarray(rng.uniform(1.0, 9.0) * strokes + coarse, dtype=np.float32)
    return 0.0


def _thermal(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """A swept sensor: differences to the surroundings, amplified until they clip, stitched from slices."""
    shape = (ink.shape[0], ink.shape[1])
    around = cv2.GaussianBlur(ink, (0, 0), rng.uniform(5.0, 12.0))
    spread = np.sqrt(cv2.GaussianBlur((ink - around) ** 2, (0, 0), 9.0)) + rng.uniform(0.04, 0.15)
    grey = rng.uniform(100.0, 150.0) - rng.uniform(50.0, 130.0) * (ink - around) / spread
    grey += rng.uniform(0.0, 5.0) * rng.standard_normal((shape[0], 1))
    if rng.random() < 0.5:  # slices that do not fit: rows shifted by a pixel or two from some row on
        for _ in range(int(rng.integers(1, 5))):
            row = int(rng.integers(1, shape[0]))
            grey[row:] = np.roll(grey[row:], int(rng.integers(-2, 3)), axis=1)
    return np.asarray(np.clip(grey, 0.0, 255.0), dtype=np.float32)


def _lighting(shape: tuple[int, int], rng: np.random.Generator) -> FloatMap:
    """A slope and a vignette."""
    y, x = np.mgrid[-1.0 : 1.0 : shape[0] * 1j, -1.0 : 1.0 : shape[1] * 1j]
    slope = rng.normal(0.0, 8.0) * x + rng.normal(0.0, 8.0) * y
    darker = rng.uniform(0.0, 22.0) * (rng.random() < 0.5)
    return np.asarray(slope - darker * (x * x + y * y), dtype=np.float32)
