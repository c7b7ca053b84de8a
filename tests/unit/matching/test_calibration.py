"""A score of 40 means at most three false matches in 10,000, on prints that were not fitted.

The bound over close matches takes away more of them than of those of synthetic prints, which the calibration counts as
well: real prints exceed 40 less often than stated, so that only lower scores can be held to both sides.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from benchmarks.accuracy.calibration import (
    ONE_FINGER_TWICE,
    better_quality,
    interval,
    non_mated_pairs,
    non_mated_scores,
    real_prints,
)
from tests.reference.point_prints import SHAPE, finger

from fingerprint_engine.matching import compare
from fingerprint_engine.template import build_template

MOST_WRONG, LEAST_WRONG = 3.0, 5.0


@pytest.mark.filterwarnings("ignore::fingerprint_engine.errors.ResolutionWarning")  # one print in 200 has fine ridges
def test_a_score_of_40_means_what_it_says_on_prints_that_were_not_fitted(data_folder: Path) -> None:
    scores, within = non_mated_scores(*real_prints(data_folder))
    assert len(scores) == 113_216
    assert within.sum() == 6 * 2_880
    assert (scores >= 40.0).mean() < 1e-4 * MOST_WRONG
    assert 1e-2 / LEAST_WRONG < (scores >= 20.0).mean() < 1e-2 * MOST_WRONG


def test_scores_and_qualities_are_those_of_the_same_pairs() -> None:
    fingers = [("one set", "1"), ("one set", "1"), ("one set", "2"), *sorted(ONE_FINGER_TWICE), ("other", "1")]
    quality = [30, 80, 10, 60, 50, 20]
    templates = [
        build_template(
            finger(np.random.default_rng(seed), 20), shape=SHAPE, mask=np.ones(SHAPE, np.bool_), quality=value
        )
        for seed, value in enumerate(quality)
    ]
    wanted = [(a, b) for a, b in itertools.combinations(range(6), 2) if (a, b) not in ((0, 1), (3, 4))]
    assert list(zip(*map(np.ndarray.tolist, non_mated_pairs(fingers)), strict=True)) == wanted
    scores, within = non_mated_scores(fingers, templates)
    assert scores.tolist() == [compare(templates[a], templates[b]).score for a, b in wanted]
    assert within.tolist() == [fingers[a][0] == fingers[b][0] for a, b in wanted]
    better = [max(templates[a].quality, templates[b].quality) for a, b in wanted]
    assert better_quality(fingers, templates).tolist() == better
    assert len(set(better)) > 2


@pytest.mark.parametrize(("hits", "total", "low", "high"), [(0, 30, 0.0, 0.1157), (1, 10, 0.0025, 0.4450)])
def test_intervals_are_those_of_clopper_and_pearson(hits: int, total: int, low: float, high: float) -> None:
    # Table values: "rule of three" for no hits, and 1 of 10 from Clopper and Pearson (1934).
    assert interval(hits, total) == pytest.approx((low, high), abs=5e-4)
