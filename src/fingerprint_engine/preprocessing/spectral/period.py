"""Ridge period: read off the spectrum along the orientation that was found, smoothed over the print."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.spectral.spectrum import RidgeSpectrum


@dataclasses.dataclass(frozen=True, slots=True)
class PeriodParameters(Parameters):
    """Numbers of `ridge_period`."""

    smoothing_blocks: float = parameter(
        3.0, unit="blocks", low=0.5, high=12.0, source="chosen: periods change slowly over a finger"
    )
    sharpness: float = parameter(
        2.0, unit="1", low=0.5, high=6.0, source="chosen: exponent that favours the strongest period channel"
    )
    typical_px: float = parameter(9.0, unit="px at 500 ppi", low=5.0, high=15.0, source="mean of adult prints, 0.46 mm")
    typical_weight: float = parameter(
        0.02, unit="1", low=0.0, high=1.0, source="chosen: decides only where there is no evidence"
    )


def ridge_period(
    spectrum: RidgeSpectrum,
    orientation: NDArray[np.float32],
    weight: NDArray[np.float32],
    parameters: PeriodParameters,
) -> NDArray[np.float32]:
    """Pixels from ridge to ridge, float32 per block.

    Parameters
    ----------
    spectrum
        Local spectrum of the normalized image.
    orientation
        float32 blocks, radians in [0, π).
    weight
        float32 blocks, 0 to 1, how much of a fingerprint each block is.
    """
    # Cosine of twice the difference, from those of the angles: there are sixteen times as many differences.
    angles, turned = 2.0 * spectrum.angles[:, None, None], 2.0 * orientation.astype(np.float64)
    agreement = np.cos(angles) * np.cos(turned) + np.sin(angles) * np.sin(turned)
    agreement = np.square(np.maximum(agreement, 0.0))
    along = np.einsum("aprc,arc->prc", spectrum.energy, np.square(agreement).astype(np.float32))
    along = along**parameters.sharpness
    log_period = np.einsum("p,prc->rc", np.log(spectrum.periods).astype(np.float32), along) / (
        along.sum(axis=0) + 1e-12
    )
    evidence = weight * np.sqrt(along.max(axis=0)) ** (1.0 / parameters.sharpness)
    evidence = (evidence + 1e-6).astype(np.float32)
    sigma = parameters.smoothing_blocks
    total = cv2.GaussianBlur(evidence, (0, 0), sigma)
    mean = cv2.GaussianBlur((evidence * log_period).astype(np.float32), (0, 0), sigma)
    prior = np.float32(parameters.typical_weight)
    smooth = (mean + prior * np.log(parameters.typical_px)) / (total + prior)
    return np.asarray(np.exp(smooth), dtype=np.float32)
