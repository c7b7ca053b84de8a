"""`Contact`: what touches the glass, before a sensor sees it, and what cannot be seen any more."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

FloatMap = NDArray[np.float32]
_HIDDEN_SHARE = 0.88
"""Share of a ridge's height that must be gone before nobody can see it; chosen: less than an eighth is left."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Contact:
    """One touch at 500 ppi.

    Attributes
    ----------
    ink
        float32, shape (rows, cols): 0 on the untouched ground to 1 on a touching ridge.
    mask
        bool, same shape: the contact region.
    hidden
        bool, same shape: where no ridge can be seen although the finger touches.
    pores
        float64, shape (n, 3): x, y and size of the pores of the finger, in this impression.
    """

    ink: FloatMap
    mask: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    pores: NDArray[np.float64]

    def with_ink(self, ink: FloatMap) -> Contact:
        """The same touch with other ink, cut to 0 to 1."""
        return dataclasses.replace(self, ink=np.asarray(np.clip(ink, 0.0, 1.0), dtype=np.float32))

    def covered(self, share: FloatMap, level: FloatMap | float) -> Contact:
        """Ridges and valleys alike drawn towards `level`, wholly where `share` is 1; what is lost then is hidden."""
        covered = self.with_ink(self.ink + share * (level - self.ink))
        return dataclasses.replace(covered, hidden=self.hidden | (self.mask & (share > _HIDDEN_SHARE)))
