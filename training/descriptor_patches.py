"""What a descriptor sees of a minutia: the drawn ridges around it, turned to its direction, and how they flow."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.preprocessing import RidgeMaps

RIDGE_SIDE, RIDGE_STEP_PX = 32, 3.0
"""Samples per side of the patch of ridges, and how far apart they lie: 96 px, about ten ridges."""
FLOW_SIDE, FLOW_STEP_PX = 10, 12.0
BLOCK_PX = 8.0


@dataclasses.dataclass(frozen=True)
class Patches:
    """Patches of the minutiae of one print, or of many.

    Attributes
    ----------
    ridges
        float32, shape (n, 1, 32, 32): enhanced ridges along (rows) and across (columns) the minutia's direction; 0
        outside the print.
    flow
        float32, shape (n, 3, 10, 10): cosine and sine of twice the ridge orientation less the direction, times
        coherence, and the logarithm of the ridge period in 9 px; 0 outside the print.
    """

    ridges: NDArray[np.float32]
    flow: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ridges)

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Patches:
        return Patches(self.ridges[rows], self.flow[rows])


def patches_of(maps: RidgeMaps, minutiae: Minutiae) -> Patches:
    """The patches of all minutiae of a print; one remap for each map, whatever the number of minutiae."""
    count = len(minutiae)
    if count == 0:
        return Patches(
            np.zeros((0, 1, RIDGE_SIDE, RIDGE_SIDE), np.float32), np.zeros((0, 3, FLOW_SIDE, FLOW_SIDE), np.float32)
        )
    ridges = np.where(maps.mask, maps.enhanced, np.float32(0.0))
    x, y = _grid(minutiae, RIDGE_SIDE, RIDGE_STEP_PX)
    drawn = _sampled(ridges, x, y).reshape(count, 1, RIDGE_SIDE, RIDGE_SIDE)
    rows, cols = maps.orientation.shape
    inside = cv2.resize(maps.mask.astype(np.float32), (cols, rows), interpolation=cv2.INTER_AREA)
    doubled, strength = 2.0 * maps.orientation, maps.coherence * inside
    x, y = _grid(minutiae, FLOW_SIDE, FLOW_STEP_PX)
    x, y = (x - (BLOCK_PX - 1.0) / 2.0) / BLOCK_PX, (y - (BLOCK_PX - 1.0) / 2.0) / BLOCK_PX
    cosine, sine, period = (
        _sampled(np.asarray(values, np.float32), x, y).reshape(count, -1)
        for values in (strength * np.cos(doubled), strength * np.sin(doubled), inside * np.log(maps.period / 9.0))
    )
    turn_cosine, turn_sine = (f(2.0 * minutiae.direction.astype(np.float64))[:, None] for f in (np.cos, np.sin))
    flow = np.stack([cosine * turn_cosine + sine * turn_sine, sine * turn_cosine - cosine * turn_sine, period], axis=1)
    return Patches(drawn, flow.reshape(count, 3, FLOW_SIDE, FLOW_SIDE).astype(np.float32))


def joined(parts: list[Patches]) -> Patches:
    """Many prints' patches in a row."""
    return Patches(np.concatenate([part.ridges for part in parts]), np.concatenate([part.flow for part in parts]))


def _grid(minutiae: Minutiae, side: int, step_px: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the samples of all minutiae lie in the image; float32, shape (n, side * side) each."""
    centres = (np.arange(side) - (side - 1) / 2.0) * step_px
    along, across = (offsets.ravel() for offsets in np.meshgrid(centres, centres, indexing="ij"))
    angle = minutiae.direction.astype(np.float64)[:, None]
    x = minutiae.x[:, None] + along * np.cos(angle) + across * np.sin(angle)
    y = minutiae.y[:, None] - along * np.sin(angle) + across * np.cos(angle)
    return x.astype(np.float32), y.astype(np.float32)


def _sampled(values: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0))
