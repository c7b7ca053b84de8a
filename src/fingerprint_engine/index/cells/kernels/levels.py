"""What votes of prints come to: the level that each reaches, and the rows of those that have most."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

from fingerprint_engine.jit import kernel

COUNTERS = 4
"""Rows of counters, each of some of what is counted: to add to what was just written has to wait for it."""
EVERY = 4
"""Votes of one print in so many say how many votes the prints of a share have."""


@kernel
def count_levels(votes, eligible, shift, level, levels):
    """Which level the votes of each row reach, ``level[row]``, and how many eligible rows do; votes are 0 again then.

    Level v begins at ``v << shift`` votes; the last one has no end. Each of the `COUNTERS` rows of `levels` counts
    some, since most rows are of the same few levels.
    """
    last = levels.shape[1] - 1
    for row in range(level.shape[0]):
        level[row] = min(votes[row] >> shift, last)
        votes[row] = 0
    for row in range(level.shape[0]):
        levels[row % COUNTERS, level[row]] += eligible[row]


@kernel
def voted_rows(votes, eligible, share, counted, rows):
    """Rows of the eligible prints that have as many votes as a `share` of all, and one; votes are 0 again then.

    Returns how many they are, the first of `rows`. As many prints as `eligible` has places are looked at. What a share
    has is counted in `counted`, shape (`COUNTERS`, levels), all 0, as far as there are levels: for more votes than that
    a print need not have.
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
    return found
