"""`MergedArea`: where impressions have been seen, how often, and how the ridges run there."""

from __future__ import annotations

import dataclasses
import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.template import MAX_CELLS, CoarseMap, Template
from fingerprint_engine.template.coarse_map import BACKGROUND, CELL_PX, ORIENTATION_STEPS, UNKNOWN_ORIENTATION

_HALF_CELL_PX = (CELL_PX - 1) / 2.0
Number = TypeVar("Number", bound=np.generic)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class MergedArea:
    """Cells of 16 px in the frame of the first impression, which may begin left of it or above.

    Attributes
    ----------
    row, col
        The first cell; may be negative.
    orientation, period
        uint8, shape (rows, cols): codes as in `CoarseMap`, the period for each cell.
    covered
        int64, same shape: how many impressions show the cell.
    """

    row: int
    col: int
    orientation: NDArray[np.uint8]
    period: NDArray[np.uint8]
    covered: NDArray[np.int64]

    @classmethod
    def of(cls, template: Template) -> MergedArea:
        """The area of one impression."""
        grid = template.coarse_map
        return cls(grid.row, grid.col, grid.orientation, _each_cell(grid), grid.foreground.astype(np.int64))

    @property
    def shift_px(self) -> tuple[float, float]:
        """How far right and down the first impression moves in a template that begins where the area does."""
        return -float(CELL_PX * self.col), -float(CELL_PX * self.row)

    def times_covered(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many impressions show each of some points."""
        return _looked_up(self.covered, self.row, self.col, x, y, 0)

    def with_another(self, template: Template, carried: RigidTransform) -> MergedArea:
        """With the area of another impression, which `carried` lays into this frame. What was known stays.

        Raises
        ------
        InputError
            When the area becomes larger than a template holds.
        """
        wide = self._grown_by(template.coarse_map, carried)
        rows, cols = np.indices(wide.covered.shape)
        x, y = (wide.col + cols) * CELL_PX + _HALF_CELL_PX, (wide.row + rows) * CELL_PX + _HALF_CELL_PX
        there_x, there_y = carried.inverse().apply(x, y)
        grid = template.coarse_map
        codes = _looked_up(grid.orientation, grid.row, grid.col, there_x, there_y, BACKGROUND)
        period = _looked_up(_each_cell(grid), grid.row, grid.col, there_x, there_y, 0)
        is_seen = codes != BACKGROUND
        turn = round(carried.rotation_rad * ORIENTATION_STEPS / math.pi)
        turned = np.where(codes < ORIENTATION_STEPS, (codes.astype(np.int64) + turn) % ORIENTATION_STEPS, codes)
        is_new = is_seen & (wide.orientation >= UNKNOWN_ORIENTATION)
        return dataclasses.replace(
            wide,
            orientation=np.where(is_new, turned, wide.orientation).astype(np.uint8),
            period=np.where(wide.period == 0, period, wide.period),
            covered=wide.covered + is_seen,
        )._trimmed()

    def mask(self) -> NDArray[np.bool_]:
        """Pixels of a template that begins where the area does."""
        return np.repeat(np.repeat(self.covered > 0, CELL_PX, axis=0), CELL_PX, axis=1)

    def coarse_map(self) -> CoarseMap:
        """The map of a template that begins where the area does."""
        padded = np.pad(self.period.astype(np.float64), [(0, side % 2) for side in self.period.shape])
        by_four = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2)
        known = (by_four > 0).sum(axis=(1, 3))
        mean = np.rint(by_four.sum(axis=(1, 3)) / np.maximum(known, 1)).astype(np.uint8)
        return CoarseMap(0, 0, self.orientation, mean)

    def _trimmed(self) -> MergedArea:
        """Without rows and columns at the rim of which nothing was seen."""
        rows, cols = (np.flatnonzero(self.covered.any(axis=axis)) for axis in (1, 0))
        if rows.size == 0:
            return self
        window = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
        return MergedArea(
            self.row + int(rows[0]),
            self.col + int(cols[0]),
            self.orientation[window],
            self.period[window],
            self.covered[window],
        )

    def _grown_by(self, grid: CoarseMap, carried: RigidTransform) -> MergedArea:
        """The same with room for another map."""
        rows, cols = grid.orientation.shape
        corners = [(x, y) for x in (grid.col, grid.col + cols) for y in (grid.row, grid.row + rows)]
        x, y = carried.apply(*(np.array(side) * float(CELL_PX) for side in zip(*corners, strict=True)))
        first_row, first_col = min(self.row, _cell(y.min())), min(self.col, _cell(x.min()))
        end_row = max(self.row + self.covered.shape[0], _cell(y.max()) + 1)
        end_col = max(self.col + self.covered.shape[1], _cell(x.max()) + 1)
        if (end_row - first_row) * (end_col - first_col) > MAX_CELLS:
            raise InputError(f"area: expected prints that together cover at most {MAX_CELLS} cells of {CELL_PX} px")
        room = [
            (self.row - first_row, end_row - self.row - self.covered.shape[0]),
            (self.col - first_col, end_col - self.col - self.covered.shape[1]),
        ]
        return MergedArea(
            first_row,
            first_col,
            np.pad(self.orientation, room, constant_values=BACKGROUND),
            np.pad(self.period, room),
            np.pad(self.covered, room),
        )


def _cell(px: float) -> int:
    return math.floor(px / CELL_PX)


def _each_cell(grid: CoarseMap) -> NDArray[np.uint8]:
    """The period for each cell instead of each four."""
    rows, cols = grid.orientation.shape
    if not grid.period.size:
        return np.zeros((rows, cols), np.uint8)
    return np.repeat(np.repeat(grid.period, 2, axis=0), 2, axis=1)[:rows, :cols]


def _looked_up(
    values: NDArray[Number], row: int, col: int, x: NDArray[np.float64], y: NDArray[np.float64], otherwise: int
) -> NDArray[Number]:
    """The values of the cells in which points lie."""
    rows, cols = np.floor(y / CELL_PX).astype(np.int64) - row, np.floor(x / CELL_PX).astype(np.int64) - col
    inside = (rows >= 0) & (cols >= 0) & (rows < values.shape[0]) & (cols < values.shape[1])
    found = np.full(x.shape, otherwise, values.dtype)
    found[inside] = values[rows[inside], cols[inside]]
    return found
