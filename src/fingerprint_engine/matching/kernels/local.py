"""Step 1: similarity of every probe minutia with every reference minutia by counting bits.

Words come as those of one template (`template.kernels.columns`): the first half are cylinders, the second half texture
cylinders; each half six words of bits, then validity, and of each word the minutiae's one after another.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated, unreachable"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel, popcount


@kernel
def cylinder_row(a, count_a, i, b, count_b, min_cells, row):
    """Similarity of cylinder i of `a` with those of `b`: 1 - |a xor b| / (|a| + |b|) in roots of bit counts.

    With as many as the row holds, here and in `texture_row`.
    """
    a0, a1, a2 = a[i], a[count_a + i], a[2 * count_a + i]
    a3, a4, a5 = a[3 * count_a + i], a[4 * count_a + i], a[5 * count_a + i]
    valid = a[6 * count_a + i]
    b0, b1, b2 = b[0:count_b], b[count_b : 2 * count_b], b[2 * count_b : 3 * count_b]
    b3, b4, b5 = b[3 * count_b : 4 * count_b], b[4 * count_b : 5 * count_b], b[5 * count_b : 6 * count_b]
    valid_b = b[6 * count_b : 7 * count_b]
    for j in range(row.shape[0]):
        v = valid_b[j]
        ones_a = popcount(a0 & v) + popcount(a1 & v) + popcount(a2 & v)
        ones_a += popcount(a3 & v) + popcount(a4 & v) + popcount(a5 & v)
        ones_b = popcount(b0[j] & valid) + popcount(b1[j] & valid) + popcount(b2[j] & valid)
        ones_b += popcount(b3[j] & valid) + popcount(b4[j] & valid) + popcount(b5[j] & valid)
        both = popcount(b0[j] & a0) + popcount(b1[j] & a1) + popcount(b2[j] & a2)
        both += popcount(b3[j] & a3) + popcount(b4[j] & a4) + popcount(b5[j] & a5)
        # At least 0 whatever the bits are: sectors that have bits where nothing is valid would make it less.
        apart = np.sqrt(np.float32(max(ones_a + ones_b - 2 * both, 0)))
        total = np.sqrt(np.float32(ones_a)) + np.sqrt(np.float32(ones_b))
        value = np.float32(1.0) - apart / (total + np.float32(1e-9))
        row[j] = value if popcount(valid & v) >= min_cells and ones_a + ones_b > 0 else np.float32(0.0)


@kernel
def texture_row(a, count_a, i, b, count_b, min_cells, unknown, row):
    """Agreement of ridge orientation over the common cells: 1 alike, 0 unrelated, -1 perpendicular; or unknown."""
    base = a.shape[0] // 2 + i
    a0, a1, a2 = a[base], a[base + count_a], a[base + 2 * count_a]
    a3, a4, a5 = a[base + 3 * count_a], a[base + 4 * count_a], a[base + 5 * count_a]
    valid = a[base + 6 * count_a]
    t = b[b.shape[0] // 2 :]
    b0, b1, b2 = t[0:count_b], t[count_b : 2 * count_b], t[2 * count_b : 3 * count_b]
    b3, b4, b5 = t[3 * count_b : 4 * count_b], t[4 * count_b : 5 * count_b], t[5 * count_b : 6 * count_b]
    valid_b = t[6 * count_b : 7 * count_b]
    for j in range(row.shape[0]):
        v = valid & valid_b[j]
        different = popcount((b0[j] ^ a0) & v) + popcount((b1[j] ^ a1) & v) + popcount((b2[j] ^ a2) & v)
        different += popcount((b3[j] ^ a3) & v) + popcount((b4[j] ^ a4) & v) + popcount((b5[j] ^ a5) & v)
        cells = popcount(v)
        value = np.float32(1.0) - np.float32(different) / (np.float32(3.0) * np.float32(cells) + np.float32(1e-9))
        row[j] = value if cells >= min_cells else np.float32(unknown)


@kernel
def knows_flow(words, count):
    """Whether any texture cylinder of a template has a valid cell."""
    seen = np.uint64(0)
    for i in range(count):
        seen |= words[words.shape[0] - 1 - i]
    return seen != 0


@kernel
def local_similarity(
    a, count_a, compared_a, b, count_b, compared_b, min_cells, texture_floor, texture_unknown, similarity, row, texture
):
    """Fill `similarity[i * compared_b + j]`: cylinder similarity, damped where the ridge flow around disagrees."""
    row, texture = row[:compared_b], texture[:compared_b]
    slope = np.float32((1.0 - texture_floor) * 0.5)
    offset = np.float32((1.0 + texture_floor) * 0.5)
    for i in range(compared_a):
        out = similarity[i * compared_b : (i + 1) * compared_b]
        cylinder_row(a, count_a, i, b, count_b, min_cells, row)
        texture_row(a, count_a, i, b, count_b, min_cells, texture_unknown, texture)
        for j in range(compared_b):
            out[j] = row[j] * (offset + slope * texture[j])


@kernel
def largest(bits, count):
    """First index of the largest entry; `bits` are non-negative float32 read as int32, which keeps their order.

    Integers, because a maximum of floats does not vectorise without giving up IEEE rules; twice over the row, because
    a maximum that carries its index along does not vectorise either. The last index where all are negative.
    """
    top = np.int32(0)
    for j in range(count):
        top = max(top, bits[j])
    at = np.int32(count)
    for j in range(count):
        at = min(at, np.int32(j) if bits[j] == top else np.int32(count))
    return np.int64(min(at, count - 1))


@inline_kernel
def best_pairs(similarity, count_a, count_b, limit, best, best_at, used, pair_a, pair_b, pair_value):
    """Up to `limit` pairs of falling similarity, each minutia in one pair at most; returns how many.

    Of equal similarities the smaller indices come first. `used[j]` is all ones while j is free, and 0 afterwards.
    """
    bits, best_bits = similarity.view(np.int32), best.view(np.int32)
    for i in range(count_a):
        at = largest(bits[i * count_b : (i + 1) * count_b], count_b)
        best[i], best_at[i] = similarity[i * count_b + at], at
    used[:count_b] = -1
    masked = np.empty(count_b, np.int32)
    count = 0
    while count < limit:
        i = largest(best_bits, count_a)
        if best_bits[i] <= 0:
            break
        j = best_at[i]
        if used[j] != 0:
            pair_a[count], pair_b[count], pair_value[count] = i, j, best[i]
            used[j] = 0
            best[i] = np.float32(0.0)
            count += 1
            continue
        row = bits[i * count_b : (i + 1) * count_b]
        for k in range(count_b):
            masked[k] = row[k] & used[k]
        at = largest(masked, count_b)
        best_bits[i], best_at[i] = masked[at], at
    return count
