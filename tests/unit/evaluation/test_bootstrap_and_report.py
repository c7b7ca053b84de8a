"""Intervals cover what they should, and reports say what the file says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation import (
    Sample,
    ScoreTable,
    all_pairs,
    bootstrap_intervals,
    format_table,
    mean_rates,
    report,
    score_table,
)

LEVELS = {"eer": 0.1587, "fnmr_at_fmr_1_percent": 0.6279}
"""Rates of two normal distributions two standard deviations apart: EER = Φ(-1), FNMR at 1 % = Φ(2.3263 - 2)."""


def drawn_table(rng: np.random.Generator, fingers: int, impressions: int = 4, spread: float = 0.0) -> ScoreTable:
    """Normal scores; with a spread, fingers differ in how well they match."""
    samples = [Sample(str(finger), str(number)) for finger in range(fingers) for number in range(impressions)]
    pairs = all_pairs(samples)
    ease = rng.normal(0, spread, fingers)[pairs.probe // impressions] if spread else 0.0
    score = rng.normal(0, 1, len(pairs)) + np.where(pairs.is_mated, 2.0 + ease, 0.0)
    return score_table(samples, pairs, 10.0 + score, np.zeros(len(samples), np.bool_))


def test_rates_of_known_distributions() -> None:
    rates = report("normal", drawn_table(np.random.default_rng(1), 120)).rates
    for name, level in LEVELS.items():
        assert getattr(rates, name) == pytest.approx(level, abs=0.05)


def test_most_intervals_cover_the_truth() -> None:
    covered = 0
    for seed in range(40):
        table = drawn_table(np.random.default_rng(seed), 20)
        interval = bootstrap_intervals(table, np.random.default_rng(seed), replicates=60)["eer"]
        covered += interval.low <= LEVELS["eer"] <= interval.high
    assert 32 <= covered <= 40


def test_intervals_widen_when_fingers_differ() -> None:
    """Resampling comparisons instead of fingers would not notice."""

    def width(spread: float) -> float:
        tables = (drawn_table(np.random.default_rng(seed), 15, 6, spread) for seed in range(5))
        found = [bootstrap_intervals(table, np.random.default_rng(1), replicates=60)["eer"] for table in tables]
        return float(np.mean([interval.high - interval.low for interval in found]))

    assert width(1.5) > 1.5 * width(0.0)


def test_intervals_are_the_same_for_the_same_seed() -> None:
    table = drawn_table(np.random.default_rng(1), 8)
    first = bootstrap_intervals(table, np.random.default_rng(5), replicates=20)
    assert bootstrap_intervals(table, np.random.default_rng(5), replicates=20) == first
    assert bootstrap_intervals(table, np.random.default_rng(6), replicates=20) != first


@pytest.mark.parametrize("wrong", [{"replicates": 1}, {"confidence": 0.0}, {"confidence": 1.0}])
def test_bad_arguments_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        bootstrap_intervals(drawn_table(np.random.default_rng(1), 5), np.random.default_rng(1), **wrong)  # type: ignore[arg-type]


def test_one_finger_gives_no_rates() -> None:
    table = drawn_table(np.random.default_rng(1), 1)
    with pytest.raises(InputError, match="at least one of each"):
        report("one", table)
    with pytest.raises(InputError, match="at least one of each"):
        bootstrap_intervals(table, np.random.default_rng(1))


def test_a_report_counts_and_goes_into_a_table() -> None:
    samples = [Sample(str(finger), str(number)) for finger in range(3) for number in range(2)]
    pairs = all_pairs(samples)
    failed = np.arange(6) == 0
    table = score_table(samples, pairs, np.where(pairs.is_mated, 40.0, 1.0), failed)
    found = report("small", table, np.random.default_rng(1), replicates=10)
    assert (found.mated, found.non_mated, found.samples, found.failures) == (3, 12, 6, 1)
    assert found.rates.zero_fmr == pytest.approx(1 / 3)  # the mated pair of the failed sample
    assert json.loads(json.dumps(found.as_dict()))["rates"]["zero_fmr"] == found.rates.zero_fmr
    clean = report("clean", score_table(samples, pairs, np.where(pairs.is_mated, 40.0, 1.0), failed & False))
    text = format_table([found, clean], {"mean": [found, clean]})
    lines = text.splitlines()
    assert len(lines) == 5
    assert lines[0].split() == [
        "set",
        "EER",
        "FNMR@FMR1%",
        "FNMR@FMR0.1%",
        "ZeroFMR",
        "failed",
        "samples",
        "mated",
        "non-mated",
    ]
    assert "33.33 [" in lines[2]
    assert lines[3].split() == ["clean", "0.00", "0.00", "0.00", "0.00", "0", "6", "3", "12"]
    assert lines[4].split()[4] == "16.67"
    assert mean_rates([found, clean]).zero_fmr == pytest.approx(1 / 6)
    with pytest.raises(InputError):
        mean_rates([])
