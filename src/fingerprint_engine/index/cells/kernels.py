"""Counting votes: how near minutiae of prints come to those of the probe, in the cells that are looked at."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel, popcount, prefetch

BITS = 128
SLOTS = 32
"""Sketches per print, `template.sketches.SKETCH_MINUTIAE`. Known when compiled, the loop over them takes two thirds of
the time. It stands here as well because a compiled kernel keeps the constants of other files when these change."""
COUNTERS = 4
"""Rows of counters, each of some of what is counted."""
AHEAD, LINE = 2, 4
"""Lists are asked of the memory so many before they are read; minutiae of which the codes fill a line of it."""


@kernel
def nearest_cell(codes, first, second, nearest):
    """The cell whose centre, two words, is nearest to each sketch; of equally near ones the first."""
    for i in range(codes.shape[0]):
        a, b = codes[i, 0], codes[i, 1]
        best = (BITS + 1) << 32
        for cell in range(first.shape[0]):
            best = min(best, ((popcount(a ^ first[cell]) + popcount(b ^ second[cell])) << 32) | cell)
        nearest[i] = best & ((1 << 32) - 1)


@kernel
def nearest_weighed(probe, sure, strong, prints, distance):
    """Distance from each minutia of a probe to the nearest sketch of each print: ``distance[i, t]``.

    A print is a row of first words, then second words; `probe`, `sure` and `strong` are those of `WeighedBits`.
    """
    for t in range(prints.shape[0]):
        first, second = prints[t, :SLOTS], prints[t, SLOTS : 2 * SLOTS]
        for i in range(probe.shape[1]):
            distance[i, t] = nearest(probe, sure, strong, i, first, second)


@inline_kernel
def unlike(x, y, sure_a, sure_b, strong_a, strong_b):
    """Of the bits in which both words differ those that are sure, and again those that are strong."""
    return popcount(x & sure_a) + popcount(y & sure_b) + popcount(x & strong_a) + popcount(y & strong_b)


@inline_kernel
def nearest(probe, sure, strong, i, first, second):
    """Distance from minutia i of a probe to the nearest of a print: unlike bits that are sure, twice if strong."""
    a, b = probe[0, i], probe[1, i]
    sure_a, sure_b, strong_a, strong_b = sure[0, i], sure[1, i], strong[0, i], strong[1, i]
    distance = 2 * BITS
    for j in range(SLOTS):
        distance = min(distance, unlike(a ^ first[j], b ^ second[j], sure_a, sure_b, strong_a, strong_b))
    return distance


@kernel
def count_votes(probe, sure, strong, near, cell, minutia, start, rows, codes, votes):
    """Each minutia in cell ``cell[v]`` gives its print votes, by its distance to minutia ``minutia[v]`` of the probe.

    They are the square of what the distance lacks to ``near[i]``; `probe`, `sure` and `strong` are `WeighedBits`.
    Visits come in the order of cells, so that memory is read in its order.
    """
    visits = cell.shape[0]
    for v in range(visits):
        i = minutia[v]
        a, b, bits = probe[0, i], probe[1, i], near[i]
        sure_a, sure_b, strong_a, strong_b = sure[0, i], sure[1, i], strong[0, i], strong[1, i]
        begin, end = np.int64(start[cell[v]]), np.int64(start[cell[v] + 1])
        # Lists lie far apart: the machine foresees none.
        later = np.int64(start[cell[min(v + AHEAD, visits - 1)]]) - begin
        place = begin
        while place + LINE <= end:
            prefetch(codes, 2 * (place + later))
            prefetch(rows, place + later)
            for k in range(place, place + LINE):
                found = unlike(a ^ codes[k, 0], b ^ codes[k, 1], sure_a, sure_b, strong_a, strong_b)
                lack = max(bits - found, 0)
                votes[rows[k]] += lack * lack
            place += LINE
        for k in range(place, end):
            found = unlike(a ^ codes[k, 0], b ^ codes[k, 1], sure_a, sure_b, strong_a, strong_b)
            lack = max(bits - found, 0)
            votes[rows[k]] += lack * lack


@kernel
def count_levels(votes, eligible, shift, level, levels):
    """Which level the votes of each row reach, ``level[row]``, and how many eligible rows do; votes are 0 again then.

    Level v begins at ``v << shift`` votes; the last one has no end. Each of the `COUNTERS` rows of `levels` counts
    some: most rows are of the same few levels, and adding to what was just written has to wait for it.
    """
    last = levels.shape[1] - 1
    for row in range(level.shape[0]):
        level[row] = min(votes[row] >> shift, last)
        votes[row] = 0
    for row in range(level.shape[0]):
        levels[row % COUNTERS, level[row]] += eligible[row]
