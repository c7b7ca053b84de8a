"""Which cells are looked at for which minutia of a probe."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel

FARTHEST = 512
"""Twice the distance of sketches of 128 bits all of which differ and count twice."""
RANK_PLACE, MINUTIA_PLACE = 32, 16
CELL_PART = MINUTIA_PART = (1 << 16) - 1
NEVER = 1 << 62
"""A visit in a word: its rank, the minutia, and the cell in the lowest 16 bits; a word that is beyond all of these."""
BLOCK = 256
"""Chosen: so many values are counted at once."""


@inline_kernel
def count_below(values, limit):
    """How many of less than 2**15 values, int16, lie below a limit: a vector holds the more the narrower they are."""
    count, limit = np.int16(0), np.int16(limit)
    for c in range(values.shape[0]):
        count = np.int16(count + np.int16(values[c] < limit))
    return np.int64(count)


@inline_kernel
def nearest_limit(values, farthest, nearest):
    """A value and a place: so many, `nearest`, are less, or the same and not behind it. None is above `farthest`."""
    low, high = 0, farthest
    while low < high:  # to the highest value below which fewer lie
        middle = (low + high + 1) // 2
        if count_below(values, middle) < nearest:
            low = middle
        else:
            high = middle - 1
    left, place = nearest - count_below(values, low), 0
    while place + BLOCK < values.shape[0]:
        block = values[place : place + BLOCK]
        same = count_below(block, low + 1) - count_below(block, low)
        if same >= left:
            break
        left -= same
        place += BLOCK
    while place < values.shape[0]:
        left -= values[place] == low
        if left <= 0:
            break
        place += 1
    return low, place


@kernel
def best_visits(twice, half_steps, behind, dear, cost, nearest, listed, spent, narrow, row, words):
    """Visits of lowest rank, as many ranks as cost no more than `listed`, or one: the first so many `words` then.

    The rank of cell c for minutia i is ``twice[i, c]``, twice a distance, in `half_steps`, ``behind[i]`` and
    ``dear[c]`` more; of each minutia the `nearest` cells come into question, of equally near ones the first. Reading
    cell c costs ``cost[c]``. `spent` has an entry for every rank, all 0; `narrow` and `row` are room for a row of
    `twice`, and `words` for a word of every place in it and one more.
    """
    cells, last, total, found = cost.shape[0], spent.shape[0] - 1, 0, 0
    for i in range(twice.shape[0]):
        for c in range(cells):
            narrow[c] = np.int16(twice[i, c])
        limit, place = nearest_limit(narrow, FARTHEST, nearest)
        farthest = (limit << MINUTIA_PLACE) | place
        for c in range(cells):
            rank = twice[i, c] * half_steps + (behind[i] + dear[c])
            word = (rank << RANK_PLACE) | (i << MINUTIA_PLACE) | c
            row[c] = word if ((twice[i, c] << MINUTIA_PLACE) | c) <= farthest else NEVER
        first, beyond = found, (last + 1) << RANK_PLACE
        for c in range(cells):
            words[found] = row[c]  # without a branch: which cells are near is not foreseen
            found += row[c] < beyond
        for k in range(first, found):
            paid = cost[words[k] & CELL_PART]
            spent[words[k] >> RANK_PLACE] += paid
            total += paid
        # What all minutiae until now would visit beyond this rank is too much already.
        while total - spent[last] > listed:
            total -= spent[last]
            last -= 1
    if listed < total and spent[last] < total:
        last -= 1
    beyond, kept = (last + 1) << RANK_PLACE, 0
    for k in range(found):
        words[kept] = words[k]
        kept += words[k] < beyond
    return kept


@kernel
def visits_by_cell(words, start, cell, minutia):
    """Visits as in `best_visits`, one minutia's after another's, in the order of cells: ``cell[v]``, ``minutia[v]``.

    `start` has an entry for every cell and one more, all 0.
    """
    for k in range(words.shape[0]):
        start[(words[k] & CELL_PART) + 1] += 1
    for c in range(1, start.shape[0]):
        start[c] += start[c - 1]
    for k in range(words.shape[0]):
        c = words[k] & CELL_PART
        v = start[c]
        cell[v], minutia[v] = c, (words[k] >> MINUTIA_PLACE) & MINUTIA_PART
        start[c] = v + 1
