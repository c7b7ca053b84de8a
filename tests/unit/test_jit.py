from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from fingerprint_engine.jit import kernel, prefetch, wide_vectors


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


def test_vectors_are_wide_in_the_kernels_that_ask_for_it() -> None:
    def doubled(column: Any) -> Any:
        wide_vectors()
        for place in range(column.shape[0]):
            column[place] *= 2

    compiled = numba.njit(doubled)
    column = np.arange(40)
    compiled(column)
    assert column.tolist() == [2 * place for place in range(40)]
    (code,) = compiled.inspect_llvm().values()
    assert '"prefer-vector-width"="512"' in code
