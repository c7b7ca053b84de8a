"""Intervals of error rates by resampling fingers, because comparisons that share a finger are not independent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.metrics import ErrorRates, curve_of_sorted, error_rates
from fingerprint_engine.evaluation.score_table import ScoreTable

MAX_REDRAWS = 1000
"""How often a draw without any mated or non-mated pair is drawn again, in all, before giving up."""


@dataclasses.dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval."""

    low: float
    high: float


def bootstrap_intervals(
    table: ScoreTable, rng: np.random.Generator, *, replicates: int = 500, confidence: float = 0.95
) -> dict[str, Interval]:
    """Percentile intervals of the reported rates over fingers drawn with replacement.

    A finger drawn k times counts k times in its mated pairs and k·m times in its non-mated pairs with a finger drawn m
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
    if table.is_mated.all() or not table.is_mated.any():
        raise InputError("scores: expected mated and non-mated comparisons, at least one of each")
    order = np.argsort(table.score, kind="stable")
    score, is_mated = table.score[order], table.is_mated[order]
    rows = [
        dataclasses.astuple(error_rates(curve_of_sorted(score, is_mated, weight[order])))
        for weight in finger_weights(table, rng, replicates)
    ]
    tail = 50.0 * (1.0 - confidence)
    low, high = np.percentile(np.array(rows), [tail, 100.0 - tail], axis=0)
    names = [field.name for field in dataclasses.fields(ErrorRates)]
    return {name: Interval(float(a), float(b)) for name, a, b in zip(names, low, high, strict=True)}


def finger_weights(table: ScoreTable, rng: np.random.Generator, replicates: int) -> Iterator[NDArray[np.float64]]:
    """Draw the fingers of a table with replacement, again and again.

    Yields
    ------
    numpy.ndarray
        float64, shape (comparisons,), how often each comparison counts; `replicates` of them, each with at least one
        mated and one non-mated comparison.

    Raises
    ------
    InputError
        When hardly any draw holds both kinds.
    """
    code, is_mated = table.finger_codes, table.is_mated
    probe, reference = code[table.probe], code[table.reference]
    fingers = int(code.max()) + 1 if code.size else 0
    made = redraws = 0
    while made < replicates:
        drawn = np.bincount(rng.integers(0, fingers, size=fingers), minlength=fingers).astype(np.float64)
        weight = np.where(is_mated, drawn[probe], drawn[probe] * drawn[reference])
        if weight[is_mated].sum() <= 0.0 or weight[~is_mated].sum() <= 0.0:
            redraws += 1
            if redraws > MAX_REDRAWS:
                raise InputError(f"scores: expected enough fingers to resample, got {fingers}")
            continue
        made += 1
        yield weight
