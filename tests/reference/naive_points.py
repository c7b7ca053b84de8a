"""Plain-Python twins of the kernels that scatter minutiae without ridges."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fingerprint_engine.synthesis.silhouette import Silhouette

Grid = Sequence[Sequence[float]]
STEP_PX = 8.0


def depth(x: float, y: float, outline: Sequence[float]) -> float:
    """`Silhouette.depth` with an elliptic lower half."""
    middle_x, middle_y, half_width, top, bottom, cosine, sine = outline
    made = Silhouette(middle_x, middle_y, half_width, top, bottom, math.atan2(sine, cosine), 2.0)
    return float(made.depth(np.array(x), np.array(y)))


def between(grid: Grid, row: float, col: float) -> float:
    """Bilinear; beyond the rim, the rim."""
    rows, cols = len(grid), len(grid[0])
    row, col = min(max(row, 0.0), rows - 1.001), min(max(col, 0.0), cols - 1.001)
    r, c = math.floor(row), math.floor(col)
    return sum(
        grid[r + i][c + j] * (row - r if i else 1.0 - row + r) * (col - c if j else 1.0 - col + c)
        for i in (0, 1)
        for j in (0, 1)
    )


def flow(field: tuple[Grid, Grid], x: float, y: float, pose: Sequence[float]) -> float:
    """Orientation at a point: the finger's, turned with the print (counter-clockwise as seen, y down)."""
    turn, px, py, fx, fy = pose
    dx, dy = x - px, y - py
    u = math.cos(turn) * dx - math.sin(turn) * dy + fx
    v = math.sin(turn) * dx + math.cos(turn) * dy + fy
    real, imaginary = (between(part, v / STEP_PX, u / STEP_PX) for part in field)
    return 0.5 * math.atan2(imaginary, real) + turn


def cell_codes(
    field: tuple[Grid, Grid], pose: Sequence[float], outline: Sequence[float], cell: float, shape: tuple[int, int]
) -> list[list[int]]:
    """Orientation of cells in 128 steps, 255 outside."""
    codes = []
    for row in range(shape[0]):
        codes.append([])
        for col in range(shape[1]):
            x, y = (col + 0.5) * cell - 0.5, (row + 0.5) * cell - 0.5
            step = math.floor(flow(field, x, y, pose) * 128.0 / math.pi + 0.5)
            codes[-1].append(255 if depth(x, y, outline) < 0.0 else step % 128)
    return codes


def scatter(
    field: tuple[Grid, Grid],
    pose: Sequence[float],
    outline: Sequence[float],
    wanted: int,
    shape: tuple[int, int],
    noise: tuple[Grid, Grid],
    numbers: dict[str, float],
    draws: Sequence[Sequence[float]],
) -> list[tuple[float, float, float, float, float]]:
    """Minutiae that stick: inside, dense enough, not too near another one."""
    found: list[tuple[float, float, float, float, float]] = []
    for u, v, chance, nearness, other, kind in draws:
        if len(found) == wanted:
            break
        x, y = u * (shape[1] - 1.0), v * (shape[0] - 1.0)
        inside = depth(x, y, outline)
        row, col = y / numbers["noise_step_px"], x / numbers["noise_step_px"]
        density = math.exp(numbers["gathering"] * (between(noise[0], row, col) - 2.0))
        if inside < 0.0 or chance > density * min(inside / numbers["rim_px"], 1.0):
            continue
        if any(math.hypot(x - p[0], y - p[1]) < numbers["near_px"] * nearness for p in found):
            continue
        turn = flow(field, x, y, pose) + (nearness + other - 1.0) * numbers["error_rad"]
        if between(noise[1], row, col) + numbers["downward"] * math.sin(turn) > 0.0:
            turn += math.pi
        code = math.floor(turn * 128.0 / math.pi + 0.5) % 256
        found.append((x, y, float(code), 1.0 if kind < 0.53 else 2.0, float(math.floor(95.0 - 31.0 * other**2.2))))
    return found
