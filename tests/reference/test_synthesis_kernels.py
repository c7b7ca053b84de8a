from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.reference import naive_synthesis

from fingerprint_engine.synthesis.kernels import spread_waves


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
