"""`Forgery`: a template as a forger would state it, and its small changes."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from benchmarks.wolves.statements import Area, Flow, Period, Quality
from fingerprint_engine.geometry import TWO_PI
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import CoarseMap, Template, build_template

CELL_PX = 16
MARGIN_PX = 96.0
"""Room around the minutiae, so that every cell of a cylinder lies on the stated print."""
BACKGROUND, UNKNOWN_FLOW = 255, 254
TYPICAL_PERIOD, COARSE_PERIOD = 88, 115
"""Median ridge period in tenths of a pixel, and the coarsest that a finger has."""
MAX_MINUTIAE = 64


@dataclasses.dataclass(frozen=True)
class Forgery:
    """Minutiae, and statements about them that need not be true. Descriptors follow from the minutiae.

    Attributes
    ----------
    columns
        float64, shape (5, n): x, y, direction, kind and quality.
    owners
        The fingers that the minutiae come from, or were chosen by.
    seen
        Area, flow and period of the print that the minutiae come from; with origin `shift`.
    is_seen_all_around
        Whether the descriptors say that all their cells lie on the print.
    """

    columns: NDArray[np.float64]
    owners: tuple[str, ...]
    seen: CoarseMap
    shift: tuple[int, int]
    area: Area
    quality: Quality
    period: Period
    flow: Flow
    is_seen_all_around: bool

    @classmethod
    def of(
        cls,
        template: Template,
        chosen: NDArray[np.int64] | None = None,
        owners: tuple[str, ...] = (),
        **statements: int,
    ) -> Forgery:
        """A print as it is, or some of its minutiae."""
        found = template.minutiae
        rows = np.arange(len(found)) if chosen is None else chosen
        columns = np.array([found.x, found.y, found.direction, found.kind, found.quality], np.float64)[:, rows]
        # Whole cells, so that the coarse map can be moved along.
        left, top = (int((columns[axis].min() - MARGIN_PX) // CELL_PX) if columns.shape[1] else 0 for axis in (0, 1))
        columns[0] -= left * CELL_PX
        columns[1] -= top * CELL_PX
        said = {"area": Area.SEEN, "quality": Quality.OWN, "period": Period.OWN} | {
            "flow": Flow.OWN, "is_seen_all_around": False
        }  # fmt: skip
        return cls(columns, owners, template.coarse_map, (left, top), **(said | statements))  # type: ignore[arg-type]

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    def template(self, like: Template) -> Template:
        """The template, with descriptors as any honest program would make them; comparable with `like`."""
        x, y, direction, kind, quality = self.columns
        stated = quality if self.quality == Quality.OWN else np.full(len(self), float(self.quality))
        minutiae = Minutiae(
            x.astype(np.float32), y.astype(np.float32), (direction % TWO_PI).astype(np.float32),
            kind.astype(np.uint8), stated.astype(np.uint8),
        )  # fmt: skip
        shape = (int(y.max() + MARGIN_PX) + 1, int(x.max() + MARGIN_PX) + 1)
        mask = np.ones(shape, np.bool_) if self.is_seen_all_around else None
        made = build_template(minutiae, shape=shape, mask=mask, parameters_digest=like.parameters_digest)
        return dataclasses.replace(made, coarse_map=self._map(made))

    def _map(self, made: Template) -> CoarseMap:
        """The area that is stated, in cells of the forgery."""
        rows, cols = (-(-side // CELL_PX) for side in made.shape)
        seen, seen_period = self._moved(rows, cols)
        at = (self.columns[1].astype(int) // CELL_PX, self.columns[0].astype(int) // CELL_PX)
        stated = np.zeros((rows, cols), np.bool_)
        if self.area == Area.ONE_CELL:
            stated[at[0][0], at[1][0]] = True
        elif self.area == Area.CELLS_OF_MINUTIAE:
            stated[at] = True
        elif self.area == Area.HULL:
            hull = build_template(made.minutiae, shape=made.shape).coarse_map
            stated[hull.row : hull.row + hull.orientation.shape[0], hull.col : hull.col + hull.orientation.shape[1]] = (
                hull.foreground
            )
        elif self.area == Area.SEEN:
            stated = seen != BACKGROUND
        if not stated.any():
            return CoarseMap.empty()
        codes = np.where(stated, self._flow(seen, np.argwhere(stated)[0]), BACKGROUND).astype(np.uint8)
        return cropped_map(codes, self._periods(seen_period))

    def _flow(self, seen: NDArray[np.uint8], first_cell: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Codes of ridge flow as they are stated, over the whole forgery."""
        stated = np.full_like(seen, UNKNOWN_FLOW)
        if self.flow == Flow.OWN:
            stated = np.where(seen < 128, seen, UNKNOWN_FLOW).astype(np.uint8)
        elif self.flow == Flow.NEAREST:
            rows, cols = np.indices(seen.shape)
            apart = np.hypot(
                (cols[..., None] + 0.5) * CELL_PX - self.columns[0], (rows[..., None] + 0.5) * CELL_PX - self.columns[1]
            )
            codes = np.round(self.columns[2] * (256.0 / TWO_PI)).astype(np.int64) % 128
            stated = codes[apart.argmin(axis=-1)].astype(np.uint8)
        elif self.flow == Flow.ONE_CELL:
            stated[tuple(first_cell)] = 0
        return stated

    def _periods(self, seen: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        """Periods as they are stated, in tenths of a pixel over the whole forgery; None where none is."""
        if self.period == Period.UNKNOWN:
            return None
        if self.period == Period.OWN:
            return seen
        return np.full_like(seen, TYPICAL_PERIOD if self.period == Period.TYPICAL else COARSE_PERIOD)

    def _moved(self, rows: int, cols: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Codes and periods of the print behind, in the cells of the forgery."""
        codes, periods = np.full((rows, cols), BACKGROUND, np.uint8), np.zeros((rows, cols), np.uint8)
        grid = self.seen
        height, width = grid.orientation.shape
        period = np.zeros((height, width), np.uint8)
        if grid.period.size:
            period = np.repeat(np.repeat(grid.period, 2, axis=0), 2, axis=1)[:height, :width]
        row, col = grid.row - self.shift[1], grid.col - self.shift[0]
        top, left, bottom, right = max(row, 0), max(col, 0), min(row + height, rows), min(col + width, cols)
        if top < bottom and left < right:
            from_window = (slice(top - row, bottom - row), slice(left - col, right - col))
            codes[top:bottom, left:right] = grid.orientation[from_window]
            periods[top:bottom, left:right] = period[from_window]
        return codes, periods


def cropped_map(codes: NDArray[np.uint8], period: NDArray[np.uint8] | None) -> CoarseMap:
    """The map over the bounding box of its area."""
    foreground = codes != BACKGROUND
    rows, cols = np.flatnonzero(foreground.any(axis=1)), np.flatnonzero(foreground.any(axis=0))
    window = (slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1))
    stated = np.zeros((0, 0), np.uint8) if period is None else np.ascontiguousarray(period[window][::2, ::2])
    return CoarseMap(int(rows[0]), int(cols[0]), codes[window], stated)
