"""Plain-Python twins of the alignment: likely partners, what near pairs say of them, motions, and the stretch left.

Positions are complex numbers with y upwards, so that a turn is a multiplication.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fingerprint_engine.matching import MatchingParameters

STEP_RAD = 2.0 * math.pi / 256.0
Pair = tuple[int, int]


class Point(NamedTuple):
    """A minutia: position in pixels, direction in 256 steps per turn."""

    x: float
    y: float
    code: float
    kind: int = 0
    quality: int = 255

    @property
    def z(self) -> complex:
        return complex(self.x, -self.y)


class Motion(NamedTuple):
    """``matrix @ (x, y) + shift``, and the rotation in it."""

    matrix: np.ndarray
    shift: np.ndarray
    turn_rad: float

    def carry(self, x: float, y: float) -> tuple[float, float]:
        u, v = self.matrix @ np.array([x, y]) + self.shift
        return float(u), float(v)

    def carry_back(self, x: float, y: float) -> tuple[float, float]:
        u, v = np.linalg.solve(self.matrix, np.array([x, y]) - self.shift)
        return float(u), float(v)


def rotation(turn_rad: float) -> np.ndarray:
    """The matrix of a turn, counter-clockwise as seen, y downwards."""
    cosine, sine = math.cos(turn_rad), math.sin(turn_rad)
    return np.array([[cosine, sine], [-sine, cosine]])


def rigid_motion(pairs: list[tuple[Point, Point]], weights: list[float], arm_px: float) -> Motion:
    total = sum(weights)
    centre_a = sum(w * a.z for w, (a, _) in zip(weights, pairs, strict=True)) / total
    centre_b = sum(w * b.z for w, (_, b) in zip(weights, pairs, strict=True)) / total
    votes = sum(
        w * ((a.z - centre_a).conjugate() * (b.z - centre_b) + arm_px**2 * cmath.exp(1j * STEP_RAD * (b.code - a.code)))
        for w, (a, b) in zip(weights, pairs, strict=True)
    )
    turn = cmath.phase(votes)
    shift = centre_b - cmath.exp(1j * turn) * centre_a
    return Motion(rotation(turn), np.array([shift.real, -shift.imag]), turn)


def affine_motion(pairs: list[tuple[Point, Point]], weights: list[float], ridge: float, turn_rad: float) -> Motion:
    """Weighted least squares with two rows more for each axis, which pull towards the rigid motion."""
    total = sum(weights)
    centre_a = sum(w * a.z for w, (a, _) in zip(weights, pairs, strict=True)) / total
    centre_b = sum(w * b.z for w, (_, b) in zip(weights, pairs, strict=True)) / total
    votes = ridge * cmath.exp(1j * turn_rad) + sum(
        w * (a.z - centre_a).conjugate() * (b.z - centre_b) for w, (a, b) in zip(weights, pairs, strict=True)
    )
    turn = cmath.phase(votes)
    roots = [math.sqrt(w) for w in weights]
    from_a = [[r * (a.z - centre_a).real, -r * (a.z - centre_a).imag] for r, (a, _) in zip(roots, pairs, strict=True)]
    to_b = [[r * (b.z - centre_b).real, -r * (b.z - centre_b).imag] for r, (_, b) in zip(roots, pairs, strict=True)]
    pull = math.sqrt(ridge)
    design = np.array([*from_a, [pull, 0.0], [0.0, pull]])
    target = np.array([*to_b, *(pull * rotation(turn).T)])
    matrix = np.linalg.lstsq(design, target, rcond=None)[0].T
    middle_a, middle_b = np.array([centre_a.real, -centre_a.imag]), np.array([centre_b.real, -centre_b.imag])
    return Motion(matrix, middle_b - matrix @ middle_a, turn)


def map_points(motion: Motion, points: list[Point]) -> list[tuple[float, float, float]]:
    return [(*motion.carry(point.x, point.y), point.code + motion.turn_rad / STEP_RAD) for point in points]


def deformation(motion: Motion) -> float:
    return float(np.linalg.norm(motion.matrix - rotation(motion.turn_rad)))


def likely_pairs(similarity: list[list[float]]) -> list[Pair]:
    """Of each minutia the two most similar partners, first by index among equals; of 128 minutiae at most."""
    pairs = []
    for i, row in enumerate(similarity[:128]):
        ranked = sorted((j for j, value in enumerate(row) if value > 0.0), key=lambda j, row=row: -row[j])
        pairs += [(i, j) for j in ranked[:2]]
    return pairs


def near_consistency(
    first: tuple[Point, Point], second: tuple[Point, Point], p: MatchingParameters, stretch: float
) -> float:
    """Does one turn carry the way from one minutia to the other, as far as a stretch of so many px lets it?"""
    (a, b), (c, d) = first, second
    if abs(c.z - a.z) <= 1.0 or abs(d.z - b.z) <= 1.0:
        return 0.0
    turns = [cmath.exp(1j * STEP_RAD * (y.code - x.code)) for x, y in (first, second)]
    missed = sum(turns) / 2.0 * (c.z - a.z) - (d.z - b.z)
    spread = p.near_slack_px + stretch * abs(c.z - a.z)
    place = max(1.0 - abs(missed) ** 2 / (5.0 * spread**2), 0.0)
    least = math.cos(p.near_turn_rad)
    turned = max(((turns[0].conjugate() * turns[1]).real - least) / (1.0 - least), 0.0)
    return place**2 * turned * max(1.0 - abs(c.z - a.z) ** 2 / p.near_reach_px**2, 0.0)


def first_matches(
    a: list[Point],
    b: list[Point],
    similarity: list[list[float]],
    p: MatchingParameters,
    counted: Callable[[Pair, Pair], float] | None = None,
) -> tuple[list[Pair], Motion] | None:
    """Pairs taken one to one by what near ones lend them, and a motion that fits most of them; None without any.

    `counted` says what the ridges between two pairs make of their consistency; None where ridge flow is not known.
    """
    pairs = likely_pairs(similarity)
    if not pairs:
        return None
    met, start = [(a[i], b[j]) for i, j in pairs], [similarity[i][j] for i, j in pairs]
    stretch = p.near_stretch_without_flow if counted is None else p.near_stretch
    matrix = [[near_consistency(one, other, p, stretch) for other in met] for one in met]
    if counted is not None:
        # From the later pair to the earlier one, as the kernel asks.
        for k in range(len(pairs)):
            for m in range(k):
                if matrix[k][m] >= 0.15:
                    matrix[k][m] *= counted(pairs[k], pairs[m])
                    matrix[m][k] = matrix[k][m]
    value = start
    for _ in range(p.near_steps):
        lent = [sum(w * v for w, v in zip(row, value, strict=True)) for row in matrix]
        value = [s * x / (x + p.near_half) for s, x in zip(start, lent, strict=True)]
    order = sorted(range(len(pairs)), key=lambda k: -value[k])
    taken: list[int] = []
    for k in order:
        is_free = all(pairs[k][0] != pairs[m][0] and pairs[k][1] != pairs[m][1] for m in taken)
        if value[k] >= p.near_least and is_free:
            taken.append(k)
    weights = [matrix[order[0]][k] * value[k] for k in range(len(pairs))]
    weights[order[0]] = value[order[0]] + 1e-6
    motion = rigid_motion(met, weights, p.rigid_arm_px)
    if len(taken) >= 3:
        motion = settled_motion(motion, [met[k] for k in taken], [value[k] for k in taken], p)
    return [pairs[k] for k in taken], motion


def falling(squared: float) -> float:
    return (1.0 + squared) ** -2


def settled_motion(
    motion: Motion, pairs: list[tuple[Point, Point]], worth: list[float], p: MatchingParameters
) -> Motion:
    for _ in range(p.settle_rounds):
        off = [np.hypot(*np.subtract(motion.carry(a.x, a.y), (b.x, b.y))) for a, b in pairs]
        weights = [w * falling((float(gap) / p.settle_px) ** 2) for w, gap in zip(worth, off, strict=True)]
        motion = affine_motion(pairs, weights, p.affine_ridge_px2, motion.turn_rad)
    return motion


def nearness(one: complex, other: complex, p: MatchingParameters) -> float:
    return max(1.0 - abs(one - other) ** 2 / (6.0 * p.warp_sigma_px**2), 0.0) ** 3


def trusts(places: list[complex], missing: list[complex], p: MatchingParameters) -> list[float]:
    """How well the mean of what the others miss foretells what each match misses."""
    trust = [1.0] * len(places)
    for _ in range(p.trust_rounds):
        following = []
        for k, place in enumerate(places):
            others = [m for m in range(len(places)) if m != k]
            weights = [nearness(place, places[m], p) * trust[m] for m in others]
            told = sum(w * missing[m] for w, m in zip(weights, others, strict=True)) / (p.warp_prior + sum(weights))
            following.append(falling(abs(missing[k] - told) ** 2 / p.trust_px**2))
        trust = following
    return trust


def warped(
    points: list[tuple[float, float, float]],
    matches: list[tuple[int, tuple[float, float, float]]],
    p: MatchingParameters,
) -> list[tuple[float, float, float]]:
    """Points moved and turned by what the matches around miss: (index of a point, where its partner lies).

    At each point an affine field is fitted, with a row that wants no shift and two that want no slope.
    """
    places = [complex(points[at][0], points[at][1]) for at, _ in matches]
    missing = [complex(u, v) - place for place, (_, (u, v, _)) in zip(places, matches, strict=True)]
    trust = trusts(places, missing, p)
    moved = []
    for x, y, turn in points:
        weights = np.array([nearness(complex(x, y), m, p) * t for m, t in zip(places, trust, strict=True)])
        away = np.array([[m.real - x, m.imag - y] for m in places])
        wanted = np.array([[m.real, m.imag] for m in missing])
        total = p.warp_prior + weights.sum()
        middle, mean = weights @ away / total, weights @ wanted / total
        # The prior is a match that lies here and misses nothing.
        design = np.vstack([np.sqrt(weights)[:, None] * (away - middle), [-middle * math.sqrt(p.warp_prior)]])
        target = np.vstack([np.sqrt(weights)[:, None] * (wanted - mean), [-mean * math.sqrt(p.warp_prior)]])
        slope = np.linalg.solve(design.T @ design + p.warp_ridge_px2 * np.eye(2), design.T @ target)
        u, v = mean - middle @ slope
        moved.append((x + float(u), y + float(v), turn + float(slope[1, 0] - slope[0, 1]) / 2.0 / STEP_RAD))
    return moved
