from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference import naive_synthesis

from fingerprint_engine.synthesis.kernels import bilinear, spread_waves


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9), st.integers(0, 3), st.integers(0, 5))
def test_spread_waves_equals_its_twin_bit_for_bit(seed: int, rows: int, cols: int, radius: int, padding: int) -> None:
    rng = np.random.default_rng(seed)
    side = 2 * radius + 1
    source = rng.standard_normal((rows, cols), dtype=np.float32)
    source[rng.uniform(size=source.shape) < 0.3] = 0.0
    index = rng.integers(0, 4, (rows, cols)).astype(np.int32)
    filters = rng.standard_normal((4, side, side + padding), dtype=np.float32)
    target = np.zeros((rows + side - 1, cols + side + padding - 1), dtype=np.float32)
    spread_waves(source, index, filters, 0.2, target)
    np.testing.assert_array_equal(target, naive_synthesis.spread_waves(source, index, filters, 0.2))


@pytest.mark.parametrize("shape", [(5, 7), (1, 7), (5, 1), (1, 1), (2, 2)])
def test_a_grid_is_read_between_its_points_and_not_beyond(shape):
    rng = np.random.default_rng(5)
    grid = rng.normal(size=shape)
    for row, col in rng.uniform(-1.0, 8.0, (200, 2)):
        y, x = np.clip(row, 0, shape[0] - 1), np.clip(col, 0, shape[1] - 1)
        top, left = min(int(y), max(shape[0] - 2, 0)), min(int(x), max(shape[1] - 2, 0))
        corners = grid[top : top + 2, left : left + 2]
        across = corners @ [1.0 - (x - left), x - left] if shape[1] > 1 else corners[:, 0]
        expected = across @ [1.0 - (y - top), y - top] if shape[0] > 1 else across[0]
        assert abs(bilinear(grid, row, col) - expected) < 0.01
