"""One body of tests for every implementation of the shortlist port."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from tests.reference.point_prints import finger, impression, template

from fingerprint_engine.index.cells.centres import typical_sketches
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.cells.weighed_bits import weighed_bits
from fingerprint_engine.index.columns.block import PrintColumns, columns_of
from fingerprint_engine.index.search.kernels import WEIGHTS, WHOLE, scan_sketches
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.shortlist_cells import CellShortlist
from fingerprint_engine.index.search.shortlists import (
    ExactShortlist,
    Shortlist,
    SketchScan,
    evidence_of,
    near_bits_of,
    nearness_of,
    weights_of,
)
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE

FINGERS = 60
Maker = Callable[[Sequence[PrintColumns]], Shortlist]


def _with_cells(blocks: Sequence[PrintColumns], **changed: int) -> Shortlist:
    listed = [block.with_cells(lists_of(block.sketches)) for block in blocks]
    return CellShortlist(listed, StageParameters(**changed))


def _first_without(blocks: Sequence[PrintColumns]) -> Shortlist:
    listed = [block.with_cells(lists_of(block.sketches)) for block in blocks[1:]]
    return CellShortlist([*blocks[:1], *listed])


@pytest.fixture(
    params=[SketchScan, ExactShortlist, _with_cells, _first_without], ids=["scan", "exact", "cells", "mixed"]
)
def make(request: pytest.FixtureRequest) -> Maker:
    maker: Maker = request.param
    return maker


@pytest.fixture(scope="module")
def fingers() -> list[Minutiae]:
    rng = np.random.default_rng(5)
    return [finger(rng, int(rng.integers(25, 45))) for _ in range(FINGERS)]


@pytest.fixture(scope="module")
def enrolled(fingers: list[Minutiae]) -> list[Template]:
    return [template(points) for points in fingers]


def _all(blocks: Sequence[PrintColumns]) -> list[np.ndarray]:
    return [np.ones(block.sketches.shape[0], np.bool_) for block in blocks]


def _found(shortlist: Shortlist, probe: Template, eligible: Sequence[np.ndarray], workers: int = 1) -> list[np.ndarray]:
    """A score for each row of each block; -1 for what was not looked at."""
    found = []
    for mask, rated in zip(eligible, shortlist.scores(probe, eligible, workers=workers), strict=True):
        assert rated is not None
        assert rated.scores.dtype == np.float32
        assert (np.diff(rated.rows) > 0).all()
        scores = np.full(mask.size, -1.0, np.float32)
        scores[rated.rows] = rated.scores
        found.append(scores)
    return found


def test_a_print_is_the_best_for_itself(make: Maker, enrolled: list[Template]) -> None:
    blocks = [columns_of(enrolled)]
    shortlist = make(blocks)
    for at in (0, 17, FINGERS - 1):
        (scores,) = _found(shortlist, enrolled[at], _all(blocks))
        assert scores.shape == (FINGERS,)
        assert scores.argmax() == at


def test_another_impression_brings_up_its_finger(
    make: Maker, fingers: list[Minutiae], enrolled: list[Template], rng: np.random.Generator
) -> None:
    blocks = [columns_of(enrolled)]
    shortlist = make(blocks)
    probes = [template(impression(points, rng)) for points in fingers[:20]]
    ranks = [int((s >= s[at]).sum()) for at, probe in enumerate(probes) for s in _found(shortlist, probe, _all(blocks))]
    assert np.mean(np.array(ranks) <= 3) >= 0.9


def test_blocks_order_and_threads_do_not_matter(make: Maker, enrolled: list[Template]) -> None:
    order = np.random.default_rng(1).permutation(FINGERS)
    whole, parts = (
        [columns_of(enrolled)],
        [columns_of([enrolled[k] for k in part]) for part in np.split(order, [7, 31])],
    )
    probe = enrolled[3]
    (scores,) = _found(make(whole), probe, _all(whole))
    for workers in (1, 3):
        split = np.concatenate(_found(make(parts), probe, _all(parts), workers))
        np.testing.assert_array_equal(split, scores[order])


def test_only_eligible_prints_have_scores(make: Maker, enrolled: list[Template], rng: np.random.Generator) -> None:
    blocks = [columns_of(enrolled[:20]), columns_of(enrolled[20:])]
    shortlist = make(blocks)
    masks = [rng.uniform(size=20) < 0.5, rng.uniform(size=FINGERS - 20) < 0.5]
    every = _found(shortlist, enrolled[4], _all(blocks))
    for mask, some, full in zip(masks, _found(shortlist, enrolled[4], masks), every, strict=True):
        assert (some[~mask] == -1.0).all()
        np.testing.assert_array_equal(some[mask], full[mask])
        assert (full >= 0.0).all()


def test_a_block_that_time_did_not_allow_for_is_none(make: Maker, enrolled: list[Template]) -> None:
    blocks = [columns_of(enrolled[:20]), columns_of(enrolled[20:])]
    assert make(blocks).scores(enrolled[0], _all(blocks), deadline=0.0) == [None, None]


def test_nothing_to_search_and_nothing_to_search_for(make: Maker, enrolled: list[Template]) -> None:
    assert make([]).scores(enrolled[0], []) == []
    empty = [columns_of([])]
    (scores,) = _found(make(empty), enrolled[0], _all(empty))
    assert scores.shape == (0,)
    blocks = [columns_of(enrolled)]
    (scores,) = _found(make(blocks), template(Minutiae.empty()), _all(blocks))
    assert (scores == 0.0).all()


def test_prints_without_minutiae_are_never_the_best(make: Maker, enrolled: list[Template]) -> None:
    blocks = [columns_of([template(Minutiae.empty()), *enrolled[:10]])]
    (scores,) = _found(make(blocks), enrolled[2], _all(blocks))
    assert scores[0] <= np.median(scores)
    assert scores.argmax() == 3


def test_only_prints_with_most_votes_have_scores_and_these_are_the_scan_s(enrolled: list[Template]) -> None:
    blocks = [columns_of(enrolled[:20]), columns_of(enrolled[20:])]
    few = {"screened": 1, "compared": 1, "sketched": 9, "least_effort": 1.0, "most_effort": 1.0}
    found = np.concatenate(_found(_with_cells(blocks, **few), enrolled[7], _all(blocks)))
    whole = SketchScan(blocks, StageParameters().looking(len(enrolled[7])))
    scanned = np.concatenate(_found(whole, enrolled[7], _all(blocks)))
    has_score = found >= 0.0
    assert 9 <= has_score.sum() <= 12
    assert found.argmax() == 7
    np.testing.assert_array_equal(found[has_score], scanned[has_score])
    without = [np.arange(20) != 7, np.ones(FINGERS - 20, np.bool_)]
    left = np.concatenate(_found(_with_cells(blocks, **few), enrolled[7], without))
    assert left[7] == -1.0
    assert (left >= 0.0).sum() >= 9


def test_a_scan_looks_at_few_prints_whole_and_never_passes_over_the_mate(enrolled: list[Template]) -> None:
    blocks = [columns_of(enrolled)]
    for passes, least, most in ((1, 1, 3), (32, 1, FINGERS // 2), (256, FINGERS, FINGERS)):
        (scores,) = _found(SketchScan(blocks, StageParameters(glance_passes=passes)), enrolled[7], _all(blocks))
        assert least <= (scores >= WHOLE).sum() <= most
        assert scores.argmax() == 7
        assert (scores >= 0.0).all()


@pytest.mark.parametrize("passes", [1, 32, 200, 255])
@pytest.mark.parametrize("glance", [{}, {"glance_minutiae": 255, "glance_near_bits": 40}])
def test_as_many_typical_prints_are_scanned_whole_as_stated(
    enrolled: list[Template], passes: int, glance: dict[str, int]
) -> None:
    parameters = StageParameters(glance_passes=passes, **glance)
    bits, typical = weighed_bits(enrolled[7], parameters.probe_minutiae), typical_sketches(SKETCH_MINUTIAE)
    near, (first, floor) = nearness_of(bits, parameters)
    np.testing.assert_array_equal(near, near_bits_of(bits, parameters))
    scores = np.empty(len(typical), np.float32)
    weight, every = weights_of(enrolled[7], near.size), np.arange(len(typical))
    assert len(first) == min(parameters.glance_minutiae, near.size)
    scan_sketches(*bits, near, weight, typical, every, first, floor, scores)
    assert len(typical) == 256
    assert passes <= (scores >= WHOLE).sum() <= passes + 6
    scan_sketches(*bits, near, weight, typical, every, first, floor + 1, scores)
    assert (scores >= WHOLE).sum() < passes
    assert weight.max() == WEIGHTS


def test_what_all_typical_prints_reach_is_no_glance(enrolled: list[Template]) -> None:
    bits = weighed_bits(enrolled[7], 20)
    _, (first, floor) = nearness_of(bits, StageParameters(glance_passes=256))
    assert (len(first), floor) == (0, 0)
    none = weighed_bits(template(Minutiae.empty()), 20)
    for passes in (32, 256):
        _, (first, floor) = nearness_of(none, StageParameters(glance_passes=passes))
        assert (len(first), floor) == (0, 1), "nothing reaches it"


def test_minutiae_count_by_the_square_of_their_quality(rng: np.random.Generator) -> None:
    points = finger(rng, 12)
    qualities = {"known": np.array([80, 40, 20, *[0] * 9]), "none": np.zeros(12), "unknown": np.full(12, 255)}
    weights = {
        name: weights_of(template(dataclasses.replace(points, quality=quality.astype(np.uint8))), 5).tolist()
        for name, quality in qualities.items()
    }
    assert weights == {"known": [64, 16, 4, 0, 0], "none": [64] * 5, "unknown": [64] * 5}


def test_what_may_be_found_again_counts_by_the_square_of_quality(rng: np.random.Generator) -> None:
    points = finger(rng, 12)

    def told(*quality: int, minutiae: int = 12) -> float:
        stated = np.array([*quality, *[0] * (12 - len(quality))], np.uint8)
        return evidence_of(template(dataclasses.replace(points, quality=stated)), minutiae)

    assert told(100, 50, 20) == pytest.approx(1.0 + 0.25 + 0.04)
    assert told(100, 50, 20, minutiae=2) == pytest.approx(1.25)
    assert told(100, 50, 255) == pytest.approx(1.25 + 0.64), "one that does not say counts as usual"
    usual = pytest.approx(12 * 0.64)
    assert told(*[255] * 12) == usual
    assert told(*[100] * 12) == told(*[30] * 12) == usual, "to say the same of all is to say nothing"
    assert evidence_of(template(Minutiae.empty()), 12) == 0.0


def test_a_minutia_has_to_come_nearer_where_many_lie(enrolled: list[Template]) -> None:
    bits, typical = weighed_bits(enrolled[7], 12), typical_sketches(SKETCH_MINUTIAE)
    few = StageParameters(near_prints=9, near_bits=0)
    near = near_bits_of(bits, few)
    for reach, codes, sure, strong in zip(near.tolist(), *(words.T for words in bits), strict=True):
        unlike = typical.reshape(len(typical), 2, SKETCH_MINUTIAE) ^ codes[:, None]
        counted = [np.bitwise_count(unlike & some[:, None]).astype(int) for some in (sure, strong)]
        distance = sum(counted).sum(axis=1).min(axis=1)
        assert (distance < reach).sum() < 9 <= (distance <= reach).sum()
    assert len(set(near.tolist())) > 3
    np.testing.assert_array_equal(near_bits_of(bits, StageParameters(near_prints=9, near_bits=10)), near + 10)
    assert near_bits_of(bits, StageParameters(near_prints=256, near_bits=128)).tolist() == [128] * 12
