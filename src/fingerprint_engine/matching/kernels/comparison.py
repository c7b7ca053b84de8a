"""One comparison from end to end, and many of them in a row: the matching recipe as the machine runs it."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel
from fingerprint_engine.matching.kernels.alignment import (
    affine_motion,
    deformation,
    map_points,
    match_points,
    rigid_motion,
    settled_motion,
)
from fingerprint_engine.matching.kernels.evidence import area_evidence, mark_minutiae, matched_evidence
from fingerprint_engine.matching.kernels.local import best_pairs, cylinder_row, knows_flow, local_similarity
from fingerprint_engine.matching.kernels.partners import likely_pairs, near_consistency, one_to_one, support_near
from fingerprint_engine.matching.kernels.relaxation import order_by, pair_consistency, relax
from fingerprint_engine.matching.kernels.ridge_counts import ask_ridges, forget_ridges, ridge_evidence
from fingerprint_engine.matching.kernels.stretch import residuals, trust_matches, warp_points
from fingerprint_engine.template.kernels.columns import words_of

NOTHING_TO_COMPARE, REJECTED, ALIGNED = 0, 1, 2
"""How far a comparison came: too few minutiae or pairs; rejected early; to the end."""


@inline_kernel
def compared(side, template, settings):
    """How many minutiae of a template are compared: those likelier found again than not, and enough of the best.

    The best come first. Those of unknown quality (255) come last; then all are compared. So are those that are no worse
    than the best: where all have one quality, choosing among them would be chance.
    """
    first, after = side.first[template], side.first[template + 1]
    if side.quality[after - 1] == 255:
        return after - first
    while after - first > settings.enough_minutiae and side.quality[after - 1] < settings.least_quality:
        if side.quality[after - 1] == side.quality[first]:
            break
        after -= 1
    return after - first


@kernel
def support(a, template_a, count_a, b, template_b, count_b, settings, tables, scratch):
    """Pair minutiae by `scratch.similarity` and let the pairs support each other.

    Returns the number of pairs and the mean similarity of the best of them, relaxed and as it was; with fewer than two
    pairs both are 0.
    """
    first_a, first_b = a.first[template_a], b.first[template_b]
    limit = min(count_a, count_b, settings.max_pairs)
    pairs = best_pairs(
        scratch.similarity, count_a, count_b, limit, scratch.best, scratch.best_at, scratch.used,
        scratch.pair_a, scratch.pair_b, scratch.pair_start,
    )  # fmt: skip
    if pairs < 2:
        return pairs, 0.0, 0.0
    pair_consistency(
        scratch.pair_a, scratch.pair_b, pairs, a, b, first_a, first_b, settings.length_limit_px, tables,
        scratch.geometry, scratch.consistency,
    )  # fmt: skip
    relax(
        scratch.pair_start, pairs, scratch.consistency, settings.relaxation_steps, settings.relaxation_weight,
        scratch.pair_value, scratch.pair_next,
    )  # fmt: skip
    top = settings.min_top + (settings.max_top - settings.min_top) / (
        1.0 + math.exp(-settings.top_slope * (min(count_a, count_b) - settings.top_middle))
    )
    top_count = np.int64(math.floor(top + 0.5))
    order_by(scratch.pair_value, pairs, scratch.order)
    relaxed, local = 0.0, 0.0
    for k in range(min(top_count, pairs)):
        relaxed += scratch.pair_value[scratch.order[k]]
        local += scratch.pair_start[k]
    return pairs, relaxed / top_count, local / top_count


@inline_kernel
def gather_evidence(a, template_a, b, template_b, settings, tables, known_a, known_b, scratch, evidence):
    """Fill the evidence, zeroed by the caller, for one pair of templates; returns how far the comparison came.

    `known_a` and `known_b` as in `ask_ridges`.
    """
    count_a = a.first[template_a + 1] - a.first[template_a]
    count_b = b.first[template_b + 1] - b.first[template_b]
    scratch.matches[0] = 0
    scratch.compared[0], scratch.compared[1] = 0, 0
    if count_a < 2 or count_b < 2:
        return NOTHING_TO_COMPARE
    words_a, words_b = words_of(a, template_a), words_of(b, template_b)
    flow_known = knows_flow(words_a, count_a) and knows_flow(words_b, count_b)
    evidence.flow_known = 1.0 if flow_known else 0.0
    all_a, all_b = count_a, count_b
    if flow_known:  # else at least one is of another system, and so is the scale of its qualities
        count_a, count_b = compared(a, template_a, settings), compared(b, template_b, settings)
    scratch.compared[0], scratch.compared[1] = count_a, count_b
    local_similarity(
        words_a, all_a, count_a, words_b, all_b, count_b, settings.min_cells, settings.texture_floor,
        settings.texture_unknown, scratch.similarity, scratch.row, scratch.row_texture,
    )  # fmt: skip
    pairs, relaxed, local = support(a, template_a, count_a, b, template_b, count_b, settings, tables, scratch)
    evidence.relaxed_similarity, evidence.local_similarity = relaxed, local
    if pairs < 2:
        return NOTHING_TO_COMPARE
    if relaxed < (settings.reject_below if flow_known else settings.reject_below_without_flow):
        return REJECTED
    align(a, template_a, count_a, b, template_b, count_b, pairs, settings, tables, known_a, known_b, scratch, evidence)
    return ALIGNED


@inline_kernel
def first_matches(
    a, template_a, count_a, b, template_b, count_b, pairs, settings, tables, known_a, known_b, scratch, flow_known
):
    """Minutiae paired by similarity and by what near pairs say; their number, and a motion that fits most of them."""
    first_a, first_b = a.first[template_a], b.first[template_b]
    pair_a, pair_b, value = scratch.likely_a, scratch.likely_b, scratch.likely_value
    likely = likely_pairs(scratch.similarity, count_a, count_b, pair_a, pair_b, scratch.likely_start)
    if likely == 0:  # of crowded prints not all minutiae are asked
        return 0, rigid_motion(scratch.geometry, scratch.pair_start, pairs, settings.rigid_arm_px)
    near_consistency(
        pair_a, pair_b, likely, a, b, first_a, first_b, settings,
        settings.near_stretch if flow_known > 0.0 else settings.near_stretch_without_flow, scratch.likely_geometry,
        scratch.likely_consistency,
    )  # fmt: skip
    if flow_known > 0.0:
        ask_ridges(
            a, template_a, b, template_b, pair_a, pair_b, likely, tables, known_a, known_b, scratch.likely_consistency
        )
    support_near(
        scratch.likely_start, likely, scratch.likely_consistency, settings.near_steps, settings.near_half, value,
        scratch.likely_next,
    )  # fmt: skip
    count = one_to_one(
        pair_a, pair_b, value, likely, settings.near_least, count_a, count_b, scratch.likely_order, scratch.status_a,
        scratch.status_b, scratch.matched, scratch.worth,
    )  # fmt: skip
    # The motion of the strongest pair and of what is near it; then that of all, as far as they agree with it.
    strongest, weight = scratch.likely_order[0], scratch.likely_next
    for k in range(likely):
        weight[k] = scratch.likely_consistency[strongest, k] * value[k]
    weight[strongest] = value[strongest] + np.float32(1e-6)
    motion = rigid_motion(scratch.likely_geometry, weight, likely, settings.rigid_arm_px)
    if count >= 3:
        motion = settled_motion(
            motion, scratch.matched, scratch.worth, count, a, b, first_a, first_b, settings.settle_rounds,
            settings.settle_px, settings.affine_ridge, scratch.trust,
        )  # fmt: skip
    return count, motion


@inline_kernel
def align(a, template_a, count_a, b, template_b, count_b, pairs, settings, tables, known_a, known_b, scratch, evidence):
    """Find the motion and the stretch that carry most minutiae over, round by round, and collect the evidence."""
    first_a, first_b = a.first[template_a], b.first[template_b]
    mapped, residual, trust = scratch.mapped, scratch.residual, scratch.trust
    count, motion = first_matches(
        a, template_a, count_a, b, template_b, count_b, pairs, settings, tables, known_a, known_b, scratch,
        evidence.flow_known,
    )  # fmt: skip
    for step in range(settings.refinements):
        if step > 0 and count >= 3:
            trust[:count] = 1.0
            motion = affine_motion(
                scratch.matched, trust, count, a, b, first_a, first_b, settings.affine_ridge, motion.turn_rad
            )
        map_points(motion, a, first_a, count_a, mapped)
        if count >= 3:
            residuals(scratch.matched, count, b, first_b, mapped, residual)
            trust_matches(
                residual, count, settings.warp_sigma_px, settings.warp_prior, settings.trust_px, settings.trust_rounds,
                trust, scratch.following,
            )  # fmt: skip
            warp_points(
                residual, trust, count, count_a, settings.warp_sigma_px, settings.warp_prior, settings.warp_ridge,
                mapped,
            )  # fmt: skip
        # Stretched skin comes into reach from round to round; the last round is the strict one.
        last = step == settings.refinements - 1
        tolerance = settings.final_tolerance_px if last else settings.position_tolerance_px
        count = match_points(mapped, count_a, b, first_b, count_b, tolerance, settings.angle_tolerance, scratch)
    scratch.matches[0] = count
    for k in range(scratch.motion.shape[0]):
        scratch.motion[k] = motion[k]
    matched_evidence(
        a, first_a, b, first_b, count_b, scratch.matched, count, mapped, scratch.similarity,
        settings.position_tolerance_px, evidence,
    )  # fmt: skip
    mark_minutiae(
        a, template_a, count_a, b, template_b, count_b, motion, mapped, scratch.status_a, scratch.status_b, evidence
    )
    area_evidence(a, template_a, b, template_b, motion, tables.doubled_cosine, evidence)
    ridge_evidence(
        a, template_a, b, template_b, scratch.matched, count, tables, known_a, known_b, trust, scratch.following,
        evidence,
    )  # fmt: skip
    evidence.deformation = deformation(motion)
    relaxed = 0.0
    for k in range(pairs):
        i, j = scratch.pair_a[k], scratch.pair_b[k]
        for m in range(count):
            if scratch.matched[0, m] == i and scratch.matched[1, m] == j:
                relaxed += scratch.pair_value[k]
    evidence.relaxed_matched = relaxed


@kernel
def gather_many(probe, references, settings, tables, scratch, stages, evidence):
    """Evidence of one probe against every template of a batch: stages[t] and evidence[t], zeroed by the caller.

    Whichever template has the smaller key plays the probe, so that a comparison and its mirror image are the same
    computation. What ridges lie between minutiae of the probe is asked once for all templates.
    """
    only = np.int64(0)  # a literal 0 would compile everything below once more
    largest = np.int64(0)
    for t in range(references.first.shape[0] - 1):
        largest = max(largest, references.first[t + 1] - references.first[t])
    forget_ridges(scratch.ridges_probe, probe.first[1] - probe.first[0])
    forget_ridges(scratch.ridges_reference, largest)
    for t in range(references.first.shape[0] - 1):
        a, template_a, known_a = probe, only, scratch.ridges_probe
        b, template_b, known_b = references, np.int64(t), scratch.ridges_reference
        if probe.key[0] > references.key[t]:
            a, template_a, known_a, b, template_b, known_b = b, template_b, known_b, a, template_a, known_a
        stages[t] = gather_evidence(
            a, template_a, b, template_b, settings, tables, known_a, known_b, scratch, evidence[t]
        )
        if stages[t] == ALIGNED:  # others asked for no ridges: most comparisons of a search
            forget_ridges(scratch.ridges_reference, references.first[t + 1] - references.first[t])


@kernel
def screen_many(probe, references, settings, tables, scratch, supported):
    """Support of one probe by every template of a batch, by cylinders alone: the cheap first part of a comparison.

    No ridge flow, no alignment, and no mirror image: the probe plays the probe.
    """
    only = np.int64(0)
    count_a, words_a = probe.first[1] - probe.first[0], words_of(probe, only)
    for t in range(references.first.shape[0] - 1):
        count_b, words_b = references.first[t + 1] - references.first[t], words_of(references, t)
        supported[t] = 0.0
        if count_a < 2 or count_b < 2:
            continue
        for i in range(count_a):
            row = scratch.similarity[i * count_b : (i + 1) * count_b]
            cylinder_row(words_a, count_a, i, words_b, count_b, settings.min_cells, row)
        _, supported[t], _ = support(probe, only, count_a, references, t, count_b, settings, tables, scratch)
