"""What the network says about each candidate: features that the quality of its minutiae follows from."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.network import POINT_PX, Answer
from fingerprint_engine.minutiae.detection import Candidates
from fingerprint_engine.parameters import Parameters, parameter

FITTED = (
    "logistic regression on 177,833 minutiae of uareu and of worse copies of it, "
    "benchmarks/fitting/minutia_quality.py --extractor learned --degraded, 2026-11"
)
NEAR = np.array([[0, 0, 1, 0, 0], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 1, 0, 0]], np.bool_)
"""The heat's peak may lie two of its values, 2 px apart, from the vortex: half a ridge period."""
LOGIT_LIMIT = 6.0


@dataclasses.dataclass(frozen=True, slots=True)
class LearnedQualityParameters(Parameters):
    """Weights of the logistic regression in `minutia_quality`: its own features, and those of `heat_features`."""

    bias: float = parameter(-1.018, unit="1", low=-50.0, high=50.0, source=FITTED)
    block_quality: float = parameter(-0.003, unit="1", low=-50.0, high=50.0, source=FITTED)
    worst_quality: float = parameter(0.323, unit="1", low=-50.0, high=50.0, source=FITTED)
    strength: float = parameter(0.046, unit="1", low=-50.0, high=50.0, source=FITTED)
    coherence: float = parameter(0.047, unit="1", low=-50.0, high=50.0, source=FITTED)
    border: float = parameter(0.857, unit="1", low=-50.0, high=50.0, source=FITTED)
    crowding: float = parameter(-0.556, unit="1", low=-50.0, high=50.0, source=FITTED)
    amplitude: float = parameter(0.823, unit="1", low=-50.0, high=50.0, source=FITTED)
    heat: float = parameter(1.44, unit="1", low=-50.0, high=50.0, source=FITTED)
    agreement: float = parameter(1.541, unit="1", low=-50.0, high=50.0, source=FITTED)


def heat_features(candidates: Candidates, answer: Answer) -> NDArray[np.float64]:
    """What the network says about each candidate, shape (n, 2).

    The highest heat around it (a logit, in sixths), and how far the direction predicted there is the candidate's: the
    product of the cosine of their difference and the length of the predicted vector, about -1 to 1.
    """
    logit = answer.heat
    last_row, last_col = logit.shape[0] - 1, logit.shape[1] - 1
    row = np.clip(np.rint((candidates.y - 0.5) / POINT_PX), 0, last_row).astype(np.intp)
    col = np.clip(np.rint((candidates.x - 0.5) / POINT_PX), 0, last_col).astype(np.intp)
    down, right = np.argwhere(NEAR).T - NEAR.shape[0] // 2
    # Beyond the edge the nearest value stands in, which is near as well.
    around = logit[np.clip(row[:, None] + down, 0, last_row), np.clip(col[:, None] + right, 0, last_col)]
    heat = np.clip(around.max(axis=1), -LOGIT_LIMIT, LOGIT_LIMIT) / LOGIT_LIMIT
    cosine, sine = answer.direction[:, row, col]
    agreement = cosine * np.cos(candidates.direction) + sine * np.sin(candidates.direction)
    return np.column_stack([heat, agreement]).astype(np.float64)
