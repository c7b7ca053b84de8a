"""What the kernels share: settings, tables, motions, scratch arrays and the record of evidence."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.coarse_map import PERIOD_STEP_PX

_LENGTH_STEPS_PX = 8
_COSINE_STEPS = 2048
PARTNERS = 2
"""Chosen: of the minutiae of stretched prints 70 % have their true partner first, 82 % among the first two."""
MAX_ROWS = 128
"""Of crowded prints the best minutiae alone are asked for likely partners; others match once the stretch is known."""


class Settings(NamedTuple):
    """Numbers of `MatchingParameters` in the kernels' own units; angles in 256 steps per turn."""

    least_quality: int
    enough_minutiae: int
    min_cells: int
    texture_floor: float
    texture_unknown: float
    max_pairs: int
    relaxation_steps: int
    relaxation_weight: float
    length_limit_px: float
    min_top: int
    max_top: int
    top_slope: float
    top_middle: float
    reject_below: float
    reject_below_without_flow: float
    near_reach_px: float
    near_slack_px: float
    near_stretch: float
    near_stretch_without_flow: float
    near_turn_rad: float
    near_steps: int
    near_half: float
    near_least: float
    settle_rounds: int
    settle_px: float
    refinements: int
    position_tolerance_px: float
    angle_tolerance: float
    final_tolerance_px: float
    rigid_arm_px: float
    affine_ridge: float
    warp_sigma_px: float
    warp_prior: float
    warp_ridge: float
    trust_rounds: int
    trust_px: float


class Tables(NamedTuple):
    """Lookup tables: consistency of two pairs by length, direction and bearing; functions of orientation codes.

    `doubled_cosine` is that of twice the angle, `ridges_per_px` by codes of the period (no use at 0); `length_steps_px`
    is the number of entries of `length` per pixel.
    """

    length: NDArray[np.float32]
    direction: NDArray[np.float32]
    bearing: NDArray[np.float32]
    doubled_cosine: NDArray[np.float32]
    cosine: NDArray[np.float32]
    sine: NDArray[np.float32]
    ridges_per_px: NDArray[np.float32]
    length_steps_px: int


class Motion(NamedTuple):
    """Carries the probe over: ``x' = xx x + xy y + shift_x``, ``y' = yx x + yy y + shift_y``.

    `turn_rad` is the rotation, counter-clockwise as seen, `turn_steps` the same in 256 steps per turn; `centre_x` and
    `centre_y` are the middle of the probe's pairs.
    """

    xx: float
    xy: float
    yx: float
    yy: float
    shift_x: float
    shift_y: float
    turn_rad: float
    turn_steps: float
    centre_x: float
    centre_y: float


class Scratch(NamedTuple):
    """Arrays that one thread works in, a and b the probe and the reference.

    1 local     `compared`: how many minutiae of a and of b are; `similarity` of minutia i and minutia j at
                i * count_b + j; `row` and `row_texture` of minutia i; `best`, `best_at` and `used` choose the best
                pairs
    2 relax     `pair_a` and `pair_b`, minutiae of each pair; `pair_start` and `pair_value`, its value before and after;
                `pair_next`, the value of the next round; `geometry`, a row each for x and y of both minutiae, cosine,
                sine and code of the turn between them, and the two differences that `consistency` of two pairs comes
                from; `order` of falling value
    3 align     `likely_*`: the same for the likely partners of each minutia, `likely_next` later the weights of a
                motion; `worth` of those that were taken; `trust` in matches, `following` that of the next round,
                `residual` of them (in the end both are room for the ridge counts around each match);
                `mapped`: x, y and direction code of the probe's minutiae carried over; `candidate_*`: pairs in reach;
                `matched`: the pairs that were taken, of which `matches[0]` hold after a comparison; `motion`: the
                fields of the `Motion` that carries the probe over
    4 evidence  `status_a`, `status_b`: see `kernels.evidence`
    3, 4        `ridges_probe`, `ridges_reference`: between minutiae, as far as they were asked for; see
                `kernels.ridge_counts`
    """

    compared: NDArray[np.int64]
    similarity: NDArray[np.float32]
    row: NDArray[np.float32]
    row_texture: NDArray[np.float32]
    best: NDArray[np.float32]
    best_at: NDArray[np.int64]
    used: NDArray[np.int32]
    pair_a: NDArray[np.int64]
    pair_b: NDArray[np.int64]
    pair_start: NDArray[np.float32]
    pair_value: NDArray[np.float32]
    pair_next: NDArray[np.float32]
    geometry: NDArray[np.float32]
    consistency: NDArray[np.float32]
    order: NDArray[np.int64]
    likely_a: NDArray[np.int64]
    likely_b: NDArray[np.int64]
    likely_start: NDArray[np.float32]
    likely_value: NDArray[np.float32]
    likely_next: NDArray[np.float32]
    likely_geometry: NDArray[np.float32]
    likely_consistency: NDArray[np.float32]
    likely_order: NDArray[np.int64]
    worth: NDArray[np.float64]
    trust: NDArray[np.float64]
    following: NDArray[np.float64]
    residual: NDArray[np.float64]
    mapped: NDArray[np.float64]
    candidate_cost: NDArray[np.float32]
    candidate_a: NDArray[np.int64]
    candidate_b: NDArray[np.int64]
    matched: NDArray[np.int64]
    matches: NDArray[np.int64]
    motion: NDArray[np.float64]
    status_a: NDArray[np.uint8]
    status_b: NDArray[np.uint8]
    ridges_probe: NDArray[np.float64]
    ridges_reference: NDArray[np.float64]


EVIDENCE = np.dtype(
    [
        (name, np.float64)
        for name in (
            "relaxed_similarity",
            "local_similarity",
            "matched",
            "matched_quality",
            "overlap_probe",
            "overlap_reference",
            "contradicted_quality",
            "pair_similarity",
            "residual",
            "kind_agreement",
            "orientation_agreement",
            "overlap_cells",
            "period_difference_px",
            "deformation",
            "relaxed_matched",
            "cells_probe",
            "cells_reference",
            "flow_known",
            "close_matched",
            "opposed_quality",
            "claimed_quality",
            "flow_likeness",
            "period_likeness",
            "mean_period_px",
            "ridge_counts",
        )
    ],
    align=True,
)
"""The evidence of one comparison, a record: kernels fill its fields by name."""


def make_scratch(minutiae: int, max_pairs: int) -> Scratch:
    """Scratch arrays for templates of at most so many minutiae."""
    size, pairs = max(minutiae, 1), max(max_pairs, 1)
    likely = PARTNERS * min(size, MAX_ROWS)
    return Scratch(
        compared=np.zeros(2, np.int64),
        similarity=np.zeros(size * size, np.float32),
        row=np.zeros(size, np.float32),
        row_texture=np.zeros(size, np.float32),
        best=np.zeros(size, np.float32),
        best_at=np.zeros(size, np.int64),
        used=np.zeros(size, np.int32),
        pair_a=np.zeros(pairs, np.int64),
        pair_b=np.zeros(pairs, np.int64),
        pair_start=np.zeros(pairs, np.float32),
        pair_value=np.zeros(pairs, np.float32),
        pair_next=np.zeros(pairs, np.float32),
        geometry=np.zeros((9, pairs), np.float32),
        consistency=np.zeros((pairs, pairs), np.float32),
        order=np.zeros(max(size, pairs), np.int64),
        likely_a=np.zeros(likely, np.int64),
        likely_b=np.zeros(likely, np.int64),
        likely_start=np.zeros(likely, np.float32),
        likely_value=np.zeros(likely, np.float32),
        likely_next=np.zeros(likely, np.float32),
        likely_geometry=np.zeros((6, likely), np.float32),
        likely_consistency=np.zeros((likely, likely), np.float32),
        likely_order=np.zeros(likely, np.int64),
        worth=np.zeros(size, np.float64),
        trust=np.zeros(size, np.float64),
        following=np.zeros(size, np.float64),
        residual=np.zeros((4, size), np.float64),
        mapped=np.zeros((3, size), np.float64),
        candidate_cost=np.zeros(8 * size, np.float32),
        candidate_a=np.zeros(8 * size, np.int64),
        candidate_b=np.zeros(8 * size, np.int64),
        matched=np.zeros((2, size), np.int64),
        matches=np.zeros(1, np.int64),
        motion=np.zeros(len(Motion._fields), np.float64),
        status_a=np.zeros(size, np.uint8),
        status_b=np.zeros(size, np.uint8),
        ridges_probe=np.empty(size * size, np.float64),
        ridges_reference=np.empty(size * size, np.float64),
    )


def logistic(value: NDArray[np.floating], middle: float, slope: float) -> NDArray[np.float32]:
    """``1 / (1 + exp(-slope (value - middle)))``, the form in which MCC's consistency terms are published."""
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(-slope * (value - middle), -60.0, 60.0))), np.float32)


def make_tables(
    length: tuple[float, float], direction: tuple[float, float], bearing: tuple[float, float], limit_px: float
) -> Tables:
    """Tables of the three logistic terms, each given by its middle and slope (px, then rad)."""
    lengths = np.arange(int(limit_px * _LENGTH_STEPS_PX) + 2) / _LENGTH_STEPS_PX
    codes = np.arange(129) * (2.0 * math.pi / 256.0)
    orientations = np.arange(128) * (math.pi / 128.0)
    angles = np.arccos(np.clip(np.arange(_COSINE_STEPS + 1) * (2.0 / _COSINE_STEPS) - 1.0, -1.0, 1.0))
    return Tables(
        logistic(lengths, *length),
        logistic(codes, *direction),
        logistic(angles, *bearing),
        np.cos(2.0 * orientations).astype(np.float32),
        np.cos(orientations).astype(np.float32),
        np.sin(orientations).astype(np.float32),
        (1.0 / (PERIOD_STEP_PX * np.maximum(np.arange(256), 1))).astype(np.float32),
        _LENGTH_STEPS_PX,
    )
