"""`CoarseMap`: where the print is and how its ridges run, in 16 px cells."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.minutiae.columns import octets
from fingerprint_engine.template.limits import MAX_CELLS

CELL_PX = 16
"""Side of a cell; cell (i, j) of the whole print covers rows 16i to 16i+15, its centre lies at +7.5."""
BLOCK_PX = 8
"""Side of a block of the maps that come in."""
ORIENTATION_STEPS = 128
"""Codes of half a turn, so that a step is the same angle as a step of a minutia's direction (256 per turn)."""
UNKNOWN_ORIENTATION = 254
"""The cell belongs to the print, its ridge flow is not known."""
BACKGROUND = 255
PERIOD_STEP_PX = 0.1
"""Unit of the period map; 0 stands for an unknown period."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class CoarseMap:
    """Orientation, area and ridge period of a print on a coarse grid over the bounding box of its area.

    Parameters
    ----------
    row, col
        Cell of the whole print at which the map begins.
    orientation
        uint8, shape (rows, cols): 0 to 127 in steps of π/128, `UNKNOWN_ORIENTATION` or `BACKGROUND`.
    period
        uint8, shape (⌈rows/2⌉, ⌈cols/2⌉): ridge period in tenths of a pixel over 2 x 2 cells, 0 where unknown; or of
        shape (0, 0) when no period is known at all.
    """

    row: int
    col: int
    orientation: NDArray[np.uint8]
    period: NDArray[np.uint8]

    def __post_init__(self) -> None:
        orientation, period = octets(self.orientation, "orientation"), octets(self.period, "period")
        if orientation.ndim != 2 or orientation.size > MAX_CELLS:
            raise InputError(
                f"orientation: expected rows and columns of at most {MAX_CELLS} cells, got shape {orientation.shape}"
            )
        rows, cols = orientation.shape
        orientation.setflags(write=False)
        period.setflags(write=False)
        if period.shape not in {(0, 0), ((rows + 1) // 2, (cols + 1) // 2)}:
            raise InputError(f"period: expected half the shape of orientation {orientation.shape}, got {period.shape}")
        object.__setattr__(self, "orientation", orientation)
        object.__setattr__(self, "period", period)

    @property
    def foreground(self) -> NDArray[np.bool_]:
        """True where a cell belongs to the print."""
        return np.asarray(self.orientation != BACKGROUND)

    @classmethod
    def empty(cls) -> CoarseMap:
        """The map of a print without any area."""
        return cls(0, 0, np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.uint8))


def cells_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells of the whole print of which a mask of pixels covers half."""
    rows, cols = (-(-side // CELL_PX) for side in mask.shape)
    padded = np.zeros((rows * CELL_PX, cols * CELL_PX), np.uint8)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    down = padded.reshape(rows, CELL_PX, cols * CELL_PX).sum(axis=1, dtype=np.uint8)
    covered = down.reshape(rows, cols, CELL_PX).sum(axis=2, dtype=np.uint16)
    return np.asarray(covered >= CELL_PX * CELL_PX // 2)


def map_cells(mask: NDArray[np.bool_], few: int = 0) -> int:
    """How many cells the `CoarseMap` of a mask of pixels has; those of the whole picture, where these are `few`."""
    whole = math.prod(-(-side // CELL_PX) for side in mask.shape)
    return whole if whole <= few else covered_window(cells_of(mask)).size


def covered_window(foreground: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The part of a foreground that a `CoarseMap` of it holds."""
    return foreground[_bounds(foreground)] if foreground.any() else foreground[:0, :0]


def _bounds(foreground: NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, cols = np.flatnonzero(foreground.any(axis=1)), np.flatnonzero(foreground.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def encode_orientation(orientation_rad: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Orientation in radians to codes 0 to 127, rounded to the nearest."""
    codes = np.round(np.asarray(orientation_rad, np.float64) * (ORIENTATION_STEPS / math.pi)).astype(np.int64)
    return (codes % ORIENTATION_STEPS).astype(np.uint8)


def coarse_map_of(
    foreground: NDArray[np.bool_],
    orientation: NDArray[np.float32] | None,
    period: NDArray[np.float32] | None,
) -> CoarseMap:
    """Make the map of a print.

    Parameters
    ----------
    foreground
        bool, shape (rows, cols) in cells of 16 px over the whole print.
    orientation, period
        float32 maps of 8 px blocks over the whole print; radians in [0, π) and pixels. None when unknown.
    """
    if not foreground.any():
        return CoarseMap.empty()
    window = _bounds(foreground)
    codes = np.full(foreground.shape, UNKNOWN_ORIENTATION, np.uint8)
    if orientation is not None:
        doubled = 2.0 * _to_blocks(orientation, foreground.shape, 2)
        cosine, sine = _pool(np.cos(doubled)), _pool(np.sin(doubled))
        known = np.hypot(cosine, sine) > 1e-6
        codes[known] = encode_orientation(0.5 * np.arctan2(sine, cosine))[known]
    codes[~foreground] = BACKGROUND
    tenths = np.zeros((0, 0), np.uint8)
    if period is not None:
        tenths = _period_codes(_to_blocks(period, foreground.shape, 2), foreground, window)
    return CoarseMap(int(window[0].start), int(window[1].start), codes[window], tenths)


def _to_blocks(block_map: NDArray[np.float32], cells: tuple[int, ...], factor: int) -> NDArray[np.float64]:
    """A block map padded at its lower and right rim to a whole number of cells."""
    rows, cols = (np.minimum(np.arange(cells[axis] * factor), block_map.shape[axis] - 1) for axis in (0, 1))
    return np.asarray(block_map[rows[:, None], cols], dtype=np.float64)


def _even(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same with a row and a column of zeros more where they are odd in number."""
    rows, cols = values.shape
    out = np.zeros((rows + rows % 2, cols + cols % 2))
    out[:rows, :cols] = values
    return out


def _pool(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over 2 x 2."""
    rows, cols = values.shape
    pairs = values.reshape(rows // 2, 2, cols // 2, 2)
    return np.asarray((pairs[:, 0, :, 0] + pairs[:, 0, :, 1] + pairs[:, 1, :, 0] + pairs[:, 1, :, 1]) / 4.0)


def _period_codes(
    blocks: NDArray[np.float64], foreground: NDArray[np.bool_], window: tuple[slice, slice]
) -> NDArray[np.uint8]:
    """Mean period over 2 x 2 cells of the foreground, in tenths of a pixel, 0 where there is none."""
    period = _pool(blocks)[window]
    weight = (foreground[window] & (period > 0)).astype(np.float64)
    total = np.where(weight > 0, period, 0.0)
    weight, total = _pool(_even(weight)), _pool(_even(total))
    mean = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)
    return np.clip(np.round(mean / PERIOD_STEP_PX), 0, 255).astype(np.uint8)
