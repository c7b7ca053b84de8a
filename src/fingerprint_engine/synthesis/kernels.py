"""Compiled loops of the ridge growth and of prints without ridges."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import kernel

FLOW_STEP_PX = 8.0
"""Points of a finger's flow lie so far apart."""
DIRECTION_ERROR_RAD = 0.16
"""Half width of the triangular error of scattered directions, 3.7 degrees rms; chosen after live-scan prints."""


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
    """`Silhouette.depth` for one point; the outline is x, y, half width, top, bottom, cosine and sine of the slant."""
    across = abs(outline[5] * (x - outline[0]) - outline[6] * (y - outline[1])) / outline[2]
    along = outline[6] * (x - outline[0]) + outline[5] * (y - outline[1])
    reach = along / (outline[3] if along < 0.0 else outline[4])
    return (1.0 - math.sqrt(across * across + reach * reach)) * outline[2]


@kernel
def bilinear(grid, row, col):
    """Value of a grid between its points; the rim goes on outside."""
    row = min(max(row, 0.0), grid.shape[0] - 1.001)
    col = min(max(col, 0.0), grid.shape[1] - 1.001)
    r, c = int(row), int(col)
    dr, dc = row - r, col - c
    upper = grid[r, c] * (1.0 - dc) + grid[r, c + 1] * dc
    lower = grid[r + 1, c] * (1.0 - dc) + grid[r + 1, c + 1] * dc
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
def scatter_points(
    flow, pose, outline, wanted, shape, noise, noise_step_px, gathering, near_px, rim_px, downward, draws, points
):
    """Throw minutiae on an impression until `wanted` have stuck or the draws run out; returns how many have.

    `noise[0]` gathers them and `noise[1]` decides to which of its two senses a direction points. `draws[k]` are six
    uniform numbers; `points` receives x, y, direction in 256 steps a turn, kind and quality.
    """
    rows, cols = shape
    top = math.exp(2.0 * gathering)
    count = 0
    for k in range(draws.shape[0]):
        if count >= wanted:
            break
        x, y = draws[k, 0] * (cols - 1.0), draws[k, 1] * (rows - 1.0)
        depth = outline_depth(x, y, outline)
        if depth < 0.0:
            continue
        row, col = y / noise_step_px, x / noise_step_px
        if draws[k, 2] * top > math.exp(gathering * bilinear(noise[0], row, col)) * min(depth / rim_px, 1.0):
            continue
        free = True
        for i in range(count):
            dx, dy = points[i, 0] - x, points[i, 1] - y
            # The chance to be found beside another minutia grows with the distance.
            if math.sqrt(dx * dx + dy * dy) < near_px * draws[k, 3]:
                free = False
        if not free:
            continue
        # The sum of two uniform numbers is a triangular error.
        turn = flow_at(flow, x, y, pose) + (draws[k, 3] + draws[k, 4] - 1.0) * DIRECTION_ERROR_RAD
        # In real prints more minutiae point down than up; where ridges run level there is no such preference.
        if bilinear(noise[1], row, col) + downward * math.sin(turn) > 0.0:
            turn += math.pi
        steps = math.floor(turn * (128.0 / math.pi) + 0.5)
        points[count, 0], points[count, 1] = x, y
        points[count, 2] = steps - 256.0 * math.floor(steps / 256.0)
        points[count, 3] = 1.0 if draws[k, 5] < 0.53 else 2.0
        points[count, 4] = math.floor(95.0 - 31.0 * draws[k, 4] ** 2.2)
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
