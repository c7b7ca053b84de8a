"""`FingerprintImage`: grey pixels with a known resolution."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ImageError
from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.text.shown import brief

MIN_PPI, MAX_PPI = 125.0, 4000.0
"""Resolutions that fingerprint scanners have; 72 and 96 ppi are what drawing programs write when they know nothing."""
MAX_SIDE_PX = 10_000
MAX_PIXELS = 50_000_000


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class FingerprintImage:
    """A grey fingerprint image at its native resolution.

    Parameters
    ----------
    pixels
        uint8, shape (rows, cols), dark ridges on light ground. A private, read-only copy is kept.
    ppi
        Pixels per inch, the same in both directions.

    Raises
    ------
    ImageError
        When the array is not two-dimensional uint8, is empty or too large, or the resolution is not plausible.
    """

    pixels: NDArray[np.uint8]
    ppi: float

    def __post_init__(self) -> None:
        pixels = self.pixels
        if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
            found = f"dtype {pixels.dtype}" if isinstance(pixels, np.ndarray) else type(pixels).__name__
            raise ImageError(f"pixels: expected a uint8 array, got {found}; see image_from_array for other kinds")
        if pixels.ndim != 2:
            raise ImageError(f"pixels: expected shape (rows, cols), got shape {pixels.shape}")
        if pixels.size == 0:
            raise ImageError(f"pixels: expected at least one pixel, got shape {pixels.shape}")
        if max(pixels.shape) > MAX_SIDE_PX or pixels.size > MAX_PIXELS:
            raise ImageError(
                f"pixels: expected at most {MAX_SIDE_PX} px per side and {MAX_PIXELS} px in all, "
                f"got shape {pixels.shape}"
            )
        ppi = check_ppi(self.ppi)
        copy = np.array(pixels, dtype=np.uint8, order="C", copy=True)
        copy.setflags(write=False)
        object.__setattr__(self, "pixels", copy)
        object.__setattr__(self, "ppi", ppi)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, in native pixels."""
        rows, cols = self.pixels.shape
        return rows, cols


def check_ppi(ppi: float) -> float:
    """Return a resolution as float, or say why it is not one.

    Raises
    ------
    ImageError
        When it is not a finite number between `MIN_PPI` and `MAX_PPI`.
    """
    if isinstance(ppi, bool) or not isinstance(ppi, int | float | np.integer | np.floating):
        raise ImageError(f"ppi: expected a number, got {type(ppi).__name__}")
    if not MIN_PPI <= ppi <= MAX_PPI:  # false for what is not finite
        raise ImageError(f"ppi: expected {MIN_PPI:g} to {MAX_PPI:g} pixels per inch, got {brief(ppi)}")
    return float(ppi)


def shape_at_500(image: FingerprintImage) -> tuple[int, int]:
    """Rows and columns of an image at 500 ppi: whole pixels, at least one each."""
    scale = CANONICAL_PPI / image.ppi
    rows, cols = (max(1, int(side * scale + 1e-9)) for side in image.shape)
    return rows, cols
