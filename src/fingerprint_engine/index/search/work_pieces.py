"""How much work it is to compare a probe with prints of a block; pieces of it are cut by `matching.work_pieces`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import PrintColumns, Rows
from fingerprint_engine.matching.work_pieces import work_of_sizes


def work_of(minutiae: int, block: PrintColumns, rows: Rows) -> NDArray[np.float64]:
    """Work of comparing a probe of so many minutiae with each of some prints, of which nothing has to be unpacked."""
    return work_of_sizes(minutiae, block.offset[rows + 1] - block.offset[rows])
