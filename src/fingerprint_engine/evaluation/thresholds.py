"""Thresholds that keep false matches within a limit, as far as the comparisons of a set can tell."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from fingerprint_engine.evaluation.bootstrap import Interval, finger_weights
from fingerprint_engine.evaluation.metrics import curve_of_sorted, error_curve
from fingerprint_engine.evaluation.score_table import ScoreTable

SUGGESTED_FMR = (1e-3, 1e-4, 1e-5)


@dataclasses.dataclass(frozen=True, slots=True)
class SuggestedThreshold:
    """What a set of scores says of one limit of false matches.

    Attributes
    ----------
    max_fmr
        The limit.
    threshold
        Lowest observed score with an FMR within it; None where the set cannot tell: fewer than ``1 / max_fmr``
        non-mated comparisons, or no threshold at all.
    interval
        95 % interval of it; None without a generator, or where a resampled set finds no threshold.
    fnmr
        Share of mated comparisons below the threshold; None where that is None.
    needed
        Non-mated comparisons that the limit asks for.
    """

    max_fmr: float
    threshold: float | None
    interval: Interval | None
    fnmr: float | None
    needed: int


def suggested_thresholds(
    table: ScoreTable,
    limits: Sequence[float] = SUGGESTED_FMR,
    rng: np.random.Generator | None = None,
    *,
    replicates: int = 500,
) -> tuple[SuggestedThreshold, ...]:
    """Of each limit of the false match rate, the lowest threshold that keeps it on these scores.

    Parameters
    ----------
    table
        The scores.
    limits
        False match rates.
    rng
        For intervals: fingers are drawn again as in `bootstrap_intervals`; without it there are none.
    replicates
        Of the bootstrap.
    """
    order = np.argsort(table.score, kind="stable")
    score, is_mated = table.score[order], table.is_mated[order]
    curve = error_curve(table.score, table.is_mated)
    told = [limit for limit in limits if (~is_mated).sum() * limit >= 1.0]
    drawn = np.empty((0, len(told)))
    if rng is not None and told:
        curves = (curve_of_sorted(score, is_mated, weight[order]) for weight in finger_weights(table, rng, replicates))
        drawn = np.array([[one.threshold[one.at_fmr(limit)] for limit in told] for one in curves])
    found = []
    for limit in limits:
        at = curve.at_fmr(limit)
        threshold, needed = float(curve.threshold[at]), math.ceil(round(1.0 / limit, 6))
        if limit not in told or not math.isfinite(threshold):
            found.append(SuggestedThreshold(limit, None, None, None, needed))
            continue
        column = drawn[:, told.index(limit)]
        interval = None
        if column.size and np.isfinite(column).all():
            low, high = np.percentile(column, [2.5, 97.5])
            interval = Interval(float(low), float(high))
        found.append(SuggestedThreshold(limit, threshold, interval, float(curve.fnmr[at]), needed))
    return tuple(found)
