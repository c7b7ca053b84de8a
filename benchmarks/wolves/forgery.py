"""`Forgery`: a template as a forger would state it, and its small changes."""

from __future__ import annotations

import dataclasses
import enum

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import TWO_PI
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import CoarseMap, Template, build_template

CELL_PX = 16
MARGIN_PX = 96.0
"""Room around the minutiae, so that every cell of a cylinder lies on the stated print."""
BACKGROUND, UNKNOWN_FLOW = 255, 254
TYPICAL_PERIOD = 88
"""Median ridge period in tenths of a pixel."""
MAX_MINUTIAE = 64


class Area(enum.IntEnum):
    """What the forger says was seen."""

    ONE_CELL = 0
    CELLS_OF_MINUTIAE = 1
    HULL = 2
    SEEN = 3
    NONE = 4


class Quality(enum.IntEnum):
    """What the forger says of the minutiae."""

    OWN = -1
    ZERO = 0
    HALF = 50
    FULL = 100
    UNKNOWN = 255


class Period(enum.IntEnum):
    """What the forger says of the ridge period."""

    UNKNOWN = 0
    TYPICAL = 1
    OWN = 2


@dataclasses.dataclass(frozen=True)
class Forgery:
    """Minutiae, and statements about them that need not be true. Descriptors follow from the minutiae.

    Attributes
    ----------
    columns
        float64, shape (5, n): x, y, direction, kind and quality.
    owner
        The finger that the minutiae come from.
    seen
        Area, flow and period of the print that the minutiae come from; with origin `shift`.
    is_seen_all_around
        Whether the descriptors say that all their cells lie on the print.
    """

    columns: NDArray[np.float64]
    owner: str
    seen: CoarseMap
    shift: tuple[int, int]
    area: Area
    quality: Quality
    period: Period
    is_flow_known: bool
    is_seen_all_around: bool

    @classmethod
    def of(
        cls, template: Template, chosen: NDArray[np.int64] | None = None, owner: str = "", **statements: int
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
            "is_flow_known": True, "is_seen_all_around": False
        }  # fmt: skip
        return cls(columns, owner, template.coarse_map, (left, top), **(said | statements))  # type: ignore[arg-type]

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
        flow = np.where(seen < 128, seen, UNKNOWN_FLOW) if self.is_flow_known else np.full_like(seen, UNKNOWN_FLOW)
        codes = np.where(stated, flow, BACKGROUND).astype(np.uint8)
        return _cropped(codes, seen_period if self.period == Period.OWN else None, self.period == Period.TYPICAL)

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


def _cropped(codes: NDArray[np.uint8], period: NDArray[np.uint8] | None, is_typical: bool) -> CoarseMap:
    """The map over the bounding box of its area."""
    foreground = codes != BACKGROUND
    rows, cols = np.flatnonzero(foreground.any(axis=1)), np.flatnonzero(foreground.any(axis=0))
    window = (slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1))
    codes = codes[window]
    half = ((codes.shape[0] + 1) // 2, (codes.shape[1] + 1) // 2)
    stated = np.zeros((0, 0), np.uint8)
    if is_typical:
        stated = np.full(half, TYPICAL_PERIOD, np.uint8)
    elif period is not None:
        stated = np.ascontiguousarray(period[window][::2, ::2])
    return CoarseMap(int(rows[0]), int(cols[0]), codes, stated)


def random_fragment(
    template: Template, rng: np.random.Generator, fewest: int = 4, most: int = 12, owner: str = ""
) -> Forgery:
    """Some neighbouring minutiae of a print under random statements."""
    found = template.minutiae
    centre = rng.integers(len(found))
    distance = np.hypot(found.x - found.x[centre], found.y - found.y[centre])
    near = np.argsort(distance, kind="stable")
    count = int(rng.integers(fewest, most + 1))
    pool = near[: int(rng.integers(count, 2 * count + 1))]
    chosen = rng.permutation(pool)[:count]
    return Forgery.of(
        template,
        np.sort(chosen),
        owner,
        area=Area(int(rng.integers(len(Area)))),
        quality=list(Quality)[int(rng.integers(len(Quality)))],
        period=Period(int(rng.integers(len(Period)))),
        is_flow_known=bool(rng.integers(2)),
        is_seen_all_around=bool(rng.integers(2)),
    )


def changed(forgery: Forgery, donor: Template, rng: np.random.Generator) -> Forgery:
    """A forgery with one to three small changes."""
    for _ in range(int(rng.integers(1, 4))):
        forgery = _changed_once(forgery, donor, rng)
    return forgery


def _changed_once(forgery: Forgery, donor: Template, rng: np.random.Generator) -> Forgery:
    columns, count = forgery.columns, len(forgery)
    kind = int(rng.integers(10))
    if kind <= 2 and count > 2:
        gone = rng.permutation(count)[: 1 if rng.integers(2) else int(rng.integers(1, max(2, count // 3)))]
        return dataclasses.replace(forgery, columns=np.delete(columns, gone, axis=1))
    if kind <= 4:
        moved = columns.copy()
        at = int(rng.integers(count))
        moved[:3, at] += rng.normal(0.0, (8.0, 8.0, 0.2))
        moved[:2, at] = np.maximum(moved[:2, at], 0.0)
        return dataclasses.replace(forgery, columns=moved)
    if kind <= 6 and count < MAX_MINUTIAE and len(donor):
        other, near = int(rng.integers(len(donor))), int(rng.integers(count))
        added = np.array([
            max(columns[0, near] + rng.normal(0.0, 50.0), 0.0), max(columns[1, near] + rng.normal(0.0, 50.0), 0.0),
            donor.minutiae.direction[other], donor.minutiae.kind[other], donor.minutiae.quality[other],
        ])  # fmt: skip
        return dataclasses.replace(forgery, columns=np.column_stack([columns, added]))
    statement = int(rng.integers(5))
    if statement == 0:
        return dataclasses.replace(forgery, area=Area(int(rng.integers(len(Area)))))
    if statement == 1:
        return dataclasses.replace(forgery, quality=list(Quality)[int(rng.integers(len(Quality)))])
    if statement == 2:
        return dataclasses.replace(forgery, period=Period(int(rng.integers(len(Period)))))
    if statement == 3:
        return dataclasses.replace(forgery, is_flow_known=not forgery.is_flow_known)
    return dataclasses.replace(forgery, is_seen_all_around=not forgery.is_seen_all_around)
