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

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.matching.kernels.fusion import TERMS, Fusion

DEFAULT_FILE = "score_model.json"


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ScoreModel:
    """Weights of the evidence and calibration to false match rates, for two kinds of comparison.

    Attributes
    ----------
    with_flow, without_flow
        `Fusion` for comparisons in which the ridge flow of both prints is known, as of all templates made from images,
        and for the others, as of minutiae records of other systems. Each holds

        - `weights`, float64, one for each of `TERMS`; not negative, so that a score grows with every
          likeness; and `bias`, added to the weighted sum, which is the raw score;
        - `knots`, `heights`: raw scores, rising, and ``-10 log10(FMR)`` there; linear in between and beyond the last;
        - `early_knots`, `early_heights`: the same for comparisons rejected early, over their relaxed similarity;
        - `bound_start`: no score above `FREE_SCORE` is above the line from there, with `BOUND_SLOPE`, over the number
          of matches that lie close.
    ceiling
        Highest score that is given: beyond it the data behind the calibration say nothing.
    provenance
        Date, data, number of pairs and script of the fit.
    """

    with_flow: Fusion
    without_flow: Fusion
    ceiling: float
    provenance: Mapping[str, Any]

    def __post_init__(self) -> None:
        _check(self.with_flow, "with_flow")
        _check(self.without_flow, "without_flow")

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> ScoreModel:
        """Read a model from what its JSON file holds."""
        return cls(
            with_flow=_fusion(data["with_flow"]),
            without_flow=_fusion(data["without_flow"]),
            ceiling=float(data["ceiling"]),
            provenance=MappingProxyType(dict(data["provenance"])),
        )


def _fusion(data: Mapping[str, Any]) -> Fusion:
    weights = data["weights"]
    if set(weights) != set(TERMS):
        raise ParameterError(f"weights: expected the terms {TERMS}, got {sorted(weights)}")
    columns = {name: np.array(data[name], np.float64) for name in ("knots", "heights", "early_knots", "early_heights")}
    return Fusion(
        weights=np.array([weights[name] for name in TERMS], np.float64),
        bias=float(data["bias"]),
        bound_start=float(data["bound_start"]),
        **columns,
    )


def _check(fusion: Fusion, kind: str) -> None:
    if fusion.weights.shape != (len(TERMS),) or not np.isfinite(fusion.weights).all():
        raise ParameterError(f"{kind}: expected {len(TERMS)} finite weights, got shape {fusion.weights.shape}")
    for name, knots, heights in (
        ("knots", fusion.knots, fusion.heights),
        ("early_knots", fusion.early_knots, fusion.early_heights),
    ):
        rising = knots.ndim == 1 and len(knots) >= 2 and bool((np.diff(knots) > 0).all())
        if not rising or heights.shape != knots.shape or not bool((np.diff(heights) >= 0).all()):
            raise ParameterError(
                f"{kind}, {name}: expected at least two rising knots with as many heights that never fall"
            )


@functools.lru_cache(maxsize=1)
def default_model() -> ScoreModel:
    """The model that ships with the package."""
    text = resources.files("fingerprint_engine.matching").joinpath(DEFAULT_FILE).read_text(encoding="utf-8")
    return ScoreModel.from_mapping(json.loads(text))
