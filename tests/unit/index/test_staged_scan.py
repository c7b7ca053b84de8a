from __future__ import annotations

import dataclasses
import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.point_prints import finger, impression, template

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.index.columns.block import TRAIT_TYPES, BlockView, PrintColumns, Traits, columns_of
from fingerprint_engine.index.duplicates.all_pairs import matching_prints
from fingerprint_engine.index.search import staged_scan as module
from fingerprint_engine.index.search.parameters import (
    FEWEST,
    LISTED_PRINTS,
    TYPICAL_PRINTS,
    SearchParameters,
    StageParameters,
)
from fingerprint_engine.index.search.scan import DAMAGED, OUT_OF_TIME, Scan
from fingerprint_engine.index.search.shortlists import ExactShortlist, SketchScan, widened
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.matching import Matcher
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template

FINGERS = 80
FEW = StageParameters(screened_from=1, screened=30, screened_growth=0.0, compared=10, compared_growth=0.0)
PLACED = dataclasses.replace(FEW, placed_from=1, placed=60, placed_growth=0.0, placed_passes=50)


@pytest.fixture(scope="module")
def fingers() -> list[Minutiae]:
    rng = np.random.default_rng(11)
    return [finger(rng, int(rng.integers(20, 45))) for _ in range(FINGERS)]


@pytest.fixture(scope="module")
def enrolled(fingers: list[Minutiae]) -> list[Template]:
    return [template(points) for points in fingers]


@pytest.fixture(scope="module")
def block(enrolled: list[Template]) -> PrintColumns:
    return columns_of(enrolled)


def _every(*blocks: PrintColumns) -> list[np.ndarray]:
    return [np.ones(block.sketches.shape[0], np.bool_) for block in blocks]


def _found(scan: Scan) -> dict[tuple[int, int], float]:
    return {(int(b), int(r)): float(s) for b, r, s in zip(scan.block, scan.row, scan.score, strict=True)}


def test_scores_are_those_of_the_matcher_and_counts_add_up(
    fingers: list[Minutiae], enrolled: list[Template], block: PrintColumns, rng: np.random.Generator
) -> None:
    probe = template(impression(fingers[5], rng))
    scan = staged_scan(probe, [block], _every(block), parameters=FEW)
    assert (scan.searched, scan.screened, scan.compared) == (FINGERS, 30, 10)
    assert scan.excluded == {}
    assert scan.answered == (True,)
    assert scan.name == "sketch scan"
    matcher = Matcher(probe)
    assert all(score == matcher.score(enrolled[row]) for (_, row), score in _found(scan).items())
    assert scan.row[scan.score.argmax()] == 5


def test_stages_as_large_as_the_gallery_compare_all(enrolled: list[Template], block: PrintColumns) -> None:
    large = StageParameters(screened=10_000, compared=10_000)
    scan = staged_scan(enrolled[0], [block], _every(block), parameters=large)
    assert scan.compared == FINGERS
    wanted = Matcher(enrolled[0]).scores(enrolled)
    assert _found(scan) == {(0, row): score for row, score in enumerate(wanted.tolist()) if score > 0.0}


def test_of_more_prints_those_are_screened_whose_minutiae_lie_alike(
    fingers: list[Minutiae], enrolled: list[Template], block: PrintColumns, rng: np.random.Generator
) -> None:
    probe = template(impression(fingers[5], rng))
    scan = staged_scan(probe, [block], _every(block), parameters=PLACED)
    assert (scan.searched, scan.screened, scan.compared) == (FINGERS, 15, 10)
    assert scan.row[scan.score.argmax()] == 5
    rows = np.arange(FINGERS)
    _, row, worth = module.place_prints(probe, [block], np.zeros_like(rows), rows, math.inf, 1, PLACED)
    assert (row == rows).all()
    assert worth[5] > 2.0 * np.delete(worth, 5).max()


def test_neighbourhoods_that_lie_elsewhere_are_worth_less(fingers: list[Minutiae], block: PrintColumns) -> None:
    # The same sketches, and the same minutiae in another order: each is where another one was.
    own, other = template(fingers[3]), template(dataclasses.replace(fingers[3], x=fingers[3].x[::-1].copy()))
    moved = PrintColumns(columns_of([own]).sketches, columns_of([other]).data, columns_of([other]).offset)
    where = np.zeros(1, np.int64)
    both = [
        module.place_prints(own, [one], where, where, math.inf, 1, PLACED)[2][0] for one in (columns_of([own]), moved)
    ]
    assert 0.0 < both[1] < 0.5 * both[0]


def test_sealed_prints_are_not_placed() -> None:
    parameters = StageParameters()
    for prints in (20_000, 1_000_000):
        placed, screened, compared = parameters.sizes(prints)
        sealed = parameters.sizes(prints, is_sealed=True)
        assert placed > sealed.screened > screened >= compared
        assert sealed == (sealed.screened, sealed.screened, compared)
    assert parameters.sizes(19_999) == parameters.sizes(19_999, is_sealed=True)


@pytest.mark.parametrize("parameters", [FEW, PLACED])
@settings(max_examples=12)
@given(st.integers(0, 2**32 - 1))
def test_blocks_order_and_threads_do_not_matter(
    enrolled: list[Template], block: PrintColumns, parameters: StageParameters, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    eligible = rng.uniform(size=FINGERS) < 0.8
    probe = enrolled[int(rng.integers(FINGERS))]
    whole = staged_scan(probe, [block], [eligible], parameters=parameters)
    order = rng.permutation(FINGERS)
    parts = np.split(order, np.sort(rng.integers(0, FINGERS, 2)))
    blocks = [columns_of([enrolled[k] for k in part]) for part in parts]
    split = staged_scan(probe, blocks, [eligible[part] for part in parts], workers=3, parameters=parameters)
    assert {int(parts[b][r]): s for (b, r), s in _found(split).items()} == {r: s for (_, r), s in _found(whole).items()}
    assert (split.searched, split.screened, split.compared) == (whole.searched, whole.screened, whole.compared)
    assert eligible[whole.row].all()


@given(st.integers(0, FINGERS - 1))
def test_a_print_is_always_found_by_itself(enrolled: list[Template], block: PrintColumns, at: int) -> None:
    scan = staged_scan(
        enrolled[at], [block], _every(block), parameters=StageParameters(screened_from=1, screened=1, compared=1)
    )
    assert scan.row.tolist() == [at]


@pytest.mark.parametrize("turn_rad", [0.5, 1.6, 3.1])
def test_a_turned_and_shifted_print_is_found(
    fingers: list[Minutiae], block: PrintColumns, rng: np.random.Generator, turn_rad: float
) -> None:
    points = impression(fingers[7], rng, lost=0.1, spurious=2)
    turn = RigidTransform(turn_rad, 0.0, 0.0)
    x, y = turn.apply(points.x, points.y)
    x, y = x - x.min() + 60.0, y - y.min() + 70.0
    turned = Minutiae(x, y, turn.apply_direction(points.direction), points.kind, points.quality)
    scan = staged_scan(template(turned), [block], _every(block), parameters=FEW)
    assert scan.row[scan.score.argmax()] == 7


def test_equal_prints_are_passed_on_together_but_not_without_end(enrolled: list[Template]) -> None:
    tied = columns_of([enrolled[0]] * 12 + enrolled[1:])
    few = StageParameters(screened_from=1, screened=8, screened_growth=0.0, compared=4, compared_growth=0.0)
    scan = staged_scan(enrolled[0], [tied], _every(tied), parameters=few)
    assert (scan.screened, scan.compared) == (12, 8)
    assert set(scan.row.tolist()) <= set(range(12))


def test_nothing_eligible_is_a_search_of_nothing(enrolled: list[Template], block: PrintColumns) -> None:
    for blocks, masks in (([block], [np.zeros(FINGERS, np.bool_)]), ([], [])):
        scan = staged_scan(enrolled[0], blocks, masks)
        assert (scan.searched, scan.compared, scan.row.size) == (0, 0, 0)
        assert all(scan.answered)


def test_a_passed_deadline_leaves_everything_out(enrolled: list[Template], block: PrintColumns) -> None:
    scan = staged_scan(enrolled[0], [block, block], _every(block, block), deadline=time.monotonic() - 1.0)
    assert scan.excluded == {OUT_OF_TIME: 2 * FINGERS}
    assert (scan.searched, scan.compared, scan.answered) == (0, 0, (False, False))


@pytest.mark.parametrize("stage", ["place_prints", "screen_prints", "compare_prints"])
def test_a_deadline_between_stages_is_no_clean_search(
    enrolled: list[Template], block: PrintColumns, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    parameters = dataclasses.replace(PLACED, placed=36)
    whole = staged_scan(enrolled[0], [block], _every(block), parameters=parameters)
    inner = getattr(module, stage)
    monkeypatch.setattr(
        module, stage, lambda probe, blocks, b, r, deadline, workers, *pairs: inner(probe, blocks, b, r, 0.0, 1, *pairs)
    )
    scan = staged_scan(enrolled[0], [block], _every(block), parameters=parameters)
    wide = widened(parameters, enrolled[0]).placed
    assert wide > parameters.placed
    placed = module.best_prints(wide, SketchScan([block], parameters).scores(enrolled[0], _every(block)))[0].size
    lost = {"place_prints": placed, "screen_prints": whole.screened, "compare_prints": whole.compared}[stage]
    assert 0 < lost < FINGERS
    assert scan.excluded == {OUT_OF_TIME: lost}
    assert (scan.searched, scan.answered, scan.compared) == (FINGERS - lost, (False,), 0)


def test_a_damaged_print_is_not_taken_for_a_non_mated_one(enrolled: list[Template], block: PrintColumns) -> None:
    data = block.data.copy()
    data[int(block.offset[4]) + 80] ^= 4
    damaged = PrintColumns(block.sketches, data, block.offset)
    scan = staged_scan(enrolled[4], [damaged], _every(damaged))
    assert scan.excluded == {DAMAGED: 1}
    assert scan.searched == FINGERS - 1
    assert 4 not in scan.row


@pytest.mark.parametrize("at", [10, 18])
@pytest.mark.parametrize("others", [0, 1, FINGERS - 1])
def test_a_print_whose_digests_are_damaged_ends_no_search(
    enrolled: list[Template], block: PrintColumns, at: int, others: int
) -> None:
    data = block.data.copy()
    data[int(block.offset[4]) + at] ^= 4
    damaged, mask = PrintColumns(block.sketches, data, block.offset), np.zeros(FINGERS, np.bool_)
    mask[[4, *(row for row in range(FINGERS) if row != 4)][: 1 + others]] = True
    scan = staged_scan(enrolled[0], [damaged, block], [mask, mask])
    assert scan.searched + scan.excluded.get(DAMAGED, 0) == 2 * (1 + others)
    assert (0, 4) not in _found(scan)
    assert ((0, 0) in _found(scan)) == (others > 0)
    assert scan.answered == (True, True)
    limits = np.array([[4 + 1, 0]] if not others else [[FINGERS, FINGERS]])
    views = [BlockView(None, one, _traits(enrolled), mask, 0) for one in (damaged, block)]  # type: ignore[arg-type]
    _, (matching,) = matching_prints([enrolled[0]], views, limits, 60.0)
    assert {place[:2] for place in matching} == ({(0, 0), (1, 0)} if others else set())


def _traits(enrolled: list[Template]) -> Traits:
    minutiae = np.array([len(one) for one in enrolled], np.uint8)
    return Traits(*(minutiae if name == "minutiae" else np.zeros(FINGERS, kind) for name, kind in TRAIT_TYPES.items()))


def test_any_shortlist_can_make_the_order(enrolled: list[Template], block: PrintColumns) -> None:
    exact = ExactShortlist([block])
    scan = staged_scan(enrolled[9], [block], _every(block), parameters=FEW, shortlist=exact)
    assert scan.name == "exact"
    assert scan.row[scan.score.argmax()] == 9


def test_a_probe_without_minutiae_finds_nothing(block: PrintColumns) -> None:
    scan = staged_scan(template(Minutiae.empty()), [block], _every(block), parameters=FEW)
    assert scan.row.size == 0
    assert scan.searched == FINGERS


def test_stages_grow_slower_than_the_gallery() -> None:
    parameters = StageParameters()
    sizes = [parameters.sizes(10**power) for power in range(7)]
    assert sizes[0] == (1, 1, 1)
    assert sizes[4] == (parameters.screened, parameters.screened, parameters.compared)
    assert sizes[6].placed == round(parameters.placed * 100**parameters.placed_growth)
    assert sizes[2] == (FEWEST, FEWEST, FEWEST)
    compared = parameters.sizes(parameters.screened_from - 1).compared
    assert parameters.sizes(parameters.screened_from - 1) == (compared, compared, compared)
    assert parameters.sizes(parameters.screened_from).screened > 2 * compared
    assert sizes[3] > sizes[2]
    assert parameters.sizes(FEWEST) == (FEWEST, FEWEST, FEWEST)
    assert FEW.sizes(60) == (FEW.screened, FEW.screened, FEW.compared)
    for smaller, larger in itertools.pairwise(sizes):
        assert smaller.screened <= 2.5 * larger.screened  # from where on prints are placed, fewer are screened
        assert smaller.compared <= larger.compared <= 10 * smaller.compared
        assert larger.compared <= larger.screened <= larger.placed
        assert smaller.placed <= larger.placed


def test_the_more_prints_the_less_is_read_of_each_thousand() -> None:
    parameters = StageParameters()
    listed = [parameters.among(prints).listed for prints in (0, 10_000, LISTED_PRINTS, 10 * LISTED_PRINTS)]
    assert listed == sorted(listed, reverse=True)
    assert listed[2] == parameters.listed
    assert listed[3] == round(parameters.listed * 10**parameters.listed_growth)
    among = parameters.among(10 * LISTED_PRINTS)
    assert among.among(10 * LISTED_PRINTS) == among
    assert listed == [parameters.listed_among(prints) for prints in (0, 10_000, LISTED_PRINTS, 10 * LISTED_PRINTS)]
    assert StageParameters(listed=1).among(2**31).listed == 1
    assert StageParameters(listed=2**20).among(0).listed == 2**20
    assert StageParameters(listed_growth=0.0).among(2**31).listed == parameters.listed


def test_the_more_is_enrolled_the_more_prints_that_a_filter_leaves_are_scanned() -> None:
    parameters = SearchParameters()
    wanted = [parameters.among(prints).faiss_prints for prints in (0, 10_000, 100_000, 1_000_000, 10_000_000)]
    assert wanted[:3] == [parameters.faiss_prints] * 3
    read = [prints * parameters.stages.listed_among(prints) for prints in (100_000, 1_000_000, 10_000_000)]
    assert wanted[3:] == [round(parameters.faiss_prints * more / read[0]) for more in read[1:]]
    assert wanted[2:] == [80_000, 560_000, 2_095_000]
    assert wanted[4] < 2_500_000, "a quarter of ten million goes by cells"
    assert SearchParameters(faiss_prints=2**31).among(10**9).faiss_prints == 2**31


def test_the_less_a_probe_tells_the_more_is_read_and_looked_at_and_placed_for_it() -> None:
    parameters = StageParameters().among(LISTED_PRINTS)
    assert parameters.widened(parameters.usual_evidence) == parameters
    sizes = [
        (one.listed, one.sketched, one.placed, one.voted(10**6), one.sizes(10**6).placed)
        for one in map(parameters.widened, (255.0, 40.0, 30.0, 25.0, 20.0, 18.0, 15.0, 10.0, 0.0))
    ]
    for poorer, better in itertools.pairwise(sizes[::-1]):
        assert all(more >= less for more, less in zip(poorer, better, strict=True))
    half, twice = sizes[0], sizes[-1]
    assert half == sizes[1], "not less than so much of it"
    assert half[:3] == (parameters.listed // 2, parameters.sketched // 2, parameters.placed // 2)
    assert twice == sizes[-2], "not more than so much of it"
    assert twice[:3] == (parameters.most_listed, 2 * parameters.sketched, 2 * parameters.placed)
    assert len(set(sizes)) > 4
    for better in (parameters.widened(255.0), parameters.widened(0.0)):
        assert better.sizes(10**6)[1:] == parameters.sizes(10**6)[1:], "as many are screened and compared"
    alike = dataclasses.replace(parameters, least_effort=1.0, most_effort=1.0)
    assert alike.widened(255.0) == alike.widened(1.0) == alike
    assert StageParameters(sketched=10_000, placed=9_000).widened(0.0).sketched == 10_000


def test_half_of_many_minutiae_vote_and_look_at_sketches() -> None:
    parameters = StageParameters()
    assert [parameters.voting(minutiae) for minutiae in (5, 40, 80, 200)] == [32, 32, 40, 48]
    looking = parameters.looking(80)
    assert (looking.probe_minutiae, looking.glance_passes) == (40, TYPICAL_PRINTS)
    assert StageParameters(probe_minutiae=10).looking(200).probe_minutiae == 10


def test_what_damaged_prints_get_does_not_depend_on_who_is_screened_with_them(
    enrolled: list[Template], block: PrintColumns
) -> None:
    data, rng, rows = block.data.copy(), np.random.default_rng(3), np.arange(FINGERS)
    stated, elsewhere = block.offset[0:FINGERS:4] + 10, block.offset[2:FINGERS:4] + 100  # digests; what is behind
    data[stated] ^= 129
    data[elsewhere] = rng.integers(0, 256, elsewhere.size)
    damaged = PrintColumns(block.sketches, data, block.offset)
    halves = [damaged, PrintColumns(block.sketches[30:], data, block.offset[30:])]
    number, place = np.repeat([0, 1], [30, FINGERS - 30]), np.where(rows < 30, rows, rows - 30)
    matcher = Matcher(enrolled[2])

    def supports(pieces: int) -> list[float]:
        parts = np.array_split(rows, pieces)
        return np.concatenate([module.supports_in(matcher, halves, number[p], place[p]) for p in parts]).tolist()

    alone = supports(FINGERS)
    assert alone[0:FINGERS:4] == [0.0] * (FINGERS // 4)
    assert min(alone[2], *alone[1::2]) >= 0.0 < max(alone[2:FINGERS:4])
    assert [supports(pieces) for pieces in (1, 2, 3, 7)] == [alone] * 4
