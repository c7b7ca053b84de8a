"""From a place that looks like a fingertip to its box: sides, end and joint, measured along the finger's own axis."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.tenprint.segmentation.domes import Dome
from fingerprint_engine.tenprint.segmentation.ridge_grid import FloatMap, RidgeGrid

_DOMES = "synthetic slaps, level 3: 98 of 100 domes are as near to the end of their finger"


@dataclasses.dataclass(frozen=True, slots=True)
class TracingParameters(Parameters):
    """Numbers of `trace_tip`; lengths in widths of the finger."""

    edge_share: float = parameter(
        0.25,
        unit="contrast of the finger",
        low=0.0,
        high=0.8,
        source="chosen: half the ridges at the edge, as windows see",
    )
    ridged: float = parameter(0.4, unit="1", low=0.1, high=0.9, source="chosen: near even odds")
    faint_share: float = parameter(
        0.25, unit="contrast of the finger", low=0.05, high=0.8, source="synthetic slaps: pads that fade to the joint"
    )
    max_gap_cells: int = parameter(2, unit="cells", low=0, high=10, source="chosen: creases and dry spots")
    typical_length: float = parameter(
        1.55, unit="widths", low=1.0, high=2.5, source="pads of distal phalanges, 24 of 15 mm"
    )
    length_spread: float = parameter(0.2, unit="widths", low=0.05, high=1.0, source="chosen: pads differ by an eighth")
    shortest: float = parameter(0.8, unit="widths", low=0.3, high=1.5, source="chosen: less is no whole fingertip")
    longest: float = parameter(1.9, unit="widths", low=1.2, high=3.0, source="chosen: the next phalanx begins above")
    max_bend_deg: float = parameter(
        20.0, unit="deg", low=0.0, high=90.0, source="synthetic slaps, level 3: what bends further goes astray"
    )
    max_above: float = parameter(0.2, unit="widths", low=0.0, high=5.0, source=_DOMES)
    max_below: float = parameter(0.5, unit="widths", low=0.0, high=5.0, source=_DOMES)
    max_beside: float = parameter(0.4, unit="widths", low=0.0, high=5.0, source=_DOMES)
    gap_weight: float = parameter(4.0, unit="nats", low=0.0, high=50.0, source="synthetic slaps, level 2")
    step_weight: float = parameter(1.0, unit="nats", low=0.0, high=50.0, source="synthetic slaps, level 2")


@dataclasses.dataclass(frozen=True, slots=True)
class Tip:
    """A fingertip in cells of the ridge grid.

    Attributes
    ----------
    x, y
        Middle of its end.
    angle_rad
        Which way it points; 0 is up, counter-clockwise.
    width, length
        Across and along.
    contrast
        Of its ridges, as a share of the picture's strong ones.
    filled
        Share of its box that shows ridges.
    response
        How alike a fingertip it is, see `Dome`.
    """

    x: float
    y: float
    angle_rad: float
    width: float
    length: float
    contrast: float
    filled: float
    response: float

    @property
    def middle(self) -> tuple[float, float]:
        """Middle of its box."""
        half = 0.5 * self.length
        return self.x + half * math.sin(self.angle_rad), self.y + half * math.cos(self.angle_rad)


def trace_tip(grid: RidgeGrid, dome: Dome, others: list[Tip], p: TracingParameters, *, rounds: int = 4) -> Tip | None:
    """Trace the fingertip at a dome; None where it comes to nothing.

    Parameters
    ----------
    grid
        The picture's ridges.
    dome
        Where to begin.
    others
        Fingertips that are known: a finger ends half way to the next one beside it.
    p
        Numbers.
    rounds
        How often end, sides and lean are measured anew; 0 takes them as the dome has them.
    """
    x, y, angle, width = dome.x, dome.y, dome.angle_rad, dome.width
    strength = _strength(grid.contrast, x, y, angle, width)
    if strength <= 0.0:
        return None
    own = np.clip((grid.contrast / strength - p.edge_share) / (0.9 - p.edge_share), 0.0, 1.0) * (grid.ridges > 0.05)
    own *= np.clip(grid.coherence / 0.2, 0.0, 1.0)
    left = right = 0.0
    most_bend = math.radians(p.max_bend_deg)
    for _ in range(rounds):
        patch = _upright(own, x, y, angle, width)
        across, down = _axes(width, patch.shape)
        bound = _bounds(others, x, y, angle, width)
        runs = _runs(patch > p.ridged, across, bound, p.max_gap_cells)
        pad = (down >= -0.5 * width) & (down <= 1.15 * width) & (runs[:, 1] - runs[:, 0] > 0.2 * width)
        if pad.sum() < 4:
            return None
        left, right = float(np.percentile(runs[pad, 0], 6)), float(np.percentile(runs[pad, 1], 94))
        middle = (down >= 0.25 * width) & (down <= 1.1 * width) & (runs[:, 1] - runs[:, 0] > 0.4 * width)
        slope = 0.0
        if middle.sum() >= 5:
            slope = float(np.polyfit(down[middle], runs[middle].mean(axis=1), 1)[0])
        first = float(_first(down[pad]))
        offset = 0.5 * (left + right)
        x += offset * math.cos(angle) + first * math.sin(angle)
        y += -offset * math.sin(angle) + first * math.cos(angle)
        x, y = _near(dome, x, y, p)
        bend = angle + np.clip(math.atan(slope), -0.25, 0.25) - dome.angle_rad
        angle = dome.angle_rad + float(np.clip(bend, -most_bend, most_bend))
        width = float(np.clip(right - left, 0.6 * dome.width, 1.6 * dome.width))
    patch = _upright(own, x, y, angle, width)
    across, down = _axes(width, patch.shape)
    runs = _runs(patch > p.ridged, across, _bounds(others, x, y, angle, width), p.max_gap_cells)
    central = np.abs(across) <= 0.3 * width
    sharp = _upright(grid.sharp, x, y, angle, width)[:, central].mean(axis=1) / strength
    # Pressure falls towards the joint: what is too faint for the sides still belongs to the finger there.
    faint_level = p.faint_share * _strength(grid.any_contrast, x, y, angle, width)
    faint = _upright(grid.any_contrast, x, y, angle, width) > faint_level
    faint &= _upright(grid.coherence, x, y, angle, width) > 0.15
    faint_runs = _runs(faint, across, (-0.5 * width, 0.5 * width), p.max_gap_cells)
    length = _joint(faint[:, central].mean(axis=1), sharp, faint_runs[:, 1] - faint_runs[:, 0], down, width, p)
    if length < p.shortest * width:
        return None
    half = np.abs(across) <= 0.5 * width
    box = (down >= 0.0) & (down <= length)
    filled = float((patch[np.ix_(box, half)] > p.ridged).mean())
    return Tip(
        x, y, angle, width, length, strength / max(grid.strong, 1e-6), filled, _alone(patch, across, down, width)
    )


def _near(dome: Dome, x: float, y: float, p: TracingParameters) -> tuple[float, float]:
    """An end, drawn back to its dome where it strayed: to writing above it, or another finger beside it."""
    c, s = math.cos(dome.angle_rad), math.sin(dome.angle_rad)
    dx, dy = x - dome.x, y - dome.y
    across = min(max(c * dx - s * dy, -p.max_beside * dome.width), p.max_beside * dome.width)
    along = min(max(s * dx + c * dy, -p.max_above * dome.width), p.max_below * dome.width)
    return dome.x + c * across + s * along, dome.y - s * across + c * along


def _strength(values: FloatMap, x: float, y: float, angle: float, width: float) -> float:
    """Contrast of the ridges of a fingertip, from where its middle should be."""
    contrast = _upright(values, x, y, angle, width)
    across, down = _axes(width, contrast.shape)
    core = np.ix_((down >= 0.2 * width) & (down <= 1.0 * width), np.abs(across) <= 0.3 * width)
    return float(np.median(contrast[core]))


def _alone(patch: FloatMap, across: NDArray[np.float64], down: NDArray[np.float64], width: float) -> float:
    """How much more ridges there are inside a fingertip than beside and above it, -1 to 1."""
    u, v = np.abs(across)[None, :] / width, down[:, None] / width
    cap = np.where(v < 0.6, np.sqrt(np.clip(1.0 - (np.clip(0.6 - v, 0.0, 0.6) / 0.6) ** 2, 0.0, 1.0)), 1.0)
    inside = (v >= 0.0) & (v <= 1.0) & (u <= 0.5 * cap)
    around = (v >= -0.3) & (v <= 1.0) & (u <= 0.8) & ~((v >= -0.06) & (u <= 0.5 * cap + 0.08))
    return float(patch[inside].mean() - patch[around].mean())


def _upright(values: FloatMap, x: float, y: float, angle: float, width: float) -> FloatMap:
    """The map around a finger, its axis upright: one cell a pixel, 1.1 widths to each side, 0.6 above, 2.8 below."""
    reach, above, below = math.ceil(1.1 * width), math.ceil(0.6 * width), math.ceil(2.8 * width)
    c, s = math.cos(angle), math.sin(angle)
    # Maps a pixel of the patch to the cell that it shows.
    matrix = np.array([[c, s, x - reach * c - above * s], [-s, c, y + reach * s - above * c]])
    size = 2 * reach + 1, above + below + 1
    return np.asarray(
        cv2.warpAffine(values, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), dtype=np.float32
    )


def _axes(width: float, shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cells across from the axis, and down from the end, of a patch."""
    across = np.arange(shape[1], dtype=np.float64) - math.ceil(1.1 * width)
    return across, np.arange(shape[0], dtype=np.float64) - math.ceil(0.6 * width)


def _bounds(others: list[Tip], x: float, y: float, angle: float, width: float) -> tuple[float, float]:
    """How far to each side a finger may reach: half way to a fingertip that lies beside it."""
    low, high = -1.1 * width, 1.1 * width
    c, s = math.cos(angle), math.sin(angle)
    for other in others:
        dx, dy = other.x - x, other.y - y
        u, v = c * dx - s * dy, s * dx + c * dy
        if not -1.6 * width < v < 1.6 * width or abs(u) < 0.75 * min(width, other.width):
            continue
        half = 0.5 * u
        low, high = (max(low, half), high) if u < 0.0 else (low, min(high, half))
    return low, high


def _runs(
    ridged: NDArray[np.bool_], across: NDArray[np.float64], bound: tuple[float, float], max_gap: int
) -> NDArray[np.float64]:
    """First and last cell of the run of ridges on the axis, in each row; both 0 where there is none."""
    middle = int(np.argmin(np.abs(across)))
    runs = np.zeros((ridged.shape[0], 2))
    rows, cols = np.nonzero(ridged & (across >= bound[0]) & (across <= bound[1]))
    if not rows.size:
        return runs
    is_first = (np.diff(rows, prepend=-1) > 0) | (np.diff(cols, prepend=-1) > max_gap + 1)
    run, firsts = np.cumsum(is_first) - 1, np.flatnonzero(is_first)
    lasts = np.append(firsts[1:], rows.size) - 1
    # The cell nearest to the axis in each row, and of two the left one: distance and place in one number.
    ranked = np.abs(cols - middle) * rows.size + np.arange(rows.size)
    nearest = np.minimum.reduceat(ranked, np.flatnonzero(np.diff(rows, prepend=-1)))
    at = nearest[nearest // rows.size <= 4 + max_gap] % rows.size
    runs[rows[at], 0] = across[cols[firsts[run[at]]]] - 0.5
    runs[rows[at], 1] = across[cols[lasts[run[at]]]] + 0.5
    return runs


def _first(down: NDArray[np.float64]) -> float:
    """Where the stretch of rows begins that reaches to half a width below; rows without ridges may lie between."""
    breaks = np.flatnonzero(np.diff(down) > 4.0)
    return float(down[breaks[-1] + 1] if breaks.size and down[breaks[-1]] < 0.0 else down[0]) - 0.5


def _joint(
    ridged: NDArray[np.float64], sharp: NDArray[np.float32], runs: NDArray[np.float64], down: NDArray[np.float64],
    width: float, p: TracingParameters,
) -> float:  # fmt: skip
    """How far below the end the joint lies: where ridges stop, or have a gap, or turn faint, near the usual place."""
    below = down >= 0.5 * width
    empty = below & ((runs < 0.25 * width) | (ridged < 0.25))
    stop = down.size - 1
    for row in np.flatnonzero(empty):
        if empty[row : row + 3].all():
            stop = int(row)
            break
    stop = min(stop, int(np.searchsorted(down, p.longest * width)))
    first = int(np.searchsorted(down, 1.0 * width))
    if stop <= first:
        return float(down[stop]) - 0.5
    level = float(np.median(sharp[(down >= 0.6 * width) & (down <= 1.1 * width)])) + 1e-6
    share = np.minimum(sharp / level, 1.2) * np.minimum(runs / width, 1.0)  # faint, and narrow
    share[stop:] = 0.0
    reach = max(2, round(0.3 * width))
    costs = []
    for place in range(first, stop + 1):
        above, under = share[place - reach : place].mean(), share[place + 1 : place + 1 + reach].mean()
        usual = 0.5 * ((down[place] / width - p.typical_length) / p.length_spread) ** 2
        costs.append(usual + p.gap_weight * share[place] - p.step_weight * (above - under))
    return float(down[first + int(np.argmin(costs))]) - 0.5
