"""What the network sees of an image: local normalization takes away most of what differs between sensors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.normalization import NormalizedImage

CONTRAST_PERCENTILE = 95.0


def network_input(normalized: NormalizedImage) -> NDArray[np.float32]:
    """Two planes, float32, shape (2, rows, cols).

    The normalized image, positive on ridges, and the local contrast relative to that of the print's strongest parts:
    the first forgets how faint a spot is, and a ghost differs from a print in just that.
    """
    strong = float(np.percentile(normalized.contrast[::4, ::4], CONTRAST_PERCENTILE))
    contrast = np.minimum(normalized.contrast / max(strong, 1.0), 1.5)
    return np.stack([normalized.values, contrast]).astype(np.float32)
