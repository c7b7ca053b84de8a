"""Creases and scratches: thin curves along which the skin does not touch."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.master_finger.silhouette import Silhouette


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Crease:
    """A curve across a finger.

    Parameters
    ----------
    points
        float64, shape (n, 2), x and y in pixels at 500 ppi.
    width_px
        Full width in the middle; both ends taper.
    strength
        0 (invisible) to 1 (nothing touches).
    """

    points: NDArray[np.float64]
    width_px: float
    strength: float


def draw_creases(rng: np.random.Generator, silhouette: Silhouette, mean_count: float) -> tuple[Crease, ...]:
    """Draw the creases of a finger: mostly across it, mostly in its lower half, a few pixels wide, slightly wavy."""
    creases = []
    for _ in range(int(rng.poisson(mean_count))):
        x = silhouette.x + silhouette.half_width * rng.uniform(-0.9, 0.9)
        y = silhouette.y + rng.triangular(-0.5 * silhouette.top, 0.6 * silhouette.bottom, silhouette.bottom)
        angle = rng.normal(0.0, 0.35) if rng.uniform() < 0.8 else rng.uniform(-1.5, 1.5)
        length = rng.gamma(3.0, 22.0) + 18.0
        creases.append(curve(rng, (x, y), angle, length, rng.uniform(1.2, 4.0), rng.uniform(0.5, 1.0)))
    return tuple(creases)


def curve(
    rng: np.random.Generator, middle: tuple[float, float], angle: float, length: float, width: float, strength: float
) -> Crease:
    """Draw a curve of given length around a point whose direction wanders."""
    count = max(4, int(length / 5.0))
    turns = np.cumsum(rng.normal(0.0, 0.07, count))
    heading = angle + turns - turns.mean()
    steps = length / count * np.stack([np.cos(heading), -np.sin(heading)], axis=1)
    steps[:, 1] += rng.normal(0.0, 0.25, count)
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    return Crease(points - points.mean(axis=0) + np.asarray(middle), width, strength)


def paint(
    canvas: NDArray[np.float32], points: NDArray[np.float64], width_px: float, strength: float, taper: bool = True
) -> None:
    """Paint a curve into `canvas` (float32, the larger value wins); points and width in pixels of the canvas."""
    fraction_bits = 4
    layer = np.zeros(canvas.shape, dtype=np.uint8)
    count = len(points) - 1
    for i in range(count):
        profile = math.sin(math.pi * (i + 0.7) / (count + 0.4)) ** 0.6 if taper else 1.0
        ends = np.rint(points[i : i + 2] * (1 << fraction_bits)).astype(np.int64)
        ends = np.clip(ends, -(1 << 18), 1 << 18)
        value = round(255 * strength * min(1.0, 0.4 + profile))
        cv2.line(
            layer,
            (int(ends[0, 0]), int(ends[0, 1])),
            (int(ends[1, 0]), int(ends[1, 1])),
            value,
            max(1, round(width_px * profile)),
            cv2.LINE_AA,
            fraction_bits,
        )
    np.maximum(canvas, layer.astype(np.float32) / 255.0, out=canvas)
