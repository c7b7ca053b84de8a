"""`CellLists`: of each cell of the space of sketches, the minutiae of one block of prints that lie in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_LISTED_PRINTS = 1 << 16
"""Rows are kept in 16 bits: compaction makes no larger block."""


class CellLists(NamedTuple):
    """Lists of minutiae, one after another; the same in memory and mapped from a file.

    Attributes
    ----------
    start
        uint32, shape (cells + 1,): the list of cell c lies from ``start[c]`` to ``start[c + 1]``.
    rows
        uint16, shape (m,): the prints of the minutiae, rising in each list.
    codes
        uint64, shape (m, 2): their sketches.
    """

    start: NDArray[np.uint32]
    rows: NDArray[np.uint16]
    codes: NDArray[np.uint64]
