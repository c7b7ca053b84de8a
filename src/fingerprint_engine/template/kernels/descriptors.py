"""Bits of minutia cylinders and of texture cylinders."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel
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


@inline_kernel
def to_borders(real, imaginary, c, s):
    """A doubled vector turned by the angle whose doubled cosine and sine are given; and how far past each border."""
    x, y = real * c + imaginary * s, imaginary * c - real * s
    from_30, from_60 = HALF_ROOT_3 * y - 0.5 * x, 0.5 * y - HALF_ROOT_3 * x
    return x, y, from_30, from_60, -0.5 * y - HALF_ROOT_3 * x, -HALF_ROOT_3 * y - 0.5 * x


@kernel
def texture_code(real, imaginary, cosine, sine, angle):
    """Johnson's code of the 15° sector, 0 to 11, of an orientation (doubled, as a vector) less a direction.

    Bit k says that the doubled angle between them lies in the half turn from 30° (k + 1) on. Beside a sector's border,
    where rounding could tip the scale, an arc tangent decides.
    """
    c, s = cosine * cosine - sine * sine, 2.0 * cosine * sine
    x, y, from_30, from_60, from_120, from_150 = to_borders(real, imaginary, c, s)
    nearest = min(abs(from_30), abs(from_60), abs(from_120), abs(from_150), abs(x), abs(y))
    if nearest < 1e-9 * (abs(x) + abs(y)):
        turn = (0.5 * math.atan2(imaginary, real) - angle) / math.pi
        sector = min(int(12.0 * (turn - math.floor(turn))), 11)
        return (1 << sector) - 1 if sector <= TEXTURE_BITS else (1 << TEXTURE_BITS) - (1 << (sector - TEXTURE_BITS))
    code = int(from_30 >= 0.0) | int(from_60 >= 0.0) << 1 | int(x <= 0.0) << 2
    return code | int(from_120 >= 0.0) << 3 | int(from_150 >= 0.0) << 4 | int(y <= 0.0) << 5


@inline_kernel
def doubled_map(codes, cosines, sines):
    """Doubled orientation of each cell as a vector, and 1 where it is known; two cells of nothing lie all around."""
    rows, cols = codes.shape
    flow = np.zeros((rows + 4, cols + 4, 3))
    for row in range(rows):
        for col in range(cols):
            code = codes[row, col]
            if code < cosines.shape[0]:
                cell = flow[row + 2, col + 2]
                cell[0], cell[1], cell[2] = cosines[code], sines[code], 1.0
    return flow


@kernel
def texture_words(x, y, code, cell_along, cell_across, codes, row0, col0, cosines, sines, words):
    """Set the bits of each minutia's texture cylinder: ridge orientation at the cell less the minutia's direction.

    The orientation between cells of the map is a mean of the four around, a sum of doubled vectors. Relative to the
    minutia it falls into 12 sectors of 15°, written in a cyclic unit-distance code of 6 bits (Johnson's), so that the
    number of different bits is the number of sectors between two orientations. words[i, 6] holds validity.

    Each loop over cells does one thing and has no branches: so the machine does several cells at once.
    """
    cells = cell_along.shape[0]
    flow = doubled_map(codes, cosines, sines)
    # Numba asks of places with a sign whether they lie below 0.
    flat, right_of, down = flow.reshape(flow.size), np.uint64(3), np.uint64(flow.shape[1] * flow.shape[2])
    last_row, last_col = np.float64(codes.shape[0]), np.float64(codes.shape[1])
    first, shares, found = np.empty(cells, np.uint64), np.empty((4, cells)), np.empty((3, cells))
    for i in range(x.shape[0]):
        angle = code[i] * (2.0 * math.pi / 256.0)
        cosine, sine = math.cos(angle), math.sin(angle)
        for cell in range(cells):
            px = x[i] + cell_along[cell] * cosine + cell_across[cell] * sine
            py = y[i] - cell_along[cell] * sine + cell_across[cell] * cosine
            fx, fy = (px - 7.5) / 16.0 - col0, (py - 7.5) / 16.0 - row0
            col, row = np.floor(fx), np.floor(fy)
            upper, lower = 1.0 - abs(fy - row), 1.0 - abs(fy - (row + 1.0))
            left, right = 1.0 - abs(fx - col), 1.0 - abs(fx - (col + 1.0))
            shares[0, cell], shares[1, cell] = upper * left, upper * right
            shares[2, cell], shares[3, cell] = lower * left, lower * right
            row, col = min(max(row, -2.0), last_row), min(max(col, -2.0), last_col)
            first[cell] = np.uint64((row + 2.0) * down + (col + 2.0) * 3.0)
        for cell in range(cells):
            wa, wb, wc, wd = shares[0, cell], shares[1, cell], shares[2, cell], shares[3, cell]
            for k in range(3):
                a, c = first[cell] + np.uint64(k), first[cell] + down + np.uint64(k)
                found[k, cell] = wa * flat[a] + wb * flat[a + right_of] + wc * flat[c] + wd * flat[c + right_of]
        texture_bits_of(found, cosine, sine, angle, words[i])


@inline_kernel
def texture_bits_of(found, cosine, sine, angle, words):
    """The words of one minutia whose cells have these vectors and shares of what is known."""
    zero, one = np.uint64(0), np.uint64(1)
    c, s = cosine * cosine - sine * sine, 2.0 * cosine * sine
    w0, w1, w2, w3, w4, w5 = zero, zero, zero, zero, zero, zero
    valid, close = zero, zero
    for cell in range(found.shape[1]):
        real, imaginary = found[0, cell], found[1, cell]
        x, y, from_30, from_60, from_120, from_150 = to_borders(real, imaginary, c, s)
        nearest = min(abs(from_30), abs(from_60), abs(from_120), abs(from_150), abs(x), abs(y))
        is_known = (found[2, cell] >= 0.5) & (real * real + imaginary * imaginary >= 0.01)
        at, bit = np.uint64(cell), np.uint64(is_known)
        valid |= bit << at
        close |= (bit & np.uint64(nearest < 1e-9 * (abs(x) + abs(y)))) << at
        w0 |= (bit & np.uint64(from_30 >= 0.0)) << at
        w1 |= (bit & np.uint64(from_60 >= 0.0)) << at
        w2 |= (bit & np.uint64(x <= 0.0)) << at
        w3 |= (bit & np.uint64(from_120 >= 0.0)) << at
        w4 |= (bit & np.uint64(from_150 >= 0.0)) << at
        w5 |= (bit & np.uint64(y <= 0.0)) << at
    words[0], words[1], words[2], words[3], words[4], words[5], words[6] = w0, w1, w2, w3, w4, w5, valid
    for cell in range(found.shape[1]):
        if close == zero:
            break
        at = np.uint64(cell)
        if close >> at & one:
            close ^= one << at
            bits = texture_code(found[0, cell], found[1, cell], cosine, sine, angle)
            for k in range(TEXTURE_BITS):
                words[k] = words[k] & ~(one << at) | np.uint64(bits >> k & 1) << at


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
