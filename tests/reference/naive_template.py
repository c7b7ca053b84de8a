"""Plain-Python twins of the template room's kernels: no columns, no words, sets of (cell, sector) instead of bits."""

from __future__ import annotations

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


def texture(x: float, y: float, angle: float, orientation: float, radius: float) -> list[tuple[int, ...]]:
    """Codes of all cells on a print with one orientation everywhere: the 15° sector in a unit distance code."""
    turn = ((orientation - angle) / math.pi) % 1.0
    sector = min(int(12.0 * turn), 11)
    code = tuple(int(k < sector) if sector <= 6 else int(k >= sector - 6) for k in range(6))
    del x, y
    return [code for _ in cells(radius)]


def bits(word: np.uint64) -> list[int]:
    return [(int(word) >> cell) & 1 for cell in range(52)]
