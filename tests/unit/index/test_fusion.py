"""Several fingers in one score: what chance does with it, and what is paired with what."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincc

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.search.finger_fusion import best_of_many, fuse_fingers, fuse_scores

THUMB, INDEX, MIDDLE = Finger.RIGHT_THUMB, Finger.RIGHT_INDEX, Finger.RIGHT_MIDDLE
SCORES = st.lists(st.floats(0.0, 200.0), min_size=1, max_size=10)


@pytest.mark.parametrize("fingers", [1, 2, 4, 10])
def test_non_mated_scores_keep_the_rate_that_the_score_states(fingers: int) -> None:
    rng = np.random.default_rng(fingers)
    scores = -10.0 * np.log10(rng.uniform(size=(40_000, fingers)))
    fused = np.array([fuse_scores(row, fingers) for row in scores])
    for score in (5.0, 10.0, 20.0, 30.0):
        stated = 10.0 ** (-score / 10.0)
        seen = int((fused >= score).sum())
        assert seen <= 40_000 * stated + 4.0 * math.sqrt(40_000 * stated), score


def test_of_one_finger_the_score_stays_as_it_is() -> None:
    assert fuse_scores([63.0], 1) == pytest.approx(63.0)
    assert fuse_scores([], 3) == 0.0
    assert fuse_scores([0.0, 0.0], 2) == 0.0


def test_of_two_fingers_it_is_the_tail_of_two_exponentials_less_the_choice() -> None:
    tail = -10.0 * math.log10(gammaincc(2, 60.0 * math.log(10.0) / 10.0))
    assert fuse_scores([30.0, 30.0], 2) == pytest.approx(tail - 10.0 * math.log10(2.0))


def test_one_clear_finger_among_nine_smudged_ones_still_tells() -> None:
    assert fuse_scores([80.0], 10) == pytest.approx(60.0)
    assert fuse_scores([80.0] * 10, 10) > 600.0


@given(SCORES, st.floats(0.0, 50.0))
def test_better_evidence_never_lowers_the_score(scores: list[float], more: float) -> None:
    before = fuse_scores(scores, len(scores))
    assert fuse_scores([scores[0] + more, *scores[1:]], len(scores)) >= before - 1e-9
    assert fuse_scores(scores[::-1], len(scores)) == pytest.approx(before)


@given(st.floats(0.0, 250.0), st.integers(1, 100))
def test_the_best_of_many_is_worth_less(score: float, chances: int) -> None:
    lowered = best_of_many(score, chances)
    assert 0.0 <= lowered <= score
    fmr = 10.0 ** (-score / 10.0)
    if 1e-12 < fmr < 1.0:
        assert 10.0 ** (-lowered / 10.0) == pytest.approx(1.0 - (1.0 - fmr) ** chances, rel=1e-3)


def test_each_finger_is_paired_once() -> None:
    scores = np.array([[50.0, 40.0], [45.0, 10.0]])
    fused = fuse_fingers(scores, [0, 0], [0, 0], same_finger=False)
    assert fused.pairs == ((0, 0), (1, 1))


def test_prints_of_one_finger_count_once() -> None:
    twice = fuse_fingers(np.array([[50.0, 48.0]]), [INDEX], [INDEX, INDEX], same_finger=False)
    assert twice.pairs == ((0, 0),)
    assert twice.score == pytest.approx(best_of_many(50.0, 2))
    probes = fuse_fingers(np.array([[50.0], [48.0]]), [INDEX, INDEX], [INDEX], same_finger=False)
    assert probes.pairs == ((0, 0),)
    assert probes.score == pytest.approx(twice.score)


def test_fingers_of_different_positions_are_not_paired_when_so_asked() -> None:
    scores = np.array([[5.0, 60.0], [0.0, 5.0]])
    swapped = fuse_fingers(scores, [THUMB, INDEX], [THUMB, INDEX], same_finger=False)
    assert (0, 1) in swapped.pairs
    strict = fuse_fingers(scores, [THUMB, INDEX], [THUMB, INDEX], same_finger=True)
    assert set(strict.pairs) == {(0, 0), (1, 1)}
    unknown = fuse_fingers(scores, [THUMB, INDEX], [MIDDLE, 0], same_finger=True)
    assert unknown.pairs == ((0, 1),)
    assert fuse_fingers(scores, [THUMB, INDEX], [MIDDLE, MIDDLE], same_finger=True).score == 0.0
