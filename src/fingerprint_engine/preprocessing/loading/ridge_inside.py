"""`RidgeInside`: the ridges of a print without its rim and ground, level and contrast evened out.

What tells ridges from valleys there reads nothing but ridges: the ground is someone else's cue.
"""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter

PPI = 250.0


@dataclasses.dataclass(frozen=True, slots=True)
class InsideParameters(Parameters):
    """Numbers of `ridges_inside`; chosen on uareu and the synthetic samples."""

    smoothing_px: float = parameter(5.0, unit="px at 250 ppi", low=2.0, high=20.0, source="about one ridge period")
    ridged_share: float = parameter(0.5, unit="strong contrast", low=0.1, high=0.9, source="as the ridged area")
    closing_px: int = parameter(9, unit="px at 250 ppi", low=1, high=31, source="chosen: two ridge periods")
    rim_px: int = parameter(6, unit="px at 250 ppi", low=0, high=20, source="chosen: contrast reaches beyond the print")
    min_area_px: int = parameter(1000, unit="px at 250 ppi", low=1, high=100_000, source="chosen: 10 mm²")


_DEFAULT_PARAMETERS = InsideParameters()


@dataclasses.dataclass(frozen=True, eq=False, slots=True)
class RidgeInside:
    """The inside of a print.

    Attributes
    ----------
    mask
        uint8, 1 where there are ridges all around.
    values
        float32, grey levels less their local mean, by their local contrast; 0 outside.
    angle
        float32, radians along the ridges, counter-clockwise.
    """

    mask: NDArray[np.uint8]
    values: NDArray[np.float32]
    angle: NDArray[np.float32]


def ridges_inside(
    pixels: NDArray[np.uint8], ppi: float, step: int = 1, parameters: InsideParameters | None = None
) -> RidgeInside | None:
    """The inside of a print, `step` times as fine as 250 ppi; None where it is too small to tell anything."""
    chosen = _DEFAULT_PARAMETERS if parameters is None else parameters
    grey = _resampled(pixels, PPI / ppi)
    mask = _mask(grey, chosen)
    if mask.sum() < chosen.min_area_px:
        return None
    values = _normalized(grey, mask, chosen.smoothing_px)
    angle = _ridge_angle(values, mask, chosen.smoothing_px)
    if step == 1:
        return RidgeInside(mask, values, angle)
    fine = _resampled(pixels, step * PPI / ppi)
    size = fine.shape[::-1]
    fine_mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    fine_angle = np.asarray(cv2.resize(angle, size, interpolation=cv2.INTER_NEAREST), np.float32)
    return RidgeInside(fine_mask, _normalized(fine, fine_mask, step * chosen.smoothing_px), fine_angle)


def _resampled(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way).astype(np.float32)


def _mask(grey: NDArray[np.float32], parameters: InsideParameters) -> NDArray[np.uint8]:
    sigma = parameters.smoothing_px
    mean = cv2.GaussianBlur(grey, (0, 0), sigma)
    contrast = np.sqrt(np.maximum(cv2.GaussianBlur(grey * grey, (0, 0), sigma) - mean * mean, 0.0))
    ridged = (contrast > parameters.ridged_share * np.percentile(contrast, 95)).astype(np.uint8)
    closed = cv2.morphologyEx(ridged, cv2.MORPH_CLOSE, np.ones((parameters.closing_px, parameters.closing_px)))
    return np.asarray(cv2.erode(closed, np.ones((2 * parameters.rim_px + 1, 2 * parameters.rim_px + 1))), np.uint8)


def _normalized(grey: NDArray[np.float32], inside: NDArray[np.uint8], sigma: float) -> NDArray[np.float32]:
    """Means are those of the inside."""
    share = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), sigma) + 1e-6
    centred = (grey - cv2.GaussianBlur(grey * inside, (0, 0), sigma) / share) * inside
    contrast = np.sqrt(cv2.GaussianBlur(centred * centred, (0, 0), sigma) / share)
    return np.asarray(centred / (contrast + 3.0), np.float32)


def _ridge_angle(values: NDArray[np.float32], inside: NDArray[np.uint8], sigma: float) -> NDArray[np.float32]:
    """From averaged squared gradients."""
    within = cv2.erode(inside, np.ones((3, 3)))
    across, down = cv2.Sobel(values, cv2.CV_32F, 1, 0) * within, cv2.Sobel(values, cv2.CV_32F, 0, 1) * within
    even = cv2.GaussianBlur(across * across - down * down, (0, 0), sigma)
    odd = cv2.GaussianBlur(-2.0 * across * down, (0, 0), sigma)
    return np.asarray(0.5 * np.arctan2(odd, even) + math.pi / 2.0, np.float32)
