"""Step 4: what speaks for and against a match once the prints lie on each other."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import kernel

OUTSIDE, MATCHED, CONTRADICTED = 0, 1, 2
"""What a minutia says: nothing, because the other print was not seen there or it is not compared; for a match; against
it."""
UNKNOWN_WEIGHT = 0.5
SINGULAR = 1e-9
"""Chosen: a motion that keeps so little of an area has no inverse worth having."""
SAME_SPREAD, TELLING_SPREAD = 0.2, 0.35
"""Measured: where each minutia was looked at, the poorer a print the more do its qualities differ: 99 of 100 prints of
uareu have a standard deviation of 0.36 times what the mean lacks to the best; see docs/decisions/matching.md."""
PLAIN_CLAIM = 0.89
"""Measured: what a print claims that says the same of all its minutiae, unless it says better."""
CLOSE_PX, CLOSE_TURN = 5.0, 5.0
"""Chosen: spread of position (px) and direction (256 steps per turn) of true matches; chance fills the tolerance."""


@kernel
def quality_weight(quality):
    """How much a minutia without a partner contradicts: 0 to 1 by its quality; a half when that is not known."""
    return UNKNOWN_WEIGHT if quality == 255 else quality * 0.01


@kernel
def vouching_weight(quality):
    """The same for what speaks for a match: a minutia of unknown quality vouches for nothing."""
    return 0.0 if quality == 255 else quality * 0.01


@kernel
def claimed_quality(quality):
    """The same for what a print claims to be: unknown quality is held to be the best, so that silence gains nothing."""
    return 1.0 if quality == 255 else quality * 0.01


@kernel
def sameness(side, template):
    """How far all minutiae of a print have one quality, 0 to 1: then nobody measured any of them."""
    known, first, second = 0, 0.0, 0.0
    for i in range(side.first[template], side.first[template + 1]):
        if side.quality[i] != 255:
            quality = side.quality[i] * 0.01
            known, first, second = known + 1, first + quality, second + quality * quality
    lack = 1.0 - first / max(known, 1)
    spread = math.sqrt(max(second - first * first / max(known, 1), 0.0) / max(known, 1))
    same = (TELLING_SPREAD * lack - spread) / max((TELLING_SPREAD - SAME_SPREAD) * lack, 1e-9)
    return min(max(same, 0.0), 1.0)


@kernel
def held_to(least, quality, same):
    """A quality that is not measured, as far as that goes, is held to be so good at least."""
    return quality + same * max(least - quality, 0.0)


@kernel
def on_print(x, y, side, template):
    """Whether a point lies on a cell of a template's area; where no area is stated, nothing lies outside."""
    if side.grid[template, 2] == 0 or side.grid[template, 3] == 0:
        return True
    # Whole numbers before the bounds are looked at: what is not a number cannot pass between them.
    row = np.int64(math.floor(y / 16.0)) - side.grid[template, 0]
    col = np.int64(math.floor(x / 16.0)) - side.grid[template, 1]
    if row < 0 or col < 0 or row >= side.grid[template, 2] or col >= side.grid[template, 3]:
        return False
    at = side.first_cell[template] + row * side.grid[template, 3] + col
    return side.orientation[at] != 255


@kernel
def mark_minutiae(a, template_a, count_a, b, template_b, count_b, motion, mapped, status_a, status_b, evidence):
    """Tell unmatched minutiae inside the overlap of both areas (contradictions) from those outside; count all.

    Those beyond the counts are not compared, and say nothing.
    """
    first_a, first_b = a.first[template_a], b.first[template_b]
    status_a[count_a : a.first[template_a + 1] - first_a] = OUTSIDE
    status_b[count_b : b.first[template_b + 1] - first_b] = OUTSIDE
    determinant = motion.xx * motion.yy - motion.xy * motion.yx
    # A motion that flattens the print has no inverse; every place must still be a number, for `on_print` to bound.
    scale = 1.0 / determinant if abs(determinant) > SINGULAR else 0.0
    overlap_a, overlap_b, contradicted, opposed_a, opposed_b = 0, 0, 0.0, 0.0, 0.0
    claimed_a, claimed_b = 0.0, 0.0
    same_a, same_b = sameness(a, template_a), sameness(b, template_b)
    for i in range(count_a):
        quality = a.quality[first_a + i]
        if status_a[i] != MATCHED:
            if not on_print(mapped[0, i], mapped[1, i], b, template_b):
                status_a[i] = OUTSIDE
                continue
            status_a[i] = CONTRADICTED
            contradicted += held_to(UNKNOWN_WEIGHT, quality_weight(quality), same_a)
        overlap_a += 1
        opposed_a += vouching_weight(quality)
        claimed_a += claimed_quality(quality)
    for j in range(count_b):
        dx, dy = b.x[first_b + j] - motion.shift_x, b.y[first_b + j] - motion.shift_y
        x, y = (motion.yy * dx - motion.xy * dy) * scale, (motion.xx * dy - motion.yx * dx) * scale
        quality = b.quality[first_b + j]
        if status_b[j] != MATCHED:
            if not on_print(x, y, a, template_a):
                status_b[j] = OUTSIDE
                continue
            status_b[j] = CONTRADICTED
            contradicted += held_to(UNKNOWN_WEIGHT, quality_weight(quality), same_b)
        overlap_b += 1
        opposed_b += vouching_weight(quality)
        claimed_b += claimed_quality(quality)
    evidence.overlap_probe, evidence.overlap_reference = overlap_a, overlap_b
    evidence.contradicted_quality = contradicted
    evidence.opposed_quality = math.sqrt(opposed_a * opposed_b)
    # Of the better print: whoever compares with a good one gains nothing by claiming to be poor.
    claimed_a = held_to(PLAIN_CLAIM, claimed_a / max(overlap_a, 1), same_a)
    evidence.claimed_quality = max(claimed_a, held_to(PLAIN_CLAIM, claimed_b / max(overlap_b, 1), same_b))


@kernel
def matched_evidence(a, first_a, b, first_b, count_b, matched, count, mapped, similarity, tolerance_px, evidence):
    """Count, quality, similarity, residual, kinds and closeness of the matched pairs."""
    quality, alike, residual, close, same = 0.0, 0.0, 0.0, 0.0, 0
    for k in range(count):
        i, j = matched[0, k], matched[1, k]
        quality += math.sqrt(vouching_weight(a.quality[first_a + i]) * vouching_weight(b.quality[first_b + j]))
        alike += similarity[i * count_b + j]
        dx, dy = mapped[0, i] - b.x[first_b + j], mapped[1, i] - b.y[first_b + j]
        squared = dx * dx + dy * dy
        residual += math.sqrt(squared)
        turn = mapped[2, i] - b.code[first_b + j]
        turn -= 256.0 * math.floor(turn / 256.0 + 0.5)
        close += math.exp(-squared / (2.0 * CLOSE_PX * CLOSE_PX) - turn * turn / (2.0 * CLOSE_TURN * CLOSE_TURN))
        same += 1 if a.kind[first_a + i] != 0 and a.kind[first_a + i] == b.kind[first_b + j] else 0
    evidence.matched, evidence.matched_quality = count, quality
    evidence.pair_similarity = alike / max(count, 1)
    evidence.residual = residual / count if count > 0 else tolerance_px
    evidence.close_matched = close
    # Of all matches, and two votes against: neither a few pairs nor unknown kinds say much.
    evidence.kind_agreement = same / (count + 2.0)


@kernel
def area_evidence(a, template_a, b, template_b, motion, doubled_cosine, evidence):
    """Overlap of the two areas in cells, agreement of ridge orientation and of ridge period over it."""
    rows, cols = a.grid[template_a, 2], a.grid[template_a, 3]
    rows_b, cols_b = b.grid[template_b, 2], b.grid[template_b, 3]
    base_a, base_b = a.first_cell[template_a], b.first_cell[template_b]
    turn = np.int64(math.floor(motion.turn_steps + 0.5))
    cells, compared, agreement, periods, period_difference, cells_a = 0, 0, 0.0, 0, 0.0, 0
    flow, likeness, both_periods = 0.0, 0.0, 0.0
    for row in range(rows):
        y = (a.grid[template_a, 0] + row) * 16.0 + 7.5
        for col in range(cols):
            code = a.orientation[base_a + row * cols + col]
            if code == 255:
                continue
            cells_a += 1
            x = (a.grid[template_a, 1] + col) * 16.0 + 7.5
            qx = motion.xx * x + motion.xy * y + motion.shift_x
            qy = motion.yx * x + motion.yy * y + motion.shift_y
            r = np.int64(math.floor(qy / 16.0)) - b.grid[template_b, 0]
            c = np.int64(math.floor(qx / 16.0)) - b.grid[template_b, 1]
            if r < 0 or c < 0 or r >= rows_b or c >= cols_b:
                continue
            at = base_b + r * cols_b + c
            other = b.orientation[at]
            if other == 255:
                continue
            cells += 1
            if code < 128 and other < 128:
                compared += 1
                cosine = doubled_cosine[(np.int64(code) + turn - np.int64(other)) & 127]
                agreement += cosine
                flow += 0.5 + 0.5 * cosine
            period, period_b = a.period[base_a + row * cols + col] * 0.1, b.period[at] * 0.1
            # A period that is not stated counts as 0, finer than any: silence is no advantage.
            both_periods += (period + period_b) * 0.5
            if period > 0.0 and period_b > 0.0:
                periods += 1
                apart = abs(period - period_b)
                period_difference += apart
                likeness += 1.0 / (1.0 + apart)
    cells_b = 0
    for at in range(base_b, b.first_cell[template_b + 1]):
        cells_b += 1 if b.orientation[at] != 255 else 0
    # Shrunk towards "nothing known": ten cells of no agreement.
    evidence.orientation_agreement = agreement / (compared + 10.0)
    evidence.overlap_cells = cells
    evidence.period_difference_px = period_difference / periods if periods > 0 else 0.0
    evidence.mean_period_px = both_periods / cells if cells > 0 else 0.0
    evidence.cells_probe, evidence.cells_reference = cells_a, cells_b
    # Flow of a few cells does not make a comparison one of prints whose flow is known.
    if 2 * compared < cells:
        evidence.flow_known = 0.0
    # Over the whole overlap and ten cells more: where a print says nothing, nothing agrees.
    evidence.flow_likeness, evidence.period_likeness = flow / (cells + 10.0), likeness / (cells + 10.0)
