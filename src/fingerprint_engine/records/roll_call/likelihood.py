"""From scores to log-likelihood ratios: how much more often the same finger scores like this than another.

A score is ``-10 log10`` of the rate at which non-mated prints score as high, so for them ``x = score ln(10) / 10`` has
the density ``exp(-x)``. Of mated prints a share `lost` scores as non-mated ones do; the others lie anywhere up to the
end c of the calibration, more often high than low: density ``2 x / c^2``. That is flatter than any one sensor shows, so
a score speaks for a person a little less than it could, on every sensor (see `benchmarks/records/mated_scores.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.records.roll_call.parameters import RollCallParameters

_NATS = math.log(10.0) / 10.0


def log_ratio(score: NDArray[np.float64] | float, parameters: RollCallParameters) -> NDArray[np.float64]:
    """Natural logarithm of the likelihood ratio of a score, mated to non-mated."""
    end = parameters.score_end * _NATS
    x = np.minimum(np.asarray(score, np.float64) * _NATS, end)
    alike = (1.0 - parameters.lost) * 2.0 * x / end**2
    return np.asarray(np.logaddexp(np.log(parameters.lost), np.log(np.maximum(alike, 1e-300)) + x))


def log_ratio_of_finger(
    scores: NDArray[np.float64], is_stated: NDArray[np.bool_], is_usable: bool, parameters: RollCallParameters
) -> float:
    """Log ratio of one captured finger against all prints of a person.

    Parameters
    ----------
    scores
        With each print of the person.
    is_stated
        Whether the print has the position that was stated for the finger, or either is unknown.
    is_usable
        Whether the capture could have matched; a poor one says nothing by not matching.
    parameters
        Expectations.
    """
    if not scores.size:
        return 0.0
    ratios = log_ratio(scores, parameters)
    anywhere = float(np.logaddexp.reduce(ratios)) - math.log(ratios.size)
    if is_stated.all():
        found = anywhere
    elif is_stated.any():
        stated = ratios[is_stated]
        there = float(np.logaddexp.reduce(stated)) - math.log(stated.size)
        found = float(
            np.logaddexp(math.log1p(-parameters.mislabelled) + there, math.log(parameters.mislabelled) + anywhere)
        )
    else:
        # The position is not on file: nothing is known, unless another position fits.
        found = float(np.logaddexp(math.log1p(-parameters.mislabelled), math.log(parameters.mislabelled) + anywhere))
    return found if is_usable else max(found, 0.0)


def log_ratio_of_person(fingers: Sequence[float], parameters: RollCallParameters) -> float:
    """Log ratio of all captured fingers together."""
    against = sorted(one for one in fingers if one < 0.0)[: parameters.max_fingers_against]
    return sum(one for one in fingers if one >= 0.0) + sum(against)
