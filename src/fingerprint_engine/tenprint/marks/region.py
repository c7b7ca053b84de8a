"""`MarkRegion`: the part of an image in which an examiner sees ridges of a mark."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ParameterError

MAX_SHARED = 0.1
"""Chosen: outlines that are drawn beside each other share less of their area."""
_GRID = 400
"""Pixels of the longer side on which shares are measured."""
MAX_CORNERS = 1000
"""Chosen: an outline with a corner every millimetre has a tenth of it."""


@dataclasses.dataclass(frozen=True, slots=True)
class MarkRegion:
    """A polygon.

    Parameters
    ----------
    corners
        x and y of at least three corners, in pixels of the image.

    Raises
    ------
    ParameterError
        When they are no polygon.
    """

    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        try:
            corners = tuple((float(x), float(y)) for x, y in self.corners)
        except (TypeError, ValueError):
            raise ParameterError("region: expected corners, each two numbers x and y") from None
        if not 3 <= len(corners) <= MAX_CORNERS:
            raise ParameterError(f"region: expected 3 to {MAX_CORNERS} corners, got {len(corners)}")
        if not all(math.isfinite(value) and abs(value) < 1e6 for corner in corners for value in corner):
            raise ParameterError("region: expected finite corners in pixels of the image")
        object.__setattr__(self, "corners", corners)

    @classmethod
    def rectangle(cls, left: float, top: float, width: float, height: float) -> Self:
        """An upright rectangle.

        Raises
        ------
        ParameterError
            When it has no area.
        """
        if not (width > 0 and height > 0):
            raise ParameterError(f"region: expected a width and height above 0, got {width} x {height}")
        right, bottom = left + width - 1, top + height - 1
        return cls(((left, top), (right, top), (right, bottom), (left, bottom)))

    @classmethod
    def of(cls, corners: Iterable[Iterable[float]]) -> Self:
        """Of corners in any form."""
        return cls(tuple((x, y) for x, y in corners))

    def scaled(self, scale: float, left: float = 0.0, top: float = 0.0) -> NDArray[np.float64]:
        """Corners in pixels of an image that is `scale` times as large, less its origin; float64, shape (n, 2)."""
        corners = np.array(self.corners)
        return np.asarray((corners + 0.5) * scale - 0.5 - (left, top), dtype=np.float64)

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, right, top and bottom."""
        x, y = np.array(self.corners).T
        return float(x.min()), float(x.max()), float(y.min()), float(y.max())


def inside(corners: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Mask of what a polygon covers; bool of a shape."""
    drawn = np.zeros(shape, np.uint8)
    cv2.fillPoly(drawn, [np.rint(corners).astype(np.int32)], 1)
    return drawn.astype(np.bool_)


def independent(regions: Sequence[MarkRegion], shape: tuple[int, int]) -> tuple[int, ...]:
    """Number of each region, from 0; regions that share more than `MAX_SHARED` of the smaller one have the same number.

    Parameters
    ----------
    regions
        Of one image.
    shape
        Rows and columns of the image.
    """
    scale = min(1.0, _GRID / max(shape))
    size = math.ceil(shape[0] * scale), math.ceil(shape[1] * scale)
    covers = [inside(region.scaled(scale), size) for region in regions]
    numbers: list[int] = []
    for at, cover in enumerate(covers):
        same = {
            numbers[other]
            for other in range(at)
            if (cover & covers[other]).sum() > MAX_SHARED * min(cover.sum(), covers[other].sum())
        }
        number = min(same, default=max(numbers, default=-1) + 1)
        numbers = [number if one in same else one for one in numbers] + [number]
    order = {number: place for place, number in enumerate(dict.fromkeys(numbers))}
    return tuple(order[number] for number in numbers)
