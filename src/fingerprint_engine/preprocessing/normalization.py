"""Local normalization: the same contrast everywhere, so that dry and wet parts speak with one voice."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.kernels import divide_by_contrast

MAX_VALUE = 3.0
"""Of normalized pixels, of either sign."""


@dataclasses.dataclass(frozen=True, slots=True)
class NormalizationParameters(Parameters):
    """Numbers of `normalize`."""

    window_px: float = parameter(
        7.0, unit="px at 500 ppi", low=3.0, high=40.0, source="chosen: Gaussian sigma of about one ridge period"
    )
    floor_levels: float = parameter(
        4.0, unit="grey levels", low=0.5, high=50.0, source="chosen: above the noise of 8-bit live-scan sensors"
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class NormalizedImage:
    """Zero-mean, unit-contrast pixels and the contrast that was divided out.

    Attributes
    ----------
    values
        float32, shape (rows, cols), positive on ridges (dark), about -2 to 2.
    contrast
        float32, shape (rows, cols), local standard deviation in grey levels.
    """

    values: NDArray[np.float32]
    contrast: NDArray[np.float32]


def normalize(pixels: NDArray[np.uint8], parameters: NormalizationParameters) -> NormalizedImage:
    """Subtract the local mean and divide by the local standard deviation; ridges come out positive."""
    width = _box_width(parameters.window_px)
    # Sums of bytes are whole numbers, which OpenCV adds faster, and one division gives the digits of its own mean.
    sums = cv2.boxFilter(pixels, cv2.CV_32F, (width, width), normalize=False, borderType=cv2.BORDER_REFLECT_101)
    mean = np.divide(sums, np.float32(width * width), out=np.asarray(sums, dtype=np.float32))
    centred = np.subtract(_means(mean, width, 2), pixels, dtype=np.float32)
    power = _means(centred * centred, width, 3)
    divide_by_contrast(centred, power, np.float32(parameters.floor_levels), np.float32(MAX_VALUE))
    return NormalizedImage(centred, power)


def _box_width(sigma: float) -> int:
    """Side of the boxes of which three, one after the other, are a Gaussian to within 3 % at the cost of any sigma."""
    width = round(math.sqrt(4.0 * sigma * sigma + 1.0))
    return width + 1 - width % 2


def _means(image: NDArray[np.float32], width: int, times: int) -> NDArray[np.float32]:
    for _ in range(times):
        image = cv2.blur(image, (width, width), borderType=cv2.BORDER_REFLECT_101)  # type: ignore[assignment]
    return image
