"""Candidates, outcomes and receipts."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.index import Exclusion, Gallery, Outcome, SearchFilter, SearchParameters, StageParameters
from fingerprint_engine.index.search.decision import Thresholds, outcome_of, score_of_fpir, thresholds_for
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.index.search.search import search
from fingerprint_engine.matching import compare

PRINTS = {f"k{seed:02d}": random_print(seed) for seed in range(25)}


def filled(keys: list[str] | None = None) -> Gallery:
    gallery = Gallery()
    gallery.enrol_many((key, PRINTS[key]) for key in keys or PRINTS)
    return gallery


def test_candidates_are_what_comparing_one_by_one_gives() -> None:
    gallery, probe = filled(), pressed_again(7)
    scores = {key: compare(probe, template).score for key, template in PRINTS.items()}
    expected = sorted(((-score, key) for key, score in scores.items() if score > 0))[:5]
    found = gallery.identify(probe, max_candidates=5).candidates
    assert [(-candidate.score, candidate.key) for candidate in found] == expected
    assert [candidate.rank for candidate in found] == list(range(1, len(found) + 1))
    assert found[0].key == "k07"


@settings(max_examples=20)
@given(order=st.permutations(sorted(PRINTS)), probe=st.sampled_from([3, 11, 900]), count=st.integers(1, 30))
def test_the_answer_does_not_depend_on_the_order_of_enrolment(order: list[str], probe: int, count: int) -> None:
    template = pressed_again(probe)
    assert filled(order).identify(template, max_candidates=count) == filled().identify(template, max_candidates=count)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 10])
def test_equal_scores_are_ordered_by_key(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr("fingerprint_engine.index.kept_prints.BLOCK_PRINTS", 2)
    for keys in (["d", "a", "c", "b", "z"], ["z", "a", "b", "c", "d"]):
        gallery = Gallery()
        gallery.enrol_many((key, random_print(99 if key == "z" else 1)) for key in keys)
        found = gallery.identify(pressed_again(1), max_candidates=count).candidates
        assert [candidate.key for candidate in found][:4] == ["a", "b", "c", "d"][:count]


@settings(max_examples=25)
@given(
    chunk=st.integers(1, 9),
    steps=st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(PRINTS))), min_size=1, max_size=40),
)
def test_searching_between_changes_gives_what_a_fresh_gallery_gives(chunk: int, steps: list[tuple[bool, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fingerprint_engine.index.kept_prints.BLOCK_PRINTS", chunk)
        gallery, probe = Gallery(), pressed_again(5)
        for number, (is_added, key) in enumerate(steps):
            if is_added and key not in gallery:
                gallery.enrol(key, PRINTS[key])
            elif not is_added and key in gallery:
                gallery.remove(key)
            if number % 5 == 0:
                gallery.identify(probe)
        fresh = Gallery()
        fresh.enrol_many((key, gallery.get(key)) for key in gallery)
        assert fresh.identify(probe) == gallery.identify(probe)


def test_a_mate_is_a_hit_and_a_non_mated_print_is_not() -> None:
    gallery = filled()
    mated = gallery.identify(pressed_again(3, noise_px=0.5))
    assert mated.outcome is Outcome.HIT
    assert mated.candidates[0].score >= mated.receipt.hit_score
    non_mated = gallery.identify(random_print(1000))
    assert non_mated.outcome is Outcome.NO_HIT


def test_an_empty_gallery_has_no_hit() -> None:
    found = Gallery().identify(random_print(1))
    assert found.outcome is Outcome.NO_HIT
    assert found.candidates == ()
    assert found.receipt.eligible == found.receipt.searched == 0


def test_a_print_that_cannot_match_makes_the_search_incomplete() -> None:
    gallery = filled()
    gallery.enrol("empty", random_print(1, minutiae=0))
    gallery.enrol("one", random_print(1, minutiae=1))
    found = gallery.identify(random_print(1000))
    assert found.outcome is Outcome.INCOMPLETE
    assert found.receipt.eligible == 27
    assert found.receipt.searched == found.receipt.shortlist_size == 25
    assert found.receipt.excluded == (Exclusion("fewer than 2 minutiae", 2),)
    assert gallery.identify(pressed_again(3, noise_px=0.5)).outcome is Outcome.HIT


@pytest.mark.parametrize("minutiae", [0, 1, 11])
def test_a_poor_probe_gives_no_clean_no_hit(minutiae: int) -> None:
    found = filled().identify(random_print(1000, minutiae=minutiae))
    assert found.outcome is Outcome.REJECTED_FOR_QUALITY


def test_a_handful_of_minutiae_is_never_a_hit() -> None:
    gallery = Gallery()
    gallery.enrol("k", random_print(1, minutiae=7))
    found = gallery.identify(random_print(1, minutiae=7), max_fpir=0.9)
    assert found.outcome is Outcome.POSSIBLE
    assert found.candidates[0].score >= found.receipt.hit_score
    allowed = gallery.identify(
        random_print(1, minutiae=7), max_fpir=0.9, parameters=SearchParameters(min_hit_minutiae=7)
    )
    assert allowed.outcome is Outcome.HIT


def test_an_enrolled_handful_of_minutiae_is_never_a_hit() -> None:
    gallery = Gallery()
    gallery.enrol("handful", random_print(1, minutiae=7))
    found = gallery.identify(random_print(1, minutiae=40), max_fpir=0.9)
    if found.candidates:
        assert found.outcome is Outcome.POSSIBLE
    gallery.enrol("whole", random_print(1, minutiae=40))
    found = gallery.identify(random_print(1, minutiae=40), max_fpir=0.9)
    assert found.outcome is Outcome.HIT
    assert found.candidates[0].key == "whole"


def test_what_is_poor_can_be_said() -> None:
    probe = random_print(1000, minutiae=11)
    assert filled().identify(probe, parameters=SearchParameters(min_minutiae=11)).outcome is Outcome.NO_HIT


def test_the_receipt_says_what_was_searched() -> None:
    found = filled().identify(pressed_again(1), max_fpir=0.01)
    receipt = found.receipt
    assert (receipt.eligible, receipt.searched, receipt.excluded) == (25, 25, ())
    assert (receipt.shortlist, receipt.recall, receipt.max_fpir) == ("exact", 1.0, 0.01)
    assert receipt.hit_score == score_of_fpir(0.01, 25)
    assert receipt.possible_score == score_of_fpir(0.05, 25) < receipt.hit_score
    assert len(receipt.parameters_digest) == 40
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("best", "is_complete", "is_usable", "outcome"),
    [
        (50.0, True, True, Outcome.HIT),
        (50.0, False, False, Outcome.HIT),
        (40.0, True, True, Outcome.HIT),
        (39.9, True, True, Outcome.POSSIBLE),
        (20.0, False, False, Outcome.POSSIBLE),
        (19.9, True, True, Outcome.NO_HIT),
        (19.9, False, True, Outcome.INCOMPLETE),
        (19.9, True, False, Outcome.REJECTED_FOR_QUALITY),
        (19.9, False, False, Outcome.REJECTED_FOR_QUALITY),
    ],
)
def test_outcomes(best: float, is_complete: bool, is_usable: bool, outcome: Outcome) -> None:
    assert outcome_of(best, Thresholds(40.0, 20.0), is_complete=is_complete, is_usable=is_usable) is outcome


def test_a_score_of_zero_is_never_a_hit() -> None:
    assert outcome_of(0.0, Thresholds(0.0, 0.0), is_complete=True, is_usable=True) is Outcome.NO_HIT
    gallery = Gallery()
    gallery.enrol("empty", random_print(1, minutiae=0))
    found = gallery.identify(random_print(2), max_fpir=1.0)
    assert found.candidates == ()
    assert found.outcome is Outcome.INCOMPLETE


@given(fpir=st.floats(1e-12, 1.0), searched=st.integers(1, 10**9))
def test_the_threshold_keeps_the_rate_that_was_asked_for(fpir: float, searched: int) -> None:
    score = score_of_fpir(fpir, searched)
    assert 0.0 <= score < 300.0
    fmr = 10.0 ** (-score / 10.0)
    if fmr < 1.0:
        assert -np.expm1(searched * np.log1p(-fmr)) == pytest.approx(fpir, rel=1e-6)
    assert score_of_fpir(fpir, 2 * searched) >= score


def test_the_threshold_for_one_print_is_that_of_verification() -> None:
    assert score_of_fpir(1e-4, 1) == pytest.approx(40.0, abs=1e-9)
    assert score_of_fpir(1e-3, 1_000_000) == pytest.approx(90.0, abs=0.01)
    assert score_of_fpir(1.0, 5) == 0.0


def test_as_dict_is_plain_data_for_json() -> None:
    found = filled().identify(pressed_again(3, noise_px=0.5))
    document = json.loads(json.dumps(found.as_dict()))
    assert (document["outcome"], document["digest"]) == ("hit", found.digest)
    first = document["candidates"][0]
    assert (first["rank"], first["key"], first["score"]) == (1, "k03", found.candidates[0].score)
    assert first["matches"] == [{"probe": 0, "key": "k03", "finger": "unknown", "score": first["score"]}]
    assert document["receipt"]["hit_score"] == found.receipt.hit_score
    assert document["receipt"]["excluded"] == {}


def test_stages_can_be_set_by_the_caller() -> None:
    stages = StageParameters(screened_from=1, screened=9, compared=3)
    found = filled().identify(pressed_again(3), parameters=SearchParameters(exact_prints=0, stages=stages))
    assert (found.receipt.shortlist, found.receipt.shortlist_size) == ("sketch scan", 3)
    assert found.candidates[0].key == "k03"


def test_every_print_is_compared_while_they_are_few() -> None:
    gallery = Gallery()
    gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(64))
    receipt = gallery.identify(pressed_again(3)).receipt
    assert (receipt.shortlist, receipt.shortlist_size) == ("exact", 64)
    gallery.enrol("one more", random_print(64))
    receipt = gallery.identify(pressed_again(3)).receipt
    assert receipt.shortlist == "sketch scan"
    assert receipt.shortlist_size < 64


def test_what_was_measured_raises_both_thresholds() -> None:
    plain = thresholds_for(1e-3, 1000, SearchParameters(), {})
    assert plain == Thresholds(score_of_fpir(1e-3, 1000), score_of_fpir(0.05, 1000), "calibration")
    raised = thresholds_for(1e-3, 1000, SearchParameters(), {"non_mated": {"shift": 2.5, "source": "measured"}})
    assert raised == Thresholds(plain.hit + 2.5, plain.possible + 2.5, "measured")
    lenient = thresholds_for(0.5, 1000, SearchParameters(), {})
    assert lenient.possible == lenient.hit


def test_a_print_that_is_replaced_during_a_search_keeps_its_hit() -> None:
    gallery = filled()
    before = gallery.snapshot()
    gallery.replace("k03", random_print(500))
    options = SearchOptions(max_candidates=5, max_fpir=1e-3, parameters=SearchParameters(), where=SearchFilter())
    found = search((pressed_again(3, noise_px=0.5),), before, options)
    assert (found.outcome, found.candidates[0].key) == (Outcome.HIT, "k03")
