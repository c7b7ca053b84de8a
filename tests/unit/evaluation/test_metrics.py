"""Error rates against their definitions, counted one by one."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation import error_curve, error_rates
from fingerprint_engine.evaluation.metrics import ErrorRates

# Few different values, so that ties are common.
SCORES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 40.0]), min_size=1, max_size=30)


def joined(mated: list[float], non_mated: list[float]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    score = np.array([*mated, *non_mated])
    return score, np.arange(score.size) < len(mated)


def naive_rates(mated: list[float], non_mated: list[float]) -> ErrorRates:
    """All rates by counting at every threshold, in plain Python."""
    thresholds = [*sorted({*mated, *non_mated}), math.inf]
    points = []
    for threshold in thresholds:
        fmr = sum(score >= threshold for score in non_mated) / len(non_mated)
        fnmr = sum(score < threshold for score in mated) / len(mated)
        points.append((fmr, fnmr))
    below = [point for point in points if point[1] <= point[0]][-1]
    above = next(point for point in points if point[1] >= point[0])
    eer = min(sum(below), sum(above)) / 2
    at = [min(fnmr for fmr, fnmr in points if fmr <= limit) for limit in (0.01, 0.001, 0.0)]
    return ErrorRates(eer, *at)


@given(SCORES, SCORES)
def test_rates_are_those_of_counting(mated: list[float], non_mated: list[float]) -> None:
    found = error_rates(error_curve(*joined(mated, non_mated)))
    assert dataclasses.astuple(found) == pytest.approx(dataclasses.astuple(naive_rates(mated, non_mated)), abs=1e-12)


@given(SCORES, SCORES)
def test_curves_are_monotonic_and_end_with_nothing_matching(mated: list[float], non_mated: list[float]) -> None:
    curve = error_curve(*joined(mated, non_mated))
    assert (np.diff(curve.threshold) > 0).all()
    assert (np.diff(curve.fmr) <= 0).all()
    assert (np.diff(curve.fnmr) >= 0).all()
    assert (curve.fmr[0], curve.fnmr[0]) == (1.0, 0.0)
    assert (curve.threshold[-1], curve.fmr[-1], curve.fnmr[-1]) == (math.inf, 0.0, 1.0)


@given(SCORES, SCORES, st.randoms(use_true_random=False))
def test_rates_depend_on_the_order_of_scores_only(mated: list[float], non_mated: list[float], random: object) -> None:
    score, is_mated = joined(mated, non_mated)
    order = np.random.default_rng(1).permutation(score.size)
    expected = error_rates(error_curve(score, is_mated))
    assert error_rates(error_curve(score[order], is_mated[order])) == expected
    assert error_rates(error_curve(np.exp(score / 10), is_mated)) == expected


@given(SCORES, SCORES, st.lists(st.integers(0, 3), min_size=60, max_size=60))
def test_a_weight_counts_as_so_many_comparisons(mated: list[float], non_mated: list[float], counts: list[int]) -> None:
    score, is_mated = joined(mated, non_mated)
    weight = np.array(counts[: score.size])
    if not weight[is_mated].any() or not weight[~is_mated].any():
        with pytest.raises(InputError, match="at least one of each"):
            error_curve(score, is_mated, weight.astype(float))
        return
    weighted = error_rates(error_curve(score, is_mated, weight.astype(float)))
    repeated = error_rates(error_curve(np.repeat(score, weight), np.repeat(is_mated, weight)))
    assert dataclasses.astuple(weighted) == pytest.approx(dataclasses.astuple(repeated), abs=1e-12)


def test_perfect_separation_has_no_errors() -> None:
    assert error_rates(error_curve(*joined([5.0, 6.0], [0.0, 1.0]))) == ErrorRates(0.0, 0.0, 0.0, 0.0)


def test_a_matcher_that_always_says_the_same_is_as_bad_as_chance() -> None:
    """With all scores tied no threshold separates anything; interpolated or optimistic rates would say otherwise."""
    rates = error_rates(error_curve(*joined([1.0] * 9, [1.0] * 50)))
    assert rates == ErrorRates(0.5, 1.0, 1.0, 1.0)


def test_ties_count_against_the_system() -> None:
    # To reject the non-mated pair at 3 the mated pair at 3 has to be rejected too.
    curve = error_curve(*joined([3.0, 4.0], [3.0, 0.0]))
    assert curve.fnmr_at_fmr(0.0) == 0.5
    assert curve.fnmr_at_fmr(0.5) == 0.0


def test_a_known_case() -> None:
    # 1000 non-mated pairs: one at 5.5, nine at 2.5. FMR is 1 % at thresholds 1 and 2, 0.1 % at 3 to 5, 0 from 6.
    curve = error_curve(*joined([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [5.5, *[2.5] * 9, *[0.0] * 990]))
    rates = error_rates(curve)
    assert rates.fnmr_at_fmr_1_percent == 0.0
    assert rates.fnmr_at_fmr_01_percent == pytest.approx(0.2)
    assert rates.zero_fmr == pytest.approx(0.5)
    # At threshold 1 the rates are 1 % and 0, at 2 they are 1 % and 10 %: they cross between, nearer to the first.
    assert rates.eer == pytest.approx(0.005)
    assert curve.equal_error_rate()[1:] == pytest.approx((0.0, 0.01))


@pytest.mark.parametrize("rate", [-0.1, 1.1, math.nan])
def test_bad_rates_are_refused(rate: float) -> None:
    with pytest.raises(InputError, match="max_fmr"):
        error_curve(*joined([1.0], [0.0])).at_fmr(rate)


@pytest.mark.parametrize(("mated", "non_mated"), [([], [1.0]), ([1.0], []), ([], [])])
def test_no_rate_without_comparisons(mated: list[float], non_mated: list[float]) -> None:
    with pytest.raises(InputError, match="at least one of each"):
        error_curve(*joined(mated, non_mated))


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_scores_that_are_no_numbers_are_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="finite"):
        error_curve(*joined([wrong], [1.0]))
