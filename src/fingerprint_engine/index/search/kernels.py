"""Scanning of sketches: how alike a probe is to each of many prints, by bits alone."""

# mypy: disable-error-code="no-untyped-def, call-arg"

from __future__ import annotations

from fingerprint_engine.jit import kernel, popcount
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE

FAR = 129


@kernel
def scan_sketches(probe, sketches, eligible, near_bits, scores):
    """Late interaction: each probe minutia finds its nearest sketch in a print, whose nearness squared counts.

    `probe` is (2, n): first and second words of its minutiae. Distances are unlike bits; nearness is what is missing to
    `near_bits`. `scores[t]` is -1 where `eligible[t]` is not set.
    """
    for t in range(sketches.shape[0]):
        if not eligible[t]:
            scores[t] = -1
            continue
        row = sketches[t]
        first, second = row[:SKETCH_MINUTIAE], row[SKETCH_MINUTIAE : 2 * SKETCH_MINUTIAE]
        total = 0
        for i in range(probe.shape[1]):
            a, b = probe[0, i], probe[1, i]
            least = FAR
            for j in range(SKETCH_MINUTIAE):
                least = min(least, popcount(a ^ first[j]) + popcount(b ^ second[j]))
            if least < near_bits:
                total += (near_bits - least) * (near_bits - least)
        scores[t] = total
