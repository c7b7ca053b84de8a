"""Votes of minutiae in cells, counted one by one."""

from __future__ import annotations

import numpy as np

from fingerprint_engine.index.cells.centres import BITS, nearest_cells
from fingerprint_engine.index.cells.kernels import count_levels, count_votes, nearest_cell
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE


def test_votes_are_what_minutiae_in_the_cells_are_worth(rng: np.random.Generator) -> None:
    sketches = rng.integers(0, 2**64, (40, 2 * SKETCH_MINUTIAE), np.uint64)
    lists = lists_of(sketches)
    probe = np.ascontiguousarray(sketches[7].reshape(2, -1).T[:6])
    cells = nearest_cells(probe, 30)[0]
    worth = rng.integers(0, 50, BITS + 1).astype(np.int32)
    votes = np.zeros(40, np.int32)
    count_votes(probe, cells, *lists, worth, votes)
    expected = np.zeros(40, int)
    for minutia, near in zip(probe, cells, strict=True):
        for cell in near:
            for place in range(lists.start[cell], lists.start[cell + 1]):
                distance = sum(int(a ^ b).bit_count() for a, b in zip(minutia, lists.codes[place], strict=True))
                expected[lists.rows[place]] += worth[distance]
    np.testing.assert_array_equal(votes, expected)
    assert expected[7] >= 6 * worth[0]


def test_levels_count_what_may_be_looked_at() -> None:
    levels = np.zeros(4, np.int64)
    count_levels(np.array([0, 5, 19, 6, 4, 4], np.int32), np.array([1, 1, 1, 1, 1, 0], np.bool_), 2, levels)
    assert levels.tolist() == [1, 0, 2, 2]


def test_the_nearest_centre_is_found_and_of_equally_near_ones_the_first(rng: np.random.Generator) -> None:
    centres = rng.integers(0, 2**64, (50, 2), np.uint64)
    centres[30] = centres[12]
    codes = np.concatenate([rng.integers(0, 2**64, (20, 2), np.uint64), centres[30:31]])
    first, second = np.ascontiguousarray(centres.T)
    found = np.empty(21, np.int64)
    nearest_cell(codes, first, second, found)
    distances = [
        [sum(int(a ^ b).bit_count() for a, b in zip(code, centre, strict=True)) for centre in centres] for code in codes
    ]
    assert found.tolist() == [row.index(min(row)) for row in distances]
    assert found[20] == 12
