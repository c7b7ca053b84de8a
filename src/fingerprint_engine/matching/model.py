"""`ScoreModel`: the fitted numbers that turn evidence into a score, with their provenance."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.matching.kernels.fusion import TERMS

DEFAULT_FILE = "score_model.json"


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ScoreModel:
    """Weights of the evidence and calibration to false match rates.

    Attributes
    ----------
    weights
        float64, shape (16,), one for each of `TERMS`; not negative, so that a score grows with every likeness.
    bias
        Added to the weighted sum; the sum is the raw score.
    knots, heights
        Raw scores, rising, and ``-10 log10(FMR)`` there; linear in between and beyond the last.
    early_knots, early_heights
        The same for comparisons rejected early, over their relaxed similarity.
    ceiling
        Highest score that is given: beyond it the data behind the calibration say nothing.
    provenance
        Date, data, number of pairs and script of the fit.
    """

    weights: NDArray[np.float64]
    bias: float
    knots: NDArray[np.float64]
    heights: NDArray[np.float64]
    early_knots: NDArray[np.float64]
    early_heights: NDArray[np.float64]
    ceiling: float
    provenance: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.weights.shape != (len(TERMS),) or not np.isfinite(self.weights).all():
            raise ParameterError(f"weights: expected {len(TERMS)} finite numbers, got shape {self.weights.shape}")
        for name, knots, heights in (
            ("knots", self.knots, self.heights),
            ("early_knots", self.early_knots, self.early_heights),
        ):
            rising = knots.ndim == 1 and len(knots) >= 2 and bool((np.diff(knots) > 0).all())
            if not rising or heights.shape != knots.shape or not bool((np.diff(heights) >= 0).all()):
                raise ParameterError(f"{name}: expected at least two rising knots with as many heights that never fall")

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> ScoreModel:
        """Read a model from what its JSON file holds."""
        weights = data["weights"]
        if set(weights) != set(TERMS):
            raise ParameterError(f"weights: expected the terms {TERMS}, got {sorted(weights)}")
        columns = {
            name: np.array(data[name], np.float64) for name in ("knots", "heights", "early_knots", "early_heights")
        }
        return cls(
            weights=np.array([weights[name] for name in TERMS], np.float64),
            bias=float(data["bias"]),
            ceiling=float(data["ceiling"]),
            provenance=MappingProxyType(dict(data["provenance"])),
            **columns,
        )


@functools.lru_cache(maxsize=1)
def default_model() -> ScoreModel:
    """The model that ships with the package."""
    text = resources.files("fingerprint_engine.matching").joinpath(DEFAULT_FILE).read_text(encoding="utf-8")
    return ScoreModel.from_mapping(json.loads(text))
