"""Quantization: positions and directions in the steps in which templates store them, and back.

Everything that follows from minutiae is computed from the quantized values, so that a template equals what its own
bytes read back as.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.geometry import TWO_PI
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints

POSITION_STEPS = 4
"""Stored steps per pixel at 500 ppi."""
DIRECTION_STEPS = 256
"""Stored steps per turn."""
MAX_SIDE_PX = 65535 // POSITION_STEPS
"""Longest side of a print whose positions fit into 16 bits."""
_TOLERANCE_PX = 1.0


def position_codes(position_px: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Positions in pixels to quarters of a pixel, rounded to the nearest."""
    return np.round(np.asarray(position_px, np.float64) * POSITION_STEPS).astype(np.uint16)


def positions_px(codes: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Quarters of a pixel back to pixels."""
    return (codes / np.float32(POSITION_STEPS)).astype(np.float32)


def direction_codes(direction_rad: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Directions in radians to 256 steps per turn, rounded to the nearest."""
    codes = np.round(np.asarray(direction_rad, np.float64) * (DIRECTION_STEPS / TWO_PI)).astype(np.int64)
    return (codes % DIRECTION_STEPS).astype(np.uint8)


def directions_rad(codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Steps of a turn back to radians."""
    return codes * np.float32(TWO_PI / DIRECTION_STEPS)


def quantize_minutiae(minutiae: Minutiae, shape: tuple[int, int]) -> Minutiae:
    """Minutiae as they are stored.

    Parameters
    ----------
    minutiae
        May lie up to one pixel outside the print; such ones move to its rim.
    shape
        Rows and columns of the print in pixels at 500 ppi.

    Raises
    ------
    InputError
        When a minutia lies farther outside.
    """
    for name, values, size in (("x", minutiae.x, shape[1]), ("y", minutiae.y, shape[0])):
        if values.size and (values.min() < -_TOLERANCE_PX or values.max() > size - 1 + _TOLERANCE_PX):
            found = f"{values.min():.1f} to {values.max():.1f}"
            raise InputError(f"minutiae.{name}: expected 0 to {size - 1} px, got {found}")
    return Minutiae(
        _stored_px(minutiae.x, shape[1]),
        _stored_px(minutiae.y, shape[0]),
        directions_rad(direction_codes(minutiae.direction)),
        minutiae.kind,
        minutiae.quality,
    )


def each_once(minutiae: Minutiae) -> Minutiae:
    """Of several quantized minutiae at one place with one direction the first, which is the best."""
    x, y, direction = position_codes(minutiae.x), position_codes(minutiae.y), direction_codes(minutiae.direction)
    _, first = np.unique(x.astype(np.uint64) << 32 | y.astype(np.uint64) << 16 | direction, return_index=True)
    if first.shape[0] == len(minutiae):
        return minutiae
    return minutiae.select(np.sort(first))


def quantize_singular_points(points: SingularPoints, shape: tuple[int, int]) -> SingularPoints:
    """Singular points as they are stored; those outside the print (extrapolated ones) move to its rim."""
    return SingularPoints(
        _stored_px(points.x, shape[1]),
        _stored_px(points.y, shape[0]),
        directions_rad(direction_codes(points.direction)),
        points.kind,
    )


def _stored_px(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return positions_px(position_codes(np.clip(values, 0.0, size - 1.0)))
