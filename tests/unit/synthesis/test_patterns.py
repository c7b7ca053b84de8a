"""Where cores and deltas lie: fingers of a class must differ as much as real ones do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprint_engine.synthesis import FingerParameters, PatternClass
from fingerprint_engine.synthesis.master_finger.orientation import orientation_field
from fingerprint_engine.synthesis.master_finger.patterns import Layout, draw_layout

LOOPS = (PatternClass.LEFT_LOOP, PatternClass.RIGHT_LOOP)
USUAL = FingerParameters().delta_spread


def layouts(pattern: PatternClass, count: int, spread: float) -> list[Layout]:
    rng = np.random.default_rng(21)
    return [draw_layout(rng, pattern, 1.0, spread) for _ in range(count)]


def reaches(pattern: PatternClass, spread: float) -> NDArray[np.float64]:
    return np.array([layout.deltas[0] - layout.cores[0] for layout in layouts(pattern, 3000, spread)])


@pytest.mark.parametrize("pattern", LOOPS)
def test_ridges_from_core_to_delta_of_loops_vary_as_on_real_fingers(pattern: PatternClass) -> None:
    x, y = reaches(pattern, USUAL).T
    lengths, angles = np.hypot(x, y), np.arctan2(np.abs(x), y)
    assert lengths.mean() == pytest.approx(130.0, abs=12.0)
    assert 0.35 < lengths.std() / lengths.mean() < 0.48
    assert lengths.min() > 25.0
    assert lengths.max() < 330.0
    assert math.degrees(angles.std()) == pytest.approx(10.0, abs=1.5)


@pytest.mark.parametrize("pattern", LOOPS)
def test_without_spread_deltas_lie_at_their_usual_places(pattern: PatternClass) -> None:
    lengths = np.hypot(*reaches(pattern, 0.0).T)
    assert lengths.std() / lengths.mean() < 0.13


@pytest.mark.parametrize("pattern", [PatternClass.WHORL, PatternClass.ARCH, PatternClass.TENTED_ARCH])
def test_the_spread_is_one_of_loops(pattern: PatternClass) -> None:
    for plain, strewn in zip(layouts(pattern, 20, 0.0), layouts(pattern, 20, USUAL), strict=True):
        np.testing.assert_array_equal(plain.deltas, strewn.deltas)


def test_ridge_flow_of_two_loops_agrees_less_than_at_their_usual_places() -> None:
    """Over the middle of the print, by the mean doubled cosine between fingers: wolves lived on what they share."""

    def agreement(spread: float) -> float:
        rng = np.random.default_rng(3)
        fields = np.stack(
            [
                orientation_field(layout, (30, 25), (180.0, 200.0), rng, sway_px=6.0, step_px=14)
                for layout in layouts(PatternClass.LEFT_LOOP, 60, spread)
            ]
        )
        mean = np.exp(2j * fields).mean(axis=0)
        return float((np.abs(mean) ** 2).mean())

    assert agreement(USUAL) < agreement(0.0) - 0.05
