"""Compiled loops of the ridge growth and of prints without ridges."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import kernel

FLOW_STEP_PX = 8.0
"""Points of a finger's flow lie so far apart."""
DIVERGENCE_STEP_PX = 12.0
MAX_DIVERGENCE = 0.035
"""Radians per pixel; beside a core or delta the flow has no divergence that ridges could follow."""
OUTLINE_POWER = 2.5
"""Between an ellipse (2) and a rectangle, as the area of live-scan prints is."""


class Scatter(NamedTuple):
    """How minutiae lie; numbers of `PointPrintParameters`."""

    noise_step_px: float
    gathering: float
    near_px: float
    rim_px: float
    rim_share: float
    unforced: float
    period_px: float


@kernel
def spread_waves(
    source: NDArray[Any], filter_index: NDArray[Any], filters: NDArray[Any], threshold: float, target: NDArray[Any]
) -> None:
    """Add to `target` the oriented wavelet of every pixel of `source`, scaled by the pixel.

    Spreading instead of gathering: the inner loop adds one row of a wavelet and has no running sum, so it vectorises
    without changing the order of any addition, and the empty part of a growing pattern costs nothing.

    Parameters
    ----------
    source
        float32, shape (rows, cols).
    filter_index
        int32, shape (rows, cols); which wavelet a pixel sends out.
    filters
        float32, shape (count, side, width), side odd, width >= side (rows padded with zeros).
    threshold
        Pixels of smaller magnitude send nothing.
    target
        float32, shape (rows + side - 1, cols + width - 1), zeroed by the caller; pixel (r, c) of `source` is
        centred on (r + side // 2, c + side // 2).
    """
    rows, cols = source.shape
    side, width = filters.shape[1], filters.shape[2]
    for row in range(rows):
        for col in range(cols):
            weight = source[row, col]
            if abs(weight) <= threshold:
                continue
            wavelet = filters[filter_index[row, col]]
            for i in range(side):
                line = target[row + i, col : col + width]
                taps = wavelet[i]
                for j in range(width):
                    line[j] += weight * taps[j]


@kernel
def outline_depth(x, y, outline):
    """About how many pixels a point lies inside an outline: x, y, half width, top, bottom, cosine, sine of slant."""
    across = abs(outline[5] * (x - outline[0]) - outline[6] * (y - outline[1])) / outline[2]
    along = outline[6] * (x - outline[0]) + outline[5] * (y - outline[1])
    reach = abs(along) / (outline[3] if along < 0.0 else outline[4])
    return (1.0 - (across**OUTLINE_POWER + reach**OUTLINE_POWER) ** (1.0 / OUTLINE_POWER)) * outline[2]


@kernel
def outline_depths(x, y, outline, depths):
    """`outline_depth` of points in two dimensions."""
    for row in range(x.shape[0]):
        for col in range(x.shape[1]):
            depths[row, col] = outline_depth(x[row, col], y[row, col], outline)


@kernel
def bilinear(grid, row, col):
    """Value of a grid between its points; the rim goes on outside."""
    row = min(max(row, 0.0), grid.shape[0] - 1.001)
    col = min(max(col, 0.0), grid.shape[1] - 1.001)
    r, c = int(row), int(col)
    down, right = min(r + 1, grid.shape[0] - 1), min(c + 1, grid.shape[1] - 1)
    dr, dc = row - r, col - c
    upper = grid[r, c] * (1.0 - dc) + grid[r, right] * dc
    lower = grid[down, c] * (1.0 - dc) + grid[down, right] * dc
    return upper * (1.0 - dr) + lower * dr


@kernel
def flow_at(flow, x, y, pose):
    """Orientation (radians, not wrapped) at a point of an impression, read from the finger's doubled-angle field."""
    cosine, sine = math.cos(pose[0]), math.sin(pose[0])
    dx, dy = x - pose[1], y - pose[2]
    col, row = (cosine * dx - sine * dy + pose[3]) / FLOW_STEP_PX, (sine * dx + cosine * dy + pose[4]) / FLOW_STEP_PX
    real, imaginary = bilinear(flow[0], row, col), bilinear(flow[1], row, col)
    return 0.5 * math.atan2(imaginary, real) + pose[0]


@kernel
def divergence(flow, x, y, angle, pose):
    """How fast ridges that leave a point in a direction spread, radians per pixel."""
    turn_x = flow_at(flow, x + DIVERGENCE_STEP_PX, y, pose) - flow_at(flow, x - DIVERGENCE_STEP_PX, y, pose)
    turn_y = flow_at(flow, x, y + DIVERGENCE_STEP_PX, pose) - flow_at(flow, x, y - DIVERGENCE_STEP_PX, pose)
    turn_x -= math.pi * math.floor(turn_x / math.pi + 0.5)
    turn_y -= math.pi * math.floor(turn_y / math.pi + 0.5)
    value = -(math.sin(angle) * turn_x + math.cos(angle) * turn_y) / (2.0 * DIVERGENCE_STEP_PX)
    return min(max(value, -MAX_DIVERGENCE), MAX_DIVERGENCE)


@kernel
def scatter_points(flow, pose, outline, wanted, shape, noise, scatter, draws, points):
    """Throw minutiae on an impression until `wanted` have stuck or the draws run out; returns how many have.

    Ridges keep their distance, so where they spread new ones must begin: of the minutiae that point the way in which
    ridges spread there are as many more than of the others as the divergence over the ridge period says, per
    square pixel. The rest (`unforced`, per square pixel, gathered by `noise`) point either way alike.

    `draws[k]` are four uniform numbers (place, chance, nearness), an error of direction in radians and a uniform number
    for the sense. `points` receives x, y and direction in 256 steps per turn.
    """
    rows, cols = shape
    top = scatter.unforced * math.exp(2.0 * scatter.gathering) + MAX_DIVERGENCE / scatter.period_px
    count = 0
    for k in range(draws.shape[0]):
        if count >= wanted:
            break
        x, y = draws[k, 0] * (cols - 1.0), draws[k, 1] * (rows - 1.0)
        depth = outline_depth(x, y, outline)
        if depth < 0.0:
            continue
        row, col = y / scatter.noise_step_px, x / scatter.noise_step_px
        unforced = scatter.unforced * math.exp(scatter.gathering * bilinear(noise, row, col))
        inner = scatter.rim_share + (1.0 - scatter.rim_share) * min(depth / scatter.rim_px, 1.0)
        if draws[k, 2] * top > (unforced + MAX_DIVERGENCE / scatter.period_px) * inner:
            continue
        angle = flow_at(flow, x, y, pose)
        spreading = divergence(flow, x, y, angle, pose) / scatter.period_px
        if draws[k, 2] * top > (unforced + abs(spreading)) * inner:
            continue
        against = 0.5 * unforced / (unforced + abs(spreading))
        if (spreading < 0.0) != (draws[k, 5] < against):
            angle += math.pi
        free = True
        for i in range(count):
            dx, dy = points[i, 0] - x, points[i, 1] - y
            # The chance to be found beside another minutia grows with the distance.
            if math.sqrt(dx * dx + dy * dy) < scatter.near_px * draws[k, 3]:
                free = False
        if not free:
            continue
        steps = math.floor((angle + draws[k, 4]) * (128.0 / math.pi) + 0.5)
        points[count, 0], points[count, 1] = x, y
        points[count, 2] = steps - 256.0 * math.floor(steps / 256.0)
        count += 1
    return count


@kernel
def paint_cells(flow, pose, outline, cell_px, codes):
    """Orientation in 128 steps of half a turn at the cells of an impression, 255 outside the outline."""
    for row in range(codes.shape[0]):
        for col in range(codes.shape[1]):
            x, y = (col + 0.5) * cell_px - 0.5, (row + 0.5) * cell_px - 0.5
            if outline_depth(x, y, outline) < 0.0:
                codes[row, col] = 255
                continue
            step = math.floor(flow_at(flow, x, y, pose) * (128.0 / math.pi) + 0.5)
            codes[row, col] = np.uint8(step - 128.0 * math.floor(step / 128.0))


@kernel
def paint_periods(mean_px, sag_px, roughness_px, noise, periods):
    """Ridge period in tenths of a pixel; wider at the upper and lower end than between, and uneven."""
    rows, cols = periods.shape
    for row in range(rows):
        level = 2.0 * row / max(rows - 1, 1) - 1.0
        for col in range(cols):
            uneven = bilinear(noise, row * 0.5, col * 0.5)
            value = mean_px + sag_px * (level * level - 1.0 / 3.0) + roughness_px * uneven
            periods[row, col] = min(max(math.floor(10.0 * value + 0.5), 40.0), 180.0)
