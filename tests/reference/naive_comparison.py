"""Plain-Python twins of alignment, evidence, fusion, and of a whole comparison made of all the twins.

Positions are complex numbers with y upwards, so that a turn is a multiplication; a print is a list of minutiae and a
dictionary of cells; evidence and terms are dictionaries.
"""

from __future__ import annotations

import cmath
import math
import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.reference import naive_matching
from tests.reference.naive_alignment import (
    STEP_RAD,
    Motion,
    Point,
    affine_motion,
    deformation,
    first_matches,
    map_points,
    warped,
)

from fingerprint_engine.matching import MatchingParameters
from fingerprint_engine.template import Template

CELL_PX = 16.0


class Print(NamedTuple):
    """Minutiae; orientation (None when unknown) and period (0 when unknown) by cell (row, column); fourteen words.

    `same` says how little the qualities of all its minutiae differ.
    """

    points: list[Point]
    cells: dict[tuple[int, int], tuple[int | None, float]]
    words: list[list[int]]
    key: int
    same: float


def print_of(template: Template, words: list[list[int]]) -> Print:
    found, grid = template.minutiae, template.coarse_map
    points = [
        Point(float(x), float(y), round(float(direction) / STEP_RAD) % 256, int(kind), int(quality))
        for x, y, direction, kind, quality in zip(
            found.x, found.y, found.direction, found.kind, found.quality, strict=True
        )
    ]
    cells = {}
    for row in range(grid.orientation.shape[0]):
        for col in range(grid.orientation.shape[1]):
            code = int(grid.orientation[row, col])
            period = int(grid.period[row // 2, col // 2]) / 10.0 if grid.period.size else 0.0
            if code != 255:
                cells[grid.row + row, grid.col + col] = (code if code < 128 else None, period)
    return Print(points, cells, words, template.content_key, sameness(points))


def quality_weight(quality: int) -> float:
    return 0.5 if quality == 255 else quality / 100.0


def vouching_weight(quality: int) -> float:
    return 0.0 if quality == 255 else quality / 100.0


def claimed_quality(quality: int) -> float:
    return 1.0 if quality == 255 else quality / 100.0


def sameness(points: list[Point]) -> float:
    """How little the known qualities of a print differ, 0 to 1."""
    known = [point.quality / 100.0 for point in points if point.quality != 255]
    lack = 1.0 - statistics.fmean(known) if known else 1.0
    spread = statistics.pstdev(known) / lack if known and lack > 1e-6 else 1.0 if known else 0.0
    return min(max((0.35 - spread) / 0.15, 0.0), 1.0)


def held_to(least: float, quality: float, same: float) -> float:
    return quality + max(least - quality, 0.0) * same


def on_print(x: float, y: float, side: Print) -> bool:
    return not side.cells or (math.floor(y / CELL_PX), math.floor(x / CELL_PX)) in side.cells


def mark_minutiae(
    a: Print, b: Print, motion: Motion, mapped: list[tuple[float, float, float]], matches: list[tuple[int, int]]
) -> tuple[list[str], list[str], dict[str, float]]:
    """What each minutia of both prints says, and the counts."""
    in_match = ({i for i, _ in matches}, {j for _, j in matches})
    seen_a = [on_print(x, y, b) for x, y, _ in mapped]
    seen_b = [on_print(*motion.carry_back(point.x, point.y), a) for point in b.points]
    marks = [
        ["matched" if at in taken else "contradicted" if seen else "outside" for at, seen in enumerate(flags)]
        for taken, flags in zip(in_match, (seen_a, seen_b), strict=True)
    ]
    overlap = [sum(mark != "outside" for mark in side) for side in marks]
    contradicted = sum(
        held_to(0.5, quality_weight(point.quality), side.same)
        for side, print_marks in ((a, marks[0]), (b, marks[1]))
        for point, mark in zip(side.points, print_marks, strict=True)
        if mark == "contradicted"
    )
    vouching = [
        sum(
            vouching_weight(point.quality)
            for point, mark in zip(side.points, print_marks, strict=True)
            if mark != "outside"
        )
        for side, print_marks in zip((a, b), marks, strict=True)
    ]
    claimed = [
        [
            claimed_quality(point.quality)
            for point, mark in zip(side.points, print_marks, strict=True)
            if mark != "outside"
        ]
        for side, print_marks in zip((a, b), marks, strict=True)
    ]
    counts = {
        "overlap_probe": overlap[0],
        "overlap_reference": overlap[1],
        "contradicted_quality": contradicted,
        "opposed_quality": math.sqrt(vouching[0] * vouching[1]),
        "claimed_quality": max(
            held_to(0.89, sum(claims) / max(len(claims), 1), side.same)
            for claims, side in zip(claimed, (a, b), strict=True)
        ),
    }
    return marks[0], marks[1], counts


def matched_evidence(
    a: Print,
    b: Print,
    mapped: list[tuple[float, float, float]],
    matches: list[tuple[int, int]],
    similarity: list[list[float]],
    tolerance_px: float,
) -> dict[str, float]:
    points = [(a.points[i], b.points[j]) for i, j in matches]
    off = [math.hypot(mapped[i][0] - b.points[j].x, mapped[i][1] - b.points[j].y) for i, j in matches]
    reference = [(point.x, point.y, point.code) for point in b.points]
    return {
        "matched": len(matches),
        "matched_quality": sum(math.sqrt(vouching_weight(p.quality) * vouching_weight(q.quality)) for p, q in points),
        "pair_similarity": sum(similarity[i][j] for i, j in matches) / max(len(matches), 1),
        "residual": sum(off) / len(off) if off else tolerance_px,
        "kind_agreement": sum(p.kind == q.kind != 0 for p, q in points) / (len(points) + 2),
        "close_matched": naive_matching.closeness(mapped, reference, matches, 5.0, 5.0),
    }


def area_evidence(a: Print, b: Print, motion: Motion) -> dict[str, float]:
    turn = math.floor(motion.turn_rad / STEP_RAD + 0.5)
    cosines, differences, means, cells = [], [], [], 0
    for (row, col), (code, period) in a.cells.items():
        x, y = motion.carry(CELL_PX * col + 7.5, CELL_PX * row + 7.5)
        met = b.cells.get((math.floor(y / CELL_PX), math.floor(x / CELL_PX)))
        if met is None:
            continue
        cells += 1
        if code is not None and met[0] is not None:
            cosines.append(math.cos(2.0 * STEP_RAD * (code + turn - met[0])))
        means.append((period + met[1]) / 2.0)
        if period > 0.0 and met[1] > 0.0:
            differences.append(abs(period - met[1]))
    scarce = {"flow_known": 0.0} if 2 * len(cosines) < cells else {}
    return scarce | {
        "orientation_agreement": sum(cosines) / (len(cosines) + 10.0),
        "overlap_cells": cells,
        "mean_period_px": sum(means) / len(means) if means else 0.0,
        "period_difference_px": sum(differences) / len(differences) if differences else 0.0,
        "cells_probe": len(a.cells),
        "cells_reference": len(b.cells),
        "flow_likeness": sum((1.0 + cosine) / 2.0 for cosine in cosines) / (cells + 10.0),
        "period_likeness": sum(1.0 / (1.0 + difference) for difference in differences) / (cells + 10.0),
    }


def ridges_between(side: Print, one: Point, other: Point) -> float | None:
    """Ridges across the way from one point to another, from the cells that it passes; None where one says nothing."""
    way = complex(other.x - one.x, one.y - other.y)
    steps, crossed = int(abs(way) / 16.0) + 2, 0.0
    for step in range(steps):
        x, y = (at + (step + 0.5) * ((to - at) / steps) for at, to in ((one.x, other.x), (one.y, other.y)))
        orientation, period = side.cells.get((int(y) // 16, int(x) // 16), (None, 0.0))
        if orientation is None or period == 0.0:
            return None
        crossed += abs((way * cmath.exp(-1j * math.pi / 128.0 * orientation)).imag) / period
    return crossed / steps


def alike_between(a: Print, b: Print, pair: tuple[int, int], to: tuple[int, int]) -> float | None:
    """How alike the counts from one pair of minutiae to another are; None where one print says nothing."""
    counts = [
        ridges_between(side, side.points[at], side.points[end]) for side, at, end in zip((a, b), pair, to, strict=True)
    ]
    return likeness_of(*counts)


def likeness_of(one: float | None, other: float | None) -> float | None:
    """How alike two counts of ridges are; None where one of them is none."""
    if one is None or other is None:
        return None
    return math.exp(-((one - other) ** 2) / (0.25 + 0.075 * (one + other) / 2.0))


def ridge_weights(a: Print, b: Print) -> Callable[[tuple[int, int], tuple[int, int]], float]:
    """What the ridges between two pairs make of their consistency."""

    def weight(pair: tuple[int, int], other: tuple[int, int]) -> float:
        likeness = alike_between(a, b, pair, other)
        return 0.3 if likeness is None else 1.4 * likeness

    return weight


def ridge_counts(a: Print, b: Print, matches: list[tuple[int, int]]) -> dict[str, float]:
    """How much more alike the counts around each match are than by chance."""
    total = 0.0
    for k, (i, j) in enumerate(matches):
        likeness = [0.0]  # one agrees with nothing
        for m, (to_i, to_j) in enumerate(matches):
            one, other = a.points[i], a.points[to_i]
            if not 12.0 <= math.hypot(one.x - other.x, one.y - other.y) <= 110.0:
                continue
            # From the later match to the earlier one: which way decides what cell a point on a border is in.
            later, earlier = ((i, j), (to_i, to_j)) if k > m else ((to_i, to_j), (i, j))
            likeness.append(alike_between(a, b, later, earlier) or 0.0)
        total += max(sum(likeness) / len(likeness) - 0.45, 0.0)
    return {"ridge_counts": total}


def fusion_terms(evidence: dict[str, float]) -> dict[str, float]:
    def root(name: str) -> float:
        return math.sqrt(evidence[name])

    def half(value: float, middle: float) -> float:
        return value / (value + middle)

    opposed = math.sqrt(evidence["overlap_probe"] * evidence["overlap_reference"])
    overlap = max(opposed, 1.0)
    share = evidence["matched"] / overlap
    testable = half(opposed, 2.0) * half(evidence["overlap_cells"], 10.0)
    held = half(evidence["matched"], 2.0)
    contradicted = evidence["contradicted_quality"]
    if evidence["overlap_cells"] > 448.0:
        contradicted *= 448.0 / evidence["overlap_cells"]
    uncontradicted = half(evidence["opposed_quality"], 2.0) * 5.0 / (5.0 + contradicted)
    smaller = min(evidence["cells_probe"], evidence["cells_reference"])
    area = max(evidence["overlap_cells"], 1.0)
    return {
        "relaxed_similarity": evidence["relaxed_similarity"] * testable,
        "local_similarity": evidence["local_similarity"] * testable,
        "matched_share": share * held,
        "relaxed_times_share": evidence["relaxed_similarity"] * share * testable,
        "matched_times_share": root("matched") * share,
        "closeness": 5.0 / (5.0 + evidence["residual"]) * held,
        "kind_agreement": evidence["kind_agreement"],
        "overlap": min(root("overlap_cells"), math.sqrt(250.0)) / 10.0,
        "period_agreement": evidence["period_likeness"],
        "stiffness": held / (1.0 + 10.0 * evidence["deformation"]),
        "relaxed_matched": root("relaxed_matched"),
        "uncontradicted": uncontradicted,
        "close_times_share": evidence["close_matched"] ** 1.5 / overlap,
        "matched_quality_share": (evidence["matched_quality"] / (evidence["opposed_quality"] + 3.0)) ** 2,
        "uncontradicted_share": uncontradicted * min(1.0, evidence["overlap_cells"] / max(smaller, 1)),
        "faintness": min(0.25, 1.0 - evidence["claimed_quality"]),
        "sparseness": area / (area + 7.0 * max(evidence["overlap_probe"], evidence["overlap_reference"])),
        "ridge_counts": evidence["ridge_counts"] / math.sqrt(overlap),
    }


def opposed(evidence: dict[str, float]) -> float:
    return math.sqrt(evidence["overlap_probe"] * evidence["overlap_reference"])


def opposable(evidence: dict[str, float]) -> float:
    """Of minutiae in the overlap one in six cells."""
    return min(opposed(evidence), evidence["overlap_cells"] / 6.0)


def supporting(evidence: dict[str, float]) -> float:
    """Matches that are close or have ridges in common, less in dense places and where the overlap is a large one."""
    share = min(1.0, 448.0 / max(evidence["overlap_cells"], 1.0))
    return (
        share
        * (evidence["close_matched"] + (evidence["ridge_counts"] if evidence["flow_known"] else 0.0))
        / max(1.0, 6.0 * max(opposed(evidence), 1.0) / max(evidence["overlap_cells"], 1e-12))
    )


def period_of_density(evidence: dict[str, float]) -> float:
    """9 px where a minutia has seven cells."""
    return 9.0 * math.sqrt(evidence["overlap_cells"] / 7.0 / max(opposed(evidence), 1.0))


def bound_of(evidence: dict[str, float], start: float) -> float:
    return max(start + 15.0 * supporting(evidence), min(10.0 * opposable(evidence), 25.0))


def fuse(fusion: Any, stage: int, evidence: dict[str, float], weights: dict[str, float], ceiling: float) -> list[float]:
    """Raw and calibrated score."""
    if stage == 0:
        return [0.0, 0.0]
    if stage == 1:
        raw, knots, heights = evidence["relaxed_similarity"], fusion.early_knots, fusion.early_heights
        ceiling = min(ceiling, float(heights[-1]))
    else:
        raw = fusion.bias + sum(weights[name] * value for name, value in fusion_terms(evidence).items())
        knots, heights = fusion.knots, fusion.heights
        ceiling = min(ceiling, bound_of(evidence, fusion.bound_start))
    calibrated = naive_matching.piecewise(raw, list(knots), list(heights))
    score = min(max(calibrated, 0.0), ceiling)
    if stage == 1:
        return [raw, score]
    if evidence["flow_known"]:
        score = for_coarse_ridges(score, evidence["mean_period_px"])
        return [raw, for_fine_ridges(score, evidence["mean_period_px"], 5.0)]
    return [raw, for_fine_ridges(score, period_of_density(evidence), 10.5)]


def for_coarse_ridges(score: float, period_px: float) -> float:
    """2.5 points less per pixel that the ridges lie farther apart than 11.5 px, counted up to 18 px."""
    return max(0.0, score - 2.5 * max(0.0, min(period_px, 18.0) - 11.5))


def for_fine_ridges(score: float, period_px: float, points: float) -> float:
    """So many points less per pixel that the ridges lie closer than 7.2 px, counted down to 4 px."""
    return max(0.0, score - points * max(0.0, 7.2 - max(period_px, 4.0)))


def local_similarity(a: Print, b: Print, p: MatchingParameters) -> list[list[float]]:
    min_cells = round(52 * p.min_common_share)

    def damped(one: list[int], other: list[int]) -> float:
        flow = naive_matching.texture_similarity(one[7:], other[7:], min_cells, p.texture_unknown)
        damping = p.texture_floor + (1.0 - p.texture_floor) * (1.0 + flow) / 2.0
        return naive_matching.cylinder_similarity(one[:7], other[:7], min_cells) * damping

    return [[damped(one, other) for other in b.words] for one in a.words]


def consistency(first: tuple[Point, Point], second: tuple[Point, Point], tables: Any, limit_px: float) -> float:
    """As `naive_matching.consistency`, but each term from its table."""
    (a, b), (c, d) = first, second
    gap = abs(abs(c.z - a.z) - abs(d.z - b.z))
    if gap >= limit_px:
        return 0.0
    turned = abs((d.code - c.code - b.code + a.code + 128) % 256 - 128)
    turn = cmath.exp(1j * STEP_RAD * (b.code - a.code))
    bearing = ((turn * (c.z - a.z)).conjugate() * (d.z - b.z)).real / (abs(c.z - a.z) * abs(d.z - b.z) + 1e-6)
    by_direction = float(tables.direction[int(turned)])
    if by_direction <= 1e-3:
        return by_direction
    at = int((min(max(bearing, -1.0), 1.0) + 1.0) * (len(tables.bearing) - 1) / 2)
    return by_direction * float(tables.length[int(gap * tables.length_steps_px)]) * float(tables.bearing[at])


class Support(NamedTuple):
    """Pairs that support each other, and the two mean similarities of the best of them."""

    pairs: list[tuple[int, int]]
    value: list[float]
    matrix: list[list[float]]
    relaxed: float
    local: float


def support(a: Print, b: Print, similarity: list[list[float]], p: MatchingParameters, tables: Any) -> Support:
    fewer = min(len(a.points), len(b.points))
    pairs = naive_matching.best_pairs(similarity, min(fewer, p.max_pairs))
    if len(pairs) < 2:
        return Support(pairs, [], [], 0.0, 0.0)
    met = [(a.points[i], b.points[j]) for i, j in pairs]
    matrix = [[0.0] * len(pairs) for _ in pairs]
    for t in range(len(pairs)):
        for k in range(t + 1, len(pairs)):
            matrix[t][k] = matrix[k][t] = consistency(met[t], met[k], tables, p.length_limit_px)
    start = [similarity[i][j] for i, j in pairs]
    value = naive_matching.relax(start, matrix, p.relaxation_steps, p.relaxation_weight)
    top = p.min_top + (p.max_top - p.min_top) * naive_matching.logistic(fewer, p.top_middle, p.top_slope)
    best = math.floor(top + 0.5)
    relaxed = sum(sorted(value, reverse=True)[:best]) / best
    return Support(pairs, value, matrix, relaxed, sum(start[:best]) / best)


def match(
    mapped: list[tuple[float, float, float]],
    b: Print,
    similarity: list[list[float]],
    tolerance_px: float,
    p: MatchingParameters,
) -> list[tuple[int, int]]:
    reference = [(point.x, point.y, point.code) for point in b.points]
    return naive_matching.greedy_matches(mapped, reference, similarity, tolerance_px, p.angle_tolerance_rad / STEP_RAD)


def align(
    a: Print, b: Print, found: Support, similarity: list[list[float]], p: MatchingParameters, is_flow_known: bool
) -> tuple[Motion, list[tuple[int, int]], dict[str, float]]:
    """The refined motion, the matches under it, and the evidence."""
    likely = first_matches(a.points, b.points, similarity, p, ridge_weights(a, b) if is_flow_known else None)
    assert likely is not None, "prints of these tests have no more minutiae than are asked"
    matches, motion = likely
    for step in range(p.refinements):
        pairs = [(a.points[i], b.points[j]) for i, j in matches]
        if step > 0 and len(matches) >= 3:
            motion = affine_motion(pairs, [1.0] * len(pairs), p.affine_ridge_px2, motion.turn_rad)
        mapped = map_points(motion, a.points)
        if len(matches) >= 3:
            pulls = [(i, (b.points[j].x, b.points[j].y, b.points[j].code)) for i, j in matches]
            mapped = warped(mapped, pulls, p)
        last = step == p.refinements - 1
        matches = match(mapped, b, similarity, p.final_tolerance_px if last else p.position_tolerance_px, p)
    evidence = matched_evidence(a, b, mapped, matches, similarity, p.position_tolerance_px)
    evidence |= mark_minutiae(a, b, motion, mapped, matches)[2] | area_evidence(a, b, motion)
    evidence |= ridge_counts(a, b, matches)
    relaxed = sum(value for pair, value in zip(found.pairs, found.value, strict=True) if pair in matches)
    return motion, matches, evidence | {"deformation": deformation(motion), "relaxed_matched": relaxed}


def compared(side: Print, p: MatchingParameters) -> Print:
    """The print without what its qualities rather deny, but with so many of the best, and all that are as good as it.

    Whole where one is unknown.
    """
    qualities = [point.quality for point in side.points]
    if 255 in qualities:
        return side
    least = min([p.least_quality, *qualities[:1]])
    kept = [at for at, quality in enumerate(qualities) if at < p.enough_minutiae or quality >= least]
    return side._replace(points=[side.points[at] for at in kept], words=[side.words[at] for at in kept])


def gather_evidence(a: Print, b: Print, p: MatchingParameters, tables: Any) -> tuple[int, dict[str, float]]:
    """How far a comparison comes, and its evidence; what it does not come to is left out."""
    if min(len(a.points), len(b.points)) < 2:
        return 0, {}
    flow_known = all(any(words[13] for words in side.words) for side in (a, b))
    if flow_known:
        a, b = compared(a, p), compared(b, p)
    similarity = local_similarity(a, b, p)
    found = support(a, b, similarity, p, tables)
    evidence = {"flow_known": float(flow_known), "relaxed_similarity": found.relaxed, "local_similarity": found.local}
    if len(found.pairs) < 2:
        return 0, evidence
    if found.relaxed < (p.reject_below if flow_known else p.reject_below_without_flow):
        return 1, evidence
    return 2, evidence | align(a, b, found, similarity, p, flow_known)[2]


def gather_many(
    probe: Print, references: list[Print], p: MatchingParameters, tables: Any
) -> list[tuple[int, dict[str, float]]]:
    """The print with the smaller key plays the probe."""
    return [gather_evidence(*sorted((probe, other), key=lambda side: side.key), p, tables) for other in references]


def screen_many(probe: Print, references: list[Print], p: MatchingParameters, tables: Any) -> list[float]:
    """Relaxed similarity by cylinders alone; the probe plays the probe."""
    bare = MatchingParameters(**{**{name: getattr(p, name) for name in p.__dataclass_fields__}, "texture_floor": 1.0})
    return [
        support(probe, other, local_similarity(probe, other, bare), p, tables).relaxed
        if min(len(probe.points), len(other.points)) >= 2
        else 0.0
        for other in references
    ]
