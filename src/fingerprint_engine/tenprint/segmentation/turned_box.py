"""`TurnedBox`: where a finger lies in an image, along its own axis."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.preprocessing import FingerprintImage


@dataclasses.dataclass(frozen=True, slots=True)
class TurnedBox:
    """A rectangle that leans with its finger, in native pixels of the image.

    Parameters
    ----------
    x, y
        Its middle.
    width, height
        Across the finger and along it.
    angle_rad
        Which way the finger points: 0 is up, counter-clockwise as seen.
    """

    x: float
    y: float
    width: float
    height: float
    angle_rad: float

    def corners(self) -> NDArray[np.float64]:
        """Points x, y of the corners, shape (4, 2): at the tip left and right, at the joint right and left."""
        across = 0.5 * self.width * np.array([-1.0, 1.0, 1.0, -1.0])
        along = 0.5 * self.height * np.array([-1.0, -1.0, 1.0, 1.0])
        x, y = RigidTransform(self.angle_rad, self.x, self.y).apply(across, along)
        return np.stack([x, y], axis=1)

    def outline(self) -> NDArray[np.float64]:
        """Points x, y of a fingertip's outline within the box, shape (n, 2): round at the end, rounded at the joint."""
        turn = np.linspace(0.0, 2.0 * math.pi, 32, endpoint=False)
        cap, foot = min(0.5 * self.height, 0.6 * self.width), min(0.5 * self.height, 0.2 * self.width)
        across = (
            0.5 * self.width * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** np.where(np.sin(turn) > 0.0, 0.4, 1.0)
        )
        along = np.where(np.sin(turn) > 0.0, 0.5 * self.height - foot, cap - 0.5 * self.height)
        along += np.where(np.sin(turn) > 0.0, foot, cap) * np.sin(turn)
        x, y = RigidTransform(self.angle_rad, self.x, self.y).apply(across, along)
        return np.stack([x, y], axis=1)

    def bounds(self, shape: tuple[int, int]) -> tuple[int, int, int, int]:
        """Left, right, top and bottom of the upright box around its outline, ends included, cut to (rows, cols)."""
        outline = self.outline()
        low, high = np.floor(outline.min(axis=0)), np.ceil(outline.max(axis=0))
        limits = [(max(0, int(a)), min(side - 1, int(b))) for a, b, side in zip(low, high, shape[::-1], strict=True)]
        return limits[0][0], limits[0][1], limits[1][0], limits[1][1]

    def sticks_out(self, shape: tuple[int, int]) -> float:
        """Share of the box that lies outside the image (rows, cols)."""
        steps = (np.arange(16) + 0.5) / 16.0 - 0.5
        across, along = np.meshgrid(self.width * steps, self.height * steps)
        x, y = RigidTransform(self.angle_rad, self.x, self.y).apply(across, along)
        return float(np.mean((x < -0.5) | (y < -0.5) | (x > shape[1] - 0.5) | (y > shape[0] - 0.5)))

    def along_border(self, shape: tuple[int, int], near: float) -> tuple[float, float, float, float]:
        """Shares of its left and right side, tip and joint that lie no further inside than `near` from the border.

        Of tip and joint the middle three fifths count: the corners of a box are not skin.
        """
        steps = (np.arange(16) + 0.5) / 16.0 - 0.5
        shares = []
        for across, along in ((-0.5, steps), (0.5, steps), (0.6 * steps, -0.5), (0.6 * steps, 0.5)):
            u, v = np.broadcast_arrays(self.width * across, self.height * along)
            x, y = RigidTransform(self.angle_rad, self.x, self.y).apply(u, v)
            inside = (x > near) & (y > near) & (x < shape[1] - 1.0 - near) & (y < shape[0] - 1.0 - near)
            shares.append(1.0 - float(inside.mean()))
        return shares[0], shares[1], shares[2], shares[3]

    def shared_with(self, other: TurnedBox) -> float:
        """What the two have in common, as a share of the smaller one."""
        first, second = (
            ((box.x, box.y), (box.width, box.height), -math.degrees(box.angle_rad)) for box in (self, other)
        )
        _, corners = cv2.rotatedRectangleIntersection(first, second)
        if corners is None or len(corners) < 3:
            return 0.0
        area = float(cv2.contourArea(cv2.convexHull(np.asarray(corners))))
        return area / min(self.width * self.height, other.width * other.height)

    def scaled(self, factor: float) -> TurnedBox:
        """The same box where pixels are `factor` times as many."""
        move = 0.5 * (factor - 1.0)
        return TurnedBox(
            self.x * factor + move, self.y * factor + move, self.width * factor, self.height * factor, self.angle_rad
        )

    def cut(self, image: FingerprintImage, margin: float = 0.0) -> FingerprintImage:
        """The upright part of an image around the box; what lies outside the box takes the grey of the ground.

        Pixels are those of the image, none is interpolated. The grey is the median of the brighter half around it.

        Parameters
        ----------
        image
            What the box lies on.
        margin
            Native pixels that are kept all around the box.
        """
        wide = dataclasses.replace(self, width=self.width + 2 * margin, height=self.height + 2 * margin)
        left, right, top, bottom = wide.bounds(image.shape)
        part = image.pixels[top : bottom + 1, left : right + 1].copy()
        inside = np.zeros(part.shape, np.uint8)
        cv2.fillConvexPoly(inside, np.rint(wide.corners() - (left, top)).astype(np.int32), 1)
        ground = np.percentile(part, 75.0)
        part[inside == 0] = np.uint8(ground)
        return FingerprintImage(part, image.ppi)
