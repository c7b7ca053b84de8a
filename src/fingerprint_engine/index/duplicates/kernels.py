"""A block of prints asked for many probes at once: which prints have most votes, and whose sketches are best."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

from fingerprint_engine.index.cells.kernels.levels import voted_rows
from fingerprint_engine.index.cells.kernels.votes import count_votes
from fingerprint_engine.index.search.kernels import scan_sketches
from fingerprint_engine.jit import inline_kernel, kernel

TIED = 2
"""At most so many times as many prints as are wanted are passed on, for prints that stand in a gallery very often."""


@kernel
def vote(
    begin, count, bits, near, ends, cell, minutia, visited, share, start, rows, codes, eligible, limit, room, found
):
    """Rows of a block with most votes of each probe, one probe's after another's in ``found[1]``; how many probes.

    From probe `begin` on, of `count`, as long as there is place for all rows of one. Probe p has the minutiae from
    ``ends[p]`` to ``ends[p + 1]``, the visits between ``visited[p]`` and ``visited[p + 1]``, looks at ``limit[p]`` rows
    and passes on a share; its rows end at ``found[0][p + 1 - begin]``. `room` is votes and counters as in `voted_rows`.
    """
    until, taken = found
    votes, counted = room
    until[0] = 0
    for p in range(begin, count):
        used = until[p - begin]
        until[p - begin + 1] = used
        if limit[p] == 0:
            continue
        if used + limit[p] > taken.shape[0]:
            return p - begin
        probe, sure, strong = words_of(bits, ends, p)
        own = slice(visited[p], visited[p + 1])
        count_votes(
            probe, sure, strong, near[ends[p] : ends[p + 1]], cell[own], minutia[own], start, rows, codes, votes
        )
        until[p - begin + 1] = used + voted_rows(votes, eligible[: limit[p]], share[p], counted, taken[used:])
    return count - begin


@kernel
def look(
    begin, count, bits, near, weight, ends, near_first, glanced, floor, sketches, until, rows, scores, best, worth, kept
):
    """Of some rows of a block for each probe those with the best sketches: ``best[p]`` and their scores ``worth[p]``.

    The rows of probe p, of `count` from `begin` on, are those of ``rows`` that `vote` gave it; `scores` is room for as
    many. ``kept[p]`` prints are kept: as many as ``best[p]`` has places for in `TIED`, and what ties with the last.
    """
    wanted = best.shape[1] // TIED
    for p in range(begin, begin + count):
        own = slice(until[p - begin], until[p - begin + 1])
        probe, sure, strong = words_of(bits, ends, p)
        minutiae = slice(ends[p], ends[p + 1])
        first = near_first[glanced[p] : glanced[p + 1]]
        scan_sketches(
            probe, sure, strong, near[minutiae], weight[minutiae], sketches, rows[own], first, floor[p], scores[own]
        )
        kept[p] = keep_best(wanted, rows[own], scores[own], best[p], worth[p])


@inline_kernel
def words_of(bits, ends, p):
    """Sketches, sure and strong bits of a probe: the rows of `bits` hold first words, then second words of each."""
    begin, end = 2 * ends[p], 2 * ends[p + 1]
    size = ends[p + 1] - ends[p]
    return (
        bits[0, begin:end].reshape(2, size),
        bits[1, begin:end].reshape(2, size),
        bits[2, begin:end].reshape(2, size),
    )


@inline_kernel
def keep_best(wanted, rows, scores, best, worth):
    """Rows with the best scores and what ties with the last, in their order, and their scores; returns how many."""
    size = 0
    for k in range(scores.shape[0]):  # `worth` first holds the best scores, falling
        score = scores[k]
        if size == wanted and score <= worth[size - 1]:
            continue
        size = min(size + 1, wanted)
        at = size - 1
        while at > 0 and worth[at - 1] < score:
            worth[at] = worth[at - 1]
            at -= 1
        worth[at] = score
    least, ties = 0, best.shape[0]
    if scores.shape[0] > wanted:
        least = worth[wanted - 1]
        for k in range(wanted):
            ties -= worth[k] > least
    kept = 0
    for k in range(scores.shape[0]):
        score = scores[k]
        if score < least or (score == least and ties == 0):
            continue
        ties -= score == least
        best[kept], worth[kept] = rows[k], score
        kept += 1
    return kept
