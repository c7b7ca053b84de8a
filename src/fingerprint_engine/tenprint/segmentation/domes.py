"""Fingertips as domes: ridges below a round end, none beside it and none above it."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.tenprint.segmentation.ridge_grid import CELL_PX, GRID_PPI, FloatMap

COARSE = 2
"""Cells of the ridge grid per side of a cell that domes are looked for in."""
CELL_MM = 25.4 * COARSE * CELL_PX / GRID_PPI
WIDTHS_MM = (8.5, 11.0, 14.0, 17.5)
"""From a child's little finger to a thumb."""


@dataclasses.dataclass(frozen=True, slots=True)
class DomeParameters(Parameters):
    """Numbers of `find_domes`."""

    max_turn_deg: float = parameter(60.0, unit="deg", low=0.0, high=90.0, source="hands up to 45°, fingers that lean")
    step_deg: float = parameter(12.0, unit="deg", low=2.0, high=30.0, source="chosen: half of what a dome forgives")
    min_response: float = parameter(0.4, unit="1", low=0.0, high=1.0, source="synthetic slaps, level 3")
    surround: float = parameter(0.22, unit="widths", low=0.05, high=1.0, source="chosen: fingers may lie close")
    max_count: int = parameter(16, unit="1", low=4, high=64, source="chosen: two hands with lower phalanges")


@dataclasses.dataclass(frozen=True, slots=True)
class Dome:
    """A place that looks like a fingertip: end (cells of the ridge grid), lean, width in cells and how alike it is."""

    x: float
    y: float
    angle_rad: float
    width: float
    response: float

    def leaning(self, angle_rad: float) -> Dome:
        """The same place, turned about its middle so that it points in another direction."""
        reach = 0.6 * self.width
        x = self.x + reach * (math.sin(self.angle_rad) - math.sin(angle_rad))
        y = self.y + reach * (math.cos(self.angle_rad) - math.cos(angle_rad))
        return dataclasses.replace(self, x=x, y=y, angle_rad=angle_rad)


def find_domes(ridges: FloatMap, parameters: DomeParameters, *, turned_rad: float = 0.0) -> list[Dome]:
    """Look for fingertips that point within `max_turn_deg` of `turned_rad` (0: up, counter-clockwise).

    Parameters
    ----------
    ridges
        See `RidgeGrid`.
    parameters
        Numbers.
    turned_rad
        The direction around which to look; π looks for a hand that is upside down.

    Returns
    -------
    The most alike first; none lies on another.
    """
    coarse = cv2.resize(ridges, None, fx=1.0 / COARSE, fy=1.0 / COARSE, interpolation=cv2.INTER_AREA)
    best = np.full(coarse.shape, -1.0, np.float32)
    which = np.zeros(coarse.shape, np.int32)
    kinds: list[tuple[float, float]] = []
    steps = round(parameters.max_turn_deg / parameters.step_deg)
    for width_mm in WIDTHS_MM:
        for step in range(-steps, steps + 1):
            angle = turned_rad + math.radians(step * parameters.step_deg)
            width = width_mm / CELL_MM
            response = cv2.filter2D(
                coarse, cv2.CV_32F, _kernel(width, angle, parameters.surround), borderType=cv2.BORDER_CONSTANT
            )
            better = response > best
            best[better] = response[better]
            which[better] = len(kinds)
            kinds.append((width, angle))
    found: list[Dome] = []
    while len(found) < parameters.max_count:
        _, value, _, (col, row) = cv2.minMaxLoc(best)
        if value < parameters.min_response:
            break
        width, angle = kinds[which[row, col]]
        reach = 0.6 * width  # the kernel's middle lies so far below the end
        end_x, end_y = col - reach * math.sin(angle), row - reach * math.cos(angle)
        found.append(Dome(COARSE * (end_x + 0.25), COARSE * (end_y + 0.25), angle, COARSE * width, float(value)))
        cv2.circle(best, (col, row), max(1, round(0.75 * width)), -1.0, -1)
    return found


def _kernel(width: float, angle: float, surround: float) -> NDArray[np.float32]:
    """Weights around the middle of a fingertip of so many cells' width; the inner ones sum to 1, the outer to -1."""
    half = math.ceil(1.05 * width)
    dy, dx = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    u = (dx * math.cos(angle) - dy * math.sin(angle)) / width
    v = (dx * math.sin(angle) + dy * math.cos(angle)) / width + 0.6  # 0 at the end, downwards
    inner = _dome(u, v, 0.5)
    outer = (_dome(u, v + surround, 0.5 + surround) - inner).clip(0.0)
    below = v > 1.0
    inner[below], outer[below] = 0.0, 0.0
    return np.asarray(inner / inner.sum() - outer / outer.sum(), dtype=np.float32)


def _dome(u: NDArray[np.float32], v: NDArray[np.float32], half: float) -> NDArray[np.float32]:
    """1 inside a half ellipse on top of a strip."""
    cap = 0.6 * half / 0.5
    inside = np.where(v < cap, (u / half) ** 2 + ((v - cap) / cap) ** 2 <= 1.0, np.abs(u) <= half)
    return (inside & (v >= 0.0)).astype(np.float32)
