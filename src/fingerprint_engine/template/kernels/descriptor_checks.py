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

from fingerprint_engine.jit import kernel
from fingerprint_engine.template.kernels.native import cylinder_word, two_bytes

GRID, SECTORS = 8, 6
REACH_SIGMAS = 3.0
ROUNDING = 1e-9
"""Chosen: sums on other processors differ by 1e-14 of themselves; who forges gains no bit by so little."""
TURN_STEP_RAD = 2.0 * math.pi / 256.0


class Descriptors(NamedTuple):
    """What cylinders are made with.

    `centres_px` are the middles of the rows and columns of cells, `cell[r, c]` the number of a cell or -1 outside the
    disc; `angular` is `template.cylinders.angular_table`; `digest` that of the parameters, `radius_px` as stored.
    """

    digest: NDArray[np.uint8]
    radius_px: float
    centres_px: NDArray[np.float64]
    cell: NDArray[np.int64]
    angular: NDArray[np.float64]
    sigma_px: float
    activation: float


@kernel
def add_neighbour(along, across, difference, descriptors, valid, sums, rim):
    """Add what a minutia contributes to each valid cell and sector to `sums`, and to `rim` if it lies on that of reach.

    Returns whether it lies on the rim of any.
    """
    sigma, centres, angular = descriptors.sigma_px, descriptors.centres_px, descriptors.angular[difference]
    reach, inverse = REACH_SIGMAS * sigma, 0.5 / (sigma * sigma)
    scale = 1.0 / (sigma * math.sqrt(2.0 * math.pi))
    nearest, farthest = reach * reach * (1.0 - ROUNDING), reach * reach * (1.0 + ROUNDING)
    on_rim = False
    for r in range(GRID):
        da = (along - centres[r]) * (along - centres[r])
        if da > farthest:
            continue
        for c in range(GRID):
            squared = da + (across - centres[c]) * (across - centres[c])
            cell = descriptors.cell[r, c]
            if squared > farthest or cell < 0 or not (valid >> np.uint64(cell)) & np.uint64(1):
                continue
            weight = scale * math.exp(-squared * inverse)
            for k in range(SECTORS):
                sums[cell, k] += weight * angular[k]
            if squared > nearest:
                on_rim = True
                for k in range(SECTORS):
                    rim[cell, k] += weight * angular[k]
    return on_rim


@kernel
def has_wrong_bit(native, layout, i, valid, activation, sums, rim):
    """Whether a bit of minutia i is set below the threshold or not set above it, where its cell is valid."""
    certain, possible = activation * (1.0 + ROUNDING), activation * (1.0 - ROUNDING)
    for k in range(SECTORS):
        word = cylinder_word(native, layout.minutiae_at, layout.minutiae, i, k)
        must, may = np.uint64(0), np.uint64(0)
        for cell in range(sums.shape[0]):
            bit = np.uint64(1) << np.uint64(cell)
            if sums[cell, k] - rim[cell, k] > certain:
                must |= bit
            if sums[cell, k] > possible:
                may |= bit
        if word & ~may != np.uint64(0) or must & valid & ~word != np.uint64(0):
            return True
    return False


@kernel
def wrong_descriptor(native, layout, descriptors):
    """The first minutia whose cylinder does not follow from the minutiae around it and its valid cells; or -1."""
    count, begin = layout.minutiae, layout.minutiae_at
    cells = np.max(descriptors.cell) + 1
    sums, rim = np.zeros((cells, SECTORS)), np.zeros((cells, SECTORS))
    far = (descriptors.radius_px + REACH_SIGMAS * descriptors.sigma_px) * (1.0 + ROUNDING)
    for i in range(count):
        x, y = 0.25 * two_bytes(native, begin + 2 * i), 0.25 * two_bytes(native, begin + 2 * (count + i))
        code = np.int64(native[begin + 4 * count + i])
        cosine, sine = math.cos(code * TURN_STEP_RAD), math.sin(code * TURN_STEP_RAD)
        valid = cylinder_word(native, begin, count, i, SECTORS)
        sums[:] = 0.0
        on_rim = False
        for t in range(count):
            dx = 0.25 * two_bytes(native, begin + 2 * t) - x
            dy = 0.25 * two_bytes(native, begin + 2 * (count + t)) - y
            if t == i or dx * dx + dy * dy > far * far:
                continue
            difference = (code - np.int64(native[begin + 4 * count + t])) & 255
            along, across = dx * cosine - dy * sine, dx * sine + dy * cosine
            on_rim |= add_neighbour(along, across, difference, descriptors, valid, sums, rim)
        if has_wrong_bit(native, layout, i, valid, descriptors.activation, sums, rim):
            return i
        if on_rim:
            rim[:] = 0.0
    return -1
