"""Step 5: all evidence in one number, and that number on the scale of false match rates."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import kernel
from fingerprint_engine.matching.kernels.layout import FLOW_KNOWN

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
    "close_matched_root",
    "close_times_share",
)
"""What the evidence is turned into before it is weighed; each grows with likeness, so no weight need be negative."""


class Fusion(NamedTuple):
    """Weights of the terms, bias, and the two curves to ``-10 log10(FMR)``; see `ScoreModel`."""

    weights: NDArray[np.float64]
    bias: float
    knots: NDArray[np.float64]
    heights: NDArray[np.float64]
    early_knots: NDArray[np.float64]
    early_heights: NDArray[np.float64]


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
    terms[16] = math.sqrt(evidence[18])
    terms[17] = terms[16] * evidence[18] / math.sqrt(max(evidence[4], 1.0) * max(evidence[5], 1.0))


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
def fuse(fusion, stage, evidence, ceiling, terms):
    """Raw and calibrated score of one comparison; of one rejected early by its relaxed similarity."""
    if stage == 0:
        return 0.0, 0.0
    if stage == 1:
        return evidence[0], min(max(piecewise(evidence[0], fusion.early_knots, fusion.early_heights), 0.0), ceiling)
    fusion_terms(evidence, terms)
    raw = fusion.bias
    for k in range(fusion.weights.shape[0]):
        raw += fusion.weights[k] * terms[k]
    return raw, min(max(piecewise(raw, fusion.knots, fusion.heights), 0.0), ceiling)


@kernel
def fuse_many(stages, evidence, with_flow, without_flow, ceiling, terms, raw, score):
    """Raw and calibrated scores of many comparisons, each by what is known of its ridge flow."""
    for t in range(stages.shape[0]):
        if evidence[t, FLOW_KNOWN] > 0.0:
            raw[t], score[t] = fuse(with_flow, stages[t], evidence[t], ceiling, terms)
        else:
            raw[t], score[t] = fuse(without_flow, stages[t], evidence[t], ceiling, terms)
