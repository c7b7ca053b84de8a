"""Which of two systems is better, when both were measured on the same pairs."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.bootstrap import Interval, finger_weights
from fingerprint_engine.evaluation.metrics import ErrorRates, curve_of_sorted, error_curve, error_rates
from fingerprint_engine.evaluation.score_table import ScoreTable


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """Rate of the second system minus rate of the first, with its interval; below 0 the second is better."""

    value: float
    interval: Interval

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.interval.low > 0.0 or self.interval.high < 0.0


def paired_differences(
    first: ScoreTable,
    second: ScoreTable,
    rng: np.random.Generator,
    *,
    replicates: int = 500,
    confidence: float = 0.95,
) -> dict[str, Difference]:
    """Differences of the reported rates; each replicate draws the same fingers for both systems.

    Fingers that are hard for both then cancel, so that a small difference shows where two separate intervals overlap.

    Raises
    ------
    InputError
        When the tables are not of the same pairs, or hold no mated or no non-mated pair.
    """
    if replicates < 2 or not 0.0 < confidence < 1.0:
        raise InputError("replicates, confidence: expected at least 2, and a number between 0 and 1")
    other = _aligned(first, second)
    is_mated = first.is_mated
    orders = [np.argsort(score, kind="stable") for score in (first.score, other)]
    sorted_scores = [score[order] for score, order in zip((first.score, other), orders, strict=True)]
    rows: list[NDArray[np.float64]] = []
    ones = [_rates(score, is_mated) for score in (first.score, other)]
    for weight in finger_weights(first, rng, replicates):
        pair = [
            np.array(dataclasses.astuple(error_rates(curve_of_sorted(score, is_mated[order], weight[order]))))
            for score, order in zip(sorted_scores, orders, strict=True)
        ]
        rows.append(pair[1] - pair[0])
    tail = 50.0 * (1.0 - confidence)
    low, high = np.percentile(np.array(rows), [tail, 100.0 - tail], axis=0)
    names = [field.name for field in dataclasses.fields(ErrorRates)]
    return {
        name: Difference(float(ones[1][i] - ones[0][i]), Interval(float(low[i]), float(high[i])))
        for i, name in enumerate(names)
    }


def _rates(score: NDArray[np.float64], is_mated: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.array(dataclasses.astuple(error_rates(error_curve(score, is_mated))))


def _aligned(first: ScoreTable, second: ScoreTable) -> NDArray[np.float64]:
    """Scores of the second table in the order of the first."""
    known = {
        frozenset((second.samples[a], second.samples[b])): float(score)
        for a, b, score in zip(second.probe, second.reference, second.score, strict=True)
    }
    wanted = [
        frozenset((first.samples[a], first.samples[b])) for a, b in zip(first.probe, first.reference, strict=True)
    ]
    missing = sum(pair not in known for pair in wanted)
    if missing or len(known) != len(wanted):
        raise InputError(
            f"score files: expected the same pairs, found {len(wanted)} and {len(known)}, {missing} not in the second"
        )
    return np.array([known[pair] for pair in wanted], dtype=np.float64)
