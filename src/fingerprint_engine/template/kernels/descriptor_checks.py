"""Whether the cylinders of native template bytes are those of its minutiae.

Not by making them again and comparing: another processor rounds otherwise, and a sum that lies on the threshold may
fall either way. A bit is wrong only where the sum is clearly on the other side.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import inline_kernel, kernel
from fingerprint_engine.template.kernels.native import cylinder_word, two_bytes

GRID, CELLS, SECTORS = 8, 52, 6
REACH_SIGMAS = 3.0
ROUNDING = 1e-9
"""Chosen: sums on other processors differ by 1e-14 of themselves; who forges gains no bit by so little."""
TURN_STEP_RAD = 2.0 * math.pi / 256.0


class Descriptors(NamedTuple):
    """What cylinders are made with.

    `centres_px` are the middles of the rows and columns of cells, `step_px` apart; `cell[r, c]` is the number of a
    cell, outside the disc that of a last one which nobody reads; `angular` is `template.cylinders.angular_table`;
    `digest` that of the parameters, `radius_px` as stored. `scale` is the height of the Gaussian, `shrink` by what the
    ratio of its values at a place and the next one falls from one place to the next.
    """

    digest: NDArray[np.uint8]
    radius_px: float
    centres_px: NDArray[np.float64]
    step_px: float
    cell: NDArray[np.int64]
    angular: NDArray[np.float64]
    sigma_px: float
    scale: float
    shrink: float
    activation: float


@kernel
def places_within(distance, reach, per_px):
    """First and last of `GRID` places, `per_px` of them a pixel, within reach of a point so far beyond the first."""
    begin, end = (distance - reach) * per_px, (distance + reach) * per_px
    return (np.int64(begin) + 1 if begin > 0.0 else 0), (min(np.int64(end), GRID - 1) if end >= 0.0 else -1)


@inline_kernel
def add_neighbour(along, across, difference, descriptors, sums, rim):
    """Add what a minutia contributes to each cell and sector to `sums`, and to `rim` if it lies on that of reach.

    The Gaussian of equally distant cells follows from that of the first by two products each. What lies between reach
    and the corners of its square gets zeros: a branch for each cell would cost more. Returns whether the minutia lies
    on the rim of any cell.
    """
    sigma, first, step = descriptors.sigma_px, descriptors.centres_px[0], descriptors.step_px
    reach, inverse, per_px = REACH_SIGMAS * sigma, 0.5 / (sigma * sigma), 1.0 / step
    nearest, farthest = reach * reach * (1.0 - ROUNDING), reach * reach * (1.0 + ROUNDING)
    first_row, last_row = places_within(along - first, reach * (1.0 + ROUNDING), per_px)
    first_col, last_col = places_within(across - first, reach * (1.0 + ROUNDING), per_px)
    if first_row > last_row or first_col > last_col:
        return False
    # Numbers, not a row of the table: they may stay in registers while sums are written.
    angular = descriptors.angular[difference]
    one, two, three, four, five, six = angular[0], angular[1], angular[2], angular[3], angular[4], angular[5]
    down, right = along - first - first_row * step, across - first - first_col * step
    on_row = descriptors.scale * math.exp(-(down * down + right * right) * inverse)
    to_row, to_first = math.exp((2.0 * down - step) * step * inverse), math.exp((2.0 * right - step) * step * inverse)
    on_rim = False
    for r in range(first_row, last_row + 1):
        fall, to_cell, away = on_row, to_first, right
        for c in range(first_col, last_col + 1):
            squared, cell = down * down + away * away, descriptors.cell[r, c]
            weight = fall if squared <= farthest else 0.0
            into = sums[cell]
            into[0] += weight * one
            into[1] += weight * two
            into[2] += weight * three
            into[3] += weight * four
            into[4] += weight * five
            into[5] += weight * six
            if nearest < squared <= farthest:
                on_rim = True
                for k in range(SECTORS):
                    rim[cell, k] += weight * angular[k]
            fall, to_cell, away = fall * to_cell, to_cell * descriptors.shrink, away - step
        on_row, to_row, down = on_row * to_row, to_row * descriptors.shrink, down - step
    return on_rim


@inline_kernel
def has_wrong_bit(native, layout, i, valid, activation, sums, rim):
    """Whether a bit of minutia i is set below the threshold or not set above it, where its cell is valid."""
    certain, possible = activation * (1.0 + ROUNDING), activation * (1.0 - ROUNDING)
    for k in range(SECTORS):
        word = cylinder_word(native, layout.minutiae_at, layout.minutiae, i, k)
        may = np.uint64(0)
        for cell in range(CELLS):
            may |= np.uint64(sums[cell, k] > possible) << np.uint64(cell)
        if word == may & valid:
            continue  # as almost always: what must be set may be
        must = np.uint64(0)
        for cell in range(CELLS):
            must |= np.uint64(sums[cell, k] - rim[cell, k] > certain) << np.uint64(cell)
        if word & ~may != np.uint64(0) or must & valid & ~word != np.uint64(0):
            return True
    return False


@kernel
def wrong_descriptor(native, layout, descriptors):
    """The first minutia whose cylinder does not follow from the minutiae around it and its valid cells; or -1."""
    count, begin = layout.minutiae, layout.minutiae_at
    sums, rim = np.zeros((CELLS + 1, SECTORS)), np.zeros((CELLS + 1, SECTORS))
    far = (descriptors.radius_px + REACH_SIGMAS * descriptors.sigma_px) * (1.0 + ROUNDING)
    x, y = np.empty(count), np.empty(count)
    for i in range(count):
        x[i], y[i] = 0.25 * two_bytes(native, begin + 2 * i), 0.25 * two_bytes(native, begin + 2 * (count + i))
    for i in range(count):
        code = np.int64(native[begin + 4 * count + i])
        cosine, sine = math.cos(code * TURN_STEP_RAD), math.sin(code * TURN_STEP_RAD)
        sums[:] = 0.0
        on_rim = False
        for t in range(count):
            dx, dy = x[t] - x[i], y[t] - y[i]
            if t == i or dx * dx + dy * dy > far * far:
                continue
            difference = (code - np.int64(native[begin + 4 * count + t])) & 255
            along, across = dx * cosine - dy * sine, dx * sine + dy * cosine
            on_rim |= add_neighbour(along, across, difference, descriptors, sums, rim)
        valid = cylinder_word(native, begin, count, i, SECTORS)
        if has_wrong_bit(native, layout, i, valid, descriptors.activation, sums, rim):
            return i
        if on_rim:
            rim[:] = 0.0
    return -1
