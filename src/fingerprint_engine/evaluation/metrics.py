"""Error rates of ISO/IEC 19795-1 from mated and non-mated scores: exact steps, no interpolation.

A comparison matches when ``score >= threshold``. A threshold between two neighbouring scores decides as the higher of
them, so the observed scores and one threshold above them all are all the operating points there are. Ties count against
the system: equal scores stand or fall together, so what rejects a non-mated pair rejects the mated pair beside it.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ErrorCurve:
    """FMR and FNMR at every operating point, by rising threshold.

    Attributes
    ----------
    threshold
        float64, shape (n,), strictly rising; the last is infinity, where nothing matches.
    fmr
        float64, shape (n,), share of non-mated comparisons with score >= threshold; never rising, last is 0.
    fnmr
        float64, shape (n,), share of mated comparisons with score < threshold; never falling, last is 1.
    """

    threshold: NDArray[np.float64]
    fmr: NDArray[np.float64]
    fnmr: NDArray[np.float64]

    def at_fmr(self, max_fmr: float) -> int:
        """Position of the lowest threshold whose FMR is at most `max_fmr`; there always is one."""
        if not 0.0 <= max_fmr <= 1.0:
            raise InputError(f"max_fmr: expected 0 to 1, got {max_fmr}")
        return int(np.argmax(self.fmr <= max_fmr))

    def fnmr_at_fmr(self, max_fmr: float) -> float:
        """FNMR at the lowest threshold whose FMR is at most `max_fmr`; with 0 this is ZeroFMR."""
        return float(self.fnmr[self.at_fmr(max_fmr)])

    def equal_error_rate(self) -> tuple[float, float, float]:
        """The EER and the interval (low, high) in which the curves cross.

        As in FVC (Maio et al., *FVC2000*, PAMI 24(3), 2002, section 4): of the two operating points around the crossing
        the one with the smaller sum of rates, and the EER is the middle between its FMR and its FNMR.
        """
        after = int(np.argmax(self.fnmr >= self.fmr))
        before = after if self.fnmr[after] == self.fmr[after] else max(after - 1, 0)
        chosen = before if self.fmr[before] + self.fnmr[before] <= self.fmr[after] + self.fnmr[after] else after
        low, high = sorted((float(self.fmr[chosen]), float(self.fnmr[chosen])))
        return (low + high) / 2.0, low, high


@dataclasses.dataclass(frozen=True, slots=True)
class ErrorRates:
    """The rates that are reported, each between 0 and 1.

    Attributes
    ----------
    eer
        Equal error rate.
    fnmr_at_fmr_1_percent, fnmr_at_fmr_01_percent
        Lowest FNMR with FMR <= 1 % (FMR100) and <= 0.1 % (FMR1000).
    zero_fmr
        Lowest FNMR with no false match.
    """

    eer: float
    fnmr_at_fmr_1_percent: float
    fnmr_at_fmr_01_percent: float
    zero_fmr: float


def error_curve(
    score: NDArray[np.float64], is_mated: NDArray[np.bool_], weight: NDArray[np.float64] | None = None
) -> ErrorCurve:
    """FMR and FNMR over all thresholds.

    Parameters
    ----------
    score
        float64, shape (n,), finite.
    is_mated
        bool, shape (n,).
    weight
        float64, shape (n,), how often each comparison counts, >= 0; once when left out. Bootstraps use it.

    Raises
    ------
    InputError
        When the weight of mated or of non-mated comparisons is 0: without them there is no rate.
    """
    score = np.asarray(score, dtype=np.float64)
    counts = np.ones(score.shape) if weight is None else np.asarray(weight, dtype=np.float64)
    order = np.argsort(score, kind="stable")
    return curve_of_sorted(score[order], is_mated[order], counts[order])


def curve_of_sorted(score: NDArray[np.float64], is_mated: NDArray[np.bool_], weight: NDArray[np.float64]) -> ErrorCurve:
    """As `error_curve`, for columns that are sorted by rising score; spares a bootstrap the sorting."""
    if score.shape != is_mated.shape or score.shape != weight.shape or score.ndim != 1:
        raise InputError(f"scores: expected columns of one length, got {score.shape} and {is_mated.shape}")
    if not np.isfinite(score).all():
        raise InputError("score: expected finite numbers, got NaN or infinity")
    mated, non_mated = np.where(is_mated, weight, 0.0), np.where(is_mated, 0.0, weight)
    below_mated, below_non_mated = _sum_before(mated), _sum_before(non_mated)
    if below_mated[-1] <= 0.0 or below_non_mated[-1] <= 0.0:
        raise InputError("scores: expected mated and non-mated comparisons, at least one of each")
    # The first of each run of equal scores: all of the run is at or above that threshold.
    first = np.concatenate([[True], score[1:] != score[:-1]])
    steps = np.append(np.flatnonzero(first), score.size)
    return ErrorCurve(
        threshold=np.append(score[first], math.inf),
        fmr=(below_non_mated[-1] - below_non_mated[steps]) / below_non_mated[-1],
        fnmr=below_mated[steps] / below_mated[-1],
    )


def error_rates(curve: ErrorCurve) -> ErrorRates:
    """The reported rates of a curve."""
    return ErrorRates(
        eer=curve.equal_error_rate()[0],
        fnmr_at_fmr_1_percent=curve.fnmr_at_fmr(0.01),
        fnmr_at_fmr_01_percent=curve.fnmr_at_fmr(0.001),
        zero_fmr=curve.fnmr_at_fmr(0.0),
    )


def _sum_before(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of all weights before each position, shape (n + 1,). Whole numbers are summed exactly."""
    return np.concatenate([[0.0], np.cumsum(weight)])
