"""How much work it is to compare a probe with prints of a block, and how many threads some work is worth.

Pieces of work are cut by `matching.work_pieces`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import PrintColumns, Rows
from fingerprint_engine.matching.work_pieces import work_of_sizes

VOTE_MS, LEVEL_MS, SKETCH_MS, PLACE_MS, SCREEN_MS, COMPARE_MS = 2e-6, 1e-6, 1e-4, 1.2e-3, 8e-3, 7e-2
"""Measured (docs/decisions/shortlist.md): what a listed minutia takes one core, a print whose level is compared, and a
print in each stage."""
WORTH_A_THREAD_MS = 1.0
"""Measured: less work than that is done before another thread has begun with it."""


def threads_worth(milliseconds: float, workers: int) -> int:
    """How many of some threads so much work of one core is worth, at least one."""
    return max(1, min(workers, int(milliseconds / WORTH_A_THREAD_MS)))


def work_of(minutiae: int, block: PrintColumns, rows: Rows) -> NDArray[np.float64]:
    """Work of comparing a probe of so many minutiae with each of some prints, of which nothing has to be unpacked."""
    return work_of_sizes(minutiae, block.offset[rows + 1] - block.offset[rows])
