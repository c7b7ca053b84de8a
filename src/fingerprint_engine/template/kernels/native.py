"""Native template bytes, version 1, read where they lie; the table of the bytes is in `docs/formats.md`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, arg-type"

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel, prefetch
from fingerprint_engine.template.kernels.columns import words_of

CYLINDER_WORDS = 7
WORD_BYTES = 7
LINE_BYTES = 64
"""What a machine reads from its memory at once."""
MINUTIA_BYTES = 7 + CYLINDER_WORDS * WORD_BYTES
SINGULAR_BYTES = 6
DIGESTS_AT, DIGESTS_BYTES, RADIUS_BYTES = 10, 16, 4
FINGER_AT, IMPRESSION_AT, QUALITY_AT, NAME_LENGTH_AT, COUNT_AT, FLAGS_AT = 26, 27, 28, 29, 30, 31
ROWS_AT, COLS_AT, PPI_AT, RADIUS_AT, GRID_AT, CONTENT_AT = 32, 34, 36, 40, 44, 52
CHECKSUM_BYTES = 4
HAS_PERIOD = 0x80
"""Bit of the count of singular points that says that a period map is there."""
TURN_STEP_RAD = 2.0 * math.pi / 256.0


class NativeLayout(NamedTuple):
    """What a header says, and where the columns begin that follow from it; `end` is where the checksum should stand."""

    finger: int
    impression: int
    quality: int
    name_bytes: int
    minutiae: int
    points: int
    has_period: bool
    rows_px: int
    cols_px: int
    source_ppi: float
    radius_px: float
    first_row: int
    first_col: int
    rows: int
    cols: int
    minutiae_at: int
    points_at: int
    orientation_at: int
    period_at: int
    end: int


@inline_kernel
def two_bytes(native, at):
    """A little-endian whole number of two bytes."""
    return np.int64(native[at]) + 256 * np.int64(native[at + 1])


@inline_kernel
def float_of(native, at):
    """A little-endian IEEE 754 number of four bytes; not a number where it is infinite. Needs no alignment."""
    bits = two_bytes(native, at) + 65536 * two_bytes(native, at + 2)
    exponent, fraction = (bits >> 23) & 0xFF, bits & 0x7FFFFF
    if exponent == 0xFF:
        return math.nan
    value = math.ldexp(fraction + 0x800000, exponent - 150) if exponent > 0 else math.ldexp(fraction, -149)
    return -value if bits >> 31 else value


@kernel
def native_layout(native):
    """The `NativeLayout` of bytes that are at least as long as a header; what it says need not fit the bytes."""
    count, points = np.int64(native[COUNT_AT]), np.int64(native[FLAGS_AT]) & ~HAS_PERIOD
    has_period = native[FLAGS_AT] & HAS_PERIOD != 0
    rows, cols = two_bytes(native, GRID_AT + 4), two_bytes(native, GRID_AT + 6)
    minutiae_at = CONTENT_AT + np.int64(native[NAME_LENGTH_AT])
    points_at = minutiae_at + count * MINUTIA_BYTES
    orientation_at = points_at + points * SINGULAR_BYTES
    period_at = orientation_at + rows * cols
    end = period_at + ((rows + 1) // 2) * ((cols + 1) // 2) if has_period else period_at
    return NativeLayout(
        np.int64(native[FINGER_AT]), np.int64(native[IMPRESSION_AT]), np.int64(native[QUALITY_AT]),
        np.int64(native[NAME_LENGTH_AT]), count, points, has_period, two_bytes(native, ROWS_AT),
        two_bytes(native, COLS_AT), float_of(native, PPI_AT), float_of(native, RADIUS_AT), two_bytes(native, GRID_AT),
        two_bytes(native, GRID_AT + 2), rows, cols, minutiae_at, points_at, orientation_at, period_at, end,
    )  # fmt: skip


@kernel
def has_layout(native):
    """Whether bytes begin like a template of version 1 and are as long as their counts say."""
    size = native.shape[0]
    if size < CONTENT_AT + CHECKSUM_BYTES:
        return False
    if native[0] != 70 or native[1] != 80 or native[2] != 69 or native[3] != 84 or two_bytes(native, 4) != 1:
        return False
    return native_layout(native).end + CHECKSUM_BYTES == size


@kernel
def locate_minutiae(native):
    """Number of minutiae and the byte at which their columns begin; -1 and 0 where the bytes are no sound template."""
    if not has_layout(native):
        return -1, 0
    layout = native_layout(native)
    return layout.minutiae, layout.minutiae_at


@kernel
def cylinder_word(native, begin, count, minutia, word):
    """A word of a minutia's cylinder; more bytes follow in every template, so it is read with the next one, at once."""
    at = np.uint64(begin + 7 * count + (minutia * CYLINDER_WORDS + word) * WORD_BYTES)
    value = np.uint64(0)
    for byte in range(8):
        value |= np.uint64(native[at + np.uint64(byte)]) << np.uint64(8 * byte)
    return value & np.uint64(0xFFFFFFFFFFFFFF)


@kernel
def count_natives(data, offset, rows, is_sound, first, first_cell):
    """Which of some prints are sound templates, and where their minutiae and coarse cells begin, one after another.

    As in `template.batch.Columns`; others have none. Returns the first sound one and the first that was made otherwise
    by its digests or radius, -1 for none. Whoever asks unpacks them next: they are asked of the memory here, all
    together.
    """
    one, another = -1, -1
    first[0], first_cell[0] = 0, 0
    for k in range(rows.shape[0]):
        start, stop = offset[rows[k]], offset[rows[k] + 1]
        is_sound[k], first[k + 1], first_cell[k + 1] = False, first[k], first_cell[k]
        if start < 0 or stop > data.shape[0] or start > stop:
            continue
        for place in range(start, stop, LINE_BYTES):
            prefetch(data, place)
        native = data[start:stop]
        if not has_layout(native):
            continue
        layout = native_layout(native)
        is_sound[k] = True
        first[k + 1] += layout.minutiae
        first_cell[k + 1] += layout.rows * layout.cols
        if one < 0:
            one = k
        elif another < 0:
            begin = offset[rows[one]]
            is_alike = are_alike(data, begin, start, DIGESTS_AT, DIGESTS_BYTES)
            if not is_alike or not are_alike(data, begin, start, RADIUS_AT, RADIUS_BYTES):
                another = k
    return one, another


@inline_kernel
def are_alike(data, one, other, at, length):
    """Whether so many bytes from a place on are the same in two templates, which begin there."""
    found = True
    for byte in range(at, at + length):
        found &= data[one + byte] == data[other + byte]
    return found


@kernel
def unpack_natives(data, offset, rows, cosines, sines, columns):
    """Fill packed columns (`template.batch.Columns`) with some prints; all but texture words and keys.

    `columns.first` and `columns.first_cell` say where; prints that they give no room are left out, and maps likewise.
    `cosines` and `sines` have a value for each direction code. Bits of sectors outside the validity bits are left out,
    so that no bytes can make a similarity that is not a number.
    """
    for k in range(rows.shape[0]):
        first, first_cell = columns.first[k], columns.first_cell[k]
        room = columns.first[k + 1] - first
        native = data[offset[rows[k]] : offset[rows[k] + 1]]
        columns.grid[k, :] = 0
        if room == 0 and columns.first_cell[k + 1] == first_cell:
            continue
        layout = native_layout(native)
        count, begin = layout.minutiae, layout.minutiae_at
        for i in range(room):
            at = first + i
            columns.x[at] = two_bytes(native, begin + 2 * i) * np.float32(0.25)
            columns.y[at] = two_bytes(native, begin + 2 * (count + i)) * np.float32(0.25)
            code = native[begin + 4 * count + i]
            columns.code[at] = code
            columns.cosine[at] = cosines[code]
            columns.sine[at] = sines[code]
            columns.kind[at] = native[begin + 5 * count + i]
            columns.quality[at] = native[begin + 6 * count + i]
        words = words_of(columns, k)
        for i in range(room):
            valid = cylinder_word(native, begin, count, i, CYLINDER_WORDS - 1)
            for word in range(CYLINDER_WORDS):
                words[word * room + i] = cylinder_word(native, begin, count, i, word) & valid
        columns.grid[k, 0], columns.grid[k, 1] = layout.first_row, layout.first_col
        columns.grid[k, 2], columns.grid[k, 3] = layout.rows, layout.cols
        if columns.first_cell[k + 1] == first_cell:
            continue
        half = (layout.cols + 1) // 2
        for row in range(layout.rows):
            for col in range(layout.cols):
                at = first_cell + row * layout.cols + col
                columns.orientation[at] = native[layout.orientation_at + row * layout.cols + col]
                period = layout.period_at + (row // 2) * half + col // 2
                columns.period[at] = native[period] if layout.has_period else 0
