"""Step 5: all evidence in one number, and that number on the scale of false match rates."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

from fingerprint_engine.jit import kernel

TERMS = (
    "relaxed_similarity",
    "local_similarity",
    "matched_root",
    "matched_quality_root",
    "matched_share",
    "relaxed_times_share",
    "matched_times_share",
    "pair_similarity",
    "closeness",
    "kind_agreement",
    "orientation_agreement",
    "overlap",
    "period_agreement",
    "stiffness",
    "relaxed_matched",
    "uncontradicted",
)
"""What the evidence is turned into before it is weighed; each grows with likeness, so no weight need be negative."""


@kernel
def fusion_terms(evidence, terms):
    """Bounded, monotone terms of the evidence; in the order of `TERMS`."""
    matched = evidence[2]
    share = matched / math.sqrt(max(evidence[4], 1.0) * max(evidence[5], 1.0))
    terms[0] = evidence[0]
    terms[1] = evidence[1]
    terms[2] = math.sqrt(matched)
    terms[3] = math.sqrt(evidence[3])
    terms[4] = share
    terms[5] = evidence[0] * share
    terms[6] = math.sqrt(matched) * share
    terms[7] = evidence[7]
    terms[8] = 1.0 / (1.0 + evidence[8] / 5.0)
    terms[9] = evidence[9]
    terms[10] = evidence[10]
    terms[11] = math.sqrt(evidence[11] / 100.0)
    terms[12] = 1.0 / (1.0 + evidence[12])
    terms[13] = 1.0 / (1.0 + 10.0 * evidence[13])
    terms[14] = math.sqrt(evidence[14])
    terms[15] = 1.0 / (1.0 + evidence[6] / 5.0)


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
def fuse_many(stages, evidence, weights, bias, knots, heights, early_knots, early_heights, ceiling, terms, raw, score):
    """Raw and calibrated scores of many comparisons; those rejected early by their relaxed similarity."""
    for t in range(stages.shape[0]):
        raw[t], score[t] = 0.0, 0.0
        if stages[t] == 1:
            raw[t] = evidence[t, 0]
            value = piecewise(raw[t], early_knots, early_heights)
            score[t] = min(max(value, 0.0), ceiling)
        elif stages[t] == 2:
            fusion_terms(evidence[t], terms)
            total = bias
            for k in range(weights.shape[0]):
                total += weights[k] * terms[k]
            raw[t] = total
            score[t] = min(max(piecewise(total, knots, heights), 0.0), ceiling)
