"""Thresholds that a set of scores suggests, and those of which it knows nothing."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint_engine.evaluation import Sample, ScoreTable, all_pairs, error_curve, score_table, suggested_thresholds


def made(fingers: int, score_of_mated: float = 80.0, seed: int = 3) -> ScoreTable:
    samples = [Sample(str(finger), impression) for finger in range(fingers) for impression in "12"]
    pairs = all_pairs(samples)
    chance = np.random.default_rng(seed).exponential(4.3, len(pairs))
    score = np.where(pairs.is_mated, score_of_mated, chance)
    return score_table(samples, pairs, score, np.zeros(len(samples), np.bool_))


def test_a_limit_is_kept_and_a_lower_threshold_would_not_keep_it() -> None:
    table = made(40)  # 3,120 non-mated comparisons
    found, *_ = suggested_thresholds(table)
    assert found.threshold is not None
    non_mated = table.score[~table.is_mated]
    assert (non_mated >= found.threshold).mean() <= found.max_fmr == 1e-3
    lower = np.sort(table.score[table.score < found.threshold])[-1]
    assert (non_mated >= lower).mean() > found.max_fmr
    assert found.fnmr == error_curve(table.score, table.is_mated).fnmr_at_fmr(1e-3) == 0.0
    assert found.interval is None  # no generator, no interval


def test_what_the_set_cannot_tell_is_not_told() -> None:
    found = suggested_thresholds(made(40), rng=np.random.default_rng(1), replicates=20)
    assert [one.threshold is None for one in found] == [False, True, True]
    assert [one.needed for one in found] == [1_000, 10_000, 100_000]
    assert all(one.interval is None and one.fnmr is None for one in found[1:])


def test_no_threshold_keeps_a_limit_that_all_pairs_break() -> None:
    table = made(40, score_of_mated=0.0)
    high = ScoreTable(**{name: getattr(table, name) for name in table.__slots__} | {"score": np.full(len(table), 5.0)})
    assert suggested_thresholds(high)[0].threshold is None


def test_the_interval_holds_the_threshold_and_narrows_with_fingers() -> None:
    widths = []
    for fingers in (24, 90):
        (found,) = suggested_thresholds(made(fingers), (2e-3,), np.random.default_rng(5), replicates=60)
        assert found.interval is not None
        assert found.threshold is not None
        assert found.interval.low <= found.threshold <= found.interval.high
        widths.append(found.interval.high - found.interval.low)
    assert widths[1] < widths[0]
    again = suggested_thresholds(made(90), (2e-3,), np.random.default_rng(5), replicates=60)
    assert again[0].interval == pytest.approx(found.interval)
