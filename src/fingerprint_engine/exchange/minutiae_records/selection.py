"""Which minutiae stay where a place holds fewer than there are."""

from __future__ import annotations

import numpy as np

from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae


def best_minutiae(minutiae: Minutiae, count: int) -> Minutiae:
    """The ``count`` best by quality; among equal and unknown ones those nearest the centre of mass.

    Records without qualities would otherwise lose one side of the finger, as equal ones are ordered by place.
    """
    if len(minutiae) <= count:
        return minutiae
    rank = np.where(minutiae.quality == UNKNOWN_QUALITY, -1, minutiae.quality.astype(np.int64))
    distance = np.hypot(minutiae.x - minutiae.x.mean(), minutiae.y - minutiae.y.mean())
    chosen = np.lexsort((np.arange(len(minutiae)), distance, -rank))[:count]
    return Minutiae(
        minutiae.x[chosen],
        minutiae.y[chosen],
        minutiae.direction[chosen],
        minutiae.kind[chosen],
        minutiae.quality[chosen],
    )
