"""Orientation field of a master finger, from its cores and deltas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import wrap_orientation
from fingerprint_engine.synthesis.master_finger.patterns import Layout
from fingerprint_engine.synthesis.smooth_noise import smooth_noise

SWAY_SCALE_PX = 110.0


def orientation_field(
    layout: Layout,
    shape: tuple[int, int],
    centre: tuple[float, float],
    rng: np.random.Generator,
    *,
    sway_px: float,
    step_px: int = 1,
) -> NDArray[np.float32]:
    """Ridge orientation at every pixel of a master finger, or on a coarser grid.

    The zero-pole model of Sherlock and Monro (1993): each core adds half the angle under which it is seen, each delta
    takes half of its own away, and far below everything flows across the finger. As in Vizcaya and Gerhardt (1996) the
    angles are bent before they are summed, here by a sine: ridges run over a core more steeply than in the plain model.
    Towards the tip the ridges follow its outline. The field is then read through a smooth random displacement, so
    that no two fingers of a class are alike.

    Parameters
    ----------
    layout
        Singular points relative to `centre`.
    shape
        (rows, cols).
    centre
        (x, y) of the middle of the pattern, in pixels.
    rng
        Source of the individual variation.
    sway_px
        Standard deviation of the displacement.
    step_px
        Pixels between the points of the grid; `shape` counts its points, the first lies on pixel (0, 0).

    Returns
    -------
    float32, shape (rows, cols), radians in [0, π).
    """
    rows, cols = shape
    scale = SWAY_SCALE_PX / step_px
    x = step_px * np.arange(cols, dtype=np.float64)[None, :] - centre[0] + sway_px * smooth_noise(rng, shape, scale)
    y = step_px * np.arange(rows, dtype=np.float64)[:, None] - centre[1] + sway_px * smooth_noise(rng, shape, scale)
    core_bend, delta_bend, tip_bend = rng.uniform(0.45, 0.8), rng.uniform(-0.4, -0.05), rng.uniform(0.3, 0.6)
    total = -tip_bend * np.tanh(x / 110.0) / (1.0 + np.exp((y + 60.0) / 38.0))
    if layout.arch_height > 0.0:
        total += _arch(x, y, layout.arch_height)
    for core_x, core_y in layout.cores:
        seen = _angle_from_above(x - core_x, y - core_y)
        total += 0.5 * (seen + core_bend / len(layout.cores) * np.sin(seen))
    for delta_x, delta_y in layout.deltas:
        seen = _angle_from_above(x - delta_x, y - delta_y)
        total -= 0.5 * (seen + delta_bend / len(layout.deltas) * np.sin(seen))
    return wrap_orientation(total)


def _angle_from_above(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angle under which a point is seen from the origin, counter-clockwise from straight up, in [-π, π]."""
    return np.asarray(np.arctan2(-x, -y))


def _arch(x: NDArray[np.float64], y: NDArray[np.float64], height: float) -> NDArray[np.float64]:
    """Flow of a plain arch: a bump that is steepest beside the middle of the finger and dies out below."""
    steepness = height / (1.0 + np.exp((y - 85.0) / 32.0)) / (1.0 + np.exp((-y - 130.0) / 30.0))
    return np.asarray(-np.arctan(steepness * np.sin(np.pi * np.clip(x / 150.0, -1.0, 1.0))))
