"""`RidgeMaps`: everything that is known about the ridges of one image, at 500 ppi."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.block_maps import RidgeFlow


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class RidgeMaps:
    """Pixel maps of shape (rows, cols) and block maps of shape (⌈rows/8⌉, ⌈cols/8⌉), all at 500 ppi.

    Attributes
    ----------
    image
        uint8 pixels, the image at 500 ppi as it came.
    mask
        bool pixels, True on the foreground.
    orientation
        float32 blocks, radians in [0, π), along the ridge, counter-clockwise as seen.
    coherence
        float32 blocks, 0 (no common orientation) to 1.
    period
        float32 blocks, pixels from ridge to ridge.
    flow
        Orientation and period in every pixel.
    enhanced
        float32 pixels, positive on ridges, negative in valleys, 0 on the background; about -1 to 1.
    quadrature
        float32 pixels, the same pattern a quarter period further across the ridges; with `enhanced` it makes up the
        analytic ridge signal. Its sign follows the unit vector of `flow`.
    quality
        uint8 blocks, 0 to 100; 0 on the background.
    overall_quality
        0 to 100.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    orientation: NDArray[np.float32]
    coherence: NDArray[np.float32]
    period: NDArray[np.float32]
    flow: RidgeFlow
    enhanced: NDArray[np.float32]
    quadrature: NDArray[np.float32]
    quality: NDArray[np.uint8]
    overall_quality: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns in pixels at 500 ppi."""
        rows, cols = self.mask.shape
        return rows, cols
