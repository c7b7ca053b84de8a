"""Deadlines and interruptions: how much is begun after them, whatever is stored. No test looks at a clock."""

from __future__ import annotations

import dataclasses
import functools
import signal
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from tests.reference.point_prints import SHAPE, finger, template
from tests.unit.index.random_prints import random_print

from fingerprint_engine import threads
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.columns.block import columns_of
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.index.search.parameters import SearchParameters, StageParameters
from fingerprint_engine.index.search.scan import OUT_OF_TIME, Scan, exact_scan
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.index.search.work_pieces import work_of
from fingerprint_engine.matching import Matcher, compare, compare_many, matcher
from fingerprint_engine.matching.work_pieces import MAX_WORK, pieces_by_work
from fingerprint_engine.template import Template, TemplateBatch, TemplateParameters, build_template


class Clock:
    """Time that goes on by one second with each piece of comparing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.pieces, self.work = 0.0, 0, 0.0
        gather = Matcher._gather

        def counted(matcher: Matcher, batch: object) -> object:
            self.now += 1.0
            self.pieces += 1
            self.work = max(self.work, float(len(matcher.probe) * batch.columns.x.shape[0]))  # type: ignore[attr-defined]
            return gather(matcher, batch)  # type: ignore[arg-type]

        monkeypatch.setattr(Matcher, "_gather", counted)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)


def large(rng: np.random.Generator, count: int = 255) -> Template:
    """A print of so many minutiae."""
    spread = np.stack(np.meshgrid(np.arange(60, 360, 18), np.arange(60, 360, 18)), axis=-1).reshape(-1, 2)[:count]
    minutiae = finger(rng, 2)
    columns = (spread[:, 0], spread[:, 1], rng.uniform(0, 6, count), np.ones(count), np.full(count, 60))
    return build_template(type(minutiae)(*columns), shape=SHAPE, parameters=TemplateParameters(plain_minutiae=255))


def test_pieces_hold_as_much_work_each_and_every_print_once(rng: np.random.Generator) -> None:
    work = rng.uniform(1.0, 0.4 * MAX_WORK, 400) ** rng.uniform(0.2, 1.0, 400)
    work[[3, 77]] = 2.0 * MAX_WORK
    pieces = pieces_by_work(work, 64)
    assert [row for piece in pieces for row in range(piece.start, piece.stop)] == list(range(400))
    for piece in pieces:
        count = piece.stop - piece.start
        assert 1 <= count <= 64
        assert count == 1 or work[piece].sum() <= MAX_WORK * (1 + 1e-9)
    assert pieces_by_work(np.zeros(0), 64) == []


def test_large_prints_are_compared_few_at_a_time(rng: np.random.Generator) -> None:
    usual, crowded = columns_of([template(finger(rng, 40))]), columns_of([large(rng)])
    rows = np.zeros(256, np.int64)
    assert len(pieces_by_work(work_of(40, usual, rows), 256)) <= 2
    assert 256 / 15 <= len(pieces_by_work(work_of(255, crowded, rows), 256)) <= 256 / 4


MANY = StageParameters(screened_growth=0.0, compared=20, compared_growth=0.0)


@pytest.mark.parametrize("scan", [exact_scan, functools.partial(staged_scan, parameters=MANY)])
def test_after_the_deadline_no_piece_is_begun(
    scan: Callable[..., Scan], rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    print_ = large(rng)
    block = columns_of([print_] * 60)
    clock = Clock(monkeypatch)
    found = scan(print_, [block], [np.ones(60, np.bool_)], 3.0)
    assert clock.pieces == 3
    assert clock.work <= MAX_WORK
    assert found.excluded == {OUT_OF_TIME: 60 - found.searched}
    assert 0 < found.searched < 60
    assert not any(found.answered)


def test_subjects_that_there_was_no_time_to_fuse_make_a_search_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery()
    for person in range(30):
        for number, position in enumerate((Finger.RIGHT_THUMB, Finger.RIGHT_INDEX)):
            made = dataclasses.replace(random_print(10 * person + number), finger=position)
            gallery.enrol(f"{person}/{number}", made, subject=f"person {person}")
    probes = [dataclasses.replace(random_print(50 + number), finger=Finger(number + 1)) for number in range(2)]
    wide = SearchParameters(stages=MANY)
    whole = gallery.identify(probes, parameters=wide)
    assert whole.candidates[0].subject == "person 5"
    assert whole.receipt.excluded == ()
    clock = Clock(monkeypatch)
    found = gallery.identify(probes, parameters=wide, deadline_s=2.0)  # gone when both probes have been looked for
    assert found.candidates[0].subject == "person 5"
    assert found.candidates[0].score == whole.candidates[0].score
    assert clock.pieces <= 2 + 8 * 2
    receipt = found.receipt
    assert {one.reason for one in receipt.excluded} == {OUT_OF_TIME}
    assert receipt.searched + sum(one.count for one in receipt.excluded) == receipt.eligible == 60
    absent = gallery.identify([random_print(900), random_print(901)], deadline_s=0.0)
    assert absent.outcome is Outcome.INCOMPLETE


def test_what_is_fused_after_the_deadline_is_bounded_by_work(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten probes and ten prints of a person, all crowded: there is work left for one of the prints."""
    gallery = Gallery()
    probes = [dataclasses.replace(large(rng), finger=Finger(number + 1)) for number in range(10)]
    for number, made in enumerate(probes):
        gallery.enrol(str(number), made, subject="person")
    clock = Clock(monkeypatch)
    scan_pieces = 10 * len(pieces_by_work(work_of(255, columns_of(probes), np.arange(10)), 256))
    found = gallery.identify(probes, deadline_s=float(scan_pieces))
    assert clock.pieces == scan_pieces + len(probes)
    assert found.outcome is Outcome.INCOMPLETE


def test_many_references_are_compared_in_pieces(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for `compare_many` can interrupt it; the answer is that of single comparisons."""
    probe, others = large(rng), [large(rng), *(large(rng, count) for count in range(30)), large(rng)] * 12
    batch = TemplateBatch.of(others)
    runs: list[tuple[int, float]] = []
    gather = matcher.gather_many

    def counted(probe_columns: object, columns: object, *more: object) -> None:
        runs.append((columns.key.size, 255.0 * np.diff(columns.first).sum()))  # type: ignore[attr-defined]
        gather(probe_columns, columns, *more)

    monkeypatch.setattr(matcher, "gather_many", counted)
    scores = compare_many(probe, batch)
    assert sum(count for count, _ in runs) == len(others)
    assert 3 < len(runs) < len(others)
    assert all(count == 1 or work <= MAX_WORK for count, work in runs)
    assert scores.tolist() == [compare(probe, other).score for other in others]
    whole = Matcher(probe).supports(batch)
    assert whole.tolist() == [float(Matcher(probe).supports(TemplateBatch.of([other]))[0]) for other in others]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_ends_a_search_and_a_run_over_all_pairs(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery()
    gallery.enrol_many((f"key {number}", random_print(number)) for number in range(600))
    begun = 0
    gather = Matcher._gather

    def interrupted(matcher: Matcher, batch: object) -> object:
        """Ctrl-C comes while the second piece is compared; what is begun after it gives the main thread time to act."""
        nonlocal begun
        begun += 1
        if begun == 2:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        if begun > 2 and threading.current_thread() is not threading.main_thread():
            threads._thread.abandoned.wait(10.0)  # ends as soon as the main thread acted
        return gather(matcher, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(Matcher, "_gather", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which shells take from what runs beside them
    acts = (
        lambda: gallery.identify(random_print(3), exhaustive=True, parameters=SearchParameters(), workers=workers),
        lambda: gallery.duplicates(workers=workers),
        gallery.measure_non_mated,
    )
    try:
        for act in acts:
            begun = 0
            with pytest.raises(KeyboardInterrupt):
                act()
            assert begun <= 2 + 2 * workers
    finally:
        signal.signal(signal.SIGINT, before)
    monkeypatch.setattr(Matcher, "_gather", gather)
    assert gallery.identify(random_print(3)).candidates[0].key == "key 3"
