"""Votes, by how near minutiae of prints in cells come to those of the probe."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

import numpy as np

from fingerprint_engine.index.cells.kernels.lanes import squared_lacks
from fingerprint_engine.index.cells.kernels.nearest import unlike
from fingerprint_engine.jit import kernel, prefetch, wide_vectors

AHEAD, LINE = 2, 4
"""Lists are asked of the memory so many before they are read; minutiae of which the codes fill a line of it."""
LANES = 8
"""Minutiae that vote at once, as in `lanes`; it stands in both because a compiled kernel keeps the constants of other
files when these change."""


@kernel
def count_votes(probe, sure, strong, near, cell, minutia, start, rows, codes, votes):
    """Each minutia in cell ``cell[v]`` gives its print votes, by its distance to minutia ``minutia[v]`` of the probe.

    They are the square of what the distance lacks to ``near[i]``; `probe`, `sure` and `strong` are `WeighedBits`.
    Visits come in the order of cells, so that memory is read in its order.
    """
    wide_vectors()
    visits = cell.shape[0]
    for v in range(visits):
        i = minutia[v]
        a, b, bits = probe[0, i], probe[1, i], near[i]
        sure_a, sure_b, strong_a, strong_b = sure[0, i], sure[1, i], strong[0, i], strong[1, i]
        begin, end = np.int64(start[cell[v]]), np.int64(start[cell[v] + 1])
        # Lists lie far apart: the machine foresees none.
        later = np.int64(start[cell[min(v + AHEAD, visits - 1)]]) - begin
        place = begin
        while place + LANES <= end:
            prefetch(codes, 2 * (place + later))
            prefetch(codes, 2 * (place + LINE + later))
            prefetch(rows, place + later)
            squares = squared_lacks(codes, place, (a, b), (sure_a, sure_b), (strong_a, strong_b), bits)
            for lane in range(LANES):
                votes[rows[place + lane]] += squares[lane]
            place += LANES
        for k in range(place, end):
            found = unlike(a ^ codes[k, 0], b ^ codes[k, 1], sure_a, sure_b, strong_a, strong_b)
            lack = max(bits - found, 0)
            votes[rows[k]] += lack * lack
