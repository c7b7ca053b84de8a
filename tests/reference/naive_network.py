"""Plain twins of the kernels that compute a network: sums in float64, places written out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.runtimes.kernels.tiles import Grid

Array = NDArray[np.float64]
TO_POINTS = np.array(
    [[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0],
     [0, 4, 0, -5, 0, 1]], float,
)  # fmt: skip
TO_VALUES = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], float)
WEIGHTS_TO_POINTS = np.array(
    [[1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
     [1 / 24, -1 / 12, 1 / 6], [0, 0, 1]]
)  # fmt: skip
"""B, A and G of F(4 x 4, 3 x 3) in the paper."""


def place_of(grid: Grid, row: int, col: int) -> tuple[int, int]:
    """Value of the tile and place of the tile of a pixel."""
    return row % 4 * 4 + col % 4, grid.gap + row // 4 * grid.pitch + col // 4


def tile_planes(planes: Array, grid: Grid) -> Array:
    channels, rows, cols = planes.shape
    tiles = np.zeros((channels * 16 * grid.size + grid.gap,))
    for row, col in np.ndindex(rows, cols):
        value, place = place_of(grid, row, col)
        for channel in range(channels):
            tiles[(channel * 16 + value) * grid.size + place] = planes[channel, row, col]
    return tiles


def untile_planes(tiles: Array, grid: Grid, channels: int) -> Array:
    planes = np.empty((channels, grid.rows, grid.cols))
    for row, col in np.ndindex(grid.rows, grid.cols):
        value, place = place_of(grid, row, col)
        for channel in range(channels):
            planes[channel, row, col] = tiles[(channel * 16 + value) * grid.size + place]
    return planes


def quads_of_planes(planes: Array, fine: Grid) -> dict[int, float]:
    """Where quads hold which value of planes of half the resolution; all other places are empty."""
    found = {}
    for channel, row, col in np.ndindex(planes.shape):
        value = (channel * 4 + row % 2 * 2 + col % 2) * fine.size
        found[value + fine.gap + row // 2 * fine.pitch + col // 2] = float(planes[channel, row, col])
    return found


def convolved(planes: Array, weights: Array, bias: Array, stride: int = 1) -> Array:
    """Planes convolved with weights of 3 x 3 or 1 x 1, zeros beyond the edge."""
    side = weights.shape[2]
    beyond = np.pad(planes, [(0, 0), (side // 2, side // 2), (side // 2, side // 2)])
    out = np.zeros((len(weights), *planes.shape[1:]))
    for y, x in np.ndindex(side, side):
        part = beyond[:, y : y + planes.shape[1], x : x + planes.shape[2]]
        out += np.tensordot(weights[:, :, y, x], part, axes=1)
    return (out + bias[:, None, None])[:, ::stride, ::stride]


def add_quads(planes: Array, coarse: Array) -> Array:
    return planes + coarse.repeat(2, axis=1).repeat(2, axis=2)


def _six_points(values: Array) -> Array:
    return TO_POINTS @ values


def _four_values(points: Array) -> Array:
    return TO_VALUES @ points


def _sum_up(rows: Array, weights: Array) -> Array:
    return weights @ rows


def _to_points(window: Array) -> Array:
    """The 36 points of the 6 x 6 values around a tile."""
    return TO_POINTS @ window @ TO_POINTS.T


def _from_points(points: Array) -> Array:
    return TO_VALUES @ points @ TO_VALUES.T


def network(cells: Array, layers: dict[str, tuple[Array, Array]]) -> tuple[Array, Array]:
    """The U-Net of `ridge_graph`, layer by layer."""

    def changed(name: str, planes: Array, stride: int = 1) -> Array:
        return np.maximum(convolved(planes, *layers[name], stride), 0.0)

    def added(name: str, planes: Array) -> Array:
        return planes + changed(name, planes)

    quarter = added("at_quarter", changed("enter", cells))
    eighth = added("at_eighth", changed("first_at_eighth", quarter, 2))
    sixteenth = added("at_sixteenth", changed("first_at_sixteenth", eighth, 2))
    sixteenth = added("at_sixteenth_again", sixteenth)
    deep = add_quads(eighth, convolved(sixteenth, *layers["to_eighth"]))
    deep = added("eighth_once_more", added("eighth_again", deep))
    fine = add_quads(quarter, convolved(deep, *layers["to_quarter"]))
    fine = added("quarter_once_more", added("quarter_again", fine))
    return convolved(fine, *layers["pixels"]), convolved(deep, *layers["blocks"])
