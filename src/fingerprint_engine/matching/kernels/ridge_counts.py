"""How many ridges lie between matched minutiae, in both prints: skin that is stretched keeps their number.

Nothing new has to be stored: ridge flow and period of the coarse map say how many ridges a line crosses, to half a
ridge of what counting them in the image says.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel

REACH_PX, NEAREST_PX = 110.0, 12.0
"""Measured: between matches so far apart; with 80 px less is told from chance, with 150 no more. Nearer ones have none
between them."""
STEP_PX = 16.0
"""Chosen: a line is asked once in each cell; twice as often tells no more."""
APART, APART_PER_RIDGE = 0.25, 0.075
"""Chosen: square of the ridges that two counts of true matches differ by, and what each ridge between them adds."""
BY_CHANCE = 0.45
"""Measured: how alike counts are between minutiae that match by chance, on the mean."""
_UNKNOWN = 128
"""Codes of orientation from here on are none; see `template.coarse_map`."""
_UNKNOWN_COUNT = -1.0


@inline_kernel
def ridges_between(side, template, x, y, to_x, to_y, cosine, sine):
    """Ridges that a line crosses, by the flow and the period of the cells below it; -1 where one of them says none."""
    dx, dy = np.float64(to_x) - x, np.float64(to_y) - y
    steps = np.int64(math.sqrt(dx * dx + dy * dy) / STEP_PX) + 2
    top, left, rows, cols = side.grid[template]
    base, crossed = side.first_cell[template], 0.0
    for k in range(steps):
        along = (k + 0.5) / steps
        row = (np.int64(y + along * dy) >> 4) - top
        col = (np.int64(x + along * dx) >> 4) - left
        if row < 0 or col < 0 or row >= rows or col >= cols:
            return _UNKNOWN_COUNT
        at = base + row * cols + col
        code, period = side.orientation[at], side.period[at]
        if code >= _UNKNOWN or period == 0:
            return _UNKNOWN_COUNT
        crossed += abs(dx * sine[code] + dy * cosine[code]) / period
    return 10.0 * crossed / steps


@kernel
def ridge_evidence(a, template_a, b, template_b, matched, count, tables, alike, near, evidence):
    """Add up how much more alike the counts around each match are than by chance.

    A line on which one print says nothing agrees with nothing, and so does one more for each match. `alike` and `near`
    are room for a number for each match.
    """
    first_a, first_b = a.first[template_a], b.first[template_b]
    alike[:count] = 0.0
    near[:count] = 1.0
    for k in range(count):
        i, j = first_a + matched[0, k], first_b + matched[1, k]
        for m in range(k):
            to_i, to_j = first_a + matched[0, m], first_b + matched[1, m]
            dx, dy = np.float64(a.x[to_i]) - a.x[i], np.float64(a.y[to_i]) - a.y[i]
            squared = dx * dx + dy * dy
            if squared > REACH_PX * REACH_PX or squared < NEAREST_PX * NEAREST_PX:
                continue
            near[k] += 1.0
            near[m] += 1.0
            one = ridges_between(
                a, template_a, a.x[i], a.y[i], a.x[to_i], a.y[to_i], tables.cosine, tables.sine
            )  # fmt: skip
            other = ridges_between(
                b, template_b, b.x[j], b.y[j], b.x[to_j], b.y[to_j], tables.cosine, tables.sine
            )  # fmt: skip
            if one < 0.0 or other < 0.0:
                continue
            apart = one - other
            likeness = math.exp(-apart * apart / (APART + APART_PER_RIDGE * 0.5 * (one + other)))
            alike[k] += likeness
            alike[m] += likeness
    evidence.ridge_counts = 0.0
    for k in range(count):
        evidence.ridge_counts += max(alike[k] / near[k] - BY_CHANCE, 0.0)
