"""The compiled loops between pixels and cells against their plain twins."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference import naive_preprocessing as naive

from fingerprint_engine.extractors.kernels import lay_together, take_apart

PARTS = [(0, 0, 37, 41), (16, 16, 21, 25), (16, 0, 16, 41), (0, 16, 37, 17), (3, 2, 18, 16), (0, 0, 32, 32)]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_taken_apart_equals_its_twin(part: tuple[int, int, int, int]) -> None:
    planes = np.random.default_rng(1).normal(size=(2, 37, 41)).astype(np.float32)
    rows, cols = (-(-side // 16) * 4 for side in part[2:])
    cells = np.full((32, rows, cols), np.nan, np.float32)
    take_apart(planes, *part, cells)
    assert np.array_equal(cells, naive.take_apart(planes, *part, rows, cols))


@pytest.mark.parametrize("shape", [(24, 32), (23, 31), (17, 20), (5, 4), (1, 1)])
@pytest.mark.parametrize("place", [(0, 0), (3, 2)])
def test_values_laid_together_equal_their_twin(shape: tuple[int, int], place: tuple[int, int]) -> None:
    values = np.random.default_rng(2).normal(size=(8, 12, 16)).astype(np.float32)
    ground, out = np.array([0.0, -20.0], np.float32), np.full((2, 30, 40), np.nan, np.float32)
    lay_together(values, *place, *shape, ground, out)
    assert np.array_equal(out, naive.lay_together(values, *place, *shape, ground, (30, 40)))
