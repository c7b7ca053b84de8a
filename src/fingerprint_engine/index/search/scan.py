"""`Scan`: what comes of looking for one probe, whichever way it was done."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

LEAST_COMPARABLE_MINUTIAE = 2
"""Fewer give no local structure: such prints score 0 against everything (see `matching.compare`)."""
EXACT = "exact"
TOO_FEW_MINUTIAE = f"fewer than {LEAST_COMPARABLE_MINUTIAE} minutiae"
OUT_OF_TIME, DAMAGED = "deadline", "damaged"


@dataclasses.dataclass(frozen=True, slots=True)
class Scan:
    """What came of looking for one probe in blocks of prints.

    Attributes
    ----------
    block, row, score
        Columns of the compared prints with a score above 0.
    searched, compared
        Prints that were looked at, and those that were fully compared.
    excluded
        Prints that were not looked at, by reason.
    answered
        Whether each block was searched to the end.
    name
        How prints were chosen for full comparison.
    screened
        Prints whose local structure was looked at before; 0 where all were compared at once.
    """

    block: NDArray[np.int64]
    row: NDArray[np.int64]
    score: NDArray[np.float64]
    searched: int
    compared: int
    excluded: dict[str, int]
    answered: tuple[bool, ...]
    name: str = EXACT
    screened: int = 0
