"""Point prints: minutiae, area and ridge flow of impressions that have no ridges, for galleries of a million.

An orientation field as that of a grown finger, an outline, and minutiae scattered on it: some hundred microseconds a
print, where a grown and rendered one takes a second. Their number, density, gathering, senses and qualities follow
those of live-scan prints (see docs/algorithm/synthesis.md). They stand for strangers in a large gallery, "synthetic
distractors": two of them are never of one finger.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.synthesis import kernels
from fingerprint_engine.synthesis.orientation import orientation_field
from fingerprint_engine.synthesis.patterns import choose_pattern, draw_layout

CELL_PX = 16
MAX_DRAWS = 1200
_FLOW_SHAPE = (66, 54)
_FLOW_CENTRE = (212.0, 230.0)
_FLOW_STEP_PX = int(kernels.FLOW_STEP_PX)
_DELTA_REACH = np.array([1.1, 1.5])
"""Deltas lie so much farther from the pattern's centre, across and along, than in grown fingers; measured."""
_MEASURED = "measured on live-scan prints (U.are.U 4000), see docs/algorithm/synthesis.md"


@dataclasses.dataclass(frozen=True, slots=True)
class PointPrintParameters(Parameters):
    """What point prints are like; lengths in pixels at 500 ppi."""

    rows_px: int = parameter(348, unit="px at 500 ppi", low=64, high=1200, source=_MEASURED)
    cols_px: int = parameter(318, unit="px at 500 ppi", low=64, high=1200, source=_MEASURED)
    minutiae: float = parameter(39.0, unit="minutiae", low=2.0, high=150.0, source=_MEASURED)
    minutiae_spread: float = parameter(9.4, unit="minutiae", low=0.0, high=50.0, source=_MEASURED)
    size: float = parameter(1.0, unit="1", low=0.2, high=3.0, source=_MEASURED + ": 283 cells of 16 px")
    size_spread: float = parameter(0.075, unit="1", low=0.0, high=0.3, source=_MEASURED)
    gathering: float = parameter(1.1, unit="1", low=0.0, high=2.0, source=_MEASURED + ": pair correlation")
    gathering_px: float = parameter(60.0, unit="px at 500 ppi", low=5.0, high=200.0, source=_MEASURED)
    near_px: float = parameter(9.0, unit="px at 500 ppi", low=0.0, high=40.0, source=_MEASURED)
    rim_px: float = parameter(90.0, unit="px at 500 ppi", low=1.0, high=200.0, source=_MEASURED + ": fewer at the rim")
    downward: float = parameter(1.2, unit="1", low=-5.0, high=5.0, source=_MEASURED + ": mean sine of the directions")
    rotation_rad: float = parameter(0.14, unit="rad", low=0.0, high=math.pi, source="chosen, as for grown prints")
    shift_px: float = parameter(14.0, unit="px at 500 ppi", low=0.0, high=100.0, source="chosen, as for grown prints")
    period_px: float = parameter(8.8, unit="px at 500 ppi", low=4.0, high=16.0, source=_MEASURED)
    period_spread_px: float = parameter(0.8, unit="px at 500 ppi", low=0.0, high=3.0, source=_MEASURED)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class PointPrint:
    """One impression without ridges.

    Attributes
    ----------
    minutiae
        With kinds and qualities, as an extractor finds them.
    shape
        Rows and columns in pixels.
    orientation
        uint8, shape (rows, cols) in cells of 16 px: steps of π/128, 255 outside the print.
    outline
        float64, shape (7,): x, y, half width, top, bottom, cosine and sine of the slant of the area's outline.
    period_px
        Ridge period.
    """

    minutiae: Minutiae
    shape: tuple[int, int]
    orientation: NDArray[np.uint8]
    outline: NDArray[np.float64]
    period_px: float

    def depth(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """About how many pixels points lie inside the outline; negative outside. Any shape of `x` and `y`."""
        middle_x, middle_y, half_width, top, bottom, cosine, sine = self.outline
        across = (cosine * (x - middle_x) - sine * (y - middle_y)) / half_width
        along = sine * (x - middle_x) + cosine * (y - middle_y)
        return np.asarray((1.0 - np.hypot(across, along / np.where(along < 0.0, top, bottom))) * half_width)


def draw_flow(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw the ridge flow of a finger: cosine and sine of the doubled orientation every 8 px; float32, (2, 66, 54)."""
    layout = draw_layout(rng, choose_pattern(rng), float(rng.normal(1.0, 0.05)))
    layout = dataclasses.replace(layout, deltas=layout.deltas * _DELTA_REACH)
    field = orientation_field(layout, _FLOW_SHAPE, _FLOW_CENTRE, rng, sway_px=6.0, step_px=_FLOW_STEP_PX)
    return np.stack([np.cos(2.0 * field), np.sin(2.0 * field)]).astype(np.float32)


def make_point_print(
    flow: NDArray[np.float32], rng: np.random.Generator, parameters: PointPrintParameters | None = None
) -> PointPrint:
    """Scatter the minutiae of one stranger over a finger's flow.

    Parameters
    ----------
    flow
        As `draw_flow` gives it; drawing one costs more than the print, so that a population may share some thousand.
    rng
        All that is random comes from here.
    parameters
        What prints are like.
    """
    p = parameters or PointPrintParameters()
    size = float(np.clip(rng.normal(p.size, p.size_spread), 0.4, 1.6))
    x = 0.5 * (p.cols_px - 1) + rng.normal(0.0, 0.5 * p.shift_px)
    y = 0.42 * p.rows_px + rng.normal(0.0, 0.5 * p.shift_px)
    slant = rng.normal(0.0, 0.05)
    half_width, top, bottom = size * np.array([143.0, 138.0, 196.0]) * rng.uniform(0.95, 1.05, 3)
    outline = np.array([x, y, half_width, top, bottom, math.cos(slant), math.sin(slant)])
    rolled = rng.normal(0.0, p.shift_px, 2)
    pose = np.array([rng.normal(0.0, p.rotation_rad), x, y, _FLOW_CENTRE[0] + rolled[0], _FLOW_CENTRE[1] + rolled[1]])
    cells = np.empty((-(-p.rows_px // CELL_PX), -(-p.cols_px // CELL_PX)), np.uint8)
    kernels.paint_cells(flow, pose, outline, float(CELL_PX), cells)  # type: ignore[no-untyped-call]
    wanted = max(2, round(rng.normal(p.minutiae, p.minutiae_spread) * size**1.4))
    noise = rng.standard_normal((2, int(p.rows_px / p.gathering_px) + 2, int(p.cols_px / p.gathering_px) + 2))
    points = np.empty((wanted, 5))
    shape = (p.rows_px, p.cols_px)
    count = kernels.scatter_points(  # type: ignore[no-untyped-call]
        flow, pose, outline, wanted, shape, noise, p.gathering_px, p.gathering, p.near_px,
        p.rim_px, p.downward, rng.random((MAX_DRAWS, 6)), points,
    )  # fmt: skip
    columns = points[:count].T
    direction = columns[2] * (2.0 * math.pi / 256.0)
    minutiae = Minutiae(columns[0], columns[1], direction, columns[3].astype(np.uint8), columns[4].astype(np.uint8))
    period = float(np.clip(rng.normal(p.period_px, p.period_spread_px), 5.0, 14.0))
    return PointPrint(minutiae, shape, cells, outline, period)
