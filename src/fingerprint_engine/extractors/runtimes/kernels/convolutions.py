"""Convolutions of tiles: as they are written, and those of 3 x 3 by Winograd's minimal filtering.

That takes 36 products instead of 144 for each 4 x 4 values. Source: A. Lavin and S. Gray, "Fast algorithms for
convolutional neural networks" (CVPR 2016), F(4 x 4, 3 x 3).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.runtimes.kernels.tiles import Grid
from fingerprint_engine.extractors.runtimes.kernels.vectors import (
    fused,
    lanes,
    minus,
    plus,
    positive,
    read,
    spread,
    times,
    write,
)
from fingerprint_engine.jit import inline_kernel, kernel, wide_vectors

Numbers = NDArray[np.float32]
Vector = Any
"""What `read` makes: no type of Python."""
Six = tuple[Vector, Vector, Vector, Vector, Vector, Vector]
Four = tuple[Vector, Vector, Vector, Vector]
TILE, PER_TILE = 4, 16
SIDE, POINTS = 6, 36
"""Values per side, and in all, of what a tile and its neighbours say together."""
BLOCK, HALF = 8, 4
"""Outputs whose weights lie side by side, and half of them."""
PLACES = 32
"""Places of a piece of work: what is made of them stays in the nearest caches."""
_GAP = 16
"""Numbers between the points of a piece, so that they do not all claim the same lines of a cache."""
_TO_POINTS = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
"""How three weights in a row become those of six points."""


def padded(outputs: int) -> int:
    """So many outputs, in whole blocks."""
    return -(-outputs // BLOCK) * BLOCK


def point_weights(weights: Numbers) -> Numbers:
    """Weights, shape (outputs, inputs, 3, 3), as `convolve` takes them: by point, block of outputs and input.

    The same bits on every machine: no sum is left to a library.
    """
    wide = weights.astype(np.float64)
    first, second, third = _TO_POINTS.T
    rows = first[:, None] * wide[:, :, None, 0] + second[:, None] * wide[:, :, None, 1]
    rows = rows + third[:, None] * wide[:, :, None, 2]
    points = first * rows[..., None, 0] + second * rows[..., None, 1] + third * rows[..., None, 2]
    by_point = points.reshape(*weights.shape[:2], POINTS).transpose(2, 0, 1)
    return np.concatenate([_in_blocks(one.astype(np.float32)) for one in by_point])


def tap_weights(weights: Numbers) -> Numbers:
    """Weights, shape (outputs, inputs, 3, 3) or (outputs, inputs, 1, 1), as `weigh` takes them."""
    return _in_blocks(weights.reshape(len(weights), -1))


def _in_blocks(weights: Numbers) -> Numbers:
    """Weights, shape (outputs, rows), by block of outputs and row."""
    outputs, rows = weights.shape
    whole = np.zeros((padded(outputs), rows), np.float32)
    whole[:outputs] = weights
    return whole.reshape(-1, BLOCK, rows).transpose(0, 2, 1).ravel()


def work_numbers(channels: int) -> int:
    """Numbers that `convolve` needs for the points of so many channels."""
    return POINTS * (padded(channels) * PLACES + _GAP)


@kernel
def convolve(
    tiles: Numbers,
    grid: Grid,
    inputs: int,
    weights: Numbers,
    bias: Numbers,
    is_added: bool,
    held: Numbers,
    points: Numbers,
    sums: Numbers,
    out: Numbers,
) -> None:
    """Convolve tiles with 3 x 3 weights, cut off what is below 0 and write the tiles of ``len(bias)`` channels.

    What goes in is added or not. ``held`` is `held_places`; ``points`` and ``sums`` are room for `work_numbers` of the
    inputs and of the outputs.
    """
    wide_vectors()
    outputs = len(bias)
    blocks = (outputs + BLOCK - 1) // BLOCK
    gap, out_gap = inputs * PLACES + _GAP, blocks * BLOCK * PLACES + _GAP
    room = np.empty(POINTS * lanes(), np.float32)
    for begin in range(grid.gap, grid.size, PLACES):
        width = min(PLACES, grid.size - begin)
        _to_points(tiles, grid, inputs, begin, width, room, gap, points)
        for point in range(POINTS):
            first = point * blocks * BLOCK * inputs
            _sum_up(points, point * gap, inputs, width, weights, first, blocks, sums, point * out_gap)
        _from_points(sums, out_gap, bias, width, tiles, grid, begin, is_added, held, room, out)


@kernel
def weigh(
    tiles: Numbers,
    grid: Grid,
    inputs: int,
    steps: NDArray[np.int64],
    weights: Numbers,
    bias: Numbers,
    is_cut: bool,
    out: Numbers,
) -> None:
    """Weighted sums of the values that lie ``steps[value, tap]`` from each place: ``out[output, value, place]``.

    What is below 0 is cut off or not. Empty places get anything.
    """
    wide_vectors()
    step, size = lanes(), grid.size
    outputs, values, taps = len(bias), steps.shape[0], steps.shape[1]
    blocks = (outputs + BLOCK - 1) // BLOCK
    rows = np.empty(inputs * taps * PLACES, np.float32)
    sums = np.empty(blocks * BLOCK * PLACES, np.float32)
    for value in range(values):
        for begin in range(grid.gap, size, PLACES):
            width = min(PLACES, size - begin)
            for channel in range(inputs):
                for tap in range(taps):
                    at = begin + channel * PER_TILE * size + steps[value, tap]
                    to = (channel * taps + tap) * PLACES
                    for lane in range(0, width, step):
                        write(rows, to + lane, read(tiles, at + lane))
            _sum_up(rows, 0, inputs * taps, width, weights, 0, blocks, sums, 0)
            for output in range(outputs):
                raised, to = spread(bias[output]), (output * values + value) * size + begin
                for lane in range(0, width, step):
                    found = plus(read(sums, output * PLACES + lane), raised)
                    if is_cut:
                        found = positive(found)
                    write(out, to + lane, found)


@inline_kernel
def _sum_up(
    rows: Numbers,
    begin: int,
    count: int,
    width: int,
    weights: Numbers,
    first: int,
    blocks: int,
    sums: Numbers,
    to: int,
) -> None:
    """Weighted sums of so many rows of places, from a number on, for so many blocks of outputs.

    A loop keeps as many sums as there are registers for: of a block and two vectors where those hold 16 numbers.
    """
    step = lanes()
    pairs = width // (2 * step) * 2 * step
    for block in range(blocks):
        weight, at = first + block * count * BLOCK, to + block * BLOCK * PLACES
        for lane in range(0, pairs, 2 * step):
            if step == 16:
                _sum_up_block(rows, begin + lane, count, weights, weight, sums, at + lane)
            else:
                _sum_up_half(rows, begin + lane, count, weights, weight, sums, at + lane)
                _sum_up_half(rows, begin + lane, count, weights, weight + HALF, sums, at + HALF * PLACES + lane)
        if pairs < width:
            _sum_up_one(rows, begin + pairs, count, weights, weight, sums, at + pairs)


@inline_kernel
def _sum_up_block(rows: Numbers, at: int, count: int, weights: Numbers, weight: int, sums: Numbers, to: int) -> None:
    """A block, two vectors of places."""
    zero, step = spread(np.float32(0.0)), lanes()
    a, b, c, d, e, f, g, h = zero, zero, zero, zero, zero, zero, zero, zero
    i, j, k, m, n, o, p, q = zero, zero, zero, zero, zero, zero, zero, zero
    for _ in range(count):
        one, other = read(rows, at), read(rows, at + step)
        w, x = spread(weights[weight]), spread(weights[weight + 1])
        y, z = spread(weights[weight + 2]), spread(weights[weight + 3])
        a, b, c, d = fused(w, one, a), fused(x, one, b), fused(y, one, c), fused(z, one, d)
        i, j, k, m = fused(w, other, i), fused(x, other, j), fused(y, other, k), fused(z, other, m)
        w, x = spread(weights[weight + 4]), spread(weights[weight + 5])
        y, z = spread(weights[weight + 6]), spread(weights[weight + 7])
        e, f, g, h = fused(w, one, e), fused(x, one, f), fused(y, one, g), fused(z, one, h)
        n, o, p, q = fused(w, other, n), fused(x, other, o), fused(y, other, p), fused(z, other, q)
        at += PLACES
        weight += BLOCK
    _write_four(sums, to, PLACES, a, b, c, d)
    _write_four(sums, to + HALF * PLACES, PLACES, e, f, g, h)
    _write_four(sums, to + step, PLACES, i, j, k, m)
    _write_four(sums, to + HALF * PLACES + step, PLACES, n, o, p, q)


@inline_kernel
def _sum_up_half(rows: Numbers, at: int, count: int, weights: Numbers, weight: int, sums: Numbers, to: int) -> None:
    """Half a block, two vectors of places."""
    zero, step = spread(np.float32(0.0)), lanes()
    a, b, c, d, e, f, g, h = zero, zero, zero, zero, zero, zero, zero, zero
    for _ in range(count):
        one, other = read(rows, at), read(rows, at + step)
        w, x = spread(weights[weight]), spread(weights[weight + 1])
        y, z = spread(weights[weight + 2]), spread(weights[weight + 3])
        a, b, c, d = fused(w, one, a), fused(x, one, b), fused(y, one, c), fused(z, one, d)
        e, f, g, h = fused(w, other, e), fused(x, other, f), fused(y, other, g), fused(z, other, h)
        at += PLACES
        weight += BLOCK
    _write_four(sums, to, PLACES, a, b, c, d)
    _write_four(sums, to + step, PLACES, e, f, g, h)


@inline_kernel
def _sum_up_one(rows: Numbers, at: int, count: int, weights: Numbers, weight: int, sums: Numbers, to: int) -> None:
    """A block, one vector of places."""
    zero = spread(np.float32(0.0))
    a, b, c, d, e, f, g, h = zero, zero, zero, zero, zero, zero, zero, zero
    for _ in range(count):
        one = read(rows, at)
        w, x = spread(weights[weight]), spread(weights[weight + 1])
        y, z = spread(weights[weight + 2]), spread(weights[weight + 3])
        a, b, c, d = fused(w, one, a), fused(x, one, b), fused(y, one, c), fused(z, one, d)
        w, x = spread(weights[weight + 4]), spread(weights[weight + 5])
        y, z = spread(weights[weight + 6]), spread(weights[weight + 7])
        e, f, g, h = fused(w, one, e), fused(x, one, f), fused(y, one, g), fused(z, one, h)
        at += PLACES
        weight += BLOCK
    _write_four(sums, to, PLACES, a, b, c, d)
    _write_four(sums, to + HALF * PLACES, PLACES, e, f, g, h)


@inline_kernel
def _to_points(
    tiles: Numbers, grid: Grid, inputs: int, begin: int, width: int, room: Numbers, gap: int, points: Numbers
) -> None:
    """The 36 points of so many tiles from one on: ``points[point, input, place]``."""
    step, size = lanes(), grid.size
    for channel in range(inputs):
        for lane in range(0, width, step):
            place = channel * PER_TILE * size + begin + lane
            for x in range(SIDE):
                # the column before the tile, its four columns, and the one after it
                line = place + (x + 3) % TILE * size + (x == SIDE - 1) - (x == 0)
                above, below = line + 3 * TILE * size - grid.pitch, line + grid.pitch
                a, b, c, d, e, f = _six_points(
                    read(tiles, above), read(tiles, line), read(tiles, line + TILE * size),
                    read(tiles, line + 2 * TILE * size), read(tiles, line + 3 * TILE * size), read(tiles, below),
                )  # fmt: skip
                at, row = x * step, SIDE * step
                write(room, at, a)
                write(room, at + row, b)
                write(room, at + 2 * row, c)
                write(room, at + 3 * row, d)
                write(room, at + 4 * row, e)
                write(room, at + 5 * row, f)
            for y in range(SIDE):
                at = y * SIDE * step
                a, b, c, d, e, f = _six_points(
                    read(room, at), read(room, at + step), read(room, at + 2 * step),
                    read(room, at + 3 * step), read(room, at + 4 * step), read(room, at + 5 * step),
                )  # fmt: skip
                to = y * SIDE * gap + channel * PLACES + lane
                write(points, to, a)
                write(points, to + gap, b)
                write(points, to + 2 * gap, c)
                write(points, to + 3 * gap, d)
                write(points, to + 4 * gap, e)
                write(points, to + 5 * gap, f)


@inline_kernel
def _six_points(a: Vector, b: Vector, c: Vector, d: Vector, e: Vector, f: Vector) -> Six:
    """Six values in a row as the values of their polynomial at 0, 1, -1, 2, -2 and infinity."""
    two, four, minus_five = spread(np.float32(2.0)), spread(np.float32(4.0)), spread(np.float32(-5.0))
    even, odd = minus(e, times(four, c)), minus(d, times(four, b))
    outer, inner = minus(e, c), times(two, minus(d, b))
    first = fused(four, a, fused(minus_five, c, e))
    last = fused(four, b, fused(minus_five, d, f))
    return first, plus(even, odd), minus(even, odd), plus(outer, inner), minus(outer, inner), last


@inline_kernel
def _from_points(
    sums: Numbers,
    gap: int,
    bias: Numbers,
    width: int,
    tiles: Numbers,
    grid: Grid,
    begin: int,
    is_added: bool,
    held: Numbers,
    room: Numbers,
    out: Numbers,
) -> None:
    """The tiles that the sums of the points stand for."""
    step, size = lanes(), grid.size
    for channel in range(len(bias)):
        raised = spread(bias[channel])
        for lane in range(0, width, step):
            for x in range(SIDE):
                at, row = x * gap + channel * PLACES + lane, SIDE * gap
                a, b, c, d = _four_values(
                    read(sums, at), read(sums, at + row), read(sums, at + 2 * row),
                    read(sums, at + 3 * row), read(sums, at + 4 * row), read(sums, at + 5 * row),
                )  # fmt: skip
                _write_four(room, x * step, SIDE * step, a, b, c, d)
            for y in range(TILE):
                at = y * SIDE * step
                a, b, c, d = _four_values(
                    read(room, at), read(room, at + step), read(room, at + 2 * step),
                    read(room, at + 3 * step), read(room, at + 4 * step), read(room, at + 5 * step),
                )  # fmt: skip
                a, b = positive(plus(a, raised)), positive(plus(b, raised))
                c, d = positive(plus(c, raised)), positive(plus(d, raised))
                to = (channel * PER_TILE + y * TILE) * size + begin + lane
                if is_added:
                    a, b = plus(read(tiles, to), a), plus(read(tiles, to + size), b)
                    c, d = plus(read(tiles, to + 2 * size), c), plus(read(tiles, to + 3 * size), d)
                at = y * TILE * size + begin + lane
                a, b = times(a, read(held, at)), times(b, read(held, at + size))
                c, d = times(c, read(held, at + 2 * size)), times(d, read(held, at + 3 * size))
                _write_four(out, to, size, a, b, c, d)


@inline_kernel
def _four_values(a: Vector, b: Vector, c: Vector, d: Vector, e: Vector, f: Vector) -> Four:
    """Four values in a row of the products at the six points."""
    two, four, eight = spread(np.float32(2.0)), spread(np.float32(4.0)), spread(np.float32(8.0))
    one_even, one_odd, two_even, two_odd = plus(b, c), minus(b, c), plus(d, e), minus(d, e)
    first, second = plus(plus(a, one_even), two_even), fused(two, two_odd, one_odd)
    return first, second, fused(four, two_even, one_even), plus(fused(eight, two_odd, one_odd), f)


@inline_kernel
def _write_four(numbers: Numbers, place: int, step: int, a: Vector, b: Vector, c: Vector, d: Vector) -> None:
    write(numbers, place, a)
    write(numbers, place + step, b)
    write(numbers, place + 2 * step, c)
    write(numbers, place + 3 * step, d)
