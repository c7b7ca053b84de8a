"""Plain-Python twins of the matching room's kernels."""

from __future__ import annotations

import math


def ones(value: int) -> int:
    return value.bit_count()


def cylinder_similarity(a: list[int], b: list[int], min_cells: int) -> float:
    """Seven words each: six sectors and validity."""
    valid = a[6] & b[6]
    in_a = sum(ones(word & valid) for word in a[:6])
    in_b = sum(ones(word & valid) for word in b[:6])
    different = sum(ones((p ^ q) & valid) for p, q in zip(a[:6], b[:6], strict=True))
    if ones(valid) < min_cells or in_a + in_b == 0:
        return 0.0
    return 1.0 - math.sqrt(different) / (math.sqrt(in_a) + math.sqrt(in_b))


def texture_similarity(a: list[int], b: list[int], min_cells: int, unknown: float) -> float:
    valid = a[6] & b[6]
    if ones(valid) < min_cells:
        return unknown
    different = sum(ones((p ^ q) & valid) for p, q in zip(a[:6], b[:6], strict=True))
    return 1.0 - different / (3.0 * ones(valid))


def best_pairs(similarity: list[list[float]], limit: int) -> list[tuple[int, int]]:
    """Greedy: the best free pair again and again; first by row and column among equals."""
    rows, columns, pairs = set(range(len(similarity))), set(range(len(similarity[0]))), []
    while len(pairs) < limit:
        free = [(-similarity[i][j], i, j) for i in rows for j in columns if similarity[i][j] > 0.0]
        if not free:
            break
        _, i, j = min(free)
        pairs.append((i, j))
        rows.remove(i)
        columns.remove(j)
    return pairs


def logistic(value: float, middle: float, slope: float) -> float:
    return 1.0 / (1.0 + math.exp(min(max(-slope * (value - middle), -60.0), 60.0)))


Point = tuple[float, float, float]


def consistency(
    first: tuple[Point, Point],
    second: tuple[Point, Point],
    terms: tuple[tuple[float, float], tuple[float, float], tuple[float, float]],
    limit: float,
) -> float:
    """Would one rigid motion carry both pairs? Points are x, y, direction in radians (y down, counter-clockwise)."""
    (ax, ay, at), (bx, by, bt) = first
    (cx, cy, ct), (dx, dy, dt) = second
    gap = abs(math.hypot(cx - ax, cy - ay) - math.hypot(dx - bx, dy - by))
    turned = abs((((dt - ct) - (bt - at)) + math.pi) % (2.0 * math.pi) - math.pi)
    bearing_a = math.atan2(-(cy - ay), cx - ax) - at
    bearing_b = math.atan2(-(dy - by), dx - bx) - bt
    bearing = abs((bearing_a - bearing_b + math.pi) % (2.0 * math.pi) - math.pi)
    if gap >= limit:
        return 0.0
    return math.prod(logistic(value, *term) for value, term in zip((gap, turned, bearing), terms, strict=True))


def relax(start: list[float], matrix: list[list[float]], steps: int, weight: float) -> list[float]:
    value = list(start)
    count = len(start)
    for _ in range(steps):
        lent = [sum(matrix[t][k] * value[k] for k in range(count) if k != t) for t in range(count)]
        value = [weight * value[t] + (1.0 - weight) * lent[t] / max(count - 1, 1) for t in range(count)]
    return value


def piecewise(value: float, knots: list[float], heights: list[float]) -> float:
    if value <= knots[0]:
        return heights[0]
    for at in range(len(knots) - 1):
        if value <= knots[at + 1] or at == len(knots) - 2:
            return heights[at] + (value - knots[at]) * (heights[at + 1] - heights[at]) / (knots[at + 1] - knots[at])
    raise AssertionError("unreachable")


def greedy_matches(
    mapped: list[Point],
    reference: list[Point],
    similarity: list[list[float]],
    tolerance: float,
    angle_tolerance: float,
) -> list[tuple[int, int]]:
    """Nearest and most similar first, each once; angles in 256 steps a turn."""
    costs = []
    for i, (x, y, turn) in enumerate(mapped):
        for j, (u, v, other) in enumerate(reference):
            near = ((x - u) ** 2 + (y - v) ** 2) / tolerance**2
            step = abs(turn % 256.0 - other)
            step = min(step, 256.0 - step) / angle_tolerance
            if near <= 1.0 and step <= 1.0:
                costs.append((near + step * step - similarity[i][j], i, j))
    used_a: set[int] = set()
    used_b: set[int] = set()
    matches = []
    for _, i, j in sorted(costs):
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            matches.append((i, j))
    return matches


def closeness(
    mapped: list[Point], reference: list[Point], matches: list[tuple[int, int]], px: float, turn: float
) -> float:
    """Matches counted by how close they lie, in position and in direction (256 steps a turn)."""
    total = 0.0
    for i, j in matches:
        (x, y, a), (u, v, b) = mapped[i], reference[j]
        step = (a - b + 128.0) % 256.0 - 128.0
        total += math.exp(-((x - u) ** 2 + (y - v) ** 2) / (2.0 * px**2) - step**2 / (2.0 * turn**2))
    return total
