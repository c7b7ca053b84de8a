"""Quality: how far what the engine believes about the ridges is what the image shows.

Each block is judged by three things: the agreement between the normalized image and its enhancement (a clear print is
nearly its own enhancement), the strength of the ridge pattern, and the coherence of the orientation.
"""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import px_to_mm
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import to_blocks


@dataclasses.dataclass(frozen=True, slots=True)
class QualityParameters(Parameters):
    """Numbers of `block_quality` and `overall_quality`."""

    window_blocks: float = parameter(
        1.2, unit="blocks", low=0.3, high=5.0, source="chosen: Gaussian sigma, about one ridge period"
    )
    full_area_cm2: float = parameter(
        2.0, unit="cm²", low=0.5, high=10.0, source="chosen: a plain print of an adult's finger covers 2 to 3 cm²"
    )


def block_quality(
    values: NDArray[np.float32],
    enhanced: NDArray[np.float32],
    mask: NDArray[np.bool_],
    coherence: NDArray[np.float32],
    parameters: QualityParameters,
) -> NDArray[np.uint8]:
    """Quality per block, 0 to 100, uint8; 0 on the background.

    Parameters
    ----------
    values, enhanced
        float32 (rows, cols), normalized and enhanced image; the enhanced one is 0 off the mask.
    mask
        bool (rows, cols).
    coherence
        float32 blocks.
    """
    inside = values * mask  # as `enhanced` is from the start
    sigma = parameters.window_blocks
    product, power, enhanced_power = (
        cv2.GaussianBlur(to_blocks(plane), (0, 0), sigma)
        for plane in (inside * enhanced, inside * inside, enhanced * enhanced)
    )
    agreement = np.clip(product / np.sqrt(power * enhanced_power + 1e-6), 0.0, 1.0)
    strength = np.clip(np.sqrt(2.0 * enhanced_power) / 0.9, 0.0, 1.0)
    quality = agreement * np.sqrt(strength) * np.clip(coherence, 0.0, 1.0)
    quality = np.where(to_blocks(mask) >= 0.5, 100.0 * quality, 0.0)
    return np.clip(np.rint(quality), 0, 100).astype(np.uint8)


def overall_quality(quality: NDArray[np.uint8], mask: NDArray[np.bool_], full_area_cm2: float) -> int:
    """Quality of the whole print, 0 to 100: mean over the foreground, less where little of the finger is there.

    Parameters
    ----------
    quality
        uint8 blocks, 0 on the background.
    mask
        bool (rows, cols), True on the foreground.
    full_area_cm2
        Area from which on a print is not marked down.
    """
    foreground = quality[quality > 0]
    if foreground.size == 0:
        return 0
    area_cm2 = float(np.count_nonzero(mask)) * px_to_mm(1.0) ** 2 / 100.0
    share = min(1.0, area_cm2 / full_area_cm2)
    return round(float(foreground.mean()) * math.sqrt(share))
