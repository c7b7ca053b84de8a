from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.synthesis import FingerParameters, MasterFinger, PatternClass, choose_pattern, make_finger
from fingerprint_engine.synthesis.master_finger.patterns import PRIORS


@pytest.fixture(scope="module", params=list(PatternClass), ids=[p.name.lower() for p in PatternClass])
def finger(request: pytest.FixtureRequest) -> MasterFinger:
    return make_finger(np.random.default_rng([11, len(request.param.value)]), pattern=request.param)


def turns_around(finger: MasterFinger, x: float, y: float, radius: float) -> float:
    """Turns of the orientation (Poincaré index) around a circle: +1/2 at a core, -1/2 at a delta."""
    around = np.linspace(0.0, 2.0 * math.pi, 181)
    cols = np.clip(np.rint(x + radius * np.cos(around)), 0, finger.orientation.shape[1] - 1).astype(int)
    rows = np.clip(np.rint(y - radius * np.sin(around)), 0, finger.orientation.shape[0] - 1).astype(int)
    change = np.diff(finger.orientation[rows, cols].astype(np.float64))
    return float(((change + math.pi / 2) % math.pi - math.pi / 2).sum() / (2.0 * math.pi))


def test_every_core_and_delta_turns_the_orientation_by_half(finger: MasterFinger) -> None:
    cores, deltas = finger.layout.cores, finger.layout.deltas
    expected = {
        PatternClass.ARCH: (0, 0),
        PatternClass.TENTED_ARCH: (1, 1),
        PatternClass.LEFT_LOOP: (1, 1),
        PatternClass.RIGHT_LOOP: (1, 1),
        PatternClass.WHORL: (2, 2),
    }
    assert (len(cores), len(deltas)) == expected[finger.pattern]
    # The field is read through a smooth displacement, so a point may lie some pixels beside its plan.
    if len(cores):
        x, y = cores.mean(axis=0) + finger.centre
        spread = 0.5 * float(np.hypot(*(cores[0] - cores[-1])))
        assert turns_around(finger, x, y, spread + 24.0) == pytest.approx(0.5 * len(cores))
    for dx, dy in deltas:
        assert turns_around(finger, dx + finger.centre[0], dy + finger.centre[1], 22.0) == pytest.approx(-0.5)


def test_loops_open_to_the_side_of_their_name() -> None:
    for pattern, side in ((PatternClass.LEFT_LOOP, 1.0), (PatternClass.RIGHT_LOOP, -1.0)):
        layout = make_finger(np.random.default_rng(3), pattern=pattern).layout
        assert side * (layout.deltas[0, 0] - layout.cores[0, 0]) > 40.0
        assert layout.deltas[0, 1] > layout.cores[0, 1]


def test_ridges_have_the_orientation_and_period_of_their_maps(finger: MasterFinger) -> None:
    ridges = finger.ridges.astype(np.float64)
    rows, cols = ridges.shape
    # Central differences of a wave 9 px long are 8 % too small: take them on a grid four times finer.
    fine = cv2.resize(ridges, (4 * cols, 4 * rows), interpolation=cv2.INTER_CUBIC)
    down, right = (4.0 * cv2.resize(g, (cols, rows), interpolation=cv2.INTER_AREA) for g in np.gradient(fine))
    # With a locally plane wave the squared gradient is (2π / period)² times what the wave lacks to its amplitude.
    off, stretch = [], []
    for row in range(70, rows - 70, 30):
        for col in range(70, cols - 70, 30):
            block = np.s_[row - 12 : row + 13, col - 12 : col + 13]
            axes = finger.orientation[block].astype(np.float64)
            if abs(np.exp(2j * axes).mean()) < 0.985:
                continue
            gx, gy = right[block], down[block]
            across = 0.5 * math.atan2(2.0 * (gx * gy).sum(), (gx**2 - gy**2).sum())
            along = -across + math.pi / 2
            mean_axis = 0.5 * np.angle(np.exp(2j * axes).mean())
            off.append(abs((along - mean_axis + math.pi / 2) % math.pi - math.pi / 2))
            period = 2.0 * math.pi * math.sqrt((ridges[block] ** 2).sum() / (gx**2 + gy**2).sum())
            stretch.append(abs(period / float(finger.period[block].mean()) - 1.0))
    assert len(off) > 25
    # Minutiae bend ridges and change their distance nearby, so single blocks may differ.
    assert float(np.median(off)) < math.radians(3.0)
    assert float(np.quantile(off, 0.9)) < math.radians(8.0)
    assert float(np.median(stretch)) < 0.05
    assert float(np.quantile(stretch, 0.9)) < 0.15


def test_number_of_minutiae_is_that_of_real_prints() -> None:
    density = []
    for seed in range(5):
        finger = make_finger(np.random.default_rng([4, seed]))
        rows, cols = np.mgrid[0 : finger.ridges.shape[0], 0 : finger.ridges.shape[1]].astype(np.float64)
        area_mm2 = (finger.silhouette.depth(cols, rows) > 0).sum() * (25.4 / 500.0) ** 2
        density.append(len(finger.minutiae) / area_mm2)
    assert 0.15 < float(np.mean(density)) < 0.28
    assert min(density) > 0.1
    assert max(density) < 0.36


def test_both_kinds_of_minutiae_occur(finger: MasterFinger) -> None:
    share = float((finger.minutiae.kind == 1).mean())
    assert 0.25 < share < 0.75


def test_the_same_seed_gives_the_same_finger_and_another_seed_another() -> None:
    first, again, other = (make_finger(np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first.ridges.tobytes() == again.ridges.tobytes()
    assert first.minutiae.x.tobytes() == again.minutiae.x.tobytes()
    assert first.ridges.tobytes() != other.ridges.tobytes()


def test_classes_have_their_natural_shares() -> None:
    rng = np.random.default_rng(8)
    drawn = [choose_pattern(rng) for _ in range(20_000)]
    for pattern, share in PRIORS.items():
        assert drawn.count(pattern) / 20_000 == pytest.approx(share / sum(PRIORS.values()), abs=0.012)


def test_loops_mostly_open_to_the_little_finger() -> None:
    rng = np.random.default_rng(9)
    for finger, usual in (
        (Finger.RIGHT_INDEX, PatternClass.RIGHT_LOOP),
        (Finger.LEFT_INDEX, PatternClass.LEFT_LOOP),
    ):
        drawn = [choose_pattern(rng, finger) for _ in range(4000)]
        loops = [p for p in drawn if p in (PatternClass.RIGHT_LOOP, PatternClass.LEFT_LOOP)]
        assert len(loops) / 4000 == pytest.approx(0.655, abs=0.03)
        assert loops.count(usual) / len(loops) == pytest.approx(0.93, abs=0.02)


def test_parameters_out_of_range_are_refused() -> None:
    with pytest.raises(ParameterError, match="period_px"):
        FingerParameters(period_px=40.0)
    with pytest.raises(ParameterError, match="iterations"):
        FingerParameters(iterations=0)
