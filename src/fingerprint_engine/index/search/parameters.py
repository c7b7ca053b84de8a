"""Numbers of the index room."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.parameters import Parameters, parameter


@dataclasses.dataclass(frozen=True, slots=True)
class SearchParameters(Parameters):
    """When a search says "possible", and when it says that the probe was too poor to say "no hit"."""

    possible_fpir: float = parameter(
        0.05,
        unit="searches without a mate that give a possible",
        low=0.0,
        high=1.0,
        source="chosen: an examiner looks in vain at one search in twenty, and misses of the strict threshold show up",
    )
    least_minutiae: int = parameter(
        12,
        unit="minutiae",
        low=0,
        high=255,
        source="chosen: twelve points were the classical rule for court; fewer say little by not hitting",
    )
    least_hit_minutiae: int = parameter(
        8,
        unit="minutiae",
        low=0,
        high=255,
        source="measured: random prints of 3 or 5 minutiae reach score 30 seven or four times too often, of 8 not",
    )
    exact_prints: int = parameter(
        500,
        unit="prints",
        low=0,
        high=2**31,
        source="chosen: so many are compared in full in 25 ms of one core; a shortlist saves nothing one would feel",
    )
