"""How a finger lies on the glass: placement, plastic distortion of the skin, and the way back and forth."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from fingerprint_engine.geometry import RigidTransform


@dataclasses.dataclass(frozen=True, slots=True)
class SkinDistortion:
    """Plastic distortion after Cappelli, Maio and Maltoni (2001), in pixels at 500 ppi of the finger.

    The pad sticks to the glass in the middle, is shifted and turned there as a whole, moves not at all far outside,
    and stretches in between. Here the model maps where skin is seen to where it belongs.

    Parameters
    ----------
    centre_x, centre_y, radius_x, radius_y
        The elliptic region that sticks.
    shift_x, shift_y, turn_rad
        Its motion.
    transition
        Width of the region that stretches, in radii of the sticking one.
    """

    centre_x: float
    centre_y: float
    radius_x: float
    radius_y: float
    shift_x: float
    shift_y: float
    turn_rad: float
    transition: float

    def displacement(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Displacement (dx, dy) at points, stacked along a new last axis."""
        from_x, from_y = x - self.centre_x, y - self.centre_y
        distance = np.maximum(np.hypot(from_x / self.radius_x, from_y / self.radius_y) - 1.0, 0.0)
        brake = np.where(distance < self.transition, 0.5 * (1.0 - np.cos(np.pi * distance / self.transition)), 1.0)
        cosine, sine = np.cos(self.turn_rad), np.sin(self.turn_rad)
        moved_x = cosine * from_x + sine * from_y - from_x + self.shift_x
        moved_y = -sine * from_x + cosine * from_y - from_y + self.shift_y
        return np.stack([(1.0 - brake) * moved_x, (1.0 - brake) * moved_y], axis=-1)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Correspondence:
    """Where each pixel of an impression lies on the finger, and back.

    Parameters
    ----------
    placement
        The rigid part, from the finger to the impression, both at 500 ppi.
    displacement
        float32, shape (rows, cols, 2): finger position minus impression position at each pixel of the impression at
        500 ppi; the whole mapping, the rigid part included.
    """

    placement: RigidTransform
    displacement: NDArray[np.float32]

    def to_finger(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions on the finger of points of the impression (linear between pixels, nearest pixel's beyond)."""
        at = np.stack([np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)])
        dx, dy = (
            ndimage.map_coordinates(self.displacement[..., k], at, output=np.float64, order=1, mode="nearest")
            for k in range(2)
        )
        return at[1] + dx, at[0] + dy

    def from_finger(
        self, x: NDArray[np.float64], y: NDArray[np.float64], iterations: int = 30
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions in the impression of points of the finger.

        The mapping is inverted by fixed-point iteration on what remains after the rigid part; it contracts because the
        skin stretches less than it moves.
        """
        target_x, target_y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        turn = RigidTransform(self.placement.rotation_rad, 0.0, 0.0)
        at_x, at_y = self.placement.apply(target_x, target_y)
        for _ in range(iterations):
            reached_x, reached_y = self.to_finger(at_x, at_y)
            step_x, step_y = turn.apply(target_x - reached_x, target_y - reached_y)
            at_x, at_y = at_x + step_x, at_y + step_y
        return at_x, at_y

    def jacobian(self) -> NDArray[np.float64]:
        """Derivative of the finger position by the impression position; float64, shape (rows, cols, 2, 2).

        Entry ``[..., i, j]`` is the change of finger coordinate i (x, y) along impression axis j (x, y).
        """
        field = self.displacement.astype(np.float64)
        along_y, along_x = np.gradient(field, axis=(0, 1))
        return np.stack([along_x, along_y], axis=-1) + np.eye(2)
