"""Step 5: all evidence in one number, and that number on the scale of false match rates."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import kernel

TERMS = (
    "relaxed_similarity",
    "local_similarity",
    "matched_share",
    "relaxed_times_share",
    "matched_times_share",
    "closeness",
    "kind_agreement",
    "overlap",
    "period_agreement",
    "stiffness",
    "relaxed_matched",
    "uncontradicted",
    "close_times_share",
    "matched_quality_share",
    "uncontradicted_share",
    "faintness",
    "sparseness",
    "ridge_counts",
)
"""What the evidence is turned into before it is weighed. All but two grow with likeness, so no weight need be negative;
faintness and sparseness say how much true matches are spoiled, and how little chance could find."""
(
    RELAXED_SIMILARITY,
    LOCAL_SIMILARITY,
    MATCHED_SHARE,
    RELAXED_TIMES_SHARE,
    MATCHED_TIMES_SHARE,
    CLOSENESS,
    KIND_AGREEMENT,
    OVERLAP,
    PERIOD_AGREEMENT,
    STIFFNESS,
    RELAXED_MATCHED,
    UNCONTRADICTED,
    CLOSE_TIMES_SHARE,
    MATCHED_QUALITY_SHARE,
    UNCONTRADICTED_SHARE,
    FAINTNESS,
    SPARSENESS,
    RIDGE_COUNTS,
) = range(len(TERMS))


OPPOSED_HALF, CELLS_HALF, MATCHED_HALF = 2.0, 10.0, 2.0
"""Chosen: minutiae in the overlap, its cells and matches at which what they support counts half."""
CELLS_PER_MINUTIA = 6.0
"""Chosen: plain prints have one minutia in seven cells. Where there are more, they meet others by chance."""
FAINTEST = 0.75
"""Chosen: mean quality below which a print counts as no fainter. From 0.6 on, poor pairs exceed a score of 20 six times
as often as it states."""
OPPOSED_QUALITY_MORE = 3.0
"""Chosen: as much quality in the overlap again without a match, so that few minutiae are no large share."""
BOUND_SLOPE = 15.0
"""Chosen: what a match that lies close is worth. By chance a minutia finds a partner within 12 px and 26° (the strict
tolerance when this was chosen; it is 14 px now) about once in ten times, and such a partner lies as close as true ones
do about once in twenty; the motion was chosen for them."""
OPPOSABLE_SLOPE = 10.0
"""Chosen: a minutia finds a partner by chance about once in ten times: a disc of 12 px holds a third of a minutia in
dense places, of directions within 26° of which there are a third where ridges run alike."""
FREE_SCORE = 25.0
"""Chosen: scores up to here, which one non-mated comparison in 316 exceeds, order candidates and decide nothing. Each
minutia that could have contradicted is worth `OPPOSABLE_SLOPE` there; beyond, the line of the model holds."""


FINE_PERIOD_PX, FINE_PER_PX, FINEST_PERIOD_PX = 7.2, 5.0, 4.0
"""Fitted on uareu at 1 to 2.5 times its resolution, see docs/decisions/resolution.md. Tolerances are in pixels, so the
finer the ridges, the more minutiae meet by chance: below 7.2 px from ridge to ridge a score falls by 5 per px, to 4 px.
"""
COARSE_PERIOD_PX, COARSE_PER_PX, COARSEST_PERIOD_PX = 11.5, 2.5, 18.0
"""Fitted on uareu at half to 0.8 of its resolution. Fingers have 6.3 to 11.5 px; the farther apart ridges lie, the
fewer are between two minutiae, and the oftener their counts agree by chance: from 11.5 to 18 px a score falls by 2.5
per px."""
GUESSED_PER_PX = 10.5
"""Chosen: where the distance of ridges is guessed by the density of minutiae, so that silence about them gains nothing.
"""


PLAIN_OVERLAP = 448.0
"""Chosen: cells in which a plain print would have its 64 minutiae. Weights were fitted on no larger overlaps, where
chance has more places, and mated prints more minutiae that differ; see docs/decisions/rolled-prints.md."""

ENOUGH_OVERLAP = 250.0
"""Chosen: plain prints of two fingers overlap in 96 to 254 cells (uareu, 90 %). The less the likelier is chance."""

PLAIN_PERIOD_PX, PLAIN_CELLS = 9.0, 7.0
"""Measured on uareu: ridges lie 9 px apart, and the overlap of two prints has a minutia in seven cells."""


class Fusion(NamedTuple):
    """Weights of the terms, bias, and the two curves to ``-10 log10(FMR)``; see `ScoreModel`."""

    weights: NDArray[np.float64]
    bias: float
    knots: NDArray[np.float64]
    heights: NDArray[np.float64]
    early_knots: NDArray[np.float64]
    early_heights: NDArray[np.float64]
    bound_start: float


@kernel
def fusion_terms(evidence, terms):
    """Bounded, monotone terms of the evidence; in the order of `TERMS`."""
    matched, close, relaxed = evidence.matched, evidence.close_matched, evidence.relaxed_similarity
    opposed, cells = math.sqrt(evidence.overlap_probe * evidence.overlap_reference), evidence.overlap_cells
    share = matched / max(opposed, 1.0)
    testable = opposed / (opposed + OPPOSED_HALF) * cells / (cells + CELLS_HALF)
    held = matched / (matched + MATCHED_HALF)
    known = evidence.opposed_quality / (evidence.opposed_quality + OPPOSED_HALF)
    terms[RELAXED_SIMILARITY] = relaxed * testable
    terms[LOCAL_SIMILARITY] = evidence.local_similarity * testable
    terms[MATCHED_SHARE] = share * held
    terms[RELAXED_TIMES_SHARE] = relaxed * share * testable
    terms[MATCHED_TIMES_SHARE] = math.sqrt(matched) * share
    terms[CLOSENESS] = held / (1.0 + evidence.residual / 5.0)
    terms[KIND_AGREEMENT] = evidence.kind_agreement
    terms[OVERLAP] = math.sqrt(min(cells, ENOUGH_OVERLAP) / 100.0)
    terms[PERIOD_AGREEMENT] = evidence.period_likeness
    terms[STIFFNESS] = held / (1.0 + 10.0 * evidence.deformation)
    terms[RELAXED_MATCHED] = math.sqrt(evidence.relaxed_matched)
    contradicted = evidence.contradicted_quality * min(1.0, PLAIN_OVERLAP / max(cells, 1.0))
    terms[UNCONTRADICTED] = known / (1.0 + contradicted / 5.0)
    terms[CLOSE_TIMES_SHARE] = math.sqrt(close) * close / max(opposed, 1.0)
    quality_share = evidence.matched_quality / (evidence.opposed_quality + OPPOSED_QUALITY_MORE)
    terms[MATCHED_QUALITY_SHARE] = quality_share * quality_share
    # Little contradicts where two prints lie on each other by a sliver; chance seeks such places.
    smaller = max(min(evidence.cells_probe, evidence.cells_reference), 1.0)
    terms[UNCONTRADICTED_SHARE] = terms[UNCONTRADICTED] * min(cells / smaller, 1.0)
    terms[FAINTNESS] = 1.0 - max(evidence.claimed_quality, FAINTEST)
    # Of the denser print: whoever leaves minutiae out gains nothing.
    denser = max(evidence.overlap_probe, evidence.overlap_reference)
    terms[SPARSENESS] = 1.0 / (1.0 + denser * PLAIN_CELLS / max(cells, 1.0))
    terms[RIDGE_COUNTS] = evidence.ridge_counts / math.sqrt(max(opposed, 1.0))


@kernel
def opposable(evidence):
    """Minutiae that could have contradicted: those in the overlap, no more of them than its area can hold."""
    opposed = math.sqrt(evidence.overlap_probe * evidence.overlap_reference)
    return min(opposed, evidence.overlap_cells / CELLS_PER_MINUTIA)


@kernel
def for_fine_ridges(score, period_px, per_px):
    """A score, lowered by so much a px where the ridges of both prints lie closer than tolerances were chosen for."""
    if period_px >= FINE_PERIOD_PX:
        return score
    return max(score - per_px * (FINE_PERIOD_PX - max(period_px, FINEST_PERIOD_PX)), 0.0)


@kernel
def for_coarse_ridges(score, period_px):
    """A score, lowered by so much a px where the ridges of both prints lie farther apart than on fingers."""
    coarser = min(period_px, COARSEST_PERIOD_PX) - COARSE_PERIOD_PX
    return max(score - COARSE_PER_PX * coarser, 0.0) if coarser > 0.0 else score


@kernel
def period_of_density(evidence):
    """How far apart ridges seem to lie, by how dense the minutiae of the overlap are; for prints that do not say it."""
    opposed = max(math.sqrt(evidence.overlap_probe * evidence.overlap_reference), 1.0)
    return PLAIN_PERIOD_PX * math.sqrt(evidence.overlap_cells / (PLAIN_CELLS * opposed))


@kernel
def supporting(evidence):
    """Matches that lie close or have the ridges between them in common, where flow is known over the overlap.

    Each counts the less the denser the minutiae of the overlap are: chance finds more there. Of an overlap larger than
    plain ones as many as lie on a plain one: chance finds them all over.
    """
    opposed = math.sqrt(evidence.overlap_probe * evidence.overlap_reference)
    cells = min(evidence.overlap_cells, PLAIN_OVERLAP)
    alike = evidence.close_matched + evidence.ridge_counts * evidence.flow_known
    return alike * min(cells / max(evidence.overlap_cells, 1.0), cells / (CELLS_PER_MINUTIA * max(opposed, 1.0)))


@kernel
def bound_of(evidence, start):
    """The highest score that so many close matches, or minutiae that could have contradicted, allow."""
    return max(start + BOUND_SLOPE * supporting(evidence), min(OPPOSABLE_SLOPE * opposable(evidence), FREE_SCORE))


@kernel
def bounds_many(evidence, start, bounds):
    """`bound_of` of many comparisons, for fitting."""
    for t in range(evidence.shape[0]):
        bounds[t] = bound_of(evidence[t], start)


@kernel
def lines_many(evidence, start, lines):
    """The line over supporting matches alone, which goes on below `FREE_SCORE`, of many comparisons."""
    for t in range(evidence.shape[0]):
        lines[t] = start + BOUND_SLOPE * supporting(evidence[t])


@kernel
def terms_many(evidence, terms):
    """`fusion_terms` of many comparisons, for fitting."""
    for t in range(evidence.shape[0]):
        fusion_terms(evidence[t], terms[t])


@kernel
def piecewise(value, knots, heights):
    """Linear between knots, constant before the first, going on with the last slope after the last."""
    last = knots.shape[0] - 1
    if value <= knots[0]:
        return heights[0]
    at = 0
    while at < last - 1 and value > knots[at + 1]:
        at += 1
    slope = (heights[at + 1] - heights[at]) / (knots[at + 1] - knots[at])
    return heights[at] + slope * (value - knots[at])


@kernel
def calibrated(raw, knots, heights, ceiling):
    """A raw score on the scale of false match rates, 0 to `ceiling`; 0 where the raw score is not a number."""
    value = piecewise(raw, knots, heights)
    return min(value, ceiling) if value > 0.0 else 0.0


@kernel
def fuse(fusion, stage, evidence, ceiling, terms):
    """Raw and calibrated score of one comparison; of one rejected early by its relaxed similarity.

    `stage` is how far the comparison came, as `gather_evidence` says.
    """
    if stage == 0:
        return 0.0, 0.0
    if stage == 1:
        relaxed = evidence.relaxed_similarity
        # Nothing lies beyond the last knot, unless the caller rejects more than was calibrated: no higher score then.
        highest = min(ceiling, fusion.early_heights[fusion.early_heights.shape[0] - 1])
        return relaxed, calibrated(relaxed, fusion.early_knots, fusion.early_heights, highest)
    fusion_terms(evidence, terms)
    raw = fusion.bias
    for k in range(fusion.weights.shape[0]):
        raw += fusion.weights[k] * terms[k]
    ceiling = min(ceiling, bound_of(evidence, fusion.bound_start))
    score = calibrated(raw, fusion.knots, fusion.heights, ceiling)
    if evidence.flow_known > 0.0:
        score = for_coarse_ridges(score, evidence.mean_period_px)
        return raw, for_fine_ridges(score, evidence.mean_period_px, FINE_PER_PX)
    return raw, for_fine_ridges(score, period_of_density(evidence), GUESSED_PER_PX)


@kernel
def fuse_many(stages, evidence, with_flow, without_flow, ceiling, terms, raw, score):
    """Raw and calibrated scores of many comparisons, each by what is known of its ridge flow."""
    for t in range(stages.shape[0]):
        if evidence[t].flow_known > 0.0:
            raw[t], score[t] = fuse(with_flow, stages[t], evidence[t], ceiling, terms)
        else:
            raw[t], score[t] = fuse(without_flow, stages[t], evidence[t], ceiling, terms)
