"""What the network sees of an image: local normalization takes away most of what differs between sensors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.normalization import NormalizedImage

CONTRAST_PERCENTILE = 95.0
FAINTEST = 0.12
"""Of the strong contrast: what is fainter is no part of a print, and the network need not look there."""
MARGIN_PX = 32
"""Ground that the network sees around whatever is not faint."""


def network_input(normalized: NormalizedImage) -> NDArray[np.float32]:
    """Two planes, float32, shape (2, rows, cols).

    The normalized image, positive on ridges, and the local contrast relative to that of the print's strongest parts:
    the first forgets how faint a spot is, and a ghost differs from a print in just that.
    """
    strong = float(np.percentile(normalized.contrast[::4, ::4], CONTRAST_PERCENTILE))
    planes = np.empty((2, *normalized.values.shape), np.float32)
    planes[0] = normalized.values
    contrast = np.divide(normalized.contrast, max(strong, 1.0), out=planes[1])
    np.minimum(contrast, 1.5, out=contrast)
    return planes


def busy_window(planes: NDArray[np.float32], step: int) -> tuple[slice, slice]:
    """Rows and columns outside which there is hardly any contrast, on a grid of `step` pixels.

    Parameters
    ----------
    planes
        What `network_input` made.
    step
        First rows and columns are multiples of it.
    """
    busy = planes[1] > FAINTEST
    window = []
    for axis, side in ((1, busy.shape[0]), (0, busy.shape[1])):
        where = np.flatnonzero(busy.any(axis=axis))
        first, last = (int(where[0]), int(where[-1])) if where.size else (0, side - 1)
        window.append(slice(max(0, first - MARGIN_PX) // step * step, min(side, last + 1 + MARGIN_PX)))
    return window[0], window[1]
