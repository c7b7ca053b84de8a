"""`Comparison` and `Verification`: what comes out of matching."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.template.resolution import MAX_PERIOD_RATIO
from fingerprint_engine.text.plain import plain

MIN_MATCH_MINUTIAE = 8
"""Minutiae that both prints need for a match or a hit: of fewer no score says enough."""


def fmr_of_score(score: float) -> float:
    """False match rate that a score stands for: ``10 ** (-score / 10)``."""
    return float(10.0 ** (-score / 10.0))


def score_of_fmr(fmr: float) -> float:
    """Score that a comparison must reach for at most this false match rate: ``-10 log10(fmr)``, at least 0."""
    return max(0.0, -10.0 * math.log10(fmr))


def may_decide(probe_minutiae: int, reference_minutiae: int, minimum: int = MIN_MATCH_MINUTIAE) -> bool:
    """Whether both prints have as many minutiae as a match needs: by the score of others nothing is decided."""
    return min(probe_minutiae, reference_minutiae) >= minimum


def scores_that_decide(
    scores: NDArray[np.float64],
    probe_minutiae: int,
    reference_minutiae: ArrayLike,
    minimum: int = MIN_MATCH_MINUTIAE,
) -> NDArray[np.float64]:
    """Scores by which something may be decided, 0 elsewhere; see `may_decide`."""
    enough = (np.asarray(reference_minutiae, np.int64) >= minimum) & (probe_minutiae >= minimum)
    return np.where(enough, scores, 0.0)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How alike two prints are, and why.

    Attributes
    ----------
    score
        ``-10 log10(FMR)``, at least 0; the same for both orders of the templates.
    fmr
        Share of comparisons of different fingers that would score as high.
    pairs
        int32, shape (k, 2): matched minutiae, index in the probe and in the reference.
    contradicted_probe, contradicted_reference
        int32: minutiae without a partner although they lie where the other print was seen.
    transform
        Carries the probe onto the reference; None when the comparison ended before an alignment.
    evidence
        The numbers behind the score by name; see `docs/algorithm/matching.md`.
    period_ratio
        How many times farther apart the ridges of one print lie than those of the other, at least 1, by the medians of
        both; None where one does not know. It is no evidence: the score does not read it.
    compared
        How many minutiae of the probe and of the reference were compared: the best ones, without the doubtful.
    """

    score: float
    fmr: float
    pairs: NDArray[np.int32]
    contradicted_probe: NDArray[np.int32]
    contradicted_reference: NDArray[np.int32]
    transform: RigidTransform | None
    evidence: Mapping[str, float]
    period_ratio: float | None = None
    compared: tuple[int, int] = (0, 0)

    @property
    def are_periods_alike(self) -> bool | None:
        """Whether ridges so far apart can be those of one finger; if not, a resolution is wrong. None if not known."""
        return None if self.period_ratio is None else self.period_ratio <= MAX_PERIOD_RATIO

    @property
    def doubt(self) -> str:
        """In words, that the ridges of the two prints cannot be those of one finger as stated; empty if they can."""
        if self.are_periods_alike is not False:
            return ""
        return (
            f"ridges lie {self.period_ratio:.2f} times farther apart on one print than on the other: "
            "if both are of one finger, a resolution is wrong"
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: score, pairs, contradictions, motion, evidence."""
        found: dict[str, Any] = plain(self)
        return found


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """The answer to "is this the same finger?" at a stated risk.

    Attributes
    ----------
    is_match
        True when the false match rate of the comparison is at most `max_fmr`, and it is decidable.
    is_decidable
        False when a print has fewer than `MIN_MATCH_MINUTIAE` minutiae: then nothing is a match.
    score, fmr
        As in `Comparison`.
    max_fmr
        The false match rate that the caller accepts.
    comparison
        The comparison behind the answer.
    """

    is_match: bool
    is_decidable: bool
    score: float
    fmr: float
    max_fmr: float
    comparison: Comparison

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the answer, and how many minutiae speak for and against it."""
        comparison = self.comparison
        return {
            "is_match": bool(self.is_match),
            "is_decidable": bool(self.is_decidable),
            "score": float(self.score),
            "fmr": float(self.fmr),
            "max_fmr": float(self.max_fmr),
            "aligned": comparison.transform is not None,
            "compared_probe": comparison.compared[0],
            "compared_reference": comparison.compared[1],
            "matched": len(comparison.pairs),
            "contradicted_probe": len(comparison.contradicted_probe),
            "contradicted_reference": len(comparison.contradicted_reference),
            "period_ratio": None if comparison.period_ratio is None else round(comparison.period_ratio, 3),
            "are_periods_alike": comparison.are_periods_alike,
        }
