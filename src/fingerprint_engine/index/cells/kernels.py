"""Which cells are looked at; and votes, by how near minutiae of prints in them come to those of the probe."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel, popcount, prefetch, wide_vectors

BITS = 128
SLOTS = 32
"""Sketches per print, `template.sketches.SKETCH_MINUTIAE`. Known when compiled, the loop over them takes two thirds of
the time. It stands here as well because a compiled kernel keeps the constants of other files when these change."""
COUNTERS = 4
"""Rows of counters, each of some of what is counted."""
AHEAD, LINE = 2, 4
"""Lists are asked of the memory so many before they are read; minutiae of which the codes fill a line of it."""
FARTHEST = 4 * BITS
"""Twice the distance of sketches all of whose bits differ and count twice."""
RANK_PLACE, MINUTIA_PLACE = 32, 16
CELL_PART = MINUTIA_PART = (1 << 16) - 1
NEVER = 1 << 62
"""A visit in a word: its rank, the minutia, and the cell in the lowest 16 bits; a word that is beyond all of these."""
BLOCK = 256
"""Chosen: so many values are counted at once."""


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
    wide_vectors()
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
