"""Scanning the sketches of some rows, without a glance."""

# mypy: disable-error-code="no-untyped-def, call-arg"

from __future__ import annotations

from fingerprint_engine.jit import kernel, popcount, prefetch

FAR = 129
SLOTS = 32
"""As in `index.search.kernels`, of whose scores these are the part beyond `WHOLE`."""
AHEAD, LINE = 8, 8


@kernel
def scan_rows(probe, sketches, rows, near_bits, scores):
    """Late interaction as in `scan_sketches`, of some rows: ``scores[k]`` is that of ``rows[k]``."""
    for k in range(rows.shape[0]):
        if k + AHEAD < rows.shape[0]:
            for line in range(0, 2 * SLOTS, LINE):
                prefetch(sketches, rows[k + AHEAD] * 2 * SLOTS + line)
        row = sketches[rows[k]]
        first, second = row[:SLOTS], row[SLOTS : 2 * SLOTS]
        total = 0
        for i in range(probe.shape[1]):
            a, b = probe[0, i], probe[1, i]
            distance = FAR
            for j in range(SLOTS):
                distance = min(distance, popcount(a ^ first[j]) + popcount(b ^ second[j]))
            if distance < near_bits:
                total += (near_bits - distance) * (near_bits - distance)
        scores[k] = total
