"""Scanning of sketches: how similar a probe is to each of many prints, by bits alone."""

# mypy: disable-error-code="no-untyped-def, call-arg"

from __future__ import annotations

from fingerprint_engine.jit import kernel, popcount, prefetch

FAR = 129
SLOTS = 32
"""Sketches per print, `template.sketches.SKETCH_MINUTIAE`. Known when compiled, the loop over them takes two thirds of
the time. It stands here as well because a compiled kernel keeps the constants of other files when these change."""

AHEAD, LINE = 8, 8
"""So many prints are asked of the memory before they are read; words in a line of it."""
WHOLE = 1 << 20
"""What the score of a print whose sketches were looked at whole has more: beyond any glance, 255 minutiae of 64 bits.
With it the highest score is below 2**24, so that it fits into a float32."""


@kernel
def scan_sketches(probe, sketches, eligible, near_bits, glance, scores):
    """Late interaction: each probe minutia finds its nearest sketch in a print, whose nearness squared counts.

    `probe` is (2, n): first and second words of its minutiae; a row of `sketches` holds first words, then second words.
    Nearness is `near_bits` less the Hamming distance, 0 beyond. `scores[t]` is -1 where `eligible[t]` is not set.

    First comes a glance, with the first words of a few minutiae alone: `glance` is (minutiae, near_bits, floor). A
    print that stays below the floor gets what the glance gave, the others at least `WHOLE`.
    """
    few, few_bits, floor = glance
    ahead, asked = 0, 0
    for t in range(sketches.shape[0]):
        if not eligible[t]:
            scores[t] = -1
            continue
        while asked < AHEAD and ahead < sketches.shape[0]:  # prints that lie far apart come one by one from memory
            if eligible[ahead]:
                for line in range(0, 2 * SLOTS, LINE):
                    prefetch(sketches, ahead * 2 * SLOTS + line)
                asked += 1
            ahead += 1
        asked -= 1
        row = sketches[t]
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
            scores[t] = total
            continue
        total = WHOLE
        for i in range(probe.shape[1]):
            a, b = probe[0, i], probe[1, i]
            distance = FAR
            for j in range(SLOTS):
                distance = min(distance, popcount(a ^ first[j]) + popcount(b ^ second[j]))
            if distance < near_bits:
                total += (near_bits - distance) * (near_bits - distance)
        scores[t] = total
