from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import naive_alignment, naive_matching
from tests.reference.point_prints import finger, template

from fingerprint_engine.matching import MatchingParameters
from fingerprint_engine.matching.kernels.alignment import match_points
from fingerprint_engine.matching.kernels.evidence import CLOSE_PX, CLOSE_TURN, matched_evidence
from fingerprint_engine.matching.kernels.fusion import piecewise
from fingerprint_engine.matching.kernels.layout import EVIDENCE, make_scratch
from fingerprint_engine.matching.kernels.local import best_pairs, cylinder_row, knows_flow, largest, texture_row
from fingerprint_engine.matching.kernels.partners import likely_pairs, near_consistency, one_to_one, support_near
from fingerprint_engine.matching.kernels.relaxation import lend_values, order_by, pair_consistency, relax
from fingerprint_engine.matching.kernels.stretch import residuals, trust_matches, warp_points
from fingerprint_engine.matching.parameters import settings_of, tables_of
from fingerprint_engine.template.batch import WORDS_PER_MINUTIA, packed
from fingerprint_engine.template.cylinders import CELLS

SEEDS = st.integers(0, 2**32 - 1)
CELL_BITS = (1 << CELLS) - 1


def _words(rng: np.random.Generator, count: int) -> np.ndarray:
    words = rng.integers(0, CELL_BITS, (WORDS_PER_MINUTIA, count), dtype=np.uint64)
    words[[6, 13]] |= rng.integers(0, CELL_BITS, (2, count), dtype=np.uint64)
    words[:6] &= words[6]
    words[7:13] &= words[13]
    return words


@given(SEEDS, st.integers(1, 7), st.integers(1, 20), st.integers(0, CELLS))
def test_similarities_equal_their_twins(seed: int, count_a: int, count_b: int, min_cells: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = _words(rng, count_a), _words(rng, count_b)
    row, texture = np.zeros(count_b, np.float32), np.zeros(count_b, np.float32)
    i = seed % count_a
    cylinder_row(a.reshape(-1), count_a, i, b.reshape(-1), count_b, min_cells, row)
    texture_row(a.reshape(-1), count_a, i, b.reshape(-1), count_b, min_cells, 0.7, texture)
    for j in range(count_b):
        first, second = [int(word) for word in a[:, i]], [int(word) for word in b[:, j]]
        wanted = naive_matching.cylinder_similarity(first[:7], second[:7], min_cells)
        assert row[j] == pytest.approx(wanted, abs=1e-5)
        wanted = naive_matching.texture_similarity(first[7:], second[7:], min_cells, 0.7)
        assert texture[j] == pytest.approx(wanted, abs=1e-5)


@given(SEEDS, st.integers(0, 9), st.booleans())
def test_flow_is_known_when_any_texture_cylinder_has_a_cell(seed: int, count: int, silent: bool) -> None:
    rng = np.random.default_rng(seed)
    words = _words(rng, count)
    words[7:] *= np.uint64(not silent)
    if silent and count and seed % 2:
        words[13, seed % count] = 1
    assert knows_flow(words.reshape(-1), count) == any(int(word) for word in words[13])


@given(SEEDS, st.integers(1, 40))
def test_the_largest_entry_is_the_first_of_the_largest(seed: int, count: int) -> None:
    values = np.random.default_rng(seed).integers(0, 5, count).astype(np.float32) * np.float32(0.3)
    assert largest(values.view(np.int32), count) == values.tolist().index(max(values.tolist()))


@given(SEEDS, st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_best_pairs_equal_their_twin(seed: int, rows: int, cols: int, limit: int) -> None:
    # Few distinct values: ties are the hard case.
    table = np.random.default_rng(seed).integers(0, 6, (rows, cols)).astype(np.float32) / np.float32(8.0)
    scratch = make_scratch(max(rows, cols), limit)
    count = best_pairs(
        table.reshape(-1), rows, cols, limit, scratch.best, scratch.best_at, scratch.used,
        scratch.pair_a, scratch.pair_b, scratch.pair_start,
    )  # fmt: skip
    found = list(zip(scratch.pair_a[:count].tolist(), scratch.pair_b[:count].tolist(), strict=True))
    values = [table[i, j] for i, j in found]
    wanted = naive_matching.best_pairs(table.tolist(), limit)
    assert values == [table[i, j] for i, j in wanted]
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)


@settings(max_examples=20)
@given(SEEDS, st.integers(2, 12))
def test_consistency_and_relaxation_equal_their_twins(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    parameters = MatchingParameters()
    tables = tables_of(parameters)
    a, b = packed(template(finger(rng, 20))).columns, packed(template(finger(rng, 20))).columns
    scratch = make_scratch(20, count)
    scratch.pair_a[:] = rng.permutation(20)[:count]
    scratch.pair_b[:] = rng.permutation(20)[:count]
    pair_consistency(
        scratch.pair_a, scratch.pair_b, count, a, b, 0, 0, parameters.length_limit_px, tables, scratch.geometry,
        scratch.consistency,
    )  # fmt: skip
    terms = (
        (parameters.length_middle_px, parameters.length_slope),
        (parameters.direction_middle_rad, parameters.direction_slope),
        (parameters.bearing_middle_rad, parameters.bearing_slope),
    )

    def point(side: object, at: int) -> tuple[float, float, float]:
        return float(side.x[at]), float(side.y[at]), float(side.code[at]) * 2.0 * math.pi / 256.0

    pairs = [(point(a, i), point(b, j)) for i, j in zip(scratch.pair_a, scratch.pair_b, strict=True)]
    for t in range(count):
        for k in range(t + 1, count):
            wanted = naive_matching.consistency(pairs[t], pairs[k], terms, parameters.length_limit_px)
            # The tables have a step of 1/8 px and of 1/1024 in the cosine.
            assert scratch.consistency[t, k] == pytest.approx(wanted, abs=0.06)
            assert scratch.consistency[t, k] == scratch.consistency[k, t]
    start = rng.uniform(0.0, 1.0, count).astype(np.float32)
    lend_values(scratch.consistency, count, start, scratch.pair_next)
    wanted_loans = [sum(scratch.consistency[t, k] * start[t] for t in range(count)) for k in range(count)]
    np.testing.assert_allclose(scratch.pair_next[:count], wanted_loans, rtol=1e-4, atol=1e-6)
    relax(start, count, scratch.consistency, 5, 0.5, scratch.pair_value, scratch.pair_next)
    wanted_values = naive_matching.relax(start.tolist(), scratch.consistency.tolist(), 5, 0.5)
    np.testing.assert_allclose(scratch.pair_value[:count], wanted_values, rtol=1e-4)
    order = np.zeros(count, np.int64)
    order_by(scratch.pair_value, count, order)
    assert order.tolist() == sorted(range(count), key=lambda k: -scratch.pair_value[k])


@settings(max_examples=30)
@given(SEEDS, st.integers(1, 15), st.integers(1, 15))
def test_matching_of_points_equals_its_twin(seed: int, count_a: int, count_b: int) -> None:
    rng, p = np.random.default_rng(seed), MatchingParameters()
    a, b = (packed(template(finger(rng, count))).columns for count in (count_a, count_b))
    at = rng.integers(0, count_b, count_a)
    mapped = np.array(
        [
            b.x[at] + rng.normal(0, 8, count_a),
            b.y[at] + rng.normal(0, 8, count_a),
            b.code[at] + rng.normal(0, 10, count_a),
        ]
    )
    scratch = make_scratch(15, 4)
    similarity = rng.uniform(0.0, 1.0, (count_a, count_b)).astype(np.float32)
    scratch.similarity[: similarity.size] = similarity.ravel()
    count = match_points(mapped, count_a, b, 0, count_b, 15.0, 18.0, scratch)
    found = [(int(i), int(j)) for i, j in scratch.matched[:, :count].T]
    reference = [(float(x), float(y), float(c)) for x, y, c in zip(b.x, b.y, b.code, strict=True)]
    points = [(float(x), float(y), float(c)) for x, y, c in mapped.T]
    assert found == naive_matching.greedy_matches(points, reference, similarity.tolist(), 15.0, 18.0)
    evidence = np.zeros(1, EVIDENCE)
    matched_evidence(a, 0, b, 0, count_b, scratch.matched, count, mapped, np.zeros(225, np.float32), 15.0, evidence[0])
    wanted = naive_matching.closeness(points, reference, found, CLOSE_PX, CLOSE_TURN)
    assert evidence["close_matched"][0] == pytest.approx(wanted)
    residual, trust, following = np.zeros((4, 15)), np.zeros(15), np.zeros(15)
    residuals(scratch.matched, count, b, 0, mapped, residual)
    trust_matches(residual, count, p.warp_sigma_px, p.warp_prior, p.trust_px, p.trust_rounds, trust, following)
    places, missing = residual[0] + 1j * residual[1], residual[2] + 1j * residual[3]
    wanted_trust = naive_alignment.trusts(places[:count].tolist(), missing[:count].tolist(), p)
    np.testing.assert_allclose(trust[:count], wanted_trust, rtol=1e-6)
    if count:
        moved = naive_alignment.warped(points, [(i, reference[j]) for i, j in found], p)
        warp_points(residual, trust, count, count_a, p.warp_sigma_px, p.warp_prior, p.warp_ridge_px2, mapped)
        np.testing.assert_allclose(mapped.T, moved, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("silent", [0, 127, 128, 140])
def test_of_crowded_prints_the_first_minutiae_alone_name_partners(rng: np.random.Generator, silent: int) -> None:
    scratch, similarity = make_scratch(255, 4), rng.uniform(0.0, 1.0, (140, 150)).astype(np.float32)
    similarity[:silent] = 0.0
    count = likely_pairs(similarity.ravel(), 140, 150, scratch.likely_a, scratch.likely_b, scratch.likely_start)
    assert count == 2 * max(128 - silent, 0)
    pairs = list(zip(scratch.likely_a[:count].tolist(), scratch.likely_b[:count].tolist(), strict=True))
    assert pairs == naive_alignment.likely_pairs(similarity.tolist())


@settings(max_examples=30)
@given(SEEDS, st.integers(1, 15), st.integers(1, 15))
def test_likely_partners_and_what_near_ones_lend_equal_their_twins(seed: int, count_a: int, count_b: int) -> None:
    rng, p, scratch = np.random.default_rng(seed), MatchingParameters(), make_scratch(15, 4)
    a, b = (packed(template(finger(rng, count))).columns for count in (count_a, count_b))
    similarity = np.round(rng.uniform(-0.5, 1.0, (count_a, count_b)), 1).clip(0.0).astype(np.float32)
    count = likely_pairs(similarity.ravel(), count_a, count_b, scratch.likely_a, scratch.likely_b, scratch.likely_start)
    pairs = list(zip(scratch.likely_a[:count].tolist(), scratch.likely_b[:count].tolist(), strict=True))
    assert pairs == naive_alignment.likely_pairs(similarity.tolist())
    assert scratch.likely_start[:count].tolist() == [similarity[pair] for pair in pairs]
    near_consistency(
        scratch.likely_a, scratch.likely_b, count, a, b, 0, 0, settings_of(p), 0.2,
        scratch.likely_geometry, scratch.likely_consistency,
    )  # fmt: skip

    def point(side: object, at: int) -> naive_alignment.Point:
        return naive_alignment.Point(float(side.x[at]), float(side.y[at]), float(side.code[at]))

    met = [(point(a, i), point(b, j)) for i, j in pairs]
    wanted = [[naive_alignment.near_consistency(one, other, p, 0.2) for other in met] for one in met]
    found = scratch.likely_consistency[:count, :count]
    np.testing.assert_allclose(found, np.array(wanted).reshape(count, count), atol=1e-4)
    found = np.array(wanted, np.float32).reshape(count, count) if count else found
    scratch.likely_consistency[:count, :count] = found
    support_near(
        scratch.likely_start, count, scratch.likely_consistency, 4, 1.0, scratch.likely_value, scratch.likely_next
    )
    value = scratch.likely_start[:count].astype(np.float64)
    for _ in range(4):
        lent = found.T.astype(np.float64) @ value
        value = scratch.likely_start[:count] * lent / (lent + 1.0)
    np.testing.assert_allclose(scratch.likely_value[:count], value, rtol=1e-4, atol=1e-6)
    taken = one_to_one(
        scratch.likely_a, scratch.likely_b, scratch.likely_value, count, np.float32(0.05), count_a, count_b,
        scratch.likely_order, scratch.status_a, scratch.status_b, scratch.matched, scratch.worth,
    )  # fmt: skip
    chosen: list[tuple[int, int]] = []
    for k in sorted(range(count), key=lambda k: -scratch.likely_value[k]):
        is_free = all(pairs[k][0] != i and pairs[k][1] != j for i, j in chosen)
        if scratch.likely_value[k] >= 0.05 and is_free:
            chosen.append(pairs[k])
    assert [tuple(pair) for pair in scratch.matched[:, :taken].T.tolist()] == chosen
    assert scratch.status_a[:count_a].sum() == scratch.status_b[:count_b].sum() == taken
    assert (np.diff(scratch.worth[:taken]) <= 0.0).all()


@given(st.floats(-10.0, 30.0))
def test_piecewise_equals_its_twin(value: float) -> None:
    knots, heights = [0.0, 1.0, 4.0, 9.0], [1.0, 1.0, 7.0, 30.0]
    found = piecewise(value, np.array(knots), np.array(heights))
    assert found == pytest.approx(naive_matching.piecewise(value, knots, heights))
