"""Scanning of sketches: how similar a probe is to each of many prints, by bits alone."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

from fingerprint_engine.index.cells.kernels import nearest
from fingerprint_engine.jit import kernel, popcount, prefetch

FAR = 65
SLOTS = 32
"""Sketches per print, as in `index.cells.kernels`, which says why it stands in both."""
AHEAD, LINE = 8, 8
"""So many prints are asked of the memory before they are read; words in a line of it."""
WHOLE = 1 << 20
"""What the score of a print whose sketches were looked at whole has more: beyond any glance, 255 minutiae of 64 bits.
With it the highest score is below 2**24, so that it fits into a float32."""


@kernel
def scan_sketches(probe, sure, strong, near, sketches, rows, glance, scores):
    """Late interaction: each probe minutia finds its nearest sketch in a print, whose nearness squared counts.

    `probe`, `sure` and `strong` are `WeighedBits`; a row of `sketches` holds first words, then second words. Nearness
    to minutia i is ``near[i]`` less the distance, 0 beyond. ``scores[k]`` is that of ``rows[k]``.

    First comes a glance, with the first words of a few minutiae alone, all bits alike: `glance` is (minutiae, near
    bits, floor). A print that stays below the floor gets what the glance gave, the others at least `WHOLE`.
    """
    few, few_bits, floor = glance
    for k in range(rows.shape[0]):
        if k + AHEAD < rows.shape[0]:  # prints that lie far apart come one by one from memory
            for line in range(0, 2 * SLOTS, LINE):
                prefetch(sketches, rows[k + AHEAD] * 2 * SLOTS + line)
        row = sketches[rows[k]]
        first, second = row[:SLOTS], row[SLOTS : 2 * SLOTS]
        total = 0
        for i in range(few):
            a = probe[0, i]
            distance = FAR
            for j in range(SLOTS):
                distance = min(distance, popcount(a ^ first[j]))
            if distance < few_bits:
                total += (few_bits - distance) * (few_bits - distance)
        if total < floor:
            scores[k] = total
            continue
        total = WHOLE
        for i in range(probe.shape[1]):
            distance = nearest(probe, sure, strong, i, first, second)
            if distance < near[i]:
                total += (near[i] - distance) * (near[i] - distance)
        scores[k] = total
