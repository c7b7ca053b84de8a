"""Scanning of sketches: how similar a probe is to each of many prints, by bits alone, and by where minutiae lie."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.index.cells.kernels.nearest import nearest, nearest_first, unlike
from fingerprint_engine.jit import inline_kernel, kernel, prefetch, wide_vectors
from fingerprint_engine.template.kernels.native import locate_minutiae, two_bytes

FAR = 257
"""Farther than any sketches of 128 bits."""
SLOTS = 32
"""Sketches per print, as in `index.cells.kernels.nearest`, which says why it stands in both."""
SLACK_PX, STRETCH, FAR_OFF = 5.0, 0.12, 5.0
"""Measured: two pairs may miss so much and that share of their distance; nothing is left of what they are worth where
they miss the root of `FAR_OFF` times that."""
ALONE = 0.0625
"""Chosen: what a pair is worth by itself, of what another such pair would be worth to it."""
LEAST_COSINE, REACH_PX = math.cos(0.3), 300.0
"""Measured: pairs that turn so differently, or lie so far apart, say nothing of each other."""
HEAD_BYTES, LINE_BYTES = 448, 64
"""Of a template: where its places and directions lie, mostly; what comes from memory at once."""
AHEAD, LINE = 8, 8
"""So many prints are asked of the memory before they are read; words in a line of it."""
WEIGHTS = 64
"""What the nearness of the best minutia of a probe counts."""
NO_FLOOR = 0
"""The floor of a glance that every print reaches."""
GLANCED = 32
"""Chosen: so many prints get their glance before any of them is looked at whole, with what came from memory since."""
WHOLE = 1 << 20
"""What the score of a print whose sketches were looked at whole has more: beyond any glance, 255 minutiae of 64 bits.
With it the highest score is below 2**24, so that it fits into a float32."""


@kernel
def scan_sketches(probe, sure, strong, near, weight, sketches, rows, near_first, floor, scores):
    """Late interaction: each probe minutia finds its nearest sketch in a print, whose nearness squared counts.

    `probe`, `sure` and `strong` are `WeighedBits`; a row of `sketches` holds first words, then second words. Nearness
    to minutia i is ``near[i]`` less the distance, 0 beyond; its square counts ``weight[i]`` in `WEIGHTS`.
    ``scores[k]`` is that of ``rows[k]``.

    First comes a glance at the first words, half of what lies in memory, with as many minutiae as `near_first` has
    entries: how near the first word has to come. A print that stays below `floor` gets what the glance gave, the others
    at least `WHOLE`. Where the floor is one that every print reaches, there is no glance, so that prints are looked at
    while others come from memory.
    """
    wide_vectors()
    few, count = near_first.shape[0], rows.shape[0]
    if floor <= NO_FLOOR:
        for k in range(count):
            if k + AHEAD < count:  # prints that lie far apart come one by one from memory
                for line in range(0, 2 * SLOTS, LINE):
                    prefetch(sketches, rows[k + AHEAD] * 2 * SLOTS + line)
            scores[k] = look_whole(probe, sure, strong, near, weight, sketches[rows[k]])
        return
    for begin in range(0, count, GLANCED):
        end = min(begin + GLANCED, count)
        for k in range(begin, end):
            if k + AHEAD < count:
                for line in range(0, SLOTS, LINE):
                    prefetch(sketches, rows[k + AHEAD] * 2 * SLOTS + line)
            total = glance(probe, sure, strong, near_first, few, sketches[rows[k]][:SLOTS])
            scores[k] = total
            if total >= floor:
                for line in range(SLOTS, 2 * SLOTS, LINE):
                    prefetch(sketches, rows[k] * 2 * SLOTS + line)
        for k in range(begin, end):
            if scores[k] >= floor:
                scores[k] = look_whole(probe, sure, strong, near, weight, sketches[rows[k]])


@inline_kernel
def look_whole(probe, sure, strong, near, weight, row):
    """What a print's sketches say of it, and `WHOLE` more."""
    first, second = row[:SLOTS], row[SLOTS : 2 * SLOTS]
    total = 0
    for i in range(probe.shape[1]):
        lack = max(near[i] - nearest(probe, sure, strong, i, first, second), 0)
        total += lack * lack * weight[i]
    return WHOLE + total // WEIGHTS


@inline_kernel
def glance(probe, sure, strong, near_first, few, first):
    """What the first words of a print say of it, by some minutiae of the probe."""
    total = 0
    for i in range(few):
        lack = max(near_first[i] - nearest_first(probe, sure, strong, i, first), 0)
        total += lack * lack
    return total


@kernel
def place_sketches(
    probe, sure, strong, near, weight, places, turns, sketches, data, offset, rows, cosines, sines, room, worth
):
    """How far minutiae of prints that resemble those of a probe also lie as these do: ``worth[k]`` of ``rows[k]``.

    Each minutia of the probe and the one of the nearest sketch are a pair, if they are nearer than ``near[i]``. Two
    pairs are worth the product of what they are near by, times how well one motion carries both; a pair alone is worth
    little, so that prints in which no two agree keep their order. `places` holds x and y of the probe's minutiae,
    `turns` their direction codes; prints are native templates, as in `unpack_natives`. `room` is float32 of shape (8,
    minutiae). A print that is no sound template is worth 0.
    """
    ax, ay, bx, by, cosine, sine, lack, agrees = room[0], room[1], room[2], room[3], room[4], room[5], room[6], room[7]
    zero, half, one = np.float32(0.0), np.float32(0.5), np.float32(1.0)
    least, scale = np.float32(LEAST_COSINE), np.float32(1.0 / (1.0 - LEAST_COSINE))
    reach = np.float32(1.0 / (REACH_PX * REACH_PX))
    for k in range(-3 * AHEAD, rows.shape[0]):  # below 0 memory is only asked for what comes first
        if k + 3 * AHEAD < rows.shape[0]:  # where a template begins is asked for before what is there
            prefetch(offset, rows[k + 3 * AHEAD])
        if 0 <= k + AHEAD < rows.shape[0]:
            for line in range(0, 2 * SLOTS, LINE):
                prefetch(sketches, rows[k + AHEAD] * 2 * SLOTS + line)
            for place in range(0, HEAD_BYTES, LINE_BYTES):
                prefetch(data, min(max(offset[rows[k + AHEAD]] + place, 0), data.shape[0] - 1))
        if k < 0:
            continue
        worth[k] = zero
        start, stop = offset[rows[k]], offset[rows[k] + 1]
        if start < 0 or stop > data.shape[0] or start > stop:
            continue
        native = data[start:stop]
        minutiae, begin = locate_minutiae(native)
        row = sketches[rows[k]]
        first, second = row[:SLOTS], row[SLOTS : 2 * SLOTS]
        count = 0
        for i in range(probe.shape[1]):
            a, b = probe[0, i], probe[1, i]
            sure_a, sure_b, strong_a, strong_b = sure[0, i], sure[1, i], strong[0, i], strong[1, i]
            found = FAR * SLOTS
            for j in range(SLOTS):
                distance = unlike(a ^ first[j], b ^ second[j], sure_a, sure_b, strong_a, strong_b)
                found = min(found, distance * SLOTS + j)
            distance, j = found // SLOTS, found % SLOTS
            if distance >= near[i] or j >= minutiae:
                continue
            ax[count], ay[count] = places[0, i], places[1, i]
            bx[count] = two_bytes(native, begin + 2 * j) * np.float32(0.25)
            by[count] = two_bytes(native, begin + 2 * (minutiae + j)) * np.float32(0.25)
            turn = (np.int64(native[begin + 4 * minutiae + j]) - turns[i]) & 255
            cosine[count], sine[count] = cosines[turn], sines[turn]
            lack[count] = np.float32(near[i] - distance) * np.float32(weight[i])
            count += 1
        total = zero
        for t in range(count):
            total += np.float32(ALONE) * lack[t] * lack[t]
            tax, tay, tbx, tby, tc, ts = ax[t], ay[t], bx[t], by[t], cosine[t], sine[t]
            for m in range(t):
                dax, day, dbx, dby = ax[m] - tax, ay[m] - tay, bx[m] - tbx, by[m] - tby
                c, s = (cosine[m] + tc) * half, (sine[m] + ts) * half
                ex, ey = c * dax + s * day - dbx, c * day - s * dax - dby
                apart = dax * dax + day * day
                spread = np.float32(SLACK_PX) + np.float32(STRETCH) * np.sqrt(apart)
                fits = max(one - (ex * ex + ey * ey) / (np.float32(FAR_OFF) * spread * spread), zero)
                turned = max((cosine[m] * tc + sine[m] * ts - least) * scale, zero)
                close = max(one - apart * reach, zero)
                # Pairs of one minutia do not agree with each other.
                is_apart = (apart > one) & (dbx * dbx + dby * dby > one)
                agrees[m] = fits * fits * turned * close * lack[m] if is_apart else zero
            own = zero
            for m in range(t):
                own += agrees[m]
            total += own * lack[t]
        worth[k] = total
