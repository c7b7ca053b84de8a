"""Distances of sketches, and which is nearest."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel, popcount, wide_vectors
from fingerprint_engine.template.kernels.sketches import sums_of_native

BITS = 128
MOST_UNLIKE = 2 * BITS
"""The distance of two sketches all of whose bits differ and count twice."""
SLOTS = 32
"""Sketches per print, `template.sketches.SKETCH_MINUTIAE`. Known when compiled, the loop over them takes two thirds of
the time. It stands here as well because a compiled kernel keeps the constants of other files when these change."""


@kernel
def nearest_cell(codes, first, second, nearest):
    """The cell whose centre, two words, is nearest to each sketch; of equally near ones the first."""
    for i in range(codes.shape[0]):
        a, b = codes[i, 0], codes[i, 1]
        best = (BITS + 1) << 32
        for cell in range(first.shape[0]):
            best = min(best, ((popcount(a ^ first[cell]) + popcount(b ^ second[cell])) << 32) | cell)
        nearest[i] = best & ((1 << 32) - 1)


@kernel
def reaches(probe, sure, strong, prints, every, few, more, near, few_first, more_first, near_first, reached):
    """Of each minutia of a probe the distance within which so few of some prints have a sketch, and so many bits more.

    ``near[i]`` is that by whole sketches, of each `every`-th print, at most all bits; ``near_first[i]`` that by first
    words alone, of all prints, at most half, of the first minutiae. ``reached[t]`` is what a glance at print t then
    gives: see `index.search.kernels`. A print is a row of first words, then second words; `probe`, `sure` and `strong`
    are those of `WeighedBits`.
    """
    wide_vectors()
    glanced, asked = near_first.shape[0], (prints.shape[0] + every - 1) // every
    distance = np.empty((near.shape[0], asked), np.int32)
    distance_first = np.empty((glanced, prints.shape[0]), np.int32)
    for t in range(asked):
        first, second = prints[every * t, :SLOTS], prints[every * t, SLOTS : 2 * SLOTS]
        for i in range(near.shape[0]):
            distance[i, t] = nearest(probe, sure, strong, i, first, second)
    for t in range(prints.shape[0]):
        for i in range(glanced):
            distance_first[i, t] = nearest_first(probe, sure, strong, i, prints[t, :SLOTS])
    for i in range(near.shape[0]):
        near[i] = min(within(distance[i], few) + more, BITS)
    reached[:] = 0
    for i in range(glanced):
        near_first[i] = min(within(distance_first[i], few_first) + more_first, BITS // 2)
        for t in range(prints.shape[0]):
            lack = max(near_first[i] - distance_first[i, t], 0)
            reached[t] += lack * lack


@inline_kernel
def within(distance, few):
    """The distance within which so few of some prints are; the farthest where there are fewer."""
    counts = np.zeros(MOST_UNLIKE + 1, np.int64)
    for t in range(distance.shape[0]):
        counts[distance[t]] += 1
    reach, found = 0, counts[0]
    while found < min(few, distance.shape[0]):
        reach += 1
        found += counts[reach]
    return reach


@kernel
def weigh(sums, least_sure, least_strong, codes, sure, strong):
    """`WeighedBits` of sums: which are above 0, which lie farther from 0 than either limit; bits from the lowest on."""
    for i in range(sums.shape[0]):
        for half in range(2):
            code, is_sure, is_strong = np.uint64(0), np.uint64(0), np.uint64(0)
            for k in range(64):
                value, bit = np.int64(sums[i, 64 * half + k]), np.uint64(1) << np.uint64(k)
                if value > 0:
                    code |= bit
                if abs(value) > least_sure:
                    is_sure |= bit
                if abs(value) > least_strong:
                    is_strong |= bit
            codes[half, i], sure[half, i], strong[half, i] = code, is_sure, is_strong


@kernel
def weigh_native(native, weights, bias, least_sure, least_strong, codes, sure, strong):
    """`weigh` of the sums of the first minutiae of a native template (`template.kernels.sketches.sums_of_native`)."""
    sums = np.zeros((codes.shape[1], BITS), np.int16)
    sums_of_native(native, weights, bias, sums)
    weigh(sums, least_sure, least_strong, codes, sure, strong)


@inline_kernel
def unlike(x, y, sure_a, sure_b, strong_a, strong_b):
    """Of the bits in which both words differ those that are sure, and again those of these that are strong."""
    return unlike_half(x, sure_a, strong_a) + unlike_half(y, sure_b, strong_b)


@inline_kernel
def unlike_half(x, sure, strong):
    """The same of one word. Machines take a difference and what is sure of it in one step."""
    found = x & sure
    return popcount(found) + popcount(found & strong)


@inline_kernel
def nearest(probe, sure, strong, i, first, second):
    """Distance from minutia i of a probe to the nearest of a print: unlike bits that are sure, twice if strong."""
    a, b = probe[0, i], probe[1, i]
    sure_a, sure_b, strong_a, strong_b = sure[0, i], sure[1, i], strong[0, i], strong[1, i]
    distance = MOST_UNLIKE
    for j in range(SLOTS):
        distance = min(distance, unlike(a ^ first[j], b ^ second[j], sure_a, sure_b, strong_a, strong_b))
    return distance


@inline_kernel
def nearest_first(probe, sure, strong, i, first):
    """`nearest` by first words alone."""
    a, sure_a, strong_a = probe[0, i], sure[0, i], strong[0, i]
    distance = MOST_UNLIKE
    for j in range(SLOTS):
        distance = min(distance, unlike_half(a ^ first[j], sure_a, strong_a))
    return distance
