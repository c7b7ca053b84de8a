"""What a gallery measures on itself, and what it finds in itself."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import GalleryError, InputError, JournalError, ParameterError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, Outcome, ProblemKind, SearchParameters
from fingerprint_engine.index.duplicates import journal
from fingerprint_engine.index.duplicates.groups import PrintPair, groups_of
from fingerprint_engine.index.search import search
from fingerprint_engine.index.search.decision import score_of_fpir
from fingerprint_engine.index.search.parameters import ALL_PAIRS, StageParameters
from fingerprint_engine.index.search.scan import Scan
from fingerprint_engine.matching import compare_many
from fingerprint_engine.template import Template

SHORTLISTED = SearchParameters(exact_prints=0)
THUMB, INDEX = Finger.RIGHT_THUMB, Finger.RIGHT_INDEX


def on_finger(template: Template, finger: Finger) -> Template:
    return Template.from_bytes(dataclasses.replace(template, finger=finger).to_bytes())


def filled(prints: int = 60) -> Gallery:
    gallery = Gallery()
    gallery.enrol_many((f"k{seed:02d}", random_print(seed)) for seed in range(prints))
    return gallery


def test_without_measuring_nothing_is_claimed() -> None:
    receipt = filled().identify(random_print(900), parameters=SHORTLISTED).receipt
    assert receipt.shortlist == "sketch scan"
    assert (receipt.recall, receipt.recall_source) == (None, "not measured")
    assert receipt.threshold_source == "calibration"
    exact = filled().identify(random_print(900), parameters=SHORTLISTED, exhaustive=True).receipt
    assert (exact.shortlist, exact.recall) == ("exact", 1.0)


def test_recall_of_given_recaptures_is_kept_and_reported(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "g") as gallery:
        gallery.enrol_many((f"k{seed:02d}", random_print(seed)) for seed in range(60))
        steps: list[tuple[int, int]] = []
        recall = gallery.measure_recall(
            ((f"k{seed:02d}", pressed_again(seed)) for seed in range(20)),
            parameters=SHORTLISTED,
            progress=lambda *done: steps.append(done),
        )
        assert steps[-1] == (20, 20)
        assert 0.9 <= recall <= 1.0
    with Gallery.open(tmp_path / "g", read_only=True) as again:
        receipt = again.identify(random_print(900), parameters=SHORTLISTED).receipt
        assert receipt.recall == recall
        assert "given re-captures among 60 prints" in receipt.recall_source
        stages = StageParameters(screened_growth=0.0, compared=10, compared_growth=0.0)
        fewer = SearchParameters(exact_prints=0, stages=stages)
        other = again.identify(random_print(900), parameters=fewer).receipt
        assert (other.shortlist_size, other.recall, other.recall_source) == (10, None, "not measured")


def test_a_shortlist_that_loses_mates_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other mate is dropped from what a scan found: half is what must be measured."""
    real, calls = search.scan_for, iter(range(100))

    def losing(*arguments: object, **named: object) -> Scan:
        found = real(*arguments, **named)  # type: ignore[arg-type]
        return dataclasses.replace(found, row=found.row + 1000) if next(calls) % 2 else found

    monkeypatch.setattr("fingerprint_engine.index.search.measuring.scan_for", losing)
    assert filled().measure_recall((f"k{seed:02d}", pressed_again(seed, noise_px=0.5)) for seed in range(20)) == 0.5


def test_recall_on_own_recaptures() -> None:
    gallery = filled(30)
    with pytest.raises(InputError, match="recaptures"):
        gallery.measure_recall()
    assert gallery.measurements == {}
    for seed in range(8):
        gallery.enrol(f"{seed} then", on_finger(random_print(seed), INDEX), subject=f"P{seed}")
        gallery.enrol(f"{seed} now", on_finger(pressed_again(seed, noise_px=0.5), INDEX), subject=f"P{seed}")
    assert gallery.measure_recall() == 1.0
    assert "8 re-captures in this gallery among 46 prints" in gallery.measurements["recall"]["source"]


def test_recall_is_not_measured_on_what_is_not_enrolled() -> None:
    with pytest.raises(InputError, match="1 of 1 are not"):
        filled(5).measure_recall([("absent", random_print(1))])
    with pytest.raises(InputError, match="1 were compared and all score less"):
        filled(5).measure_recall([("k01", random_print(2))])


def test_non_mated_prints_that_score_high_raise_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = filled(50)
    assert gallery.measure_non_mated().shift >= 0.0
    real = search.scan_for

    def inflated(*arguments: object, **named: object) -> Scan:
        found = real(*arguments, **named)  # type: ignore[arg-type]
        return dataclasses.replace(found, score=found.score + 40.0)

    monkeypatch.setattr("fingerprint_engine.index.search.non_mated.scan_for", inflated)
    shift = gallery.measure_non_mated().shift
    assert shift > 5.0
    receipt = gallery.identify(random_print(900)).receipt
    assert receipt.hit_score == pytest.approx(score_of_fpir(1e-3, 50) + shift)
    assert "50 non-mated searches" in receipt.threshold_source


@pytest.fixture(scope="module")
def clean() -> float:
    """The excess at both quantiles of 120 prints without any alias."""
    return max(filled(120).measure_non_mated().excess)


@pytest.mark.parametrize("per_cent", [0, 5, 11, 30])
def test_hidden_duplicates_move_no_threshold_and_are_named(clean: float, per_cent: int) -> None:
    gallery = filled(120)
    aliases = {f"k{seed:02d}": f"alias of {seed:02d}" for seed in range(120 * per_cent // 100)}
    gallery.enrol_many((alias, pressed_again(int(key[1:]))) for key, alias in aliases.items())
    found = gallery.measure_non_mated()
    assert abs(max(found.excess) - clean) < 1.5
    assert found.shift == max(0.0, *found.excess)
    named = {(pair.other_key, pair.key) for pair in found.suspects}
    assert len(named & set(aliases.items())) >= 0.9 * len(aliases)
    assert len(named - set(aliases.items())) <= 1
    kept = gallery.measurements["non_mated"]
    assert (kept["suspects"], kept["shift"]) == (len(found.suspects), found.shift)
    assert "alias" not in str(kept)  # a key that is removed must not live on in a measurement


def test_every_print_is_compared_as_the_calibration_assumes() -> None:
    gallery = filled(120)
    found = gallery.measure_non_mated()
    prints = [gallery[key] for key in gallery]
    scores = np.array([compare_many(one, prints) for one in prints])
    np.fill_diagonal(scores, 0.0)
    best = scores.max(axis=1)
    below = np.where(scores <= found.cut, scores, 0.0).max(axis=1)
    assert found.prints == 119
    assert found.set_aside == np.count_nonzero(best > found.cut)
    for quantile, excess in zip((0.5, 0.9), found.excess, strict=True):
        assert excess == pytest.approx(np.quantile(below, quantile) - score_of_fpir(1.0 - quantile * 0.95, 119))


def test_an_even_share_of_a_large_gallery_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fingerprint_engine.index.search.non_mated.MAX_PRINTS", 40)
    found = filled(120).measure_non_mated(max_probes=60)
    assert (found.searches, found.prints) == (60, 40)


def test_too_few_prints_give_no_quantile() -> None:
    with pytest.raises(InputError, match="at least 20"):
        filled(19).measure_non_mated()


def records() -> Gallery:
    """People enrolled twice, records that contradict themselves, and twenty who are neither."""
    gallery = filled(20)

    def put(key: str, subject: str, template: Template, finger: Finger) -> None:
        gallery.enrol(key, on_finger(template, finger), subject=subject)

    for name in ("anna", "bea", "cleo"):  # one person under three names
        press = {"anna": 1, "bea": 2, "cleo": 3}[name]
        put(f"{name}/2", name, pressed_again(100, noise_px=0.5, press=press), INDEX)
    put("dora/1", "dora", random_print(110), THUMB)  # one finger under two positions
    put("dora/2", "dora", pressed_again(110, noise_px=0.5), INDEX)
    for name, order in (("eva", (120, 121)), ("fay", (121, 120))):  # one person, two fingers swapped
        for seed, finger in zip(order, (THUMB, INDEX), strict=True):
            put(f"{name}/{finger}", name, pressed_again(seed, noise_px=0.5, press=1 + (name == "fay")), finger)
    put("gil/2 then", "gil", random_print(130), INDEX)  # two people in one record
    put("gil/2 now", "gil", random_print(131), INDEX)
    return gallery


def test_duplicates_are_grouped_by_their_links() -> None:
    steps: list[tuple[int, int]] = []
    found = records().duplicates(progress=lambda *done: steps.append(done))
    assert [group.subjects for group in found.groups] == [("anna", "bea", "cleo"), ("eva", "fay")]
    first = found.groups[0]
    assert len(first.pairs) == 3
    assert first.weakest_link.score == sorted(pair.score for pair in first.pairs)[1]  # the tree of three needs two
    assert found.prints == len(records())
    assert steps[-1] == (31, 31)
    assert found.expected_false_pairs == pytest.approx(1e-6 * 31 * 30 / 2)
    assert (found.shortlist, found.recall) == ("exact", 1.0)
    assert str(Gallery().duplicates().expected_false_pairs) == "0.0"


def test_records_that_contradict_themselves_are_told() -> None:
    problems = {(problem.kind, problem.subjects) for problem in records().duplicates().problems}
    assert problems == {
        (ProblemKind.ONE_FINGER_TWICE, ("dora",)),
        (ProblemKind.SWAPPED_FINGERS, ("eva", "fay")),
        (ProblemKind.TWO_PEOPLE, ("gil",)),
    }


def test_a_record_that_matches_two_people_holds_two_people() -> None:
    gallery = Gallery()
    for name, seeds in (("a", (1, 2)), ("b", (3, 4)), ("mixed", (1, 4))):
        for seed, finger in zip(seeds, (THUMB, INDEX), strict=True):
            gallery.enrol(f"{name}/{finger}", on_finger(pressed_again(seed, noise_px=0.3), finger), subject=name)
    problems = gallery.duplicates().problems
    assert [(problem.kind, problem.subjects) for problem in problems] == [(ProblemKind.TWO_PEOPLE, ("mixed",))]
    assert problems[0].keys == ("mixed/1", "mixed/2")


def test_the_weakest_link_holds_a_group_together() -> None:
    def pair(a: str, b: str, score: float) -> PrintPair:
        return PrintPair(a, b, a, b, INDEX, INDEX, score)

    groups = groups_of([pair("a", "b", 90.0), pair("b", "c", 60.0), pair("c", "d", 80.0), pair("a", "c", 70.0)])
    assert [(group.subjects, group.weakest_link.score) for group in groups] == [(("a", "b", "c", "d"), 70.0)]


def test_a_run_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fingerprint_engine.index.duplicates.all_pairs.PIECE_PRINTS", 4)
    journal, gallery = tmp_path / "journal", records()
    expected = gallery.duplicates()

    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done >= 16:
            raise Stop

    with pytest.raises(Stop):
        gallery.duplicates(journal=journal, progress=stop)
    kept = journal.read_bytes()
    journal.write_bytes(kept + b'{"pairs":[[0')  # the line that was being written
    steps: list[int] = []
    assert gallery.duplicates(journal=journal, progress=lambda done, total: steps.append(done)) == expected
    assert steps[0] == 16
    assert gallery.duplicates(journal=journal) == expected
    gallery.remove("gil/2 now")
    with pytest.raises(GalleryError, match="another gallery"):
        gallery.duplicates(journal=journal)
    with pytest.raises(GalleryError, match="another gallery"):
        records().duplicates(journal=journal, max_fmr=1e-5)
    (tmp_path / "other").write_text("hello\n")
    with pytest.raises(GalleryError, match="another gallery"):
        gallery.duplicates(journal=tmp_path / "other")
    with pytest.raises(GalleryError, match="cannot keep a journal"):
        gallery.duplicates(journal=tmp_path / "absent" / "journal")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_no_journal(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(GalleryError, match="fifo: expected a file, got a device, pipe or socket"):
        records().duplicates(journal=tmp_path / "fifo")


@pytest.mark.parametrize(
    "line",
    [
        '{"pairs":[[99,0,0,0,50.0]],"skipped":0,"shortlist":""}',
        '{"pairs":[[0,9999,0,0,50.0]],"skipped":0,"shortlist":""}',
        '{"pairs":[[0,-1,0,0,50.0]],"skipped":0,"shortlist":""}',
        '{"pairs":[[0,1,0,true,50.0]],"skipped":0,"shortlist":""}',
        '{"pairs":[[0,1,0,0,NaN]],"skipped":0,"shortlist":""}',
        '{"pairs":[[0,1,0,0,1e999]],"skipped":0,"shortlist":""}',
        '{"pairs":[[0,1,0,0]],"skipped":0,"shortlist":""}',
        '{"pairs":[],"skipped":-1,"shortlist":""}',
        '{"pairs":[],"skipped":0,"shortlist":["x"]}',
        '{"pairs":[],"skipped":0,"shortlist":"' + "x" * 99 + '"}',
        '{"pairs":' + "[" * 100_000,
        "[]",
        "\udcff",
    ],
)
def test_a_line_that_no_run_wrote_is_named(tmp_path: Path, line: str) -> None:
    gallery = filled(3)
    gallery.duplicates(journal=tmp_path / "journal")
    with (tmp_path / "journal").open("ab") as file:
        file.write(line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(JournalError, match=r"line \d+ is not a line of a journal"):
        gallery.duplicates(journal=tmp_path / "journal")


def test_a_run_with_stages_of_other_sizes_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = filled(3)
    stages = dataclasses.replace(ALL_PAIRS.stages, sketched=ALL_PAIRS.stages.sketched + 1)
    with monkeypatch.context() as before:
        before.setattr(journal, "ALL_PAIRS", dataclasses.replace(ALL_PAIRS, stages=stages))
        gallery.duplicates(journal=tmp_path / "journal")
    with pytest.raises(JournalError, match="another gallery, state, threshold or release"):
        gallery.duplicates(journal=tmp_path / "journal")


def test_an_empty_gallery_has_no_duplicates() -> None:
    found = Gallery().duplicates()
    assert (found.groups, found.problems, found.pairs, found.prints) == ((), (), (), 0)


@pytest.mark.parametrize("rate", [0.0, 2.0, None])
def test_bad_rates_are_refused(rate: float) -> None:
    with pytest.raises(ParameterError, match="max_fmr"):
        Gallery().duplicates(max_fmr=rate)


def test_a_shortlist_and_all_comparisons_find_the_same_mate() -> None:
    gallery = filled(80)
    for seed in (3, 44):
        probe = pressed_again(seed, noise_px=0.5)
        shortlisted = gallery.identify(probe, parameters=SHORTLISTED)
        assert shortlisted.outcome is Outcome.HIT
        assert shortlisted.candidates[0] == gallery.identify(probe, exhaustive=True).candidates[0]
