"""Plain-Python twins of the template room's kernels: no columns, no words, sets of (cell, sector) instead of bits."""

from __future__ import annotations

import cmath
import math

import numpy as np

GRID, SECTORS = 8, 6


def cells(radius: float) -> list[tuple[float, float]]:
    side = 2.0 * radius / GRID
    centres = [(at - 3.5) * side for at in range(GRID)]
    return [(along, across) for along in centres for across in centres if math.hypot(along, across) <= radius]


def cell_position(x: float, y: float, angle: float, along: float, across: float) -> tuple[float, float]:
    return (
        x + along * math.cos(angle) + across * math.sin(angle),
        y - along * math.sin(angle) + across * math.cos(angle),
    )


def contribution(difference: float, sector: int, sigma: float) -> float:
    """Share of a Gaussian around a difference of directions that falls into a sector."""
    width = 2.0 * math.pi / SECTORS
    centre = -math.pi + (sector + 0.5) * width
    angle = (centre - difference + math.pi) % (2.0 * math.pi) - math.pi
    return 0.5 * (
        math.erf((angle + width / 2) / (math.sqrt(2) * sigma)) - math.erf((angle - width / 2) / (math.sqrt(2) * sigma))
    )


def cylinder(
    points: list[tuple[float, float, float]], own: int, radius: float, sigma: float, angular: float, activation: float
) -> dict[tuple[int, int], float]:
    """Accumulated contributions less the activation, by (cell, sector): a bit is set where that is positive."""
    x, y, angle = points[own]
    margins = {}
    for number, (along, across) in enumerate(cells(radius)):
        px, py = cell_position(x, y, angle, along, across)
        for sector in range(SECTORS):
            total = 0.0
            for other, (tx, ty, turned) in enumerate(points):
                distance = math.hypot(tx - px, ty - py)
                if other != own and distance <= 3.0 * sigma:
                    near = math.exp(-0.5 * (distance / sigma) ** 2) / (sigma * math.sqrt(2.0 * math.pi))
                    total += near * contribution(angle - turned, sector, angular)
            margins[number, sector] = total - activation
    return margins


def texture_bits(
    x: float, y: float, angle: float, cells_around: dict[tuple[int, int], int], radius: float
) -> list[tuple[int, ...] | None]:
    """The code of each cell, None where the flow is not known, from orientation codes by cell of 16 px."""
    codes: list[tuple[int, ...] | None] = []
    for along, across in cells(radius):
        px, py = cell_position(x, y, angle, along, across)
        u, v = (px - 7.5) / 16.0, (py - 7.5) / 16.0
        mean, total = 0j, 0.0
        for row in (math.floor(v), math.floor(v) + 1):
            for col in (math.floor(u), math.floor(u) + 1):
                if cells_around.get((row, col), 255) < 128:
                    weight = (1.0 - abs(v - row)) * (1.0 - abs(u - col))
                    mean += weight * cmath.exp(2j * math.pi * cells_around[row, col] / 128.0)
                    total += weight
        unsure = total < 0.5 or abs(mean) < 0.1
        codes.append(None if unsure else johnson(0.5 * cmath.phase(mean) - angle))
    return codes


def johnson(orientation: float) -> tuple[int, ...]:
    """The 15° sector of an orientation in a unit distance code."""
    sector = min(int(12.0 * ((orientation / math.pi) % 1.0)), 11)
    return tuple(int(k < sector) if sector <= 6 else int(k >= sector - 6) for k in range(6))


def texture(x: float, y: float, angle: float, orientation: float, radius: float) -> list[tuple[int, ...]]:
    """Codes of all cells on a print with one orientation everywhere: the 15° sector in a unit distance code."""
    del x, y
    return [johnson(orientation - angle) for _ in cells(radius)]


def bits(word: np.uint64) -> list[int]:
    return [(int(word) >> cell) & 1 for cell in range(52)]
