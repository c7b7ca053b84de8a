"""`WeighedBits`: the sketches of a probe, and how far each of their bits is to be relied on.

The sums of a probe are known, those of enrolled prints are not: a sum near 0 may have the other sign in the next
impression. So a bit counts not at all, once, or twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.kernels.nearest import nearest_first, nearest_weighed, weigh
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import sketch_sums

SURE, STRONG = 230, 780
"""Measured (docs/decisions/shortlist.md): 0.3 and 1 times the standard deviation of a sum."""
MOST_UNLIKE = 256
"""The distance of two sketches all of whose 128 bits differ and count twice."""


class WeighedBits(NamedTuple):
    """Bits of minutiae; all uint64, shape (2, n): the first words of all, then the second ones.

    Attributes
    ----------
    codes
        The sketches.
    sure, strong
        Which bits count, and which of these count twice.
    """

    codes: NDArray[np.uint64]
    sure: NDArray[np.uint64]
    strong: NDArray[np.uint64]

    def first(self, minutiae: int) -> WeighedBits:
        """Those of so many minutiae, the best first."""
        return WeighedBits(*(np.ascontiguousarray(words[:, :minutiae]) for words in self))

    def distances(self, prints: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Of each minutia to the nearest of each of some prints' sketches; int32, shape (n, prints)."""
        found = np.empty((self.codes.shape[1], prints.shape[0]), np.int32)
        nearest_weighed(*self, prints, found)  # type: ignore[no-untyped-call]
        return found

    def first_distances(self, minutiae: int, prints: NDArray[np.uint64]) -> NDArray[np.int32]:
        """`distances` of so many minutiae, the best first, by first words alone."""
        found = np.empty((min(minutiae, self.codes.shape[1]), prints.shape[0]), np.int32)
        nearest_first(*self, prints, found)  # type: ignore[no-untyped-call]
        return found


def weighed_bits(probe: Template, minutiae: int) -> WeighedBits:
    """The bits of so many best minutiae of a probe."""
    sums = sketch_sums(probe, minutiae)
    bits = WeighedBits(*np.empty((3, 2, sums.shape[0]), np.uint64))
    weigh(sums, SURE, STRONG, *bits)  # type: ignore[no-untyped-call]
    return bits
