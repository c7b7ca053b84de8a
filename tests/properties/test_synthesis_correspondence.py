from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.synthesis import Correspondence, SkinDistortion

SHAPE = (240, 200)


@settings(max_examples=40)
@given(
    st.floats(-math.pi, math.pi),
    st.tuples(st.floats(-14, 14), st.floats(-14, 14), st.floats(-0.12, 0.12)),
    st.floats(1.0, 2.0),
    st.integers(0, 1000),
)
def test_from_finger_undoes_to_finger(
    rotation: float, motion: tuple[float, float, float], transition: float, seed: int
) -> None:
    placement = RigidTransform(rotation, 20.0, -15.0)
    pixel_x, pixel_y = np.meshgrid(np.arange(SHAPE[1], dtype=np.float64), np.arange(SHAPE[0], dtype=np.float64))
    x, y = placement.inverse().apply(pixel_x, pixel_y)
    skin = SkinDistortion(float(x.mean()), float(y.mean()), 38.0, 48.0, *motion, transition)
    field = np.stack([x - pixel_x, y - pixel_y], axis=-1) + skin.displacement(x, y)
    correspondence = Correspondence(placement, field.astype(np.float32))
    rng = np.random.default_rng(seed)
    at_x, at_y = rng.uniform(20, SHAPE[1] - 20, 30), rng.uniform(20, SHAPE[0] - 20, 30)
    back_x, back_y = correspondence.from_finger(*correspondence.to_finger(at_x, at_y))
    np.testing.assert_allclose(back_x, at_x, atol=2e-3)
    np.testing.assert_allclose(back_y, at_y, atol=2e-3)


@given(st.floats(0.5, 2.0), st.floats(-10, 10), st.floats(-10, 10), st.floats(-0.1, 0.1))
def test_skin_sticks_in_the_middle_and_rests_far_outside(
    transition: float, shift_x: float, shift_y: float, turn: float
) -> None:
    skin = SkinDistortion(0.0, 0.0, 40.0, 60.0, shift_x, shift_y, turn, transition)
    middle = skin.displacement(np.zeros(1), np.zeros(1))[0]
    np.testing.assert_allclose(middle, [shift_x, shift_y], atol=1e-9)
    far = skin.displacement(np.array([400.0, 0.0]), np.array([0.0, -400.0]))
    np.testing.assert_allclose(far, 0.0, atol=1e-12)
