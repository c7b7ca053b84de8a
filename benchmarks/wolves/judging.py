"""How many prints of other fingers accept a template."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.calibration import interval
from fingerprint_engine.index.search.decision import score_of_fpir
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, Matcher
from fingerprint_engine.template import Template, TemplateBatch

FMRS = (1e-3, 1e-4)
GALLERY, MAX_FPIR = 220, 1e-3
"""A gallery of so many prints, one of them the wolf, at the default rate of false positive identifications."""


@dataclasses.dataclass(frozen=True)
class Judgement:
    """Shares of non-mated prints that accept.

    Attributes
    ----------
    factors
        Measured over stated false match rate, by stated rate.
    high
        Upper end of the 95 % interval of the last of them.
    searches
        Share of searches, by other fingers, in a gallery with the wolf, that it makes a hit.
    comparisons
        Number of prints.
    """

    factors: dict[float, float]
    high: float
    searches: float
    comparisons: int


def non_mated_scores(template: Template, batch: TemplateBatch) -> NDArray[np.float64]:
    """Scores of a template with prints of other fingers; 0 where `verify` would not decide."""
    counts = np.diff(batch.columns.first)
    scores = Matcher(template).scores(batch)
    return np.where((counts >= MIN_MATCH_MINUTIAE) & (len(template) >= MIN_MATCH_MINUTIAE), scores, 0.0)


def judged(scores: NDArray[np.float64]) -> Judgement:
    """What such scores amount to."""
    total = len(scores)
    hits = {fmr: int((scores >= -10.0 * np.log10(fmr)).sum()) for fmr in FMRS}
    return Judgement(
        {fmr: count / total / fmr for fmr, count in hits.items()},
        interval(hits[FMRS[-1]], total)[1] / FMRS[-1],
        float((scores >= score_of_fpir(MAX_FPIR, GALLERY)).mean()),
        total,
    )
