"""Angles, rigid transforms and unit conversion: the one place where geometry is done.

Positions are ``(x, y)`` in pixels, x to the right and y down, integer coordinates at pixel centres. Angles run
counter-clockwise as seen on the screen, so the unit vector of an angle ``a`` is ``(cos a, -sin a)``.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

TWO_PI = 2.0 * math.pi
CANONICAL_PPI = 500.0
"""Resolution of everything inside the engine."""
MM_PER_INCH = 25.4


def wrap_direction(angle_rad: ArrayLike) -> NDArray[np.float32]:
    """Wrap angles to [0, 2π) as float32.

    The wrap comes after the cast: ``float32(2π)`` is larger than 2π, and a small negative angle rounds up to it.
    """
    angle = np.mod(np.asarray(angle_rad, dtype=np.float64), TWO_PI).astype(np.float32)
    return np.where(angle >= np.float32(TWO_PI), np.float32(0.0), angle)


def wrap_orientation(angle_rad: ArrayLike) -> NDArray[np.float32]:
    """Wrap undirected angles to [0, π) as float32."""
    angle = np.mod(np.asarray(angle_rad, dtype=np.float64), math.pi).astype(np.float32)
    return np.where(angle >= np.float32(math.pi), np.float32(0.0), angle)


def direction_difference(first_rad: ArrayLike, second_rad: ArrayLike) -> NDArray[np.float64]:
    """Signed difference ``first - second`` of two directions, in [-π, π)."""
    difference = np.asarray(first_rad, dtype=np.float64) - np.asarray(second_rad, dtype=np.float64)
    return np.asarray(np.mod(difference + math.pi, TWO_PI) - math.pi)


def px_to_mm(length_px: float, ppi: float = CANONICAL_PPI) -> float:
    """Pixels at a resolution to millimetres."""
    return length_px * MM_PER_INCH / ppi


def mm_to_px(length_mm: float, ppi: float = CANONICAL_PPI) -> float:
    """Millimetres to pixels at a resolution."""
    return length_mm * ppi / MM_PER_INCH


@dataclasses.dataclass(frozen=True, slots=True)
class RigidTransform:
    """A rotation about the origin followed by a shift, in pixels at 500 ppi.

    Parameters
    ----------
    rotation_rad
        Counter-clockwise as seen on the screen.
    shift_x_px, shift_y_px
        Added after the rotation.
    """

    rotation_rad: float
    shift_x_px: float
    shift_y_px: float

    def apply(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Map points; arrays of any one shape."""
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        cosine, sine = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        return cosine * x + sine * y + self.shift_x_px, -sine * x + cosine * y + self.shift_y_px

    def apply_direction(self, direction_rad: ArrayLike) -> NDArray[np.float32]:
        """Map directions."""
        return wrap_direction(np.asarray(direction_rad, dtype=np.float64) + self.rotation_rad)

    def inverse(self) -> RigidTransform:
        """The transform that undoes this one."""
        cosine, sine = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        x, y = self.shift_x_px, self.shift_y_px
        return RigidTransform(-self.rotation_rad, -(cosine * x - sine * y), -(sine * x + cosine * y))
