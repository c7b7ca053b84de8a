"""Levels of votes, and rows with most of them, counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint_engine.index.cells.kernels.levels import COUNTERS, EVERY, count_levels, voted_rows


def test_levels_count_what_may_be_looked_at() -> None:
    counted, level, levels = np.zeros((COUNTERS, 4), np.int32), np.empty(6, np.uint16), np.full(4, 9)
    votes, eligible = np.array([0, 5, 19, 6, 4, 4, 7], np.int32), np.array([1, 1, 1, 1, 1, 0], np.bool_)
    count_levels(votes, eligible, 1, level, counted, levels)
    assert level.tolist() == [0, 2, 3, 3, 2, 2]
    assert levels.tolist() == [1, 0, 2, 2]
    assert votes.tolist() == [0, 0, 0, 0, 0, 0, 7], "what lies beyond the rows stays"
    assert not counted.any()


@pytest.mark.parametrize("prints", [1, EVERY, EVERY + 1, 700])
@pytest.mark.parametrize("share", [1e-9, 0.03, 0.5, 1.0])
def test_rows_with_the_votes_of_a_share_are_found(rng: np.random.Generator, prints: int, share: float) -> None:
    for highest in (1, 3, 90):
        votes, eligible = rng.integers(0, highest, prints + 9).astype(np.int32), rng.random(prints) < 0.9
        some = sorted(votes[:prints:EVERY].tolist(), reverse=True)
        floor = max(1, some[min(len(some), max(1, round(share * len(some)))) - 1])
        expected = [row for row in range(prints) if eligible[row] and votes[row] >= floor]
        rows = np.empty(prints, np.int32)
        counted = np.zeros((COUNTERS, 100), np.int32)
        count = voted_rows(votes, eligible, share, counted, rows)
        assert rows[:count].tolist() == expected
        assert not votes.any()
        assert not counted.any()


def test_more_votes_than_there_are_levels_are_not_asked_for() -> None:
    votes, rows = np.array([7, 3, 8, 4, 9, 4, 2, 0], np.int32), np.empty(8, np.int32)
    count = voted_rows(votes, np.ones(8, np.bool_), 0.5, np.zeros((COUNTERS, 5), np.int32), rows)
    assert rows[:count].tolist() == [0, 2, 3, 4, 5]
