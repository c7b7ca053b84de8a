"""Planes as tiles of 4 x 4 values, and their ways between levels of a network.

``tiles[channel, 4 * y + x, place]`` is value (y, x) of the tile at a place. Tiles follow each other row by row, with
one empty tile after each row and a gap before the first: so all neighbours of a tile lie at fixed steps, and the same
value of many tiles side by side, in vectors. What no plane holds is 0, as convolutions take it beyond the edge.

``quads[channel, 2 * y + x, place]`` are the values of a level of half the resolution by the same places: four for each
tile.

Arrays are flat: of each value of each channel the `Grid.size` places of its tiles follow `Grid.gap` empty ones, and as
many end them all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.runtimes.kernels.vectors import lanes, plus, read, times, write
from fingerprint_engine.jit import kernel, wide_vectors

Numbers = NDArray[np.float32]
TILE = 4
QUAD = 2
"""Values per side."""
PER_TILE, PER_QUAD = TILE**2, QUAD**2
_LINE = 16
"""Numbers of a line of the caches, and at least those of a vector."""


class Grid(NamedTuple):
    """How planes of a level lie.

    Attributes
    ----------
    rows, cols
        Of the planes.
    tile_rows, pitch
        Rows of tiles, and places from one row to the next.
    gap
        Empty places before the first tile, at least as many as a neighbour lies away.
    size
        Places of tiles, the gap and those that complete a line of the caches among them.
    """

    rows: int
    cols: int
    tile_rows: int
    pitch: int
    gap: int
    size: int


def grid_of(rows: int, cols: int) -> Grid:
    """The places of planes of a shape."""
    tile_rows, pitch = -(-rows // TILE), -(-cols // TILE) + 1
    gap = _whole_lines(pitch + 1)
    size = gap + _whole_lines(tile_rows * pitch)
    is_even = size // _LINE % 2 == 0  # values whose places are an even number of lines apart share lines of the caches
    return Grid(rows, cols, tile_rows, pitch, gap + _LINE * is_even, size + _LINE * is_even)


def tile_numbers(channels: int, grid: Grid) -> int:
    """Numbers of the tiles of so many channels."""
    return channels * PER_TILE * grid.size + grid.gap


def quad_numbers(channels: int, grid: Grid) -> int:
    """Numbers of the quads of so many channels."""
    return channels * PER_QUAD * grid.size + grid.gap


def held_places(grid: Grid) -> Numbers:
    """1 where a value of a tile lies in the planes, 0 elsewhere: tiles of one channel."""
    held = np.zeros(tile_numbers(1, grid), np.float32)
    tile_planes(np.ones((1, grid.rows, grid.cols), np.float32), grid, held)
    return held


def _whole_lines(numbers: int) -> int:
    return -(-numbers // _LINE) * _LINE


def every_second(grid: Grid) -> NDArray[np.int64]:
    """Steps to the 3 x 3 neighbours of every second value of every second row: quads of tiles, shape (4, 9)."""
    return _STEPS[..., 0] * grid.size + _STEPS[..., 1] * grid.pitch + _STEPS[..., 2]


def every_one(grid: Grid) -> NDArray[np.int64]:
    """Steps to every value itself: tiles of tiles, shape (16, 1)."""
    return np.arange(PER_TILE)[:, None] * grid.size


def _steps_of_every_second() -> NDArray[np.int64]:
    """What `every_second` counts: values, rows of tiles and tiles, shape (4, 9, 3)."""
    steps = np.empty((QUAD, QUAD, 3, 3, 3), np.int64)
    for row, col, y, x in np.ndindex(steps.shape[:4]):
        down, right = QUAD * row + y - 1, QUAD * col + x - 1  # from -1 to 3
        steps[row, col, y, x] = down % TILE * TILE + right % TILE, down // TILE, right // TILE
    return steps.reshape(QUAD**2, 9, 3)


_STEPS = _steps_of_every_second()


@kernel
def tile_planes(planes: Numbers, grid: Grid, tiles: Numbers) -> None:
    """Lay planes, shape (channels, rows, cols), out as tiles."""
    tiles[: planes.shape[0] * PER_TILE * grid.size + grid.gap] = np.float32(0.0)
    for channel in range(planes.shape[0]):
        for row in range(grid.rows):
            line = planes[channel, row]
            for x in range(min(TILE, grid.cols)):
                begin = (channel * PER_TILE + row % TILE * TILE + x) * grid.size + grid.gap + row // TILE * grid.pitch
                side_by_side = tiles[begin : begin + (grid.cols - x + TILE - 1) // TILE]
                for tile in range(len(side_by_side)):
                    side_by_side[tile] = line[tile * TILE + x]


@kernel
def untile_planes(tiles: Numbers, grid: Grid, planes: Numbers) -> None:
    """Write tiles as planes, shape (channels, rows, cols)."""
    for channel in range(planes.shape[0]):
        for row in range(grid.rows):
            line = planes[channel, row]
            begin = (channel * PER_TILE + row % TILE * TILE) * grid.size + grid.gap + row // TILE * grid.pitch
            whole = grid.cols // TILE
            a, b = tiles[begin : begin + whole], tiles[begin + grid.size : begin + grid.size + whole]
            begin += 2 * grid.size
            c, d = tiles[begin : begin + whole], tiles[begin + grid.size : begin + grid.size + whole]
            for tile in range(whole):
                line[TILE * tile], line[TILE * tile + 1] = a[tile], b[tile]
                line[TILE * tile + 2], line[TILE * tile + 3] = c[tile], d[tile]
            begin += whole - 2 * grid.size
            for x in range(grid.cols % TILE):
                line[TILE * whole + x] = tiles[begin + x * grid.size]


@kernel
def clear_gaps(tiles: Numbers, channels: int, grid: Grid) -> None:
    """Make 0 what lies between the tiles of a value and those of the next."""
    for layer in range(channels * PER_TILE + 1):
        tiles[layer * grid.size : layer * grid.size + grid.gap] = np.float32(0.0)


@kernel
def tile_quads(quads: Numbers, fine: Grid, channels: int, tiles: Numbers, coarse: Grid) -> None:
    """Lay quads at the places of a level out as tiles of the level of half its resolution."""
    tiles[: channels * PER_TILE * coarse.size + coarse.gap] = np.float32(0.0)
    for channel in range(channels):
        for row in range(coarse.rows):
            begin = fine.gap + row // QUAD * fine.pitch
            to = coarse.gap + row // TILE * coarse.pitch
            for x in range(min(TILE, coarse.cols)):
                quad = (channel * PER_QUAD + row % QUAD * QUAD + x % QUAD) * fine.size + begin + x // QUAD
                tile = (channel * PER_TILE + row % TILE * TILE + x) * coarse.size + to
                for i in range((coarse.cols - x + TILE - 1) // TILE):
                    tiles[tile + i] = quads[quad + i * QUAD]


@kernel
def quads_of_tiles(tiles: Numbers, coarse: Grid, channels: int, quads: Numbers, fine: Grid) -> None:
    """The way back of `tile_quads`; empty places keep what they held."""
    for channel in range(channels):
        for row in range(coarse.rows):
            begin = fine.gap + row // QUAD * fine.pitch
            at = coarse.gap + row // TILE * coarse.pitch
            for x in range(min(TILE, coarse.cols)):
                quad = (channel * PER_QUAD + row % QUAD * QUAD + x % QUAD) * fine.size + begin + x // QUAD
                tile = (channel * PER_TILE + row % TILE * TILE + x) * coarse.size + at
                for i in range((coarse.cols - x + TILE - 1) // TILE):
                    quads[quad + i * QUAD] = tiles[tile + i]


@kernel
def add_quads(quads: Numbers, channels: int, grid: Grid, held: Numbers, tiles: Numbers) -> None:
    """Add to each value of a tile that of its quad, which stands for 2 x 2 values; ``held`` is `held_places`."""
    wide_vectors()
    for layer in range(channels * PER_TILE):
        channel, row, col = layer // PER_TILE, layer % PER_TILE // TILE, layer % TILE
        quad = (channel * PER_QUAD + row // QUAD * QUAD + col // QUAD) * grid.size
        is_held, tile = layer % PER_TILE * grid.size, layer * grid.size
        for place in range(grid.gap, grid.size, lanes()):
            added = times(read(quads, quad + place), read(held, is_held + place))
            write(tiles, tile + place, plus(read(tiles, tile + place), added))
