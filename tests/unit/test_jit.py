from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from fingerprint_engine.jit import kernel, prefetch


@kernel
def _sum_asked_for(column: Any, ahead: Any) -> Any:
    total = 0
    for place in range(column.shape[0]):
        prefetch(column, place + ahead)
        total += column[place]
    return total


@pytest.mark.parametrize("ahead", [0, 3, -50, 2**40])
def test_asking_the_memory_for_any_place_changes_nothing(ahead: int) -> None:
    assert _sum_asked_for(np.arange(10), ahead) == 45


def test_only_contiguous_columns_can_be_asked_for() -> None:
    with pytest.raises(numba.TypingError):
        _sum_asked_for(np.arange(10)[::2], 0)
