"""Filtering: throw out what cannot be a minutia of the finger."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.minutiae.detection import Candidates
from fingerprint_engine.minutiae.kernels import MARGIN, STEPS_PER_PX, distances_from_edge
from fingerprint_engine.parameters import Parameters, parameter


@dataclasses.dataclass(frozen=True, slots=True)
class FilterParameters(Parameters):
    """Numbers of `filter_candidates`."""

    border_px: float = parameter(
        8.0, unit="px at 500 ppi", low=0.0, high=30.0, source="chosen on uareu: ridges end at the print's edge"
    )
    dipole_periods: float = parameter(
        1.0, unit="ridge periods", low=0.0, high=4.0, source="chosen on uareu: breaks and bridges are shorter"
    )
    dipole_angle_rad: float = parameter(
        2.2, unit="rad", low=1.0, high=3.2, source="chosen: two ends of one break point away from each other"
    )


def filter_candidates(
    candidates: Candidates, mask: NDArray[np.bool_], parameters: FilterParameters
) -> tuple[Candidates, NDArray[np.float64]]:
    """Drop candidates at the border of the print and pairs that cancel each other.

    A broken ridge, a bridge between ridges and a short island all appear as two candidates close together with opposite
    directions; the closest pairs go first.

    Returns
    -------
    candidates
        Those that remain.
    border_distance
        float64, shape (n,), pixels from the edge of the foreground; the image's border counts as an edge.
    """
    row, col = np.rint(candidates.y).astype(np.intp), np.rint(candidates.x).astype(np.intp)
    border_distance = _edge_distance(mask, row, col)
    keep = ~_dipoles(candidates, parameters) & (border_distance >= parameters.border_px)
    return candidates.take(keep), border_distance[keep]


def _edge_distance(mask: NDArray[np.bool_], row: NDArray[np.intp], col: NDArray[np.intp]) -> NDArray[np.float64]:
    """Pixels from some places on the foreground to the nearest one beyond it."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    part = np.ascontiguousarray(mask[top : top + height, left : left + width])
    distance = np.zeros((height + 2 * MARGIN, width + 2 * MARGIN), np.int32)
    distances_from_edge(part, distance)
    return np.asarray(distance[row - top + MARGIN, col - left + MARGIN] / STEPS_PER_PX)


def _dipoles(candidates: Candidates, parameters: FilterParameters) -> NDArray[np.bool_]:
    dropped = np.zeros(len(candidates), dtype=np.bool_)
    if len(candidates) < 2:
        return dropped
    x, y, period = candidates.x, candidates.y, candidates.period
    reach = parameters.dipole_periods * 0.5 * (period[:, None] + period)
    first, second = np.nonzero((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 < reach**2)
    first, second = first[first < second], second[first < second]
    distance = np.hypot(x[first] - x[second], y[first] - y[second])
    turn = np.abs(direction_difference(candidates.direction[first], candidates.direction[second]))
    opposite = turn > min(parameters.dipole_angle_rad, math.pi)
    first, second = first[opposite], second[opposite]
    for k in np.lexsort((second, first, distance[opposite])):
        if not dropped[first[k]] and not dropped[second[k]]:
            dropped[first[k]] = dropped[second[k]] = True
    return dropped
