"""Scores in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.matching.comparison import fmr_of_score
from fingerprint_engine.visualization import false_matches_in_words, score_in_words


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (57.3, "score 57.3: one false match in 540,000 comparisons"),
        (40.0, "score 40.0: one false match in 10,000 comparisons"),
        (10.0, "score 10.0: one false match in 10 comparisons"),
        (3.0, "score 3.0: 50 % of comparisons of different fingers score as high"),
        (15.0, "score 15.0: one false match in 32 comparisons"),
        (60.0, "score 60.0: one false match in 1 million comparisons"),
        (60.1, "score 60.1: fewer than one false match in 1 million comparisons (extrapolated)"),
        (300.0, "score 300.0: fewer than one false match in 1 million comparisons (extrapolated)"),
        (0.0, "score 0.0: any two prints score as high"),
    ],
)
def test_a_score_reads_as_what_it_means(score: float, words: str) -> None:
    assert score_in_words(score, fmr_of_score(score)) == words


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (73.2, "one false match in 21 million comparisons"),
        (88.0, "one false match in 630 million comparisons"),
        (93.0, "one false match in 2 billion comparisons"),
        (300.0, "one false match in more than 1,000 trillion comparisons"),
    ],
)
def test_a_rate_that_is_asked_for_reads_as_it_is(score: float, words: str) -> None:
    assert false_matches_in_words(fmr_of_score(score)) == words


@pytest.mark.parametrize("fmr", [9.999e-4, 9.96e-7, 0.0999])
def test_rounding_up_to_the_next_power_of_ten_keeps_its_unit(fmr: float) -> None:
    assert false_matches_in_words(fmr) in {
        "one false match in 1,000 comparisons",
        "one false match in 1 million comparisons",
        "one false match in 10 comparisons",
    }


def test_a_rate_of_zero_is_not_a_division_by_zero() -> None:
    assert "less than one false match" in false_matches_in_words(0.0)


@given(st.floats(10.1, 149.0))
def test_the_words_keep_two_digits_of_the_rate(score: float) -> None:
    words = (
        false_matches_in_words(fmr_of_score(score))
        .split(" in ")[1]
        .removesuffix(" comparisons")
        .replace(",", "")
        .split()
    )
    unit = {"million": 1e6, "billion": 1e9, "trillion": 1e12}.get(words[-1], 1.0)
    assert math.isclose(float(words[0]) * unit, 1.0 / fmr_of_score(score), rel_tol=0.055)
