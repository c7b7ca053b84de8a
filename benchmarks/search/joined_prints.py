"""Prints joined of two: the minutiae of one point print up to a line, and those of another beyond it; fast to make.

They make populations of millions: minutiae far from the line keep their neighbourhoods, those near it get new ones, and
no two prints have the same ones together. What that flatters: the neighbourhoods are less different than those of as
many point prints, and the flow does not go on across the line.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import kernel
from fingerprint_engine.template.cylinders import WORDS, angular_table, cell_offsets
from fingerprint_engine.template.kernels.descriptors import cylinder_words
from fingerprint_engine.template.kernels.native import (
    COUNT_AT,
    MINUTIA_BYTES,
    WORD_BYTES,
    cylinder_word,
    native_layout,
    two_bytes,
)
from fingerprint_engine.template.parameters import TemplateParameters

_SPREAD_PX = 25.0
"""How far from the middle of the print the line passes."""
_LENGTH_AT, _CHECKSUM_BYTES = 6, 4


def joined(
    data: NDArray[np.uint8],
    offset: NDArray[np.int64],
    count: int,
    parameters: TemplateParameters,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """So many prints joined of point prints without singular points; native templates and where each begins."""
    pairs = rng.integers(0, offset.size - 1, (count, 2))
    turn = rng.random(count) * 2.0 * np.pi
    lines = np.stack([np.cos(turn), np.sin(turn), rng.normal(0.0, _SPREAD_PX, count)], axis=1)
    minutiae = parameters.plain_minutiae
    begin = np.concatenate([[0], np.cumsum(np.diff(offset)[pairs[:, 0]] + minutiae * MINUTIA_BYTES)])
    made, size = np.zeros(begin[-1], np.uint8), np.empty(count, np.int64)
    join_prints(
        data, offset, pairs, lines, *cell_offsets(parameters.radius_px), angular_table(parameters.angular_sigma_rad),
        parameters.spatial_sigma_px, parameters.activation, np.zeros((minutiae, WORDS), np.uint64), begin, made, size,
    )  # fmt: skip
    pieces = []
    for at, length in zip(begin.tolist(), size.tolist(), strict=False):
        body = made[at : at + length].tobytes()
        pieces.append(body + zlib.crc32(body).to_bytes(_CHECKSUM_BYTES, "little"))
    ends = np.concatenate([[0], np.cumsum(size + _CHECKSUM_BYTES)])
    return np.frombuffer(b"".join(pieces), np.uint8), ends


@kernel
def join_prints(data, offset, pairs, lines, along, across, angular, sigma, activation, words, begin, made, size):
    """Write the bytes of each print, all but the checksum, from `begin[k]` on; their number is ``size[k]``.

    `words` has room for those of as many minutiae as a print may have.
    """
    room, cells = words.shape[0], along.shape[0]
    which, places = np.empty(room, np.int64), np.empty(room, np.int64)
    x, y = np.empty(room, np.float64), np.empty(room, np.float64)
    code, valid = np.empty(room, np.uint8), np.empty((room, cells), np.bool_)
    for k in range(pairs.shape[0]):
        both = (
            data[offset[pairs[k, 0]] : offset[pairs[k, 0] + 1]],
            data[offset[pairs[k, 1]] : offset[pairs[k, 1] + 1]],
        )
        count = choose_minutiae(both[0], both[1], lines[k], which, places)
        of_a = native_layout(both[0])
        out = made[begin[k] : begin[k + 1]]
        out[: of_a.minutiae_at] = both[0][: of_a.minutiae_at]
        out[COUNT_AT] = count
        for n in range(count):
            native = both[which[n]]
            layout = native_layout(native)
            for column in range(7):  # x and y of two bytes each, then direction, kind and quality
                first = column // 2 * 2 if column < 4 else column
                width = 2 if column < 4 else 1
                out[of_a.minutiae_at + count * first + n * width + column - first] = native[
                    layout.minutiae_at + layout.minutiae * first + places[n] * width + column - first
                ]
            x[n] = two_bytes(native, layout.minutiae_at + 2 * places[n]) * 0.25
            y[n] = two_bytes(native, layout.minutiae_at + 2 * (layout.minutiae + places[n])) * 0.25
            code[n] = native[layout.minutiae_at + 4 * layout.minutiae + places[n]]
            known = cylinder_word(native, layout.minutiae_at, layout.minutiae, places[n], words.shape[1] - 1)
            for cell in range(cells):
                valid[n, cell] = (known >> np.uint64(cell)) & np.uint64(1)
        cylinder_words(x[:count], y[:count], code[:count], along, across, valid, angular, sigma, activation, words)
        at = of_a.minutiae_at + 7 * count
        for n in range(count):
            for word in range(words.shape[1]):
                for byte in range(WORD_BYTES):
                    out[at] = (words[n, word] >> np.uint64(8 * byte)) & np.uint64(255)
                    at += 1
        maps = of_a.end - of_a.points_at
        out[at : at + maps] = both[0][of_a.points_at : of_a.end]
        size[k] = at + maps
        for byte in range(4):
            out[_LENGTH_AT + byte] = ((at + maps + _CHECKSUM_BYTES) >> (8 * byte)) & 255


@kernel
def choose_minutiae(a, b, line, which, places):
    """Of which print, 0 or 1, the minutiae are, and which ones, in canonical order; returns how many."""
    of_a, of_b = native_layout(a), native_layout(b)
    count, i, j = 0, 0, 0
    while (i < of_a.minutiae or j < of_b.minutiae) and count < which.shape[0]:
        if i < of_a.minutiae and is_beyond(a, of_a, i, line):
            i += 1
        elif j < of_b.minutiae and not is_beyond(b, of_b, j, line):
            j += 1
        elif j == of_b.minutiae or (i < of_a.minutiae and comes_first(a, of_a, i, b, of_b, j)):
            which[count], places[count] = 0, i
            count, i = count + 1, i + 1
        else:
            which[count], places[count] = 1, j
            count, j = count + 1, j + 1
    return count


@kernel
def is_beyond(native, layout, minutia, line):
    """Whether a minutia lies beyond a line."""
    x = two_bytes(native, layout.minutiae_at + 2 * minutia) * 0.25 - 0.5 * layout.cols_px
    y = two_bytes(native, layout.minutiae_at + 2 * (layout.minutiae + minutia)) * 0.25 - 0.5 * layout.rows_px
    return line[0] * x + line[1] * y > line[2]


@kernel
def comes_first(a, of_a, i, b, of_b, j):
    """Whether minutia i of one print comes before minutia j of another in canonical order: quality, y, x, direction."""
    quality_a = a[of_a.minutiae_at + 6 * of_a.minutiae + i]
    quality_b = b[of_b.minutiae_at + 6 * of_b.minutiae + j]
    if quality_a != quality_b:
        return quality_a > quality_b
    for row in (1, 0):
        at_a = two_bytes(a, of_a.minutiae_at + 2 * (row * of_a.minutiae + i))
        at_b = two_bytes(b, of_b.minutiae_at + 2 * (row * of_b.minutiae + j))
        if at_a != at_b:
            return at_a < at_b
    return a[of_a.minutiae_at + 4 * of_a.minutiae + i] < b[of_b.minutiae_at + 4 * of_b.minutiae + j]
