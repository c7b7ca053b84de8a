"""`lists_of`: the sketches of a block of prints, sorted by cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.centres import cell_centres
from fingerprint_engine.index.cells.kernels.nearest import nearest_cell
from fingerprint_engine.index.columns.cell_lists import CellLists
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE

_PIECE = 1 << 16


def lists_of(sketches: NDArray[np.uint64]) -> CellLists:
    """Put every sketched minutia of every print into its nearest cell.

    Parameters
    ----------
    sketches
        uint64, shape (n, SKETCH_WORDS), of at most `MAX_LISTED_PRINTS` prints.

    Returns
    -------
    `CellLists`, which depend on nothing but the sketches and the centres.
    """
    places = np.flatnonzero(_is_own(sketches).reshape(-1))
    rows, slots = np.divmod(places, SKETCH_MINUTIAE)
    codes = np.stack([sketches[rows, slots], sketches[rows, SKETCH_MINUTIAE + slots]], axis=1)
    first, second = np.ascontiguousarray(cell_centres().T)
    cells = np.empty(places.size, np.int64)
    for begin in range(0, places.size, _PIECE):  # between which whoever waits can interrupt
        piece = slice(begin, begin + _PIECE)
        nearest_cell(codes[piece], first, second, cells[piece])  # type: ignore[no-untyped-call]
    order = np.argsort(cells, kind="stable")
    start = np.zeros(cell_centres().shape[0] + 1, np.uint32)
    np.cumsum(np.bincount(cells, minlength=start.size - 1), out=start[1:])
    lists = CellLists(start, rows[order].astype(np.uint16), codes[order])
    for column in lists:  # as those of a mapped file: numba compiles anew for arrays that can be written
        column.setflags(write=False)
    return lists


def _is_own(sketches: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which slots hold a minutia of their own: those behind the last repeat the first one."""
    first, second = sketches[:, :SKETCH_MINUTIAE], sketches[:, SKETCH_MINUTIAE:]
    is_own: NDArray[np.bool_] = (first != first[:, :1]) | (second != second[:, :1])
    is_own[:, 0] = sketches.any(axis=1)
    return is_own
