"""Step 3, its start: partners of minutiae that near pairs support, however far the skin is stretched across the print.

Skin moves as a whole nearby and differently far away. So only pairs that lie near each other are asked whether one
motion carries both, and the farther apart they lie the more they may differ.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel
from fingerprint_engine.matching.kernels.relaxation import lend_values, order_by

LEAST_APART_PX2 = np.float32(1.0)
FAR_OFF = np.float32(5.0)
"""Chosen: differences count nothing from the root of so many times their spread on, close to where a Gaussian's do."""


@inline_kernel
def likely_pairs(similarity, count_a, count_b, pair_a, pair_b, pair_start):
    """The two most similar partners of each minutia, as far as there is room; returns how many pairs."""
    count = 0
    for i in range(min(count_a, pair_a.shape[0] // 2)):
        first, second, at_first, at_second = np.float32(0.0), np.float32(0.0), -1, -1
        for j in range(count_b):
            value = similarity[i * count_b + j]
            if value > first:
                second, at_second = first, at_first
                first, at_first = value, j
            elif value > second:
                second, at_second = value, j
        if at_first >= 0:
            pair_a[count], pair_b[count], pair_start[count] = i, at_first, first
            count += 1
        if at_second >= 0:
            pair_a[count], pair_b[count], pair_start[count] = i, at_second, second
            count += 1
    return count


@inline_kernel
def near_consistency(pair_a, pair_b, count, a, b, first_a, first_b, settings, stretch, geometry, consistency):
    """Fill `consistency[t, k]`, 0 to 1: whether one motion carries both pairs, as far as their distance lets one ask.

    The vector between the minutiae of the probe, turned as both pairs turn, is held against that of the reference;
    `stretch` is the share of its length that it may miss.
    """
    ax, ay, bx, by = geometry[0], geometry[1], geometry[2], geometry[3]
    cosine, sine = geometry[4], geometry[5]
    for k in range(count):
        i, j = first_a + pair_a[k], first_b + pair_b[k]
        ax[k], ay[k], bx[k], by[k] = a.x[i], a.y[i], b.x[j], b.y[j]
        cosine[k] = a.cosine[i] * b.cosine[j] + a.sine[i] * b.sine[j]
        sine[k] = a.cosine[i] * b.sine[j] - a.sine[i] * b.cosine[j]
    reach = np.float32(1.0 / (settings.near_reach_px * settings.near_reach_px))
    least = np.float32(math.cos(settings.near_turn_rad))
    scale = np.float32(1.0 / (1.0 - math.cos(settings.near_turn_rad)))
    slack, more = np.float32(settings.near_slack_px), np.float32(stretch)
    zero, half, one = np.float32(0.0), np.float32(0.5), np.float32(1.0)
    for t in range(count):
        tax, tay, tbx, tby, tc, ts = ax[t], ay[t], bx[t], by[t], cosine[t], sine[t]
        row = consistency[t]
        for k in range(count):
            dax, day, dbx, dby = ax[k] - tax, ay[k] - tay, bx[k] - tbx, by[k] - tby
            c, s = (cosine[k] + tc) * half, (sine[k] + ts) * half
            ex, ey = c * dax + s * day - dbx, c * day - s * dax - dby
            apart = dax * dax + day * day
            spread = slack + more * np.sqrt(apart)
            place = max(one - (ex * ex + ey * ey) / (FAR_OFF * spread * spread), zero)
            turn = max((cosine[k] * tc + sine[k] * ts - least) * scale, zero)
            near = max(one - apart * reach, zero)
            # Pairs of one minutia do not support each other.
            is_apart = (apart > LEAST_APART_PX2) & (dbx * dbx + dby * dby > LEAST_APART_PX2)
            row[k] = place * place * turn * near if is_apart else zero


@inline_kernel
def support_near(start, count, consistency, steps, half_support, value, following):
    """Iterate: a pair is worth its similarity as far as near ones support it; `half_support` of them make it half."""
    half = np.float32(half_support)
    for k in range(count):
        value[k] = start[k]
    for _ in range(steps):
        lend_values(consistency, count, value, following)
        for k in range(count):
            value[k] = start[k] * following[k] / (following[k] + half)


@kernel
def one_to_one(pair_a, pair_b, value, count, least, count_a, count_b, order, status_a, status_b, matched, worth):
    """Take pairs by falling value, each minutia once, down to `least`; returns how many. `worth` gets their values."""
    order_by(value, count, order)
    status_a[:count_a] = 0
    status_b[:count_b] = 0
    taken = 0
    for k in range(count):
        at = order[k]
        if value[at] < least:
            break
        i, j = pair_a[at], pair_b[at]
        if status_a[i] == 0 and status_b[j] == 0:
            status_a[i], status_b[j] = 1, 1
            matched[0, taken], matched[1, taken] = i, j
            worth[taken] = value[at]
            taken += 1
    return taken
