"""Votes of minutiae in cells, counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference import naive_sketches
from tests.reference.point_prints import bits_that_count

from fingerprint_engine.index.cells.centres import twice_distances
from fingerprint_engine.index.cells.kernels import lanes
from fingerprint_engine.index.cells.kernels.nearest import nearest_cell
from fingerprint_engine.index.cells.kernels.visits import BLOCK, best_visits, count_below, nearest_limit, visits_by_cell
from fingerprint_engine.index.cells.kernels.votes import LANES, count_votes
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.cells.weighed_bits import WeighedBits
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE


def test_votes_are_what_minutiae_in_the_cells_lack_in_distance(rng: np.random.Generator) -> None:
    # 400 prints, 20 of them alike: some lists are longer than what votes at once, most are not.
    sketches = rng.integers(0, 2**64, (400, 2 * SKETCH_MINUTIAE), np.uint64)
    sketches[60:80] = sketches[7]
    lists = lists_of(sketches)
    _, sure, strong = bits_that_count(rng, 6)
    probe = np.ascontiguousarray(sketches[7].reshape(2, -1)[:, :6])
    near = np.array([60, 54, 70, 0, 128, 64])
    minutia = np.repeat(np.arange(6), 300)
    cell = twice_distances(WeighedBits(probe, sure, strong))[0].argsort(axis=1)[:, :300].reshape(-1)
    order = np.argsort(cell, kind="stable")
    cell, minutia = cell[order], minutia[order]
    votes = np.zeros(400, np.int32)
    count_votes(probe, sure, strong, near, cell, minutia, *lists, votes)
    expected = np.zeros(400, int)
    words = [[(int(a), int(b)) for a, b in one.T] for one in (probe, sure, strong)]
    bits = list(zip(*words, strict=True))
    for at, number in zip(cell.tolist(), minutia.tolist(), strict=True):
        for place in range(lists.start[at], lists.start[at + 1]):
            first, second = lists.codes[place].tolist()
            distance = naive_sketches.distance(bits[number], (first, second))
            expected[lists.rows[place]] += max(near[number] - distance, 0) ** 2
    np.testing.assert_array_equal(votes, expected)
    assert expected[7] >= (near**2).sum()
    assert np.diff(lists.start).max() > 2 * LANES
    shuffled, again = rng.permutation(cell.size), np.zeros(400, np.int32)
    count_votes(probe, sure, strong, near, cell[shuffled], minutia[shuffled], *lists, again)
    np.testing.assert_array_equal(again, votes)


def test_as_many_minutiae_vote_at_once_as_there_are_lanes() -> None:
    assert LANES == lanes.LANES


def test_so_many_of_some_values_are_less_or_the_same_and_not_behind(rng: np.random.Generator) -> None:
    for count, highest in ((1, 9), (40, 9), (700, 60), (700, 2), (BLOCK, 3), (2 * BLOCK, 512)):
        values = rng.integers(0, highest + 1, count).astype(np.int16)
        in_order = sorted((int(value), place) for place, value in enumerate(values))
        for nearest in sorted({1, 2, count // 3 + 1, count - 1, count} - {0}):
            limit, place = nearest_limit(values, 512, nearest)
            assert [one for one in in_order if one <= (limit, place)] == in_order[:nearest]
        assert nearest_limit(values, 512, count + 1)[0] >= in_order[-1][0], "all, where there are not so many"
        for limit in (0, 1, highest // 2, highest + 1):
            assert count_below(values, limit) == sum(value < limit for value in values.tolist())


@pytest.mark.parametrize("nearest", [300, 299, 64, 7, 1])
def test_visits_are_those_of_lowest_rank_until_enough_is_read(rng: np.random.Generator, nearest: int) -> None:
    minutiae, cells, half_steps = 5, 300, 3
    twice, dear = rng.integers(0, 40, (minutiae, cells)).astype(np.int32), rng.integers(0, 9, cells).astype(np.int32)
    behind, cost = rng.integers(0, 60, minutiae).astype(np.int32), rng.integers(1, 30, cells)
    rank = {
        (i, c): half_steps * int(twice[i, c]) + int(behind[i]) + int(dear[c])
        for i in range(minutiae)
        for c in sorted(range(cells), key=lambda c, i=i: (int(twice[i, c]), c))[:nearest]
    }
    size, whole = half_steps * 40 + 60 + 9, sum(int(cost[c]) for _, c in rank)
    for listed in (0, 1, 40, 700, whole // 2, whole - 1, whole, 10**9):
        expected: list[tuple[int, int]] = []
        for last in range(size):
            taken = [(c, i) for (i, c), one in rank.items() if one <= last]
            if expected and sum(int(cost[c]) for c, _ in taken) > listed:
                break
            expected = taken
        narrow, row, words = np.empty(cells, np.int16), np.empty(cells, np.int64), np.empty(twice.size + 1, np.int64)
        asked = (twice, half_steps, behind, dear, cost, nearest, listed)
        count = best_visits(*asked, np.zeros(size, np.int64), narrow, row, words)
        cell, minutia = np.empty((2, count), np.int64)
        visits_by_cell(words[:count], np.zeros(cells + 1, np.int64), cell, minutia)
        assert list(zip(cell.tolist(), minutia.tolist(), strict=True)) == sorted(expected)
        assert (count == len(rank)) == (listed >= whole)


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
