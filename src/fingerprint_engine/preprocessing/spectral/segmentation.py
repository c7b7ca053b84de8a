"""Segmentation: where the fingerprint is.

A block belongs to the print when the normalized image around it has the amplitude of a ridge pattern: energy at one
orientation and a ridge-like period. Background noise spreads its energy over all channels and stays below.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import to_blocks, to_pixels
from fingerprint_engine.preprocessing.regions import fill_holes, largest_region
from fingerprint_engine.preprocessing.spectral.spectrum import RidgeSpectrum


@dataclasses.dataclass(frozen=True, slots=True)
class SegmentationParameters(Parameters):
    """Numbers of `segment`."""

    smoothing_blocks: float = parameter(
        1.3, unit="blocks", low=0.3, high=5.0, source="chosen: Gaussian sigma, about one ridge period"
    )
    min_amplitude: float = parameter(
        0.22, unit="amplitude of the normalized image", low=0.0, high=1.5, source="chosen: above sensor noise"
    )
    relative_amplitude: float = parameter(
        0.45, unit="95th percentile of the amplitude", low=0.0, high=1.0, source="chosen on uareu"
    )
    min_contrast: float = parameter(
        0.12, unit="95th percentile of the contrast", low=0.0, high=1.0, source="chosen: ghosts are fainter than prints"
    )
    closing_blocks: int = parameter(3, unit="blocks", low=0, high=10, source="chosen: bridges creases and dry spots")
    opening_blocks: int = parameter(3, unit="blocks", low=0, high=10, source="chosen: cuts off frames and letters")


def segment(
    spectrum: RidgeSpectrum,
    contrast: NDArray[np.float32],
    shape: tuple[int, int],
    parameters: SegmentationParameters,
) -> NDArray[np.bool_]:
    """Foreground of an image.

    Parameters
    ----------
    spectrum
        Local spectrum of the normalized image.
    contrast
        float32 (rows, cols), local standard deviation in grey levels.
    shape
        Rows and columns of the image.

    Returns
    -------
    numpy.ndarray
        bool (rows, cols): one connected region without holes; all False when nothing looks like ridges.
    """
    peak = np.sqrt(spectrum.energy.max(axis=(0, 1)))
    amplitude = _smooth(np.asarray(peak, dtype=np.float32), parameters.smoothing_blocks)
    limit = max(parameters.min_amplitude, parameters.relative_amplitude * float(np.percentile(amplitude, 95)))
    block_contrast = _smooth(to_blocks(contrast), 1.0)
    enough = block_contrast > parameters.min_contrast * float(np.percentile(block_contrast, 95))
    blocks = _morphology((amplitude > limit) & enough, cv2.MORPH_CLOSE, parameters.closing_blocks)
    blocks = largest_region(fill_holes(blocks))
    blocks = largest_region(_morphology(blocks, cv2.MORPH_OPEN, parameters.opening_blocks))
    # Half a block further out with a smooth outline: interpolate the block mask and cut it at one half.
    outline = cv2.GaussianBlur(
        to_pixels(blocks.astype(np.float32), shape), (17, 17), 4.0, borderType=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(outline > 0.5)


def _smooth(blocks: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return cv2.GaussianBlur(blocks, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def _morphology(blocks: NDArray[np.bool_], operation: int, radius: int) -> NDArray[np.bool_]:
    if radius == 0:
        return blocks
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    # Prints are cut off by the image's border all the time: beyond it lies more of the same, not background.
    padded = cv2.copyMakeBorder(blocks.astype(np.uint8), radius, radius, radius, radius, cv2.BORDER_REPLICATE)
    done = cv2.morphologyEx(padded, operation, element)
    return np.ascontiguousarray(done[radius:-radius, radius:-radius] != 0)
