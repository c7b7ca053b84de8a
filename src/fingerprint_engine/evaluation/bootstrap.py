"""Intervals of error rates by resampling fingers, because comparisons that share a finger are not independent."""

from __future__ import annotations

import dataclasses

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.metrics import ErrorRates, curve_of_sorted, error_rates
from fingerprint_engine.evaluation.score_table import ScoreTable

MAX_REDRAWS = 1000
"""How often a draw without any genuine or impostor pair is drawn again, in all, before giving up."""


@dataclasses.dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval."""

    low: float
    high: float


def bootstrap_intervals(
    table: ScoreTable, rng: np.random.Generator, *, replicates: int = 500, confidence: float = 0.95
) -> dict[str, Interval]:
    """Percentile intervals of the reported rates over fingers drawn with replacement.

    A finger drawn k times counts k times in its genuine pairs and k·m times in its impostor pairs with a finger drawn m
    times (ISO/IEC 19795-1 Annex B; Bolle, Ratha, Pankanti, *Error analysis of pattern recognition systems: the subsets
    bootstrap*, CVIU 93, 2004). With ten fingers such an interval is itself rough, and rather too narrow than too wide.

    Returns
    -------
    dict
        For each field of `ErrorRates` its interval.
    """
    if replicates < 2:
        raise InputError(f"replicates: expected at least 2, got {replicates}")
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence: expected a number between 0 and 1, got {confidence}")
    code = table.finger_codes
    fingers = int(code.max()) + 1 if code.size else 0
    order = np.argsort(table.score, kind="stable")
    score, is_genuine = table.score[order], table.is_genuine[order]
    probe, reference = code[table.probe[order]], code[table.reference[order]]
    if is_genuine.all() or not is_genuine.any():
        raise InputError("scores: expected genuine and impostor comparisons, found none of a kind")
    rows: list[tuple[float, ...]] = []
    redraws = 0
    while len(rows) < replicates:
        drawn = np.bincount(rng.integers(0, fingers, size=fingers), minlength=fingers).astype(np.float64)
        weight = np.where(is_genuine, drawn[probe], drawn[probe] * drawn[reference])
        if weight[is_genuine].sum() <= 0.0 or weight[~is_genuine].sum() <= 0.0:
            redraws += 1
            if redraws > MAX_REDRAWS:
                raise InputError(f"scores: expected enough fingers to resample, got {fingers}")
            continue
        rows.append(dataclasses.astuple(error_rates(curve_of_sorted(score, is_genuine, weight))))
    tail = 50.0 * (1.0 - confidence)
    low, high = np.percentile(np.array(rows), [tail, 100.0 - tail], axis=0)
    names = [field.name for field in dataclasses.fields(ErrorRates)]
    return {name: Interval(float(a), float(b)) for name, a, b in zip(names, low, high, strict=True)}
