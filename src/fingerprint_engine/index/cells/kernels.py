"""Counting votes: how near minutiae of prints come to those of the probe, in the cells that are looked at."""

# mypy: disable-error-code="no-untyped-def, call-arg"

from __future__ import annotations

from fingerprint_engine.jit import kernel, popcount, prefetch

BITS = 128
AHEAD, LINES, LINE_BYTES = 4, 24, 64
"""Lists are asked of the memory so many before they are read, and so many lines of each: 96 minutiae."""


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
def count_votes(probe, cells, start, rows, codes, worth, votes):
    """Each minutia in cell ``cells[i, k]`` gives its print ``worth[d]`` votes, d bits away from minutia i of the probe.

    `probe` is (n, 2): two words for each minutia. `cells` is (n, k); `worth` has a value for each distance.
    """
    in_turn = cells.reshape(cells.size)
    for i in range(cells.shape[0]):
        first, second = probe[i, 0], probe[i, 1]
        for k in range(cells.shape[1]):
            later = i * cells.shape[1] + k + AHEAD
            if later < in_turn.shape[0]:  # lists lie far apart; the machine itself foresees no more than their ends
                place = start[in_turn[later]]
                for line in range(LINES):
                    prefetch(codes, 2 * place + line * LINE_BYTES // 8)
                for line in range(LINES // 4):
                    prefetch(rows, place + line * LINE_BYTES // 2)
            for place in range(start[cells[i, k]], start[cells[i, k] + 1]):
                distance = popcount(first ^ codes[place, 0]) + popcount(second ^ codes[place, 1])
                votes[rows[place]] += worth[distance]


@kernel
def count_levels(votes, eligible, step, levels):
    """How many eligible rows have ``v * step`` votes or more, and less than the next level has: ``levels[v]``."""
    for row in range(votes.shape[0]):
        if eligible[row]:
            levels[min(votes[row] // step, levels.shape[0] - 1)] += 1
