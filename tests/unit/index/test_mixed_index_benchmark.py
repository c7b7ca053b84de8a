"""`benchmarks.search.mixed_index`: the same prints, whether they are mapped or in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from benchmarks.search.mixed_index import with_more
from tests.unit.index.random_prints import random_print

from fingerprint_engine.index.columns.block import columns_of
from fingerprint_engine.index.columns.mapped_pages import is_mapped


def test_prints_are_mixed_alike_in_files_and_in_memory(tmp_path: Path) -> None:
    base = [columns_of([random_print(seed) for seed in range(9)])]
    mapped, loaded = (list(with_more(folder, base, 30, 1)) for folder in (tmp_path, None))
    assert [len(block) for block in loaded] == [len(block) for block in mapped] == [9] * 4
    for one, other in zip(mapped[1:], loaded[1:], strict=True):
        assert one.cells is not None
        assert other.cells is not None
        for first, second in zip((one.sketches, *one.cells), (other.sketches, *other.cells), strict=True):
            assert (is_mapped(first), is_mapped(second)) == (True, False)
            assert (first.dtype, second.flags.writeable) == (second.dtype, False)
            np.testing.assert_array_equal(first, second)
