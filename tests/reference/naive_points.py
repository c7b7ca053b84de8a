"""Plain-Python twins of the kernels that scatter minutiae without ridges."""

from __future__ import annotations

import math
from collections.abc import Sequence

Grid = Sequence[Sequence[float]]
STEP_PX = 8.0


def depth(x: float, y: float, outline: Sequence[float]) -> float:
    """One less the norm (of power 2.5) of a point in the outline's own axes, times its half width."""
    middle_x, middle_y, half_width, top, bottom, cosine, sine = outline
    across = (cosine * (x - middle_x) - sine * (y - middle_y)) / half_width
    along = sine * (x - middle_x) + cosine * (y - middle_y)
    along /= top if along < 0.0 else bottom
    return (1.0 - (abs(across) ** 2.5 + abs(along) ** 2.5) ** 0.4) * half_width


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


def divergence(field: tuple[Grid, Grid], x: float, y: float, angle: float, pose: Sequence[float]) -> float:
    """Divergence of the unit vectors along the ridges, by differences over 24 px, at most 0.035 a pixel."""
    changes = []
    for right, down in ((12.0, 0.0), (0.0, 12.0)):
        change = flow(field, x + right, y + down, pose) - flow(field, x - right, y - down, pose)
        changes.append(change - math.pi * math.floor(change / math.pi + 0.5))
    # The vector is (cos angle, -sin angle), because y points down.
    return min(max(-(math.sin(angle) * changes[0] + math.cos(angle) * changes[1]) / 24.0, -0.035), 0.035)


def scatter(
    field: tuple[Grid, Grid],
    pose: Sequence[float],
    outline: Sequence[float],
    wanted: int,
    shape: tuple[int, int],
    noise: Grid,
    numbers: dict[str, float],
    draws: Sequence[Sequence[float]],
) -> list[tuple[float, float, float]]:
    """Minutiae that stick: inside, where ridges spread or by chance, not too near another one."""
    found: list[tuple[float, float, float]] = []
    for u, v, chance, nearness, error, sense in draws:
        if len(found) == wanted:
            break
        x, y = u * (shape[1] - 1.0), v * (shape[0] - 1.0)
        inside = depth(x, y, outline)
        if inside < 0.0:
            continue
        waves = between(noise, y / numbers["noise_step_px"], x / numbers["noise_step_px"])
        free = numbers["unforced"] * math.exp(numbers["gathering"] * waves)
        turn = flow(field, x, y, pose)
        forced = divergence(field, x, y, turn, pose) / numbers["period_px"]
        most = numbers["unforced"] * math.exp(2.0 * numbers["gathering"]) + 0.035 / numbers["period_px"]
        inner = min(inside / numbers["rim_px"], 1.0)
        inner = numbers["rim_share"] + (1.0 - numbers["rim_share"]) * inner
        if chance * most > (free + abs(forced)) * inner:
            continue
        if any(math.hypot(x - p[0], y - p[1]) < numbers["near_px"] * nearness for p in found):
            continue
        along = forced >= 0.0
        if sense < 0.5 * free / (free + abs(forced)):
            along = not along
        code = math.floor((turn + error + (0.0 if along else math.pi)) * 128.0 / math.pi + 0.5) % 256
        found.append((x, y, float(code)))
    return found


def periods(mean: float, sag: float, roughness: float, noise: Grid, shape: tuple[int, int]) -> list[list[int]]:
    """Ridge period in tenths of a pixel: a parabola down the print and noise, 4 to 18 px."""
    found: list[list[int]] = []
    for row in range(shape[0]):
        level = -1.0 + 2.0 * row / max(shape[0] - 1, 1)
        values = [
            mean + sag * (level**2 - 1 / 3) + roughness * between(noise, row / 2, col / 2) for col in range(shape[1])
        ]
        found.append([min(max(math.floor(10.0 * value + 0.5), 40), 180) for value in values])
    return found
