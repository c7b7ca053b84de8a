"""`WeighedBits`: the sketches of a probe, and how far each of their bits is to be relied on.

The sums of a probe are known, those of enrolled prints are not: a sum near 0 may have the other sign in the next
impression. So a bit counts not at all, once, or twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.kernels.nearest import glances, reaches, weigh
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import sketch_sums

SURE, STRONG = 230, 780
"""Measured (docs/decisions/shortlist.md): 0.3 and 1 times the standard deviation of a sum."""


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

    def reaches(self, prints: NDArray[np.uint64], few: int) -> NDArray[np.int64]:
        """Of each minutia the distance within which so few of some prints' sketches have one; shape (n,)."""
        near = np.empty(self.codes.shape[1], np.int64)
        reaches(*self, prints, few, near)  # type: ignore[no-untyped-call]
        return near

    def glances(
        self, minutiae: int, prints: NDArray[np.uint64], few: int, more: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """`reaches` of so many minutiae, the best first, by first words alone, and so many bits more, at most half.

        With it what a glance at each of the prints then gives, shape (prints,).
        """
        near = np.empty(min(minutiae, self.codes.shape[1]), np.int64)
        reached = np.empty(prints.shape[0], np.int64)
        glances(*self, prints, few, more, near, reached)  # type: ignore[no-untyped-call]
        return near, reached


def weighed_bits(probe: Template, minutiae: int) -> WeighedBits:
    """The bits of so many best minutiae of a probe."""
    sums = sketch_sums(probe, minutiae)
    bits = WeighedBits(*np.empty((3, 2, sums.shape[0]), np.uint64))
    weigh(sums, SURE, STRONG, *bits)  # type: ignore[no-untyped-call]
    return bits
