"""Angles and rigid transforms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.geometry import (
    RigidTransform,
    direction_difference,
    mm_to_px,
    px_to_mm,
    wrap_direction,
    wrap_orientation,
)

ANGLES = st.floats(-1e4, 1e4)
SHIFTS = st.floats(-500, 500)
TRANSFORMS = st.builds(RigidTransform, st.floats(-10, 10), SHIFTS, SHIFTS)


@given(ANGLES)
def test_a_wrapped_direction_lies_in_its_interval_and_points_the_same_way(angle):
    wrapped = wrap_direction(angle)
    assert wrapped.dtype == np.float32
    assert 0.0 <= float(wrapped) < 2.0 * math.pi
    assert math.isclose(math.cos(float(wrapped)), math.cos(angle), abs_tol=1e-6)
    assert math.isclose(math.sin(float(wrapped)), math.sin(angle), abs_tol=1e-6)


@given(ANGLES)
def test_a_wrapped_orientation_lies_in_its_interval_and_means_the_same_line(angle):
    wrapped = float(wrap_orientation(angle))
    assert 0.0 <= wrapped < math.pi
    assert math.isclose(math.cos(2 * wrapped), math.cos(2 * angle), abs_tol=1e-6)
    assert math.isclose(math.sin(2 * wrapped), math.sin(2 * angle), abs_tol=1e-6)


@pytest.mark.parametrize("angle", [-1e-20, -1e-9, 2.0 * math.pi, float(np.float32(2.0 * math.pi))])
def test_what_rounds_up_to_a_full_turn_becomes_zero(angle):
    assert float(wrap_direction(angle)) < 1e-6
    assert float(wrap_orientation(angle)) < 1e-6


@given(ANGLES, ANGLES)
def test_direction_difference_is_signed_and_undoes_itself(first, second):
    difference = float(direction_difference(first, second))
    assert -math.pi <= difference < math.pi
    assert math.isclose(math.cos(second + difference), math.cos(first), abs_tol=1e-9)


def test_millimetres():
    assert mm_to_px(25.4) == pytest.approx(500.0)
    assert px_to_mm(1000.0, ppi=1000.0) == pytest.approx(25.4)


def test_a_quarter_turn_is_counter_clockwise_as_seen():
    turn = RigidTransform(math.pi / 2, 0.0, 0.0)
    x, y = turn.apply(1.0, 0.0)  # to the right becomes upwards, which is negative y
    assert (float(x), float(y)) == pytest.approx((0.0, -1.0))
    assert float(turn.apply_direction(0.0)) == pytest.approx(math.pi / 2)


@given(TRANSFORMS, SHIFTS, SHIFTS)
def test_inverse_brings_points_back(transform, x, y):
    there = transform.apply(x, y)
    back = transform.inverse().apply(*there)
    assert np.allclose(back, (x, y), atol=1e-6)


@given(TRANSFORMS, SHIFTS, SHIFTS, st.floats(0, 6.28))
def test_points_and_directions_turn_together(transform, x, y, angle):
    tip = transform.apply(x + math.cos(angle), y - math.sin(angle))
    foot = transform.apply(x, y)
    seen = math.atan2(-(float(tip[1]) - float(foot[1])), float(tip[0]) - float(foot[0]))
    assert abs(float(direction_difference(seen, transform.apply_direction(angle)))) < 1e-5
