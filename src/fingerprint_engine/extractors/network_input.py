"""What the network sees of an image: local normalization takes away most of what differs between sensors."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.normalization import NormalizedImage

STRONG_SHARE = 0.95
"""Of the contrast of all pixels: so many are fainter than what counts as strong."""
FAINTEST, SPOT_PX = 0.2, 8
"""Of the strong contrast, on the mean of a spot: what is fainter is no part of a print, and the network need not look
there. Measured: on `uareu` and worse copies of it no foreground lies beyond the window, up to 0.4."""
MARGIN_PX = 16
"""Ground that the network sees around whatever is not faint."""


def network_input(normalized: NormalizedImage) -> NDArray[np.float32]:
    """Two planes, float32, shape (2, rows, cols).

    The normalized image, positive on ridges, and the local contrast relative to that of the print's strongest parts:
    the first forgets how faint a spot is, and a ghost differs from a print in just that.
    """
    sampled = normalized.contrast[::4, ::4].ravel()
    rank = int(STRONG_SHARE * (sampled.size - 1))
    strong = float(np.partition(sampled, rank)[rank])
    planes = np.empty((2, *normalized.values.shape), np.float32)
    planes[0] = normalized.values
    contrast = np.divide(normalized.contrast, max(strong, 1.0), out=planes[1])
    np.minimum(contrast, 1.5, out=contrast)
    return planes


def busy_window(planes: NDArray[np.float32], step: int) -> tuple[slice, slice]:
    """Rows and columns outside which there is hardly any contrast, on a grid of `step` pixels.

    Single pixels of dirt make no spot busy.

    Parameters
    ----------
    planes
        What `network_input` made of an image of at least `SPOT_PX` per side.
    step
        First rows and columns are multiples of it.
    """
    rows, cols = planes.shape[1:]
    whole = planes[1, : rows - rows % SPOT_PX, : cols - cols % SPOT_PX]
    spots = cols // SPOT_PX, rows // SPOT_PX
    busy = np.asarray(cv2.resize(whole, spots, interpolation=cv2.INTER_AREA)) > FAINTEST
    window = []
    for axis, side in ((1, rows), (0, cols)):
        where = np.flatnonzero(busy.any(axis=axis)) * SPOT_PX
        first, last = (int(where[0]), int(where[-1]) + SPOT_PX) if where.size else (0, side)
        window.append(slice(max(0, first - MARGIN_PX) // step * step, min(side, last + MARGIN_PX)))
    return window[0], window[1]
