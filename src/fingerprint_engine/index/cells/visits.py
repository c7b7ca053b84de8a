"""`visits_of`: which cells are looked at for which minutia of a probe, where most is to be expected for what it costs.

A cell is the better the nearer it is to the minutia, as far as minutiae come near to this one at all; the less there is
to read; and the more likely the minutia is found again. So a minutia whose neighbourhood few prints have is looked for
far around, one whose neighbourhood many have only where it is nearest.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.centres import SIZED_PRINTS, cell_sizes, twice_distances
from fingerprint_engine.index.cells.kernels.nearest import MOST_UNLIKE
from fingerprint_engine.index.cells.kernels.visits import best_visits, visits_by_cell
from fingerprint_engine.index.cells.weighed_bits import WeighedBits
from fingerprint_engine.minutiae import MAX_QUALITY, UNKNOWN_QUALITY

COST_BITS, QUALITY_BITS = 6.0, 12.0
"""Measured (docs/decisions/shortlist.md): a list that costs e times as much has to be so many bits nearer, that of a
minutia of an e-th of the quality so many."""
VISIT_COST = 0.8
"""Measured: to begin a list costs as much as so many minutiae in it, of a thousand prints."""
_OF_SIZED = SIZED_PRINTS // 1_000
"""Minutiae of the prints that sized the cells, for one of a thousand prints."""
_HALF_STEPS = 8
"""Chosen: steps of half a bit, in which cells are ranked."""
_STEPS = 2 * _HALF_STEPS
_MOST_NEAREST, _LEAST_NEAREST, _TENTH = 2048, 64, 10
"""Of each minutia so many cells come into question as a tenth of what is read; measured: with more, mates are lost."""


class Visits(NamedTuple):
    """Cells that are looked at, in order, and which minutia of a probe is looked for in each."""

    cell: NDArray[np.int64]
    minutia: NDArray[np.int64]


def visits_of(bits: WeighedBits, near: NDArray[np.int64], quality: NDArray[np.integer], listed: int) -> Visits:
    """The visits that a probe is worth most by, for so much reading; at least one, if it has minutiae.

    Parameters
    ----------
    bits, near, quality
        Of the minutiae: sketches, how near is near to each (`near_bits_of`), and quality.
    listed
        Minutiae in the lists, of a thousand typical prints, where each list counts `VISIT_COST` more.
    """
    twice, beyond = twice_distances(bits)
    if twice.size == 0:
        return Visits(np.zeros(0, np.int64), np.zeros(0, np.int64))
    cost, dear = _costs()
    rank = _doubt(quality) - _STEPS * near.astype(np.int32)  # of a cell that is as near as can be and costs least
    rank -= rank.min()
    behind = rank - _HALF_STEPS * beyond
    nearest = min(max(listed // _TENTH, _LEAST_NEAREST), _MOST_NEAREST)
    spent = np.zeros(int(rank.max()) + _STEPS * MOST_UNLIKE + int(dear.max()) + 1, np.int64)
    narrow, row = np.empty(cost.size, np.int16), np.empty(cost.size, np.int64)
    words = np.empty(twice.size + 1, np.int64)
    asked = (twice, _HALF_STEPS, behind, dear, cost, nearest, listed * _OF_SIZED)
    count = best_visits(*asked, spent, narrow, row, words)  # type: ignore[no-untyped-call]
    visits = Visits(np.empty(count, np.int64), np.empty(count, np.int64))
    visits_by_cell(words[:count], np.zeros(cost.size + 1, np.int64), *visits)  # type: ignore[no-untyped-call]
    return visits


@functools.lru_cache(maxsize=1)
def _costs() -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Of each cell: what reading its list costs, of `SIZED_PRINTS`; how many steps farther than the cheapest it is."""
    cost = cell_sizes().astype(np.int64) + round(VISIT_COST * _OF_SIZED)
    dear = np.rint(_STEPS * COST_BITS * np.log(cost / _OF_SIZED)).astype(np.int32)
    return cost, dear - dear.min()


def _doubt(quality: NDArray[np.integer]) -> NDArray[np.int32]:
    """How many steps farther a minutia's cells are because it may not be found again; none for the best and unknown."""
    known = np.where(quality == UNKNOWN_QUALITY, MAX_QUALITY, np.maximum(quality, 1)).astype(np.float64)
    return np.rint(-_STEPS * QUALITY_BITS * np.log(known / MAX_QUALITY)).astype(np.int32)
