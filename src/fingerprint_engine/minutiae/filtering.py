"""Filtering: throw out what cannot be a minutia of the finger."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.minutiae.detection import Candidates
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
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, col = np.rint(candidates.y).astype(np.intp), np.rint(candidates.x).astype(np.intp)
    border_distance = distance[row, col].astype(np.float64)
    keep = ~_dipoles(candidates, parameters) & (border_distance >= parameters.border_px)
    return candidates.take(keep), border_distance[keep]


def _dipoles(candidates: Candidates, parameters: FilterParameters) -> NDArray[np.bool_]:
    dropped = np.zeros(len(candidates), dtype=np.bool_)
    if len(candidates) < 2:
        return dropped
    distance = np.hypot(candidates.x[:, None] - candidates.x, candidates.y[:, None] - candidates.y)
    reach = parameters.dipole_periods * 0.5 * (candidates.period[:, None] + candidates.period)
    first, second = np.nonzero(np.triu(distance < reach, 1))
    turn = np.abs(direction_difference(candidates.direction[first], candidates.direction[second]))
    opposite = turn > min(parameters.dipole_angle_rad, math.pi)
    first, second = first[opposite], second[opposite]
    for k in np.lexsort((second, first, distance[first, second])):
        if not dropped[first[k]] and not dropped[second[k]]:
            dropped[first[k]] = dropped[second[k]] = True
    return dropped
