"""`WeighedBits`: the sketches of a probe, and how far each of their bits is to be relied on.

The sums of a probe are known, those of enrolled prints are not: a sum near 0 may have the other sign in the next
impression. So a bit counts not at all, once, or twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.kernels.nearest import reaches, weigh_native
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import sketch_weights

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

    def reaches(
        self,
        prints: NDArray[np.uint64],
        whole: tuple[int, int],
        first: tuple[int, int] = (0, 0),
        glanced: int = 0,
        every: int = 1,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """How near a few of some prints come to each minutia, and what a glance with the best minutiae then gives.

        Parameters
        ----------
        prints
            Their sketches, a row each.
        whole, first
            How few prints, and how many bits more than that, by whole sketches and by first words alone.
        glanced
            How many minutiae a glance is with.
        every
            By whole sketches, of so many prints one is asked, and of how few of them as many less, at least one.

        Returns
        -------
        Distances by whole sketches, shape (n,), and by first words, shape (glanced,), of fewer minutiae as many; of
        each print what a glance at it gives, shape (prints,).
        """
        count = self.codes.shape[1]
        near, near_first = np.empty(count, np.int64), np.empty(min(glanced, count), np.int64)
        reached = np.empty(prints.shape[0], np.int64)
        few, more = -(-whole[0] // every), whole[1]
        reaches(*self, prints, every, few, more, near, *first, near_first, reached)  # type: ignore[no-untyped-call]
        return near, near_first, reached


def weighed_bits(probe: Template, minutiae: int) -> WeighedBits:
    """The bits of so many best minutiae of a probe."""
    bits = WeighedBits(*np.empty((3, 2, min(len(probe), minutiae)), np.uint64))
    native = np.frombuffer(probe.to_bytes(), np.uint8)
    weigh_native(native, *sketch_weights(), SURE, STRONG, *bits)  # type: ignore[no-untyped-call]
    return bits
