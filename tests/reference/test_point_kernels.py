from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import naive_points

from fingerprint_engine.synthesis import kernels

SHAPE = (120, 100)
SEEDS = st.integers(0, 2**32 - 1)


def _scene(seed: int) -> tuple[np.random.Generator, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    field = rng.uniform(-1.0, 1.0, (2, 20, 18)).astype(np.float32)
    pose = np.array([rng.uniform(-1.0, 1.0), 50.0, 60.0, 70.0, 80.0])
    slant = rng.uniform(-0.3, 0.3)
    outline = np.array([48.0, 55.0, 40.0, 45.0, 50.0, math.cos(slant), math.sin(slant)])
    return rng, field, pose, outline


def _lists(field: np.ndarray) -> tuple[list[list[float]], list[list[float]]]:
    first, second = field.astype(float).tolist()
    return first, second


@settings(max_examples=25)
@given(SEEDS)
def test_scattered_points_equal_their_twin(seed: int) -> None:
    rng, field, pose, outline = _scene(seed)
    noise = rng.standard_normal((6, 5))
    draws = rng.random((80, 6))
    draws[:, 4] -= 0.5
    scatter = kernels.Scatter(
        noise_step_px=25.0, gathering=0.8, near_px=9.0, rim_px=20.0, rim_share=0.3, unforced=2e-3, period_px=8.5
    )
    points = np.empty((15, 3))
    count = kernels.scatter_points(field, pose, outline, 15, SHAPE, noise, scatter, draws, points)
    wanted = naive_points.scatter(
        _lists(field), pose.tolist(), outline.tolist(), 15, SHAPE, noise.tolist(), scatter._asdict(), draws.tolist()
    )
    assert count == len(wanted) > 0
    np.testing.assert_allclose(points[:count], np.array(wanted).reshape(-1, 3), atol=1e-9)


@settings(max_examples=25)
@given(SEEDS)
def test_painted_periods_equal_their_twin(seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal((6, 5))
    painted = np.empty((10, 9), np.uint8)
    kernels.paint_periods(8.7, 0.75, 3.0, noise, painted)
    assert painted.tolist() == naive_points.periods(8.7, 0.75, 3.0, noise.tolist(), (10, 9))


@settings(max_examples=25)
@given(SEEDS)
def test_painted_cells_equal_their_twin(seed: int) -> None:
    _, field, pose, outline = _scene(seed)
    codes = np.empty((8, 7), np.uint8)
    kernels.paint_cells(field, pose, outline, 16.0, codes)
    assert codes.tolist() == naive_points.cell_codes(_lists(field), pose.tolist(), outline.tolist(), 16.0, (8, 7))


@given(SEEDS, st.floats(-50.0, 200.0), st.floats(-50.0, 200.0))
def test_depth_and_flow_equal_their_twins(seed: int, x: float, y: float) -> None:
    _, field, pose, outline = _scene(seed)
    depths = np.empty((1, 1))
    kernels.outline_depths(np.array([[x]]), np.array([[y]]), outline, depths)
    assert depths[0, 0] == kernels.outline_depth(x, y, outline)
    assert depths[0, 0] == pytest.approx(naive_points.depth(x, y, outline.tolist()), abs=1e-9)
    found, wanted = kernels.flow_at(field, x, y, pose), naive_points.flow(_lists(field), x, y, pose.tolist())
    assert math.cos(2.0 * (found - wanted)) == pytest.approx(1.0, abs=1e-9)
