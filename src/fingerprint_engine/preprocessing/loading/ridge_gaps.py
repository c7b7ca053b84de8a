"""Whether ridges are the dark or the light lines, told from what crosses them.

Ridges have gaps: creases, pores, cuts, dry skin. What crosses a ridge pattern for three periods on end has therefore
the level of the valleys more often than that of the ridges. Nothing is read but the inside of the print: its ground is
someone else's cue. Wet skin and sensors that cut off the dark end of the grey range reverse this one.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter

_PPI = 250.0
_FAR_OUT = -9.0


@dataclasses.dataclass(frozen=True, slots=True)
class GapParameters(Parameters):
    """Numbers of `gap_balance`; chosen on uareu and the synthetic samples."""

    smoothing_px: float = parameter(5.0, unit="px at 250 ppi", low=2.0, high=20.0, source="about one ridge period")
    ridged_share: float = parameter(0.5, unit="strong contrast", low=0.1, high=0.9, source="as the ridged area")
    closing_px: int = parameter(9, unit="px at 250 ppi", low=1, high=31, source="chosen: two ridge periods")
    rim_px: int = parameter(6, unit="px at 250 ppi", low=0, high=20, source="chosen: contrast reaches beyond the print")
    line_px: int = parameter(13, unit="px at 250 ppi", low=5, high=31, source="chosen of 7, 9, 13: three ridge periods")
    lines: int = parameter(8, unit="directions", low=4, high=32, source="chosen: 22.5 degrees apart")
    min_angle_deg: float = parameter(
        35.0, unit="degrees", low=10.0, high=80.0, source="chosen: less is along the ridges"
    )
    level: float = parameter(
        -0.1, unit="local contrast", low=-1.0, high=1.0, source="chosen of -0.1 and 0.1: the line's least level"
    )
    few_px: float = parameter(
        20.0, unit="px at 250 ppi", low=0.0, high=1000.0, source="chosen: fewer crossings say little"
    )
    min_area_px: int = parameter(1000, unit="px at 250 ppi", low=1, high=100_000, source="chosen: 10 mm²")


_DEFAULT_PARAMETERS = GapParameters()


def gap_balance(pixels: NDArray[np.uint8], ppi: float, parameters: GapParameters | None = None) -> float:
    """Light crossings of the ridge pattern against dark ones.

    Returns
    -------
    float
        1: all are light, the ridges are dark; -1: all are dark; 0: as many of both, or nothing to tell from.
    """
    chosen = _DEFAULT_PARAMETERS if parameters is None else parameters
    scale = _PPI / ppi
    grey = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    inside = _inside(grey, chosen)
    if inside.sum() < chosen.min_area_px:
        return 0.0
    values = _normalized(grey, inside, chosen.smoothing_px)
    angle = _ridge_angle(values, inside, chosen.smoothing_px)
    light, dark = (_crossings(sign * values, inside, angle, chosen) for sign in (1.0, -1.0))
    return (light - dark) / (light + dark + chosen.few_px)


def _inside(grey: NDArray[np.float32], parameters: GapParameters) -> NDArray[np.uint8]:
    """1 where there are ridges all around."""
    sigma = parameters.smoothing_px
    mean = cv2.GaussianBlur(grey, (0, 0), sigma)
    contrast = np.sqrt(np.maximum(cv2.GaussianBlur(grey * grey, (0, 0), sigma) - mean * mean, 0.0))
    ridged = (contrast > parameters.ridged_share * np.percentile(contrast, 95)).astype(np.uint8)
    closed = cv2.morphologyEx(ridged, cv2.MORPH_CLOSE, np.ones((parameters.closing_px, parameters.closing_px)))
    return np.asarray(cv2.erode(closed, np.ones((2 * parameters.rim_px + 1, 2 * parameters.rim_px + 1))), np.uint8)


def _normalized(grey: NDArray[np.float32], inside: NDArray[np.uint8], sigma: float) -> NDArray[np.float32]:
    """Grey levels less their local mean, by their local contrast; means are those of the inside."""
    share = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), sigma) + 1e-6
    centred = (grey - cv2.GaussianBlur(grey * inside, (0, 0), sigma) / share) * inside
    contrast = np.sqrt(cv2.GaussianBlur(centred * centred, (0, 0), sigma) / share)
    return np.asarray(centred / (contrast + 3.0), np.float32)


def _ridge_angle(values: NDArray[np.float32], inside: NDArray[np.uint8], sigma: float) -> NDArray[np.float32]:
    """Direction along the ridges, in radians, from averaged squared gradients."""
    within = cv2.erode(inside, np.ones((3, 3)))
    across, down = cv2.Sobel(values, cv2.CV_32F, 1, 0) * within, cv2.Sobel(values, cv2.CV_32F, 0, 1) * within
    even = cv2.GaussianBlur(across * across - down * down, (0, 0), sigma)
    odd = cv2.GaussianBlur(2.0 * across * down, (0, 0), sigma)
    return np.asarray(0.5 * np.arctan2(odd, even) + math.pi / 2.0, np.float32)


def _crossings(
    values: NDArray[np.float32], inside: NDArray[np.uint8], angle: NDArray[np.float32], parameters: GapParameters
) -> float:
    """Pixels in the middle of a line across the ridges on which all values are above the level."""
    within = np.where(inside > 0, values, np.float32(_FAR_OUT))
    found = np.zeros(values.shape, np.bool_)
    for number, line in enumerate(_lines(parameters.line_px, parameters.lines)):
        turn = angle - np.float32(math.pi * number / parameters.lines)
        crosses = np.abs(np.sin(turn)) > math.sin(math.radians(parameters.min_angle_deg))
        found |= crosses & (cv2.erode(within, line) > parameters.level)
    return float(found.sum())


@functools.lru_cache(maxsize=4)
def _lines(length: int, count: int) -> list[NDArray[np.uint8]]:
    """A line of a length in each of some directions, as structuring elements."""
    reach = length // 2 + 1
    made = []
    for number in range(count):
        element = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
        x, y = (0.5 * length * turn(math.pi * number / count) for turn in (math.cos, math.sin))
        cv2.line(element, (round(reach - x), round(reach - y)), (round(reach + x), round(reach + y)), 1)
        made.append(element)
    return made
