"""Scores and the false match rates that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, fmr_of_score, score_of_fmr
from fingerprint_engine.matching.comparison import may_decide, scores_that_decide


def test_a_score_of_40_is_one_false_match_in_10_000() -> None:
    assert score_of_fmr(1e-4) == pytest.approx(40.0)
    assert fmr_of_score(40.0) == pytest.approx(1e-4)


@given(st.floats(0.0, 300.0))
def test_score_and_rate_are_inverse(score: float) -> None:
    assert score_of_fmr(fmr_of_score(score)) == pytest.approx(score, abs=1e-9)


def test_no_rate_asks_for_less_than_nothing() -> None:
    assert score_of_fmr(1.0) == score_of_fmr(2.0) == 0.0


@pytest.mark.parametrize("probe", [0, MIN_MATCH_MINUTIAE - 1, MIN_MATCH_MINUTIAE, 40])
@pytest.mark.parametrize("minimum", [MIN_MATCH_MINUTIAE, 0, 12])
def test_a_score_decides_where_both_prints_have_minutiae_enough(probe: int, minimum: int) -> None:
    references = [0, 7, 8, 11, 12, 255]
    decide = [may_decide(probe, reference, minimum) for reference in references]
    assert decide == [probe >= minimum and reference >= minimum for reference in references]
    scores = scores_that_decide(np.full(6, 50.0), probe, references, minimum)
    assert scores.tolist() == [50.0 if may else 0.0 for may in decide]
