"""The cost model of shards goes by the same choices as searches and all pairs do."""

from __future__ import annotations

import dataclasses

import pytest
from benchmarks.scale import SEARCH, Costs, choosing_s, pairs_s
from tests.unit.index.random_prints import random_print


def test_choosing_cells_takes_time() -> None:
    assert choosing_s(SEARCH.among(1_000_000).stages, [random_print(seed) for seed in range(2)]) > 0.0


def test_all_pairs_of_more_prints_cost_less_than_their_square() -> None:
    names = [field.name for field in dataclasses.fields(Costs)]
    costs, none = (Costs(**dict.fromkeys(names, each)) for each in (1e-6, 0.0))
    small, large = pairs_s(costs, 1_000_000), pairs_s(costs, 10_000_000)
    assert 10.0 * small < large < 100.0 * small
    assert pairs_s(dataclasses.replace(none, fixed=2.0), 1_000) == pytest.approx(2_000.0)
