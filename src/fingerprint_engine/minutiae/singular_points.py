"""Cores and deltas: where the orientation field turns by half a circle around a point."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import TWO_PI, direction_difference, wrap_direction
from fingerprint_engine.minutiae.columns import SingularKind, SingularPoints
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import BLOCK_PX
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps


@dataclasses.dataclass(frozen=True, slots=True)
class SingularPointParameters(Parameters):
    """Numbers of `find_singular_points`."""

    smoothing_blocks: float = parameter(
        1.5, unit="blocks", low=0.3, high=6.0, source="chosen: pairs of false points cancel, true ones stay"
    )
    ring_blocks: float = parameter(
        2.5, unit="blocks", low=1.0, high=6.0, source="chosen: radius on which the direction of a point is read"
    )
    max_points: int = parameter(4, unit="1", low=0, high=16, source="two cores and two deltas: no finger has more")


def find_singular_points(maps: RidgeMaps, parameters: SingularPointParameters | None = None) -> SingularPoints:
    """Cores and deltas (Poincaré index of the smoothed orientation field), those of highest coherence around first.

    Parameters
    ----------
    maps
        Ridge maps at 500 ppi.
    parameters
        Defaults unless given.
    """
    parameters = parameters or SingularPointParameters()
    turned = 2.0 * maps.orientation.astype(np.float64)
    cosine, sine = (
        cv2.GaussianBlur(part * maps.coherence, (0, 0), parameters.smoothing_blocks)
        for part in (np.cos(turned), np.sin(turned))
    )
    doubled = np.arctan2(sine, cosine)
    index = _poincare_index(doubled)
    rows, cols = np.nonzero(index)
    inside = [_four_blocks(maps.mask, row, col).all() for row, col in zip(rows.tolist(), cols.tolist(), strict=True)]
    rows, cols = rows[inside], cols[inside]
    if rows.size == 0:
        return SingularPoints.empty()
    weight = cv2.GaussianBlur(maps.quality.astype(np.float32), (0, 0), 2.0)[rows, cols]
    order = np.lexsort((cols, rows, -weight))[: parameters.max_points]
    rows, cols = rows[order], cols[order]
    kind = np.where(index[rows, cols] > 0, SingularKind.CORE, SingularKind.DELTA).astype(np.uint8)
    x, y = (cols + 1.0) * BLOCK_PX - 0.5, (rows + 1.0) * BLOCK_PX - 0.5
    direction = [
        _direction(doubled, row + 0.5, col + 0.5, point, parameters.ring_blocks)
        for row, col, point in zip(rows, cols, kind, strict=True)
    ]
    return SingularPoints(x, y, np.array(direction), kind)


def _four_blocks(mask: NDArray[np.bool_], row: int, col: int) -> NDArray[np.bool_]:
    """The pixels of the blocks that meet at the lower right corner of one."""
    return mask[BLOCK_PX * row : BLOCK_PX * (row + 2), BLOCK_PX * col : BLOCK_PX * (col + 2)]


def _poincare_index(doubled: NDArray[np.float64]) -> NDArray[np.intp]:
    """Turns of the doubled orientation around each 2 x 2 cell: +1 at a core, -1 at a delta."""
    corners = (doubled[:-1, :-1], doubled[1:, :-1], doubled[1:, 1:], doubled[:-1, 1:])
    turns = np.zeros_like(corners[0])
    # Down, right, up, left: counter-clockwise as seen. The differences come to nothing on the way around; what they are
    # off the short way, in whole turns, is the index.
    for first, second in zip(corners, (*corners[1:], corners[0]), strict=True):
        turns -= np.floor((second - first + math.pi) / TWO_PI)
    return turns.astype(np.intp)


def _direction(doubled: NDArray[np.float64], row: float, col: float, kind: int, radius: float) -> float:
    """Angle at which ridges run straight away from the point: where a loop opens, where an arm of a delta leaves."""
    angles = np.arange(72) * (2.0 * math.pi / 72)
    rows = np.clip(np.rint(row - radius * np.sin(angles)), 0, doubled.shape[0] - 1).astype(np.intp)
    cols = np.clip(np.rint(col + radius * np.cos(angles)), 0, doubled.shape[1] - 1).astype(np.intp)
    around = doubled[rows, cols]
    if kind == SingularKind.CORE:
        # The orientation turns half as fast as the angle around a core, so one angle fits all directions: average it.
        turn = direction_difference(around, angles)
        return float(wrap_direction(np.angle(np.exp(1j * turn).mean())))
    aligned = np.cos(around - 2.0 * angles)
    return float(angles[int(np.argmax(np.round(aligned, 6)))])
