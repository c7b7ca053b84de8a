"""Plain-Python twins of sketching and of scanning sketches."""

from __future__ import annotations

import cmath
import itertools
import math


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


def late_interaction(probe: list[Minutia], sketches: list[int], near: list[int], weight: list[int]) -> int:
    """Sum over the probe of what the nearest sketch lacks to the distance `near` of that minutia, squared, weighed."""
    return sum(
        max(bits - nearest(one, sketches), 0) ** 2 * part for one, bits, part in zip(probe, near, weight, strict=True)
    )


def scanned(
    probe: list[Minutia],
    sketches: list[int],
    near: list[int],
    weight: list[int],
    near_first: list[int],
    floor: int,
    whole: int,
) -> int:
    """What the glance gives where it stays below its floor, else what looking at the whole gives, and `whole` more."""
    slots = len(sketches) // 2
    halves: list[Minutia] = [((a, 0), (sure, 0), (strong, 0)) for (a, _), (sure, _), (strong, _) in probe]
    few = len(near_first)
    seen = late_interaction(halves[:few], sketches[:slots] + [0] * slots, near_first, [1] * few)
    return seen if seen < floor else whole + late_interaction(probe, sketches, near, weight) // 64


Place = tuple[float, float, int]
"""x, y and direction code of a minutia."""


def placed(
    probe: list[Minutia], at: list[Place], sketches: list[int], lying: list[Place], near: list[int], weight: list[int]
) -> float:
    """What agrees between pairs of a probe's minutiae and the nearest of a print, whose minutiae lie at some places."""
    slots = len(sketches) // 2
    pairs = []
    for one, place, bits, part in zip(probe, at, near, weight, strict=True):
        apart = [distance(one, (sketches[j], sketches[slots + j])) for j in range(slots)]
        j = apart.index(min(apart))
        if apart[j] < bits and j < len(lying):
            turn = (lying[j][2] - place[2]) * 2.0 * math.pi / 256.0
            pairs.append((complex(*place[:2]), complex(*lying[j][:2]), turn, (bits - apart[j]) * part))
    total = sum(own[3] ** 2 for own in pairs) / 16.0
    for (a, b, turn, lack), (c, d, other, less) in itertools.combinations(pairs, 2):
        if abs(c - a) <= 1.0 or abs(d - b) <= 1.0:
            continue
        # Directions are counter-clockwise as seen, y points down: a turn by an angle is one by its negative here.
        mean = (cmath.exp(-1j * turn) + cmath.exp(-1j * other)) / 2.0
        missed, spread = abs(mean * (c - a) - (d - b)), 5.0 + 0.12 * abs(c - a)
        fits = max(1.0 - missed**2 / (5.0 * spread**2), 0.0)
        turned = max((math.cos(turn - other) - math.cos(0.3)) / (1.0 - math.cos(0.3)), 0.0)
        close = max(1.0 - (abs(c - a) / 300.0) ** 2, 0.0)
        total += fits**2 * turned * close * lack * less
    return total
