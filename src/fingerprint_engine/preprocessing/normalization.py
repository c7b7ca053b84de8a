"""Local normalization: the same contrast everywhere, so that dry and wet parts speak with one voice."""

from __future__ import annotations

import dataclasses

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
    image = pixels.astype(np.float32)
    sigma = parameters.window_px
    centred = np.subtract(_blur(image, sigma), image, out=image)
    power = _blur(centred * centred, sigma)
    divide_by_contrast(centred, power, np.float32(parameters.floor_levels), np.float32(MAX_VALUE))
    return NormalizedImage(centred, power)


def _blur(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    # Three box filters are a Gaussian to within 3 % and cost the same for every sigma.
    width = round(np.sqrt(4.0 * sigma * sigma + 1.0))
    width += 1 - width % 2
    for _ in range(3):
        image = cv2.blur(image, (width, width), borderType=cv2.BORDER_REFLECT_101)  # type: ignore[assignment]
    return image
