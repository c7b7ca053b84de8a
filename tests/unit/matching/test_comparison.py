"""Scores and the false match rates that they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.matching import fmr_of_score, score_of_fmr


def test_a_score_of_40_is_one_false_match_in_10_000() -> None:
    assert score_of_fmr(1e-4) == pytest.approx(40.0)
    assert fmr_of_score(40.0) == pytest.approx(1e-4)


@given(st.floats(0.0, 300.0))
def test_score_and_rate_are_inverse(score: float) -> None:
    assert score_of_fmr(fmr_of_score(score)) == pytest.approx(score, abs=1e-9)


def test_no_rate_asks_for_less_than_nothing() -> None:
    assert score_of_fmr(1.0) == score_of_fmr(2.0) == 0.0
