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
    squareness
        Exponent of the lower half; 2 is an ellipse.
    """

    x: float
    y: float
    half_width: float
    top: float
    bottom: float
    slant_rad: float = 0.0
    squareness: float = 2.6

    def depth(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """About how many pixels a point lies inside the outline; negative outside. Any shape of `x` and `y`."""
        cosine, sine = math.cos(self.slant_rad), math.sin(self.slant_rad)
        across = np.abs(cosine * (x - self.x) - sine * (y - self.y)) / self.half_width
        along = sine * (x - self.x) + cosine * (y - self.y)
        upper = np.hypot(across, along / self.top)
        p = self.squareness
        lower = (across**p + np.abs(along / self.bottom) ** p) ** (1.0 / p)
        return np.asarray((1.0 - np.where(along < 0.0, upper, lower)) * self.half_width)
