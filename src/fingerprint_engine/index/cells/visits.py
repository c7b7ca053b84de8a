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

from fingerprint_engine.index.cells.centres import SIZED_PRINTS, cell_sizes, nearest_cells
from fingerprint_engine.index.cells.weighed_bits import WeighedBits
from fingerprint_engine.minutiae import UNKNOWN_QUALITY

COST_BITS, QUALITY_BITS = 6.0, 12.0
"""Measured (docs/decisions/shortlist.md): a list that costs e times as much has to be so many bits nearer, that of a
minutia of an e-th of the quality so many."""
VISIT_COST = 0.8
"""Measured: to begin a list costs as much as so many minutiae in it, of a thousand prints."""
_THOUSAND = 1_000
_STEPS = 16
"""Chosen: steps of a bit, in which cells are ranked."""
_MOST_NEAREST, _LEAST_NEAREST, _TENTH = 2048, 64, 10
"""Chosen: of each minutia so many cells come into question as a tenth of what is read; more take longer to find."""
_MAX_QUALITY = 100


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
    cells, distance = nearest_cells(bits, min(max(listed // _TENTH, _LEAST_NEAREST), _MOST_NEAREST))
    if cells.size == 0:
        return Visits(np.zeros(0, np.int64), np.zeros(0, np.int64))
    cost, dear = _costs()
    rank = (distance - near[:, None].astype(np.int32)) * np.int32(_STEPS) + dear[cells] + _doubt(quality)[:, None]
    rank -= rank.min()
    spent = np.cumsum(np.bincount(rank.reshape(-1), weights=cost[cells].reshape(-1)))
    last = max(int(np.searchsorted(spent, listed, side="right")) - 1, 0)
    minutia, place = np.nonzero(rank <= last)
    found = cells[minutia, place]
    order = np.argsort(found, kind="stable")
    return Visits(found[order], minutia[order])


@functools.lru_cache(maxsize=1)
def _costs() -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Of each cell: what it costs to read its list, of a thousand prints; and how many steps farther that makes it."""
    cost = cell_sizes().astype(np.float64) * (_THOUSAND / SIZED_PRINTS) + VISIT_COST
    return cost, np.rint(_STEPS * COST_BITS * np.log(cost)).astype(np.int32)


def _doubt(quality: NDArray[np.integer]) -> NDArray[np.int32]:
    """How many steps farther a minutia's cells are because it may not be found again; none for the best and unknown."""
    known = np.where(quality == UNKNOWN_QUALITY, _MAX_QUALITY, np.maximum(quality, 1)).astype(np.float64)
    return np.rint(-_STEPS * QUALITY_BITS * np.log(known / _MAX_QUALITY)).astype(np.int32)
