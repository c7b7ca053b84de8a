"""Whether ridges are the dark or the light lines, told from what crosses them.

Ridges have gaps: creases, pores, cuts, dry skin. What crosses a ridge pattern for three periods on end has therefore
the level of the valleys more often than that of the ridges. Wet skin and sensors that cut off the dark end of the grey
range reverse this one.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.loading.ridge_inside import ridges_inside

_FAR_OUT = -9.0


@dataclasses.dataclass(frozen=True, slots=True)
class GapParameters(Parameters):
    """Numbers of `gap_balance`; chosen on uareu and the synthetic samples."""

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


_DEFAULT_PARAMETERS = GapParameters()


def gap_balance(pixels: NDArray[np.uint8], ppi: float, parameters: GapParameters | None = None) -> float:
    """Light crossings of the ridge pattern against dark ones.

    Returns
    -------
    float
        1: all are light, the ridges are dark; -1: all are dark; 0: as many of both, or nothing to tell from.
    """
    chosen = _DEFAULT_PARAMETERS if parameters is None else parameters
    inside = ridges_inside(pixels, ppi)
    if inside is None:
        return 0.0
    light, dark = (_crossings(sign * inside.values, inside.mask, inside.angle, chosen) for sign in (1.0, -1.0))
    return (light - dark) / (light + dark + chosen.few_px)


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
        cv2.line(element, (round(reach - x), round(reach + y)), (round(reach + x), round(reach - y)), 1)
        made.append(element)
    return made
