"""What votes of prints come to: the level that each reaches, and the rows of those that have most."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

from fingerprint_engine.jit import kernel

COUNTERS = 4
"""Rows of counters, each of some of what is counted: to add to what was just written has to wait for it."""
EVERY = 4
"""Votes of one print in so many say how many votes the prints of a share have."""


@kernel
def count_levels(votes, eligible, shift, level, counted, levels):
    """Which level the votes of each row reach, ``level[row]``, and how many eligible rows do, ``levels[v]``.

    Level v begins at ``v << shift`` votes; the last one has no end. Votes are 0 again then. `counted`, all 0 before and
    after, has `COUNTERS` rows, each of which counts some, since most rows are of the same few levels.
    """
    last = levels.shape[0] - 1
    for row in range(level.shape[0]):
        level[row] = min(votes[row] >> shift, last)
        votes[row] = 0
    for row in range(level.shape[0]):
        counted[row % COUNTERS, level[row]] += eligible[row]
    levels[:] = 0
    for counter in range(COUNTERS):
        for v in range(last + 1):
            levels[v] += counted[counter, v]
            counted[counter, v] = 0


@kernel
def voted_rows(votes, eligible, share, counted, rows):
    """Rows of the eligible prints that have as many votes as a `share` of all, and one.

    Returns how many they are, the first of `rows`. As many prints as `eligible` has places are looked at. What a share
    has is counted in `counted`, shape (`COUNTERS`, levels), as far as there are levels: a print need not have
    more votes than that. Both votes and counters are 0 before and after.
    """
    count, last, asked, wanted = eligible.shape[0], counted.shape[1] - 1, 0, 0
    for row in range(0, count, EVERY):
        counted[asked % COUNTERS, min(votes[row], last)] += 1
        asked += 1
    wanted = min(asked, max(1, round(share * asked)))
    floor = last + 1
    while wanted > 0:
        floor -= 1
        for counter in range(COUNTERS):
            wanted -= counted[counter, floor]
    least, found = max(floor, 1), 0
    for row in range(count):
        rows[found] = row  # without a branch: which ones have enough is not foreseen
        found += eligible[row] & (votes[row] >= least)
    votes[:] = 0
    counted[:] = 0
    return found
