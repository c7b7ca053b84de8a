"""Whether ridges are the dark or the light lines, told from small specks in the middle of lines.

Pores open in the middle of ridges. Where a sensor shows them they are light specks in dark lines, with that line on all
sides. Specks in valleys are dirt and incipient ridges.
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

_STEP = 2
"""Pores are seen at 500 ppi, twice as fine as the rest."""
_DIRECTIONS, _LINE_PX = 8, 21
"""Chosen: 22.5 degrees apart; two sigmas of `along_px` on either side."""


@dataclasses.dataclass(frozen=True, slots=True)
class PoreParameters(Parameters):
    """Numbers of `pore_balance`; chosen on uareu."""

    level: float = parameter(
        -0.15, unit="local contrast", low=-1.0, high=1.0, source="chosen of -0.3, -0.15, 0: the speck's least level"
    )
    max_speck_px: int = parameter(4, unit="px at 500 ppi", low=1, high=50, source="chosen of 4, 8, 14")
    along_px: float = parameter(5.0, unit="px at 500 ppi", low=1.0, high=20.0, source="chosen: beyond a speck")
    across_px: float = parameter(1.2, unit="px at 500 ppi", low=0.5, high=5.0, source="chosen: within a ridge")
    line_level: float = parameter(
        -0.2, unit="local contrast", low=-1.0, high=0.0, source="chosen of -0.2 to -0.7: the line's highest level"
    )
    few: float = parameter(16.0, unit="specks", low=0.0, high=1000.0, source="chosen of 4, 8, 16: fewer say little")


_DEFAULT_PARAMETERS = PoreParameters()


def pore_balance(pixels: NDArray[np.uint8], ppi: float, parameters: PoreParameters | None = None) -> float:
    """Light specks in dark lines against dark specks in light lines.

    Returns
    -------
    float
        Near 1: nearly all are light, the ridges are dark; near -1: nearly all are dark; 0: as many of both, or none.
    """
    chosen = _DEFAULT_PARAMETERS if parameters is None else parameters
    inside = ridges_inside(pixels, ppi, _STEP)
    if inside is None:
        return 0.0
    lines = _along_ridges(inside.values, inside.angle, chosen)
    light, dark = (_specks(sign * inside.values, sign * lines, inside.mask, chosen) for sign in (1.0, -1.0))
    return (light - dark) / (light + dark + chosen.few)


def _specks(
    values: NDArray[np.float32], lines: NDArray[np.float32], inside: NDArray[np.uint8], parameters: PoreParameters
) -> int:
    """Small regions above the level in lines that are below theirs."""
    above = ((values > parameters.level) & (inside > 0)).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(above, connectivity=8)
    small = stats[1:, cv2.CC_STAT_AREA] <= parameters.max_speck_px
    col, row = np.rint(centres[1:][small]).astype(np.int64).T
    return int((lines[row, col] < parameters.line_level).sum())


def _along_ridges(
    values: NDArray[np.float32], angle: NDArray[np.float32], parameters: PoreParameters
) -> NDArray[np.float32]:
    """Values averaged along the ridge, so that a speck does not hide what it lies in."""
    direction = np.rint(angle * (_DIRECTIONS / math.pi)).astype(np.int64) % _DIRECTIONS
    averaged = np.zeros_like(values)
    for number, line in enumerate(_lines(parameters.along_px, parameters.across_px)):
        here = direction == number
        averaged[here] = cv2.filter2D(values, -1, line)[here]
    return averaged


@functools.lru_cache(maxsize=4)
def _lines(along_px: float, across_px: float) -> list[NDArray[np.float32]]:
    """An elongated Gaussian in each of some directions."""
    reach, made = _LINE_PX // 2, []
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    for number in range(_DIRECTIONS):
        x, y = math.cos(math.pi * number / _DIRECTIONS), math.sin(math.pi * number / _DIRECTIONS)
        along, across = (right * x - down * y) / along_px, (right * y + down * x) / across_px
        line = np.exp(-0.5 * (along**2 + across**2))
        made.append((line / line.sum()).astype(np.float32))
    return made
