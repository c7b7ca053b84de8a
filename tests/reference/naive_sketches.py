"""Plain-Python twins of sketching and of scanning sketches."""

from __future__ import annotations


def sketch(cylinder: list[int], weights: list[list[list[int]]], bias: list[int]) -> list[int]:
    """The 128 bits of a minutia: the signs of its sums."""
    return [int(total > 0) for total in sums(cylinder, weights, bias)]


def sums(cylinder: list[int], weights: list[list[list[int]]], bias: list[int]) -> list[int]:
    """The 128 sums of a minutia: seven words in, weights by word and cell."""
    found = list(bias)
    for word, table in zip(cylinder, weights, strict=True):
        for cell, row in enumerate(table):
            if (word >> cell) & 1:
                found = [total + weight for total, weight in zip(found, row, strict=True)]
    return found


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


EVERY = (2**64 - 1, 2**64 - 1)
NONE = (0, 0)
Minutia = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
"""Two words each: its sketch, which bits count, which count once more."""


def distance(minutia: Minutia, sketch: tuple[int, int]) -> int:
    """Unlike bits, as often as each counts."""
    code, sure, strong = minutia
    return sum(
        int((a ^ b) >> bit & 1) * (int(once >> bit & 1) + int(more >> bit & 1))
        for a, b, once, more in zip(code, sketch, sure, strong, strict=True)
        for bit in range(64)
    )


def nearest(minutia: Minutia, sketches: list[int]) -> int:
    """Distance to the nearest sketch."""
    slots = len(sketches) // 2
    return min(distance(minutia, (sketches[j], sketches[slots + j])) for j in range(slots))


def late_interaction(probe: list[Minutia], sketches: list[int], near: list[int]) -> int:
    """Sum over the probe of what the nearest sketch lacks to the distance `near` of that minutia, squared."""
    return sum(max(bits - nearest(one, sketches), 0) ** 2 for one, bits in zip(probe, near, strict=True))


def scanned(
    probe: list[Minutia], sketches: list[int], near: list[int], glance: tuple[int, int, int], whole: int
) -> int:
    """What the glance gives where it stays below its floor, else what looking at the whole gives, and `whole` more."""
    few, few_near, floor = glance
    slots = len(sketches) // 2
    halves: list[Minutia] = [((a, 0), EVERY, NONE) for (a, _), _, _ in probe[:few]]
    seen = late_interaction(halves, sketches[:slots] + [0] * slots, [few_near] * few)
    return seen if seen < floor else whole + late_interaction(probe, sketches, near)
