"""Alignment, evidence, fusion and whole comparisons against their twins, on random and on awkward prints."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import naive_alignment, naive_comparison
from tests.reference.point_prints import SHAPE, finger, impression, moved

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.matching import Matcher, MatchingParameters
from fingerprint_engine.matching.kernels.alignment import affine_motion, deformation, map_points, rigid_motion
from fingerprint_engine.matching.kernels.evidence import (
    CONTRADICTED,
    MATCHED,
    OUTSIDE,
    area_evidence,
    mark_minutiae,
    matched_evidence,
)
from fingerprint_engine.matching.kernels.fusion import (
    TERMS,
    bound_of,
    bounds_many,
    fuse,
    fuse_many,
    fusion_terms,
    lines_many,
    opposable,
    period_of_density,
    supporting,
    terms_many,
)
from fingerprint_engine.matching.kernels.layout import EVIDENCE, Motion
from fingerprint_engine.matching.kernels.ridge_counts import (
    ask_ridges,
    cells_of,
    forget_ridges,
    likeness_of,
    ridge_evidence,
)
from fingerprint_engine.matching.model import default_model
from fingerprint_engine.matching.parameters import tables_of
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, TemplateBatch, build_template
from fingerprint_engine.template.batch import packed

SEEDS = st.integers(0, 2**32 - 1)
PARAMETERS = MatchingParameters()
TABLES = tables_of(PARAMETERS)
TABLE_STEP = 5e-3
"""What a consistency changes by when rounding takes it to the next entry of a table."""
MARKS = {OUTSIDE: "outside", MATCHED: "matched", CONTRADICTED: "contradicted"}


def _template(minutiae: Minutiae, rng: np.random.Generator, *, area: bool = True, flow: bool = True) -> Template:
    """A print on a part of the ground, with arched ridges, period and an island of unknown flow; or bare minutiae."""
    if not area:
        return build_template(minutiae, shape=SHAPE)
    blocks = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))
    rows, cols = np.mgrid[0 : blocks[0], 0 : blocks[1]] * 8.0 + 3.5
    arch = np.mod(np.arctan2(-(cols - 200.0), rows + 100.0), math.pi).astype(np.float32)
    period = rng.uniform(7.0, 11.0, blocks).astype(np.float32)
    period[:10] = 0.0
    mask = np.zeros(SHAPE, np.bool_)
    mask[rng.integers(0, 90) : rng.integers(300, 420), rng.integers(0, 90) : rng.integers(300, 400)] = True
    return build_template(
        minutiae, shape=SHAPE, mask=mask, orientation=arch if flow else None, period=period if flow else None
    )


def _within(minutiae: Minutiae) -> Minutiae:
    inside = (minutiae.x >= 0) & (minutiae.y >= 0) & (minutiae.x < SHAPE[1] - 1) & (minutiae.y < SHAPE[0] - 1)
    columns = (minutiae.x, minutiae.y, minutiae.direction, minutiae.kind, minutiae.quality)
    return Minutiae(*(column[inside] for column in columns))


def _naive(template: Template) -> naive_comparison.Print:
    words = packed(template).columns.words.reshape(14, len(template)).T
    return naive_comparison.print_of(template, [[int(word) for word in row] for row in words])


def _motion(motion: naive_alignment.Motion) -> Motion:
    (xx, xy), (yx, yy) = motion.matrix.tolist()
    steps = motion.turn_rad / naive_alignment.STEP_RAD
    return Motion(xx, xy, yx, yy, *motion.shift.tolist(), motion.turn_rad, steps, 0.0, 0.0)


def _random_motion(rng: np.random.Generator, reach_px: float) -> naive_alignment.Motion:
    turn = float(rng.uniform(-math.pi, math.pi))
    matrix = naive_alignment.rotation(turn) + rng.normal(0.0, 0.05, (2, 2))
    return naive_alignment.Motion(matrix, rng.normal(0.0, reach_px, 2), turn)


def _assert_same_motion(found: Motion, wanted: naive_alignment.Motion) -> None:
    assert [found.xx, found.xy, found.yx, found.yy] == pytest.approx(wanted.matrix.ravel().tolist(), abs=1e-5)
    assert [found.shift_x, found.shift_y] == pytest.approx(wanted.shift.tolist(), abs=2e-2)
    assert math.cos(found.turn_rad - wanted.turn_rad) == pytest.approx(1.0, abs=1e-9)
    assert found.turn_steps == pytest.approx(found.turn_rad * 128.0 / math.pi)


def _pairs(rng: np.random.Generator, count: int, spread_px: float) -> list[tuple[naive_alignment.Point, ...]]:
    points = [
        [naive_alignment.Point(*rng.normal(200.0, spread_px, 2), int(rng.integers(0, 256))) for _ in range(count)]
        for _ in range(2)
    ]
    return list(zip(*points, strict=True))


@given(SEEDS, st.integers(1, 12), st.sampled_from([0.0, 60.0]))
def test_rigid_motions_equal_their_twin(seed: int, count: int, spread_px: float) -> None:
    # No spread: all pairs in one place, where directions alone decide.
    rng = np.random.default_rng(seed)
    pairs, weight = _pairs(rng, count, spread_px), rng.uniform(0.1, 1.0, count)
    turns = [(b.code - a.code) * naive_alignment.STEP_RAD for a, b in pairs]
    geometry = np.array(
        [[a.x for a, _ in pairs], [a.y for a, _ in pairs], [b.x for _, b in pairs], [b.y for _, b in pairs],
         np.cos(turns), np.sin(turns)]
    )  # fmt: skip
    found = rigid_motion(geometry, weight, count, 20.0)
    _assert_same_motion(found, naive_alignment.rigid_motion(pairs, weight.tolist(), 20.0))
    centre = np.average([(a.x, a.y) for a, _ in pairs], axis=0, weights=weight)
    assert [found.centre_x, found.centre_y] == pytest.approx(centre.tolist())


@settings(max_examples=25)
@given(SEEDS, st.integers(1, 12), st.floats(-3.1, 3.1))
def test_affine_motions_equal_their_twin(seed: int, count: int, turn: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = (packed(build_template(finger(rng, 12), shape=SHAPE)) for _ in range(2))
    matched = np.array([rng.permutation(12), rng.permutation(12)])
    first, second = (
        [naive_alignment.Point(float(x), float(y), 0) for x, y in zip(side.columns.x, side.columns.y, strict=True)]
        for side in (a, b)
    )
    pairs = [(first[i], second[j]) for i, j in matched.T[:count]]
    weight = rng.uniform(0.1, 1.0, count)
    found = affine_motion(matched, weight, count, a.columns, b.columns, 0, 0, 2000.0, turn)
    wanted = naive_alignment.affine_motion(pairs, weight.tolist(), 2000.0, turn)
    _assert_same_motion(found, wanted)
    assert deformation(found) == pytest.approx(naive_alignment.deformation(wanted), abs=1e-6)


def _assert_same(record: np.void, wanted: dict[str, float], rel: float = 1e-5) -> None:
    found = {name: float(record[name]) for name in wanted}
    assert found == pytest.approx(wanted, rel=rel, abs=rel)


@settings(max_examples=25)
@given(SEEDS, st.integers(0, 20), st.integers(0, 20), st.booleans(), st.sampled_from([0.0, 60.0, 900.0]))
def test_evidence_equals_its_twins(seed: int, count_a: int, count_b: int, area: bool, reach_px: float) -> None:
    # Up to prints without any minutia and to motions that leave no overlap.
    rng = np.random.default_rng(seed)
    a, b = (_template(finger(rng, count), rng, area=area) for count in (count_a, count_b))
    one, other = _naive(a), _naive(b)
    columns_a, columns_b = packed(a).columns, packed(b).columns
    motion = _random_motion(rng, reach_px)
    mapped = np.zeros((3, count_a))
    map_points(_motion(motion), columns_a, 0, count_a, mapped)
    points = naive_alignment.map_points(motion, one.points)
    assert mapped.T.tolist() == [pytest.approx(point, rel=1e-6, abs=1e-3) for point in points]
    points = [tuple(point) for point in mapped.T.tolist()]
    count = int(rng.integers(0, min(count_a, count_b) + 1))
    matched = np.array([rng.permutation(count_a)[:count], rng.permutation(count_b)[:count]])
    matches = list(zip(*matched.tolist(), strict=True))
    evidence = np.zeros(1, EVIDENCE)
    similarity = rng.uniform(0.0, 1.0, (count_a, count_b)).astype(np.float32)
    matched_evidence(columns_a, 0, columns_b, 0, count_b, matched, count, mapped, similarity.ravel(), 18.0, evidence[0])
    wanted = naive_comparison.matched_evidence(one, other, points, matches, similarity.tolist(), 18.0)
    _assert_same(evidence[0], wanted)
    status_a, status_b = np.zeros(count_a, np.uint8), np.zeros(count_b, np.uint8)
    status_a[matched[0]], status_b[matched[1]] = MATCHED, MATCHED
    mark_minutiae(
        columns_a,
        0,
        len(one.points),
        columns_b,
        0,
        len(other.points),
        _motion(motion),
        mapped,
        status_a,
        status_b,
        evidence[0],
    )
    marks_a, marks_b, counts = naive_comparison.mark_minutiae(one, other, motion, points, matches)
    assert [MARKS[mark] for mark in status_a.tolist()] == marks_a
    assert [MARKS[mark] for mark in status_b.tolist()] == marks_b
    _assert_same(evidence[0], counts)
    area_evidence(columns_a, 0, columns_b, 0, _motion(motion), TABLES.doubled_cosine, evidence[0])
    _assert_same(evidence[0], naive_comparison.area_evidence(one, other, motion))
    room = np.empty((2, count))
    known = np.zeros((2, max(count_a, count_b) ** 2))
    for lines, minutiae in zip(known, (count_a, count_b), strict=True):
        forget_ridges(lines, minutiae)
    ridge_evidence(columns_a, 0, columns_b, 0, matched, count, TABLES, *known, *room, evidence[0])
    _assert_same(evidence[0], naive_comparison.ridge_counts(one, other, matches))
    before = rng.uniform(0.0, 0.6, (count, count)).astype(np.float32)
    before = np.minimum(before, before.T)
    after, weight = before.copy(), naive_comparison.ridge_weights(one, other)
    ask_ridges(columns_a, 0, columns_b, 0, *matched, count, TABLES, *known, after)
    for lines, side, end in zip(known, (one, other), (count_a, count_b), strict=True):
        for line in np.flatnonzero(lines[: end**2] != -2.0).tolist():
            told = naive_comparison.ridges_between(side, side.points[line // end], side.points[line % end])
            assert lines[line] == (-1.0 if told is None else pytest.approx(told, rel=1e-5, abs=1e-5))
    again, told_before = before.copy(), known.copy()
    ask_ridges(columns_a, 0, columns_b, 0, *matched, count, TABLES, *known, again)
    assert (again.tobytes(), known.tobytes()) == (after.tobytes(), told_before.tobytes())
    for k in range(count):
        for m in range(k):
            asked = weight(matches[k], matches[m]) if before[k, m] >= 0.15 else 1.0
            assert after[k, m] == after[m, k] == pytest.approx(asked * before[k, m], rel=1e-5)
    assert np.diag(after).tolist() == np.diag(before).tolist()
    flow, period, top, left, rows, cols = cells_of(columns_a, 0)
    told = {
        (top + at // cols, left + at % cols): (code if code < 128 else None, pytest.approx(tenths / 10.0))
        for at, (code, tenths) in enumerate(zip(flow.tolist(), period.tolist(), strict=True))
        if code != 255
    }
    assert one.cells == told
    assert len(flow) == rows * cols


@given(st.floats(0.0, 30.0), st.floats(0.0, 30.0))
def test_counts_of_ridges_are_alike_as_their_twins_say(one: float, other: float) -> None:
    assert likeness_of(one, other) == pytest.approx(naive_comparison.likeness_of(one, other))
    assert likeness_of(-1.0, other) == likeness_of(one, -1.0) == -1.0


def _random_evidence(rng: np.random.Generator, count: int) -> np.ndarray:
    """Any evidence that a comparison can have; every fourth is all zeros."""
    evidence = np.zeros(count, EVIDENCE)
    for name in EVIDENCE.names or ():
        evidence[name] = rng.uniform(0.0, 30.0 if name.startswith(("matched", "overlap", "contra")) else 1.0, count)
    evidence["orientation_agreement"] -= 0.5
    evidence["mean_period_px"] *= 20.0
    evidence["flow_known"] = rng.integers(0, 2, count)
    evidence[::4] = 0.0
    return evidence


@given(SEEDS)
def test_fusion_equals_its_twins(seed: int) -> None:
    rng, model = np.random.default_rng(seed), default_model()
    evidence, stages = _random_evidence(rng, 9), rng.integers(0, 3, 9)
    terms = np.empty((9, len(TERMS)))
    terms_many(evidence, terms)
    raw, score, room, bounds = np.empty(9), np.empty(9), np.empty(len(TERMS)), np.empty(9)
    bounds_many(evidence, -12.5, bounds)
    lines = np.empty(9)
    lines_many(evidence, -12.5, lines)
    fuse_many(stages, evidence, model.with_flow, model.without_flow, 60.0, room, raw, score)
    for t in range(9):
        named = dict(zip(EVIDENCE.names or (), evidence[t].item(), strict=True))
        wanted = naive_comparison.fusion_terms(named)
        assert dict(zip(TERMS, terms[t].tolist(), strict=True)) == pytest.approx(wanted)
        fusion_terms(evidence[t], room)
        assert room.tolist() == terms[t].tolist()
        assert opposable(evidence[t]) == pytest.approx(naive_comparison.opposable(named))
        assert supporting(evidence[t]) == pytest.approx(naive_comparison.supporting(named))
        assert lines[t] == pytest.approx(-12.5 + 15.0 * naive_comparison.supporting(named))
        assert period_of_density(evidence[t]) == pytest.approx(naive_comparison.period_of_density(named))
        assert bound_of(evidence[t], -12.5) == bounds[t] == pytest.approx(naive_comparison.bound_of(named, -12.5))
        fusion = model.with_flow if named["flow_known"] else model.without_flow
        weights = dict(zip(TERMS, fusion.weights.tolist(), strict=True))
        both = naive_comparison.fuse(fusion, int(stages[t]), named, weights, 60.0)
        assert [raw[t], score[t]] == pytest.approx(both)
        assert list(fuse(fusion, stages[t], evidence[t], 60.0, room)) == [raw[t], score[t]]


def _prints(rng: np.random.Generator) -> list[Template]:
    """Mated and non-mated prints with and without area and flow, tiny ones, and one with all minutiae in one place."""
    master = finger(rng, 32)
    turn = RigidTransform(float(rng.normal(0.0, 0.3)), float(rng.normal(0.0, 15.0)), float(rng.normal(0.0, 15.0)))
    touches = [_within(impression(master, rng)), _within(moved(impression(master, rng), turn))]
    at = np.full(12, 150.0)
    return [
        *(_template(touch, rng) for touch in touches),
        *(_template(touch, rng, area=False) for touch in touches),
        _template(touches[1], rng, flow=False),
        _template(finger(rng, 30), rng),
        _template(finger(rng, 7), rng, area=False),
        _template(finger(rng, 2), rng),
        _template(finger(rng, 1), rng),
        _template(Minutiae.empty(), rng, area=False),
        _template(Minutiae(at, at, at, np.ones(12), np.full(12, 255)), rng, area=False),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_whole_comparisons_equal_their_twins(seed: int) -> None:
    prints = _prints(np.random.default_rng(seed))
    batch, plain = TemplateBatch.of(prints), [_naive(template) for template in prints]
    stages_seen = set()
    for probe, one in zip(prints, plain, strict=True):
        matcher = Matcher(probe)
        stages, evidence = matcher.gather(batch)
        wanted = naive_comparison.gather_many(one, plain, PARAMETERS, TABLES)
        assert stages.tolist() == [stage for stage, _ in wanted]
        stages_seen |= set(stages.tolist())
        for record, (_, named) in zip(evidence, wanted, strict=True):
            complete = dict.fromkeys(EVIDENCE.names or (), 0.0) | named
            _assert_same(record, complete, rel=TABLE_STEP)
        screened = naive_comparison.screen_many(one, plain, PARAMETERS, TABLES)
        assert matcher.supports(batch).tolist() == pytest.approx(screened, rel=TABLE_STEP, abs=1e-6)
    assert stages_seen == {0, 1, 2}
