"""Fingers that touch are one patch of ridges with a neck: cut at its necks, each has a part of its own."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.tenprint.segmentation.domes import Dome
from fingerprint_engine.tenprint.segmentation.ridge_grid import FloatMap, RidgeGrid

_AROUND = np.ones((3, 3), np.uint8)
_STEP_CELLS = 0.25
"""Between levels at which places are given to tops."""


@dataclasses.dataclass(frozen=True, slots=True)
class PatchParameters(Parameters):
    """Numbers of `Patches`."""

    closed_cells: int = parameter(5, unit="cells", low=1, high=31, source="chosen: cores and creases are no necks")
    smooth_cells: float = parameter(1.5, unit="cells", low=0.1, high=10.0, source="chosen: outlines are ragged")
    neck_cells: float = parameter(1.5, unit="cells", low=0.5, high=20.0, source="synthetic slaps, level 3: 0.8 mm")


class Patches:
    """The parts of the patches of ridges on a grid.

    Parameters
    ----------
    grid
        Where ridges are.
    parameters
        A patch is cut where it is narrower by twice `neck_cells` than on both sides.
    """

    def __init__(self, grid: RidgeGrid, parameters: PatchParameters) -> None:
        p = parameters
        ridged = (grid.ridges > 0.5).astype(np.uint8)
        whole = cv2.morphologyEx(ridged, cv2.MORPH_CLOSE, np.ones((p.closed_cells, p.closed_cells), np.uint8))
        far = cv2.distanceTransform(whole, cv2.DIST_L2, 5)
        depth = np.asarray(cv2.GaussianBlur(far, (0, 0), p.smooth_cells), dtype=np.float32)
        self._grid = grid
        self._parts = _flooded(depth, _tops(depth, p.neck_cells)) * whole
        self._patches = cv2.connectedComponents(whole)[1]

    def around(self, dome: Dome) -> RidgeGrid | None:
        """The grid with no ridges but those of the part in which a fingertip lies; None where its patch is not cut."""
        reach = 0.6 * dome.width
        row = round(dome.y + reach * math.cos(dome.angle_rad))
        col = round(dome.x + reach * math.sin(dome.angle_rad))
        rows, cols = self._parts.shape
        if not (0 <= row < rows and 0 <= col < cols) or self._parts[row, col] == 0:
            return None
        part = self._parts == self._parts[row, col]
        if part[self._patches == self._patches[row, col]].all():
            return None
        return dataclasses.replace(self._grid, ridges=self._grid.ridges * part)


def _tops(depth: FloatMap, neck: float) -> NDArray[np.int32]:
    """Numbers, from 1, of the tops of a map that cannot be left for a higher one without going down by `neck`."""
    levelled = _refilled(depth - np.float32(neck), depth)
    step = np.float32(0.01)
    is_top = (levelled - _refilled(levelled - step, levelled) > 0.5 * step) & (levelled > 0.0)
    return np.asarray(cv2.connectedComponents(is_top.astype(np.uint8))[1], dtype=np.int32)


def _refilled(low: FloatMap, high: FloatMap) -> FloatMap:
    """What a lower map becomes when it spreads sideways without end, nowhere above the higher one."""
    while True:
        risen = np.minimum(cv2.dilate(low, _AROUND), high)
        if (risen == low).all():
            return low
        low = risen


def _flooded(depth: FloatMap, tops: NDArray[np.int32]) -> NDArray[np.int32]:
    """The number of the top that each place drains from; 0 where nothing stands."""
    numbers = tops.astype(np.float32)  # what OpenCV dilates
    for level in np.arange(float(depth.max()), 0.0, -_STEP_CELLS):
        reached = depth >= max(level - _STEP_CELLS, 1e-3)
        while True:
            grown = np.where((numbers == 0.0) & reached, cv2.dilate(numbers, _AROUND), numbers)
            if (grown == numbers).all():
                break
            numbers = grown
    return numbers.astype(np.int32)
