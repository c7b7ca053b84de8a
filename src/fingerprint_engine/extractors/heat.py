"""Minutiae from the network's heat: peaks with sub-pixel positions, directions and kinds."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.network import CELL_PX, Answer
from fingerprint_engine.extractors.network_maps import probability
from fingerprint_engine.minutiae.columns import MinutiaKind
from fingerprint_engine.parameters import Parameters, parameter


@dataclasses.dataclass(frozen=True, slots=True)
class HeatParameters(Parameters):
    """Numbers of `find_peaks`."""

    least_heat: float = parameter(0.15, unit="probability", low=0.01, high=0.99, source="chosen on uareu")
    reach_cells: int = parameter(2, unit="2 px cells", low=1, high=8, source="chosen: half a ridge period")
    border_px: float = parameter(6.0, unit="px at 500 ppi", low=0.0, high=30.0, source="chosen on uareu")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks of the heat: columns of shape (n,); positions in pixels at 500 ppi, directions in radians.

    `heat` is 0 to 1; `certainty` is the length of the predicted direction vector, 0 to about 1.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    direction: NDArray[np.float64]
    kind: NDArray[np.uint8]
    heat: NDArray[np.float64]
    certainty: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.x.shape[0])


def find_peaks(answer: Answer, mask: NDArray[np.bool_], parameters: HeatParameters) -> Peaks:
    """Local maxima of the heat inside the foreground, in row order."""
    logit = np.ascontiguousarray(answer.pixels[4])
    side = 2 * parameters.reach_cells + 1
    highest = cv2.dilate(logit, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    least = float(np.log(parameters.least_heat / (1.0 - parameters.least_heat)))
    rows, cols = np.nonzero((logit >= highest) & (logit > least))
    inner = (rows > 0) & (cols > 0) & (rows < logit.shape[0] - 1) & (cols < logit.shape[1] - 1)
    rows, cols = rows[inner], cols[inner]
    heat = probability(logit)
    x, y = (
        CELL_PX * (at + _vertex(logit[rows - dy, cols - dx], logit[rows, cols], logit[rows + dy, cols + dx])) + 0.5
        for at, dy, dx in ((cols, 0, 1), (rows, 1, 0))
    )
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    at_row = np.clip(np.rint(y), 0, mask.shape[0] - 1).astype(np.intp)
    at_col = np.clip(np.rint(x), 0, mask.shape[1] - 1).astype(np.intp)
    keep = distance[at_row, at_col] >= parameters.border_px
    cosine, sine, fork = (answer.pixels[plane][rows, cols].astype(np.float64)[keep] for plane in (5, 6, 7))
    kind = np.where(fork > 0.0, MinutiaKind.BIFURCATION, MinutiaKind.ENDING).astype(np.uint8)
    return Peaks(
        np.clip(x[keep], 0.0, mask.shape[1] - 1.0),
        np.clip(y[keep], 0.0, mask.shape[0] - 1.0),
        np.arctan2(sine, cosine),
        kind,
        heat[rows, cols].astype(np.float64)[keep],
        np.hypot(cosine, sine),
    )


def _vertex(
    before: NDArray[np.float32], here: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Where the parabola through three values has its top, -0.5 to 0.5 from the middle one."""
    bend = (before - 2.0 * here + after).astype(np.float64)
    shift = 0.5 * (before - after) / np.where(bend < -1e-6, bend, -1e-6)
    return np.clip(shift, -0.5, 0.5)
