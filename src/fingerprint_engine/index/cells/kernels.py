"""Counting votes: how near minutiae of prints come to those of the probe, in the cells that are looked at."""

# mypy: disable-error-code="no-untyped-def, call-arg"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import kernel, popcount, prefetch

BITS = 128
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
def count_votes(probe, near, cell, minutia, start, rows, codes, votes):
    """Each minutia in cell ``cell[v]`` gives its print votes, by its distance to minutia ``minutia[v]`` of the probe.

    They are the square of what the distance lacks to ``near[i]`` bits. `probe` is (n, 2): two words for each minutia.
    Visits come in the order of cells, so that memory is read in its order.
    """
    visits = cell.shape[0]
    for v in range(visits):
        i = minutia[v]
        first, second, bits = probe[i, 0], probe[i, 1], near[i]
        begin, end = np.int64(start[cell[v]]), np.int64(start[cell[v] + 1])
        # Lists lie far apart: the machine foresees none.
        later = np.int64(start[cell[min(v + AHEAD, visits - 1)]]) - begin
        place = begin
        while place + LINE <= end:
            prefetch(codes, 2 * (place + later))
            prefetch(rows, place + later)
            for k in range(place, place + LINE):
                lack = max(bits - popcount(first ^ codes[k, 0]) - popcount(second ^ codes[k, 1]), 0)
                votes[rows[k]] += lack * lack
            place += LINE
        for k in range(place, end):
            lack = max(bits - popcount(first ^ codes[k, 0]) - popcount(second ^ codes[k, 1]), 0)
            votes[rows[k]] += lack * lack


@kernel
def count_levels(votes, eligible, step, levels):
    """How many eligible rows have ``v * step`` votes or more, and less than the next level has: ``levels[v]``."""
    for row in range(votes.shape[0]):
        if eligible[row]:
            levels[min(votes[row] // step, levels.shape[0] - 1)] += 1
