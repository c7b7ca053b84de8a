"""Bits of minutia cylinders and of texture cylinders."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import kernel
from fingerprint_engine.template.kernels.columns import words_of

TEXTURE_BITS = 6
HALF_ROOT_3 = 0.5 * math.sqrt(3.0)


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
def texture_code(real, imaginary, cosine, sine, angle):
    """Johnson's code of the 15° sector, 0 to 11, of an orientation (doubled, as a vector) less a direction.

    Bit k says that the doubled angle between them lies in the half turn from 30° (k + 1) on. Beside a sector's border,
    where rounding could tip the scale, an arc tangent decides.
    """
    c, s = cosine * cosine - sine * sine, 2.0 * cosine * sine
    x, y = real * c + imaginary * s, imaginary * c - real * s
    from_30, from_60 = HALF_ROOT_3 * y - 0.5 * x, 0.5 * y - HALF_ROOT_3 * x
    from_120, from_150 = -0.5 * y - HALF_ROOT_3 * x, -HALF_ROOT_3 * y - 0.5 * x
    nearest = min(abs(from_30), abs(from_60), abs(from_120), abs(from_150), abs(x), abs(y))
    if nearest < 1e-9 * (abs(x) + abs(y)):
        turn = (0.5 * math.atan2(imaginary, real) - angle) / math.pi
        sector = min(int(12.0 * (turn - math.floor(turn))), 11)
        return (1 << sector) - 1 if sector <= TEXTURE_BITS else (1 << TEXTURE_BITS) - (1 << (sector - TEXTURE_BITS))
    code = int(from_30 >= 0.0) | int(from_60 >= 0.0) << 1 | int(x <= 0.0) << 2
    return code | int(from_120 >= 0.0) << 3 | int(from_150 >= 0.0) << 4 | int(y <= 0.0) << 5


@kernel
def flow_at(codes, known, reals, imaginaries, fx, fy, row, col):
    """Doubled orientation between cells as a vector, and the share of the known ones; `row`, `col` of the upper left.

    The tables have an entry for each code, 0 for those that are no orientation.
    """
    rows, cols = codes.shape
    if row >= 0 and col >= 0 and row + 1 < rows and col + 1 < cols:
        # The same as below without its branches, which take longer than the sums.
        upper, lower = 1.0 - abs(fy - row), 1.0 - abs(fy - (row + 1))
        left, right = 1.0 - abs(fx - col), 1.0 - abs(fx - (col + 1))
        a, b, c, d = codes[row, col], codes[row, col + 1], codes[row + 1, col], codes[row + 1, col + 1]
        wa, wb, wc, wd = upper * left, upper * right, lower * left, lower * right
        return (
            wa * reals[a] + wb * reals[b] + wc * reals[c] + wd * reals[d],
            wa * imaginaries[a] + wb * imaginaries[b] + wc * imaginaries[c] + wd * imaginaries[d],
            wa * known[a] + wb * known[b] + wc * known[c] + wd * known[d],
        )
    real, imaginary, total = 0.0, 0.0, 0.0
    for r in range(max(row, 0), min(row + 2, rows)):
        for c in range(max(col, 0), min(col + 2, cols)):
            weight, code = (1.0 - abs(fy - r)) * (1.0 - abs(fx - c)), codes[r, c]
            real += weight * reals[code]
            imaginary += weight * imaginaries[code]
            total += weight * known[code]
    return real, imaginary, total


@kernel
def texture_words(x, y, code, cell_along, cell_across, codes, row0, col0, cosines, sines, words):
    """Set the bits of each minutia's texture cylinder: ridge orientation at the cell less the minutia's direction.

    The relative orientation falls into 12 sectors of 15°, written in a cyclic unit-distance code of 6 bits (Johnson's),
    so that the number of different bits is the number of sectors between two orientations. words[i, 6] holds validity.
    """
    cells = cell_along.shape[0]
    reals, imaginaries, known = np.zeros(256), np.zeros(256), np.zeros(256)
    for k in range(cosines.shape[0]):
        reals[k], imaginaries[k], known[k] = cosines[k], sines[k], 1.0
    places, drawn = np.empty((4, cells)), np.empty(TEXTURE_BITS + 1, np.uint64)
    for i in range(x.shape[0]):
        angle = code[i] * (2.0 * math.pi / 256.0)
        cosine, sine = math.cos(angle), math.sin(angle)
        drawn[:] = np.uint64(0)
        # Places first, without any branch, so that the machine does several at once.
        for cell in range(cells):
            px = x[i] + cell_along[cell] * cosine + cell_across[cell] * sine
            py = y[i] - cell_along[cell] * sine + cell_across[cell] * cosine
            fx, fy = (px - 7.5) / 16.0 - col0, (py - 7.5) / 16.0 - row0
            places[0, cell], places[1, cell] = fx, fy
            places[2, cell], places[3, cell] = np.floor(fx), np.floor(fy)
        for cell in range(cells):
            real, imaginary, total = flow_at(
                codes, known, reals, imaginaries, places[0, cell], places[1, cell], int(places[3, cell]),
                int(places[2, cell]),
            )  # fmt: skip
            if total < 0.5 or real * real + imaginary * imaginary < 0.01:
                continue
            bits = texture_code(real, imaginary, cosine, sine, angle)
            drawn[TEXTURE_BITS] |= np.uint64(1) << np.uint64(cell)
            for k in range(TEXTURE_BITS):
                drawn[k] |= np.uint64(bits >> k & 1) << np.uint64(cell)
        for k in range(TEXTURE_BITS + 1):  # assigned as an array, Numba would compile its formatting of messages
            words[i, k] = drawn[k]


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
