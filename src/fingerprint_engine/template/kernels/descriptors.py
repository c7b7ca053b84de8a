"""Bits of minutia cylinders and of texture cylinders."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import kernel
from fingerprint_engine.template.kernels.columns import words_of

TEXTURE_BITS = 6
ROOT_3 = math.sqrt(3.0)


@kernel
def cylinder_words(x, y, code, cell_along, cell_across, valid, angular, sigma, activation, words):
    """Set the bits of each minutia's cylinder: words[i, k] holds the cells of direction sector k, words[i, 6] validity.

    A bit is set where the Gaussian-weighted contributions of the other minutiae at that cell and direction pass the
    activation. `angular[d, k]` is the directional contribution of a minutia whose direction code differs by d.
    """
    count, sectors = x.shape[0], angular.shape[1]
    reach = 9.0 * sigma * sigma
    scale = 1.0 / (sigma * math.sqrt(2.0 * math.pi))
    sums = np.empty(sectors)
    for i in range(count):
        angle = code[i] * (2.0 * math.pi / 256.0)
        cosine, sine = math.cos(angle), math.sin(angle)
        for k in range(words.shape[1]):
            words[i, k] = np.uint64(0)
        for cell in range(cell_along.shape[0]):
            if not valid[i, cell]:
                continue
            bit = np.uint64(1) << np.uint64(cell)
            words[i, sectors] |= bit
            px = x[i] + cell_along[cell] * cosine + cell_across[cell] * sine
            py = y[i] - cell_along[cell] * sine + cell_across[cell] * cosine
            sums[:] = 0.0
            for t in range(count):
                dx, dy = x[t] - px, y[t] - py
                squared = dx * dx + dy * dy
                if t == i or squared > reach:
                    continue
                weight = scale * math.exp(-0.5 * squared / (sigma * sigma))
                difference = (np.int64(code[i]) - np.int64(code[t])) & 255
                for k in range(sectors):
                    sums[k] += weight * angular[difference, k]
            for k in range(sectors):
                if sums[k] > activation:
                    words[i, k] |= bit


@kernel
def texture_sector(real, imaginary, cosine, sine, angle):
    """The 15 degree sector, 0 to 11, of an orientation (doubled) less a direction.

    Compares with the sectors' borders; only beside one, where rounding could tip the scale, is an arc tangent taken.
    """
    c, s = cosine * cosine - sine * sine, 2.0 * cosine * sine
    x, y = real * c + imaginary * s, imaginary * c - real * s
    # The sector within a quarter turn, 30 degrees each of the doubled angle, counted from the quarter's beginning.
    quarter = (0 if y >= 0.0 else 3) if x >= 0.0 else (1 if y >= 0.0 else 2)
    along, across = (abs(x), abs(y)) if quarter % 2 == 0 else (abs(y), abs(x))
    low, high = across * ROOT_3 - along, across - along * ROOT_3
    near = 1e-9 * (along + across)
    if abs(low) < near or abs(high) < near or along < near or across < near:
        turn = (0.5 * math.atan2(imaginary, real) - angle) / math.pi
        return min(int(12.0 * (turn - math.floor(turn))), 11)
    return 3 * quarter + (0 if low < 0.0 else (1 if high < 0.0 else 2))


@kernel
def texture_words(x, y, code, cell_along, cell_across, codes, row0, col0, cosines, sines, words):
    """Set the bits of each minutia's texture cylinder: ridge orientation at the cell less the minutia's direction.

    The relative orientation falls into 12 sectors of 15°, written in a cyclic unit-distance code of 6 bits (Johnson's),
    so that the number of different bits is the number of sectors between two orientations. words[i, 6] holds validity.
    """
    rows, cols = codes.shape
    for i in range(x.shape[0]):
        angle = code[i] * (2.0 * math.pi / 256.0)
        cosine, sine = math.cos(angle), math.sin(angle)
        for k in range(TEXTURE_BITS + 1):
            words[i, k] = np.uint64(0)
        for cell in range(cell_along.shape[0]):
            px = x[i] + cell_along[cell] * cosine + cell_across[cell] * sine
            py = y[i] - cell_along[cell] * sine + cell_across[cell] * cosine
            fx, fy = (px - 7.5) / 16.0 - col0, (py - 7.5) / 16.0 - row0
            left, top = math.floor(fx), math.floor(fy)
            real, imaginary, total = 0.0, 0.0, 0.0
            for down in range(2):
                for right in range(2):
                    r, c = int(top) + down, int(left) + right
                    if r < 0 or c < 0 or r >= rows or c >= cols or codes[r, c] >= 128:
                        continue
                    weight = (1.0 - abs(fy - r)) * (1.0 - abs(fx - c))
                    real += weight * cosines[codes[r, c]]
                    imaginary += weight * sines[codes[r, c]]
                    total += weight
            if total < 0.5 or real * real + imaginary * imaginary < 0.01:
                continue
            bit = np.uint64(1) << np.uint64(cell)
            words[i, TEXTURE_BITS] |= bit
            sector = texture_sector(real, imaginary, cosine, sine, angle)
            for k in range(TEXTURE_BITS):
                if (sector <= 6 and k < sector) or (sector > 6 and k >= sector - 6):
                    words[i, k] |= bit


@kernel
def texture_columns(columns, along, across, cosines, sines):
    """Fill the texture words of packed columns (`template.batch.Columns`) from their coarse maps."""
    for t in range(columns.first.shape[0] - 1):
        first, last = columns.first[t], columns.first[t + 1]
        count = last - first
        row0, col0, rows, cols = columns.grid[t, 0], columns.grid[t, 1], columns.grid[t, 2], columns.grid[t, 3]
        begin = columns.first_cell[t]
        codes = columns.orientation[begin : begin + rows * cols].reshape((rows, cols))
        words = np.empty((count, TEXTURE_BITS + 1), np.uint64)
        texture_words(
            columns.x[first:last], columns.y[first:last], columns.code[first:last], along, across, codes, row0, col0,
            cosines, sines, words,
        )  # fmt: skip
        packed = words_of(columns, t)
        texture = packed[packed.shape[0] // 2 :]
        for i in range(count):
            for k in range(TEXTURE_BITS + 1):
                texture[k * count + i] = words[i, k]
