"""Quality of a minutia: the chance that it is found again in another impression of the same finger."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.minutiae.detection import Candidates
from fingerprint_engine.minutiae.kernels import mean_power
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import BLOCK_PX, at_pixels
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps

FITTED = "logistic regression on 105,971 minutiae of uareu, benchmarks/fitting/minutia_quality.py, 2026-11"

CROWD_PX = 24.0
"""Candidates nearer than this crowd each other."""
POWER_REACH_PX = 8
"""How far around a candidate the power of the ridges counts: a square of 17 x 17 px, two ridge periods."""


@dataclasses.dataclass(frozen=True, slots=True)
class MinutiaQualityParameters(Parameters):
    """Weights of the logistic regression in `minutia_quality`."""

    bias: float = parameter(-1.085, unit="1", low=-50.0, high=50.0, source=FITTED)
    block_quality: float = parameter(0.778, unit="1", low=-50.0, high=50.0, source=FITTED)
    worst_quality: float = parameter(0.617, unit="1", low=-50.0, high=50.0, source=FITTED)
    strength: float = parameter(-0.374, unit="1", low=-50.0, high=50.0, source=FITTED)
    coherence: float = parameter(0.031, unit="1", low=-50.0, high=50.0, source=FITTED)
    border: float = parameter(2.184, unit="1", low=-50.0, high=50.0, source=FITTED)
    crowding: float = parameter(-0.149, unit="1", low=-50.0, high=50.0, source=FITTED)
    amplitude: float = parameter(0.878, unit="1", low=-50.0, high=50.0, source=FITTED)


def minutia_features(
    candidates: Candidates, border_distance: NDArray[np.float64], maps: RidgeMaps
) -> NDArray[np.float64]:
    """What the quality is judged by, shape (n, 7), in the order of the weights after the bias."""
    row, col = np.rint(candidates.y).astype(np.intp), np.rint(candidates.x).astype(np.intp)
    quality = at_pixels(maps.quality.astype(np.float32), row, col) / 100.0
    around = cv2.erode(maps.quality, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    worst = np.asarray(around)[row // BLOCK_PX, col // BLOCK_PX] / 100.0
    strength = np.log1p(candidates.strength) / 4.0
    coherence = at_pixels(maps.coherence, row, col)
    border = np.minimum(border_distance, 40.0) / 40.0
    squared = (candidates.x[:, None] - candidates.x) ** 2 + (candidates.y[:, None] - candidates.y) ** 2
    crowding = ((squared < CROWD_PX**2).sum(axis=1) - 1.0) / 4.0
    power = np.empty(len(candidates), np.float32)
    mean_power(maps.enhanced, maps.quadrature, row, col, POWER_REACH_PX, power)
    amplitude = np.minimum(np.sqrt(power), np.float32(1.5))
    return np.column_stack([quality, worst, strength, coherence, border, crowding, amplitude]).astype(np.float64)


def minutia_quality(features: NDArray[np.float64], parameters: Parameters) -> NDArray[np.uint8]:
    """Quality 0 to 100, uint8, shape (n,).

    Parameters
    ----------
    features
        float64, shape (n, k): those of `minutia_features`, and what else an extractor knows.
    parameters
        A bias and the weights of the features, in this order: `MinutiaQualityParameters` or an extractor's own.
    """
    weights = np.array([getattr(parameters, field.name) for field in dataclasses.fields(parameters)])
    chance = 1.0 / (1.0 + np.exp(-(weights[0] + features @ weights[1:])))
    return np.asarray(np.rint(100.0 * chance), dtype=np.uint8)
