"""What a match picture is made of: agreement of pairs and overlap of prints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.visualization import local_disagreement
from fingerprint_engine.visualization.overlap import GRID_PX, find_overlap, in_print

IDENTITY = RigidTransform(0.0, 0.0, 0.0)


def at(x: Any, y: Any) -> Minutiae:
    count = len(x)
    # Falling quality keeps the order in which the points are given.
    return Minutiae(x, y, np.zeros(count), np.ones(count), np.arange(100, 100 - count, -1))


def in_order(count: int) -> np.ndarray:
    return np.column_stack([np.arange(count, dtype=np.int32)] * 2)


@given(st.floats(-3.1, 3.1), st.floats(-200, 200), st.floats(-200, 200), st.integers(2, 20))
def test_pairs_that_follow_the_transform_agree(rotation: float, shift_x: float, shift_y: float, count: int) -> None:
    rng = np.random.default_rng(count)
    transform = RigidTransform(rotation, shift_x, shift_y)
    probe = at(rng.uniform(0, 300, count), rng.uniform(0, 300, count))
    reference = at(*transform.apply(probe.x, probe.y))
    assert local_disagreement(probe, reference, in_order(count), transform).max() < 1e-2


def test_a_stretched_print_agrees_better_than_its_distance_from_the_rigid_fit() -> None:
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(0, 300, 50), np.arange(0, 300, 50)))
    probe, reference = at(x, y), at(1.1 * x, y)
    disagreement = local_disagreement(probe, reference, in_order(len(x)), IDENTITY)
    assert np.abs(0.1 * x).max() == pytest.approx(25.0)
    assert disagreement.max() < 8.0


def test_the_pair_that_jumps_stands_out() -> None:
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(0, 300, 60), np.arange(0, 300, 60)))
    moved = y.copy()
    moved[7] += 20.0
    disagreement = local_disagreement(at(x, y), at(x, moved), in_order(len(x)), IDENTITY)
    assert disagreement.argmax() == 7
    assert disagreement[7] == pytest.approx(20.0)
    assert np.delete(disagreement, 7).max() < 1.0


def test_one_pair_is_measured_by_itself_and_none_by_nothing() -> None:
    assert local_disagreement(at([0.0], [0.0]), at([3.0], [4.0]), in_order(1), IDENTITY) == pytest.approx([5.0])
    assert local_disagreement(Minutiae.empty(), Minutiae.empty(), in_order(0), IDENTITY).shape == (0,)


def test_a_print_overlaps_itself_wholly_and_a_far_one_not_at_all(printed: Any) -> None:
    template = printed.template
    same = find_overlap(template, template, IDENTITY)
    y, x = np.mgrid[0 : template.shape[0] : GRID_PX, 0 : template.shape[1] : GRID_PX]
    assert (same.probe == in_print(template, x, y)).all()
    assert same.probe.sum() == same.reference.sum() > 0
    assert not find_overlap(template, template, RigidTransform(0.0, 500.0, 0.0)).probe.any()


def test_a_shifted_print_overlaps_where_both_were(printed: Any) -> None:
    overlap = find_overlap(printed.template, printed.template, RigidTransform(0.0, 64.0, 0.0))
    step = 64 // GRID_PX
    assert overlap.probe.any()
    assert (overlap.reference[:, step:] == overlap.probe[:, :-step]).all()
    assert not overlap.reference[:, :step].any()
