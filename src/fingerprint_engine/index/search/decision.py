"""The decision: thresholds from the false positive rate that was asked for, and an outcome from the best score."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.index.search.parameters import SearchParameters, StageParameters
from fingerprint_engine.matching import score_of_fmr

RECALL, NON_MATED = "recall", "non_mated"
"""Names of what was measured on a gallery, as the manifest keeps it."""
CALIBRATION = "calibration"
NOT_MEASURED = "not measured"
NOTHING_LEFT_OUT = "every eligible print was compared"


@dataclasses.dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a candidate is a hit and a possible, and where these come from."""

    hit: float
    possible: float
    source: str = CALIBRATION


def thresholds_for(
    max_fpir: float, searched: int, parameters: SearchParameters, measurements: Mapping[str, Any]
) -> Thresholds:
    """The thresholds of a search.

    Parameters
    ----------
    max_fpir
        The false positive identification rate that was asked for.
    searched
        How many had a chance to match: prints for one probe, subjects for several.
    parameters
        The rate at which a candidate is a possible.
    measurements
        What was measured on the gallery: its own non-mated scores may raise the thresholds.
    """
    shift, source = 0.0, CALIBRATION
    if NON_MATED in measurements:
        shift, source = float(measurements[NON_MATED]["shift"]), str(measurements[NON_MATED]["source"])
    possible_fpir = max(max_fpir, parameters.possible_fpir)
    return Thresholds(score_of_fpir(max_fpir, searched) + shift, score_of_fpir(possible_fpir, searched) + shift, source)


def score_of_fpir(fpir: float, searched: int) -> float:
    """Score that a candidate must reach for at most this false positive identification rate.

    A search of N prints gives a false positive with probability ``FPIR = 1 - (1 - FMR)^N`` when comparisons are
    independent (Bolle et al., *Guide to Biometrics*, 2004, chapter 7), so each may have ``FMR = 1 - (1 - FPIR)^(1/N)``.
    Written with `log1p` and `expm1`: at N = 10⁶ the plain form has lost most of its digits.

    Parameters
    ----------
    fpir
        Above 0 and at most 1.
    searched
        Number of prints that are compared; 0 counts as 1.
    """
    if fpir >= 1.0:
        return 0.0
    return score_of_fmr(-math.expm1(math.log1p(-fpir) / max(1, searched)))


def outcome_of(
    best_score: float, thresholds: Thresholds, *, is_complete: bool, is_usable: bool, may_hit: bool = True
) -> Outcome:
    """What a search says, given the best score. A score of 0 is no evidence and never a hit.

    Parameters
    ----------
    best_score
        Score of the first candidate; 0 without candidates.
    thresholds
        See `thresholds_for`.
    is_complete
        Whether everything eligible was searched.
    is_usable
        Whether a probe was good enough for "no hit".
    may_hit
        Whether a candidate above the threshold had enough minutiae. Scores of a handful of minutiae claim too much.

    A poor probe and an incomplete search keep their hits, because a score stands for its error rate. They lose the
    right to say "no hit".
    """
    if best_score > 0.0 and best_score >= thresholds.hit and may_hit:
        return Outcome.HIT
    if best_score > 0.0 and best_score >= thresholds.possible:
        return Outcome.POSSIBLE
    if not is_usable:
        return Outcome.REJECTED_FOR_QUALITY
    return Outcome.NO_HIT if is_complete else Outcome.INCOMPLETE


def recall_of(measurements: Mapping[str, Any], shortlist: str, stages: StageParameters) -> tuple[float | None, str]:
    """Recall of a shortlist and what it was measured on; None where it was not measured with these stages."""
    if shortlist == "exact":
        return 1.0, NOTHING_LEFT_OUT
    found = measurements.get(RECALL)
    if found is None or found.get("shortlist") != shortlist or found.get("stages") != stages.digest().hex():
        return None, NOT_MEASURED
    return float(found["recall"]), str(found["source"])
