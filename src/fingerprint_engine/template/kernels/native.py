"""Native template bytes, version 1, read where they lie; the table of the bytes is in `docs/formats.md`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import kernel
from fingerprint_engine.template.kernels.columns import words_of

CYLINDER_WORDS = 7
WORD_BYTES = 7
MINUTIA_BYTES = 7 + CYLINDER_WORDS * WORD_BYTES
SINGULAR_BYTES = 6
NAME_LENGTH_AT, COUNT_AT, FLAGS_AT, RADIUS_AT, GRID_AT, CONTENT_AT = 29, 30, 31, 40, 44, 52
CHECKSUM_BYTES = 4
HAS_PERIOD = 0x80
"""Bit of the count of singular points that says that a period map is there."""
TURN_STEP_RAD = 2.0 * math.pi / 256.0


@kernel
def two_bytes(native, at):
    """A little-endian whole number of two bytes."""
    return np.int64(native[at]) + 256 * np.int64(native[at + 1])


@kernel
def grid_shape(native):
    """Rows and columns of the coarse map, and the byte at which its orientation begins."""
    rows, cols = two_bytes(native, GRID_AT + 4), two_bytes(native, GRID_AT + 6)
    count, points = np.int64(native[COUNT_AT]), np.int64(native[FLAGS_AT]) & ~HAS_PERIOD
    begin = CONTENT_AT + np.int64(native[NAME_LENGTH_AT]) + count * MINUTIA_BYTES + points * SINGULAR_BYTES
    return rows, cols, begin


@kernel
def locate_minutiae(native):
    """Number of minutiae and the byte at which their columns begin; -1 and 0 where the bytes are no sound template."""
    size = native.shape[0]
    if size < CONTENT_AT + CHECKSUM_BYTES:
        return -1, 0
    if native[0] != 70 or native[1] != 80 or native[2] != 69 or native[3] != 84 or two_bytes(native, 4) != 1:
        return -1, 0
    rows, cols, grid = grid_shape(native)
    period = ((rows + 1) // 2) * ((cols + 1) // 2) if native[FLAGS_AT] & HAS_PERIOD else 0
    if grid + rows * cols + period + CHECKSUM_BYTES != size:
        return -1, 0
    return np.int64(native[COUNT_AT]), CONTENT_AT + np.int64(native[NAME_LENGTH_AT])


@kernel
def cylinder_word(native, begin, count, minutia, word):
    """A word of a minutia's cylinder."""
    at = begin + 7 * count + (minutia * CYLINDER_WORDS + word) * WORD_BYTES
    value = np.uint64(0)
    for byte in range(WORD_BYTES):
        value |= np.uint64(native[at + byte]) << np.uint64(8 * byte)
    return value


@kernel
def count_natives(data, offset, rows, minutiae, cells):
    """Minutiae and coarse cells of some prints; -1 minutiae where the bytes are no sound template."""
    for k in range(rows.shape[0]):
        start, stop = offset[rows[k]], offset[rows[k] + 1]
        minutiae[k], cells[k] = -1, 0
        if start < 0 or stop > data.shape[0] or start > stop:
            continue
        native = data[start:stop]
        count, _ = locate_minutiae(native)
        if count >= 0:
            height, width, _ = grid_shape(native)
            minutiae[k], cells[k] = count, height * width


@kernel
def unpack_natives(data, offset, rows, columns):
    """Fill packed columns (`template.batch.Columns`) with some prints; all but texture words and keys.

    `columns.first` and `columns.first_cell` say where; prints that they give no room are left out.
    """
    for k in range(rows.shape[0]):
        first, first_cell = columns.first[k], columns.first_cell[k]
        room = columns.first[k + 1] - first
        native = data[offset[rows[k]] : offset[rows[k] + 1]]
        columns.grid[k, :] = 0
        count, begin = locate_minutiae(native)
        if room == 0 and columns.first_cell[k + 1] == first_cell:
            continue
        for i in range(room):
            at = first + i
            columns.x[at] = two_bytes(native, begin + 2 * i) * np.float32(0.25)
            columns.y[at] = two_bytes(native, begin + 2 * (count + i)) * np.float32(0.25)
            code = native[begin + 4 * count + i]
            columns.code[at] = code
            columns.cosine[at] = np.float32(math.cos(code * TURN_STEP_RAD))
            columns.sine[at] = np.float32(math.sin(code * TURN_STEP_RAD))
            columns.kind[at] = native[begin + 5 * count + i]
            columns.quality[at] = native[begin + 6 * count + i]
        words = words_of(columns, k)
        for i in range(room):
            for word in range(CYLINDER_WORDS):
                words[word * room + i] = cylinder_word(native, begin, count, i, word)
        height, width, grid = grid_shape(native)
        columns.grid[k, 0], columns.grid[k, 1] = two_bytes(native, GRID_AT), two_bytes(native, GRID_AT + 2)
        columns.grid[k, 2], columns.grid[k, 3] = height, width
        half = (width + 1) // 2
        for row in range(height):
            for col in range(width):
                at = first_cell + row * width + col
                columns.orientation[at] = native[grid + row * width + col]
                period = grid + height * width + (row // 2) * half + col // 2
                columns.period[at] = native[period] if native[FLAGS_AT] & HAS_PERIOD else 0
