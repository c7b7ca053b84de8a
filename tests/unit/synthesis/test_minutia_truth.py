"""The finder of true minutiae, against patterns whose minutiae are known by construction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.minutiae.columns import MinutiaKind
from fingerprint_engine.synthesis.master_finger.minutia_truth import TrueMinutiae, true_minutiae

PERIOD, SIDE = 9.0, 241


def spiral_waves(points: list[tuple[float, float, int]], tilt: float, phase: float = 0.0) -> NDArray[np.float32]:
    """A plane wave along `tilt` with a phase vortex of charge +1 or -1 at each point: one minutia each."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    total = phase + 2.0 * np.pi / PERIOD * (math.sin(tilt) * x + math.cos(tilt) * y)
    for point_x, point_y, charge in points:
        total += charge * np.arctan2(y - point_y, x - point_x)
    return np.cos(total).astype(np.float32)


def inner(found: TrueMinutiae, margin: float = 12.0) -> TrueMinutiae:
    last = SIDE - 1 - margin
    return found.select((found.x > margin) & (found.y > margin) & (found.x < last) & (found.y < last))


def flat(tilt: float) -> NDArray[np.float32]:
    return np.full((SIDE, SIDE), tilt % math.pi, dtype=np.float32)


@pytest.mark.parametrize("tilt_deg", [0, 20, 45, 75, 90, 120, 160])
def test_finds_every_planted_minutia_and_no_other(tilt_deg: int) -> None:
    tilt = math.radians(tilt_deg)
    rng = np.random.default_rng(tilt_deg)
    points = [
        (x + rng.uniform(-8, 8), y + rng.uniform(-8, 8), int(rng.choice([-1, 1])))
        for x in (45.0, 95.0, 145.0, 195.0)
        for y in (45.0, 95.0, 145.0, 195.0)
    ]
    found = inner(true_minutiae(spiral_waves(points, tilt), flat(tilt)))
    assert len(found) == len(points)
    for x, y, charge in points:
        distance = np.hypot(found.x - x, found.y - y)
        nearest = int(np.argmin(distance))
        assert distance[nearest] < 0.75 * PERIOD
        # Along the ridge towards the side where the phase makes one turn more.
        expected = tilt if charge > 0 else tilt + math.pi
        assert abs(float(direction_difference(found.direction[nearest], expected))) < 0.01


@pytest.mark.parametrize(
    ("phase", "kind"), [(0.0, MinutiaKind.ENDING), (math.pi, MinutiaKind.BIFURCATION)], ids=["ending", "bifurcation"]
)
@pytest.mark.parametrize("charge", [1, -1])
def test_kind_follows_from_the_phase_at_the_vortex(phase: float, kind: MinutiaKind, charge: int) -> None:
    centre = 13 * PERIOD
    sign_phase = phase if charge > 0 else phase + math.pi
    found = inner(true_minutiae(spiral_waves([(centre, centre, charge)], 0.0, sign_phase), flat(0.0)))
    assert len(found) == 1
    wanted = kind
    assert found.kind[0] == wanted
    assert abs(found.y[0] - centre) < 1.0
    assert abs(float(direction_difference(found.direction[0], 0.0 if charge > 0 else math.pi))) < 0.01


def test_an_ending_lies_at_the_tip_and_points_into_the_ridge() -> None:
    y, x = np.mgrid[0:81, 0:81].astype(np.float64)
    ridge = np.where((np.abs(y - 40) <= 2.0) & (x >= 30), 1.0, -1.0).astype(np.float32)
    found = true_minutiae(ridge, np.zeros((81, 81), np.float32))
    left = found.select(found.x < 60)
    assert len(left) == 1
    assert left.kind[0] == MinutiaKind.ENDING
    assert left.x[0] == pytest.approx(31.0, abs=2.5)
    assert left.y[0] == pytest.approx(40.0, abs=1.0)
    assert left.direction[0] == 0.0


def test_a_bifurcation_points_into_the_valley_between_its_branches() -> None:
    y, x = np.mgrid[0:101, 0:101].astype(np.float64)
    stem = (np.abs(y - 50) <= 2.0) & (x <= 40)
    branches = (np.abs(np.abs(y - 50) - 0.25 * (x - 40)) <= 2.0) & (x >= 40)
    found = true_minutiae(np.where(stem | branches, 1.0, -1.0).astype(np.float32), np.zeros((101, 101), np.float32))
    forks = found.select(found.kind == MinutiaKind.BIFURCATION)
    assert len(forks) == 1
    assert forks.y[0] == pytest.approx(50.0, abs=1.5)
    assert 36.0 < forks.x[0] < 60.0
    assert forks.direction[0] == 0.0


def test_parallel_ridges_have_no_minutiae() -> None:
    assert len(inner(true_minutiae(spiral_waves([], 0.4), flat(0.4)))) == 0


def test_an_empty_pattern_has_no_minutiae() -> None:
    assert len(true_minutiae(np.full((40, 40), -1.0, np.float32), np.zeros((40, 40), np.float32))) == 0
