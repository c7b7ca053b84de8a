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
ASKED_FROM, ALIKE, UNASKED = np.float32(0.15), 1.4, 0.3
"""Chosen: pairs less consistent are not asked, as most are; what equal counts weigh, and counts that are not known: so
support is as much on the mean as without them."""
_UNKNOWN = 128
"""Codes of orientation from here on are none; see `template.coarse_map`."""
_UNKNOWN_COUNT, _NOT_ASKED = -1.0, -2.0


@kernel
def ridges_between(flow, period, top, left, rows, cols, x, y, to_x, to_y, cosine, sine, ridges_per_px):
    """Ridges that a line crosses, by flow and period of the cells below it; -1 where one of them says none.

    `flow` and `period` are those of one print, row by row, whose first cell is at `top` and `left`.
    """
    dx, dy = to_x - x, to_y - y
    steps = np.int64(math.sqrt(dx * dx + dy * dy) * (1.0 / STEP_PX)) + 2
    dx, dy = dx / steps, dy / steps
    crossed = 0.0
    for k in range(steps):
        row = (np.int64(y + (k + 0.5) * dy) >> 4) - top
        col = (np.int64(x + (k + 0.5) * dx) >> 4) - left
        code, tenths = np.int64(_UNKNOWN), np.int64(0)
        if 0 <= row < rows and 0 <= col < cols:
            code, tenths = np.int64(flow[row * cols + col]), np.int64(period[row * cols + col])
        if code >= _UNKNOWN or tenths == 0:
            return _UNKNOWN_COUNT
        crossed += abs(dx * sine[code] + dy * cosine[code]) * ridges_per_px[tenths]
    return crossed


@inline_kernel
def cells_of(side, template):
    """Flow and period of a template's cells, and where they lie: first row and column, rows, columns."""
    begin, end = side.first_cell[template], side.first_cell[template + 1]
    top, left = np.int64(side.grid[template, 0]), np.int64(side.grid[template, 1])
    rows, cols = np.int64(side.grid[template, 2]), np.int64(side.grid[template, 3])
    return side.orientation[begin:end], side.period[begin:end], top, left, rows, cols


@inline_kernel
def forget_ridges(known, minutiae):
    """Let no line of a template of n minutiae be known: ``known[i * n + j]`` is that from minutia i to minutia j."""
    for line in range(minutiae * minutiae):
        known[line] = _NOT_ASKED


@inline_kernel
def likeness_of(one, other):
    """How alike two counts of ridges are, from 0 to 1; -1 where one of them is none."""
    apart = one - other
    likeness = math.exp(-apart * apart / (APART + APART_PER_RIDGE * 0.5 * (one + other)))
    return _UNKNOWN_COUNT if one < 0.0 or other < 0.0 else likeness


@kernel
def ask_ridges(a, template_a, b, template_b, pair_a, pair_b, count, tables, known_a, known_b, consistency):
    """Weigh the consistency of two pairs by how alike the counts between their minutiae are in both prints.

    `known_a` and `known_b` hold the counts of the lines that were asked before (`forget_ridges`).
    """
    first_a, first_b = a.first[template_a], b.first[template_b]
    all_a, all_b = a.first[template_a + 1] - first_a, b.first[template_b + 1] - first_b
    x_a, y_a, x_b, y_b = a.x[first_a:], a.y[first_a:], b.x[first_b:], b.y[first_b:]
    # Taken apart here: in the loops every array would be counted as another reference.
    flow_a, period_a, top_a, left_a, rows_a, cols_a = cells_of(a, template_a)
    flow_b, period_b, top_b, left_b, rows_b, cols_b = cells_of(b, template_b)
    by_code = (tables.cosine, tables.sine, tables.ridges_per_px)
    for k in range(count):
        i, j = pair_a[k], pair_b[k]
        ax, ay, bx, by = np.float64(x_a[i]), np.float64(y_a[i]), np.float64(x_b[j]), np.float64(y_b[j])
        for m in range(k):
            if consistency[k, m] < ASKED_FROM:
                continue
            to_i, to_j = pair_a[m], pair_b[m]
            to_ax, to_ay = np.float64(x_a[to_i]), np.float64(y_a[to_i])
            to_bx, to_by = np.float64(x_b[to_j]), np.float64(y_b[to_j])
            line_a = i * all_a + to_i
            if known_a[line_a] == _NOT_ASKED:
                known_a[line_a] = ridges_between(
                    flow_a, period_a, top_a, left_a, rows_a, cols_a, ax, ay, to_ax, to_ay, *by_code
                )
            line_b = j * all_b + to_j
            if known_b[line_b] == _NOT_ASKED:
                known_b[line_b] = ridges_between(
                    flow_b, period_b, top_b, left_b, rows_b, cols_b, bx, by, to_bx, to_by, *by_code
                )
            likeness = likeness_of(known_a[line_a], known_b[line_b])
            weight = np.float32(UNASKED if likeness < 0.0 else ALIKE * likeness)
            consistency[k, m] *= weight
            consistency[m, k] *= weight


@kernel
def ridge_evidence(a, template_a, b, template_b, matched, count, tables, known_a, known_b, alike, near, evidence):
    """Add up how much more alike the counts around each match are than by chance.

    A line on which one print says nothing agrees with nothing, and so does one more for each match. `known_a` and
    `known_b` as in `ask_ridges`; `alike` and `near` are room for a number for each match.
    """
    first_a, first_b = a.first[template_a], b.first[template_b]
    all_a, all_b = a.first[template_a + 1] - first_a, b.first[template_b + 1] - first_b
    x_a, y_a, x_b, y_b = a.x[first_a:], a.y[first_a:], b.x[first_b:], b.y[first_b:]
    # Taken apart here: in the loops every array would be counted as another reference.
    flow_a, period_a, top_a, left_a, rows_a, cols_a = cells_of(a, template_a)
    flow_b, period_b, top_b, left_b, rows_b, cols_b = cells_of(b, template_b)
    by_code = (tables.cosine, tables.sine, tables.ridges_per_px)
    alike[:count] = 0.0
    near[:count] = 1.0
    for k in range(count):
        i, j = matched[0, k], matched[1, k]
        ax, ay, bx, by = np.float64(x_a[i]), np.float64(y_a[i]), np.float64(x_b[j]), np.float64(y_b[j])
        for m in range(k):
            to_i, to_j = matched[0, m], matched[1, m]
            to_ax, to_ay = np.float64(x_a[to_i]), np.float64(y_a[to_i])
            squared = (to_ax - ax) ** 2 + (to_ay - ay) ** 2
            if squared > REACH_PX * REACH_PX or squared < NEAREST_PX * NEAREST_PX:
                continue
            near[k] += 1.0
            near[m] += 1.0
            to_bx, to_by = np.float64(x_b[to_j]), np.float64(y_b[to_j])
            line_a = i * all_a + to_i
            if known_a[line_a] == _NOT_ASKED:
                known_a[line_a] = ridges_between(
                    flow_a, period_a, top_a, left_a, rows_a, cols_a, ax, ay, to_ax, to_ay, *by_code
                )
            line_b = j * all_b + to_j
            if known_b[line_b] == _NOT_ASKED:
                known_b[line_b] = ridges_between(
                    flow_b, period_b, top_b, left_b, rows_b, cols_b, bx, by, to_bx, to_by, *by_code
                )
            likeness = likeness_of(known_a[line_a], known_b[line_b])
            if likeness < 0.0:
                continue
            alike[k] += likeness
            alike[m] += likeness
    evidence.ridge_counts = 0.0
    for k in range(count):
        evidence.ridge_counts += max(alike[k] / near[k] - BY_CHANCE, 0.0)
