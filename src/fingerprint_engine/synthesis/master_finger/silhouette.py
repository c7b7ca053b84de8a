"""The outline of a finger pad and of the part of it that touches the glass."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray


@dataclasses.dataclass(frozen=True, slots=True)
class Silhouette:
    """A half ellipse above, a longer and squarer half below, aslant; in pixels at 500 ppi, y down.

    Parameters
    ----------
    x, y
        Where the halves meet, in the middle.
    half_width, top, bottom
        Distances from there to the side, the top and the bottom.
    slant_rad
        Rotation, counter-clockwise as seen.
    squareness, tip_squareness
        Exponents of the lower and of the upper half; 2 is an ellipse.
    """

    x: float
    y: float
    half_width: float
    top: float
    bottom: float
    slant_rad: float = 0.0
    squareness: float = 2.6
    tip_squareness: float = 2.0

    def depth(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """About how many pixels a point lies inside the outline; negative outside. Any shape of `x` and `y`."""
        cosine, sine = math.cos(self.slant_rad), math.sin(self.slant_rad)
        across = np.abs(cosine * (x - self.x) - sine * (y - self.y)) / self.half_width
        along = sine * (x - self.x) + cosine * (y - self.y)
        upper = _norm(across, np.abs(along / self.top), self.tip_squareness)
        lower = _norm(across, np.abs(along / self.bottom), self.squareness)
        return np.asarray((1.0 - np.where(along < 0.0, upper, lower)) * self.half_width)


def _norm(across: NDArray[np.float64], along: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Distance from the middle, 1 on the outline."""
    if exponent == 2.0:
        return np.hypot(across, along)
    return np.asarray((across**exponent + along**exponent) ** (1.0 / exponent))
