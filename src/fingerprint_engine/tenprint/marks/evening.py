"""A second look at a mark: its picture with the same contrast everywhere."""

from __future__ import annotations

import cv2
import numpy as np

from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.preprocessing import FingerprintImage

MIDDLE, SPREAD = 128.0, 45.0
"""Grey levels, chosen: two standard deviations of either side of the middle are kept."""


def evened(image: FingerprintImage, sigma_px: float) -> FingerprintImage:
    """The picture with mean and contrast of every place made equal.

    Faint ridges then speak as loudly as dark ones, and stains are gone. So is what tells a print from its ground: this
    is a look beside that at the picture as it is.

    Parameters
    ----------
    image
        The picture.
    sigma_px
        Gaussian sigma of a place, in pixels at 500 ppi.
    """
    sigma = sigma_px * image.ppi / CANONICAL_PPI
    grey = image.pixels.astype(np.float32)
    grey -= cv2.GaussianBlur(grey, (0, 0), sigma)
    contrast = np.sqrt(np.maximum(cv2.GaussianBlur(grey * grey, (0, 0), sigma), 1.0))
    levels = np.clip(np.rint(MIDDLE + SPREAD * grey / contrast), 0.0, 255.0)
    return FingerprintImage(np.asarray(levels, np.uint8), image.ppi)
