"""Plain-Python twins of sketching and of scanning sketches."""

from __future__ import annotations


def sketch(cylinder: list[int], weights: list[list[list[int]]], bias: list[int]) -> list[int]:
    """The 128 bits of a minutia: seven words in, weights by word and cell."""
    sums = list(bias)
    for word, table in zip(cylinder, weights, strict=True):
        for cell, row in enumerate(table):
            if (word >> cell) & 1:
                sums = [total + weight for total, weight in zip(sums, row, strict=True)]
    return [int(total > 0) for total in sums]


def words(bits: list[int]) -> tuple[int, int]:
    """128 bits in two words, the first bit lowest."""
    value = sum(bit << place for place, bit in enumerate(bits))
    return value & (2**64 - 1), value >> 64


def row(cylinders: list[list[int]], slots: int, weights: list[list[list[int]]], bias: list[int]) -> list[int]:
    """First words of the slots, then second words; slots beyond the minutiae repeat the first, none gives zeros."""
    if not cylinders:
        return [0] * (2 * slots)
    pairs = [words(sketch(cylinder, weights, bias)) for cylinder in cylinders[:slots]]
    pairs += [pairs[0]] * (slots - len(pairs))
    return [first for first, _ in pairs] + [second for _, second in pairs]


def nearest(minutia: tuple[int, int], sketches: list[int]) -> int:
    """Hamming distance to the nearest sketch."""
    (a, b), slots = minutia, len(sketches) // 2
    return min((a ^ sketches[j]).bit_count() + (b ^ sketches[slots + j]).bit_count() for j in range(slots))


def late_interaction(probe: list[tuple[int, int]], sketches: list[int], near: list[int]) -> int:
    """Sum over the probe of what the nearest sketch lacks to the Hamming distance `near` of that minutia, squared."""
    return sum(max(bits - nearest(one, sketches), 0) ** 2 for one, bits in zip(probe, near, strict=True))


def scanned(
    probe: list[tuple[int, int]], sketches: list[int], near: list[int], glance: tuple[int, int, int], whole: int
) -> int:
    """What the glance gives where it stays below its floor, else what looking at the whole gives, and `whole` more."""
    few, few_near, floor = glance
    slots = len(sketches) // 2
    seen = late_interaction([(a, 0) for a, _ in probe[:few]], sketches[:slots] + [0] * slots, [few_near] * few)
    return seen if seen < floor else whole + late_interaction(probe, sketches, near)
