"""Point prints: minutiae, area and ridge flow of impressions that have no ridges, for galleries of a million.

An orientation field as that of a grown finger, an outline, and minutiae scattered on it: some hundred microseconds
per print, where a grown and rendered one takes a second. Their number, density, gathering, senses and qualities follow
those of live-scan prints (see docs/algorithm/synthesis.md). They stand for the non-mated prints of a large gallery,
"synthetic distractors": two of them are never of one finger.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.synthesis import kernels
from fingerprint_engine.synthesis.master_finger.orientation import orientation_field
from fingerprint_engine.synthesis.master_finger.patterns import choose_pattern, draw_layout

CELL_PX = 16
MAX_DRAWS = 1600
PERIOD_CELL_PX = 32
_FLOW_SHAPE = (80, 54)
_FLOW_CENTRE = (212.0, 230.0)
_FLOW_STEP_PX = int(kernels.FLOW_STEP_PX)
_DELTA_REACH, _DELTA_SPREAD = np.array([0.37, 1.85]), 0.45
"""How far deltas lie from the pattern's centre, across and along, in units of grown fingers, and the spread of its log;
with these and the next two the mean ridge flow of point prints is that of live-scan prints."""
_CORE_REACH = np.array([1.0, 1.8])
_SWAY_PX = 3.2
_HALF_WIDTH_PX, _ABOVE_PX, _BELOW_PX = 118.0, 217.0, 178.0
_DROP_PX = 9.0
"""The pattern's centre lies so much below the middle of the area."""
_ERROR_RAD, _STRAY_RAD, _STRAY_SHARE = 0.12, 0.7, 0.15
_ENDINGS = 0.535
_LOSS = 10.5
"""Quality that a minutia lacks, on average, in about the unit of quality."""
_MEASURED = "measured on live-scan prints (U.are.U 4000), see docs/algorithm/synthesis.md"


@dataclasses.dataclass(frozen=True, slots=True)
class PointPrintParameters(Parameters):
    """What point prints are like; lengths in pixels at 500 ppi."""

    rows_px: int = parameter(348, unit="px at 500 ppi", low=64, high=1200, source=_MEASURED)
    cols_px: int = parameter(318, unit="px at 500 ppi", low=64, high=1200, source=_MEASURED)
    minutiae: float = parameter(39.5, unit="minutiae", low=2.0, high=150.0, source=_MEASURED)
    minutiae_spread: float = parameter(9.6, unit="minutiae", low=0.0, high=50.0, source=_MEASURED)
    size: float = parameter(1.0, unit="1", low=0.2, high=3.0, source=_MEASURED + ": 268 cells of 16 px")
    size_spread: float = parameter(0.1, unit="1", low=0.0, high=0.3, source=_MEASURED)
    gathering: float = parameter(0.3, unit="1", low=0.0, high=2.0, source=_MEASURED + ": pair correlation")
    gathering_px: float = parameter(60.0, unit="px at 500 ppi", low=5.0, high=200.0, source=_MEASURED)
    near_px: float = parameter(9.0, unit="px at 500 ppi", low=0.0, high=40.0, source=_MEASURED)
    rim_px: float = parameter(90.0, unit="px at 500 ppi", low=1.0, high=200.0, source=_MEASURED + ": fewer at the rim")
    rim_share: float = parameter(0.3, unit="1", low=0.0, high=1.0, source=_MEASURED + ": density there to inside")
    unforced: float = parameter(
        1.2e-4,
        unit="minutiae per square px",
        low=1e-6,
        high=0.01,
        source=_MEASURED + ": density where ridges run parallel",
    )
    rotation_rad: float = parameter(0.14, unit="rad", low=0.0, high=math.pi, source="chosen, as for grown prints")
    shift_px: float = parameter(14.0, unit="px at 500 ppi", low=0.0, high=100.0, source="chosen, as for grown prints")
    rolled_px: float = parameter(35.0, unit="px at 500 ppi", low=0.0, high=150.0, source=_MEASURED + ": mean flow")
    period_px: float = parameter(8.85, unit="px at 500 ppi", low=4.0, high=16.0, source=_MEASURED)
    period_spread_px: float = parameter(0.74, unit="px at 500 ppi", low=0.0, high=3.0, source=_MEASURED)
    period_roughness_px: float = parameter(0.95, unit="px at 500 ppi", low=0.0, high=3.0, source=_MEASURED)


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
    periods
        uint8, shape (rows, cols) in cells of 32 px: ridge period in tenths of a pixel.
    """

    minutiae: Minutiae
    shape: tuple[int, int]
    orientation: NDArray[np.uint8]
    outline: NDArray[np.float64]
    periods: NDArray[np.uint8]

    def depth(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """About how many pixels points lie inside the outline; negative outside. Any shape of `x` and `y`."""
        depths = np.empty(x.shape)
        flat = (-1, x.shape[-1])
        kernels.outline_depths(x.reshape(flat), y.reshape(flat), self.outline, depths.reshape(flat))  # type: ignore[no-untyped-call]
        return depths


def draw_flow(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw the ridge flow of a finger: cosine and sine of the doubled orientation every 8 px; float32, (2, 66, 54)."""
    layout = draw_layout(rng, choose_pattern(rng), float(rng.normal(1.0, 0.05)))
    reach = _DELTA_REACH * math.exp(rng.normal(0.0, _DELTA_SPREAD))
    layout = dataclasses.replace(layout, cores=layout.cores * _CORE_REACH, deltas=layout.deltas * reach)
    field = orientation_field(layout, _FLOW_SHAPE, _FLOW_CENTRE, rng, sway_px=_SWAY_PX, step_px=_FLOW_STEP_PX)
    return np.stack([np.cos(2.0 * field), np.sin(2.0 * field)]).astype(np.float32)


def make_point_print(
    flow: NDArray[np.float32], rng: np.random.Generator, parameters: PointPrintParameters | None = None
) -> PointPrint:
    """Scatter the minutiae of a finger that no other print is of over a ridge flow.

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
    outline, pose = _place(p, size, rng)
    cells = np.empty((-(-p.rows_px // CELL_PX), -(-p.cols_px // CELL_PX)), np.uint8)
    kernels.paint_cells(flow, pose, outline, float(CELL_PX), cells)  # type: ignore[no-untyped-call]
    wanted = max(2, round(rng.normal(p.minutiae, p.minutiae_spread) * size))
    noise = rng.standard_normal((int(p.rows_px / p.gathering_px) + 2, int(p.cols_px / p.gathering_px) + 2))
    points = np.empty((wanted, 3))
    scatter = kernels.Scatter(p.gathering_px, p.gathering, p.near_px, p.rim_px, p.rim_share, p.unforced, p.period_px)
    shape = (p.rows_px, p.cols_px)
    count = kernels.scatter_points(  # type: ignore[no-untyped-call]
        flow, pose, outline, wanted, shape, noise, scatter, _draws(rng), points
    )
    columns = points[:count].T
    direction = columns[2] * (2.0 * math.pi / 256.0)
    kind, quality = _describe(count, rng)
    minutiae = Minutiae(columns[0], columns[1], direction, kind, quality)
    return PointPrint(minutiae, shape, cells, outline, _draw_periods(p, cells.shape, rng))


def _place(
    p: PointPrintParameters, size: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outline and pose (turn, the print's point and the finger's point that lie on each other) of an impression."""
    x = 0.48 * p.cols_px + rng.normal(0.0, p.shift_px)
    y = 0.475 * p.rows_px + rng.normal(0.0, p.shift_px)
    slant = rng.normal(0.0, 0.05)
    reach = size * np.array([_HALF_WIDTH_PX, _ABOVE_PX, _BELOW_PX]) * rng.normal(1.0, 0.07, 3)
    rolled = rng.normal(0.0, p.rolled_px, 2)
    outline = np.array([x, y, *reach, math.cos(slant), math.sin(slant)])
    return outline, np.array(
        [rng.normal(0.0, p.rotation_rad), x, y, _FLOW_CENTRE[0] + rolled[0], _FLOW_CENTRE[1] + rolled[1] - _DROP_PX]
    )


def _draws(rng: np.random.Generator) -> NDArray[np.float64]:
    """What `scatter_points` throws."""
    draws = rng.random((MAX_DRAWS, 6))
    error = draws[:, 4:].sum(axis=1) - 1.0
    draws[:, 4] = error * np.where(rng.random(MAX_DRAWS) < _STRAY_SHARE, _STRAY_RAD, _ERROR_RAD)
    draws[:, 5] = rng.random(MAX_DRAWS)
    return draws


def _describe(count: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Kinds and qualities of the minutiae of a print; some have more endings, or better minutiae, than others."""
    endings = rng.normal(_ENDINGS, 0.07)
    kind = np.where(rng.random(count) < endings, np.uint8(1), np.uint8(2))
    loss = _LOSS * math.exp(rng.normal(-0.09, 0.42)) * rng.standard_exponential(count) ** 1.25
    return kind, np.clip(95.0 - loss, 5.0, 94.0).astype(np.uint8)


def _draw_periods(p: PointPrintParameters, cells: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The ridge period of a print, widest at both ends."""
    periods = np.empty(((cells[0] + 1) // 2, (cells[1] + 1) // 2), np.uint8)
    noise = rng.standard_normal((periods.shape[0] // 2 + 2, periods.shape[1] // 2 + 2))
    mean = rng.normal(p.period_px, p.period_spread_px)
    kernels.paint_periods(mean, 0.75, p.period_roughness_px, noise, periods)  # type: ignore[no-untyped-call]
    return periods
