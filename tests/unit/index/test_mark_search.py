"""A search with a mark: ranked, merged, turned away, never a hit."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from fingerprint_engine.errors import IncompatibleTemplates, InputError, ParameterError
from fingerprint_engine.index import Gallery, MarkSearchParameters
from fingerprint_engine.index.columns.block import columns_of
from fingerprint_engine.index.marks.merging import merge_regions
from fingerprint_engine.index.search.finger_fusion import best_of_many, fuse_scores
from fingerprint_engine.index.search.shortlists import SketchScan
from fingerprint_engine.matching import Matcher
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, build_template
from fingerprint_engine.tenprint import Mark, MarkReading, Reader, Upright, mark_of_templates

SHAPE = (400, 400)


def template_of(points: np.ndarray, turn_rad: float = 0.0) -> Template:
    """A template of rows x, y, direction, turned counter-clockwise about the middle."""
    x, y = points[:, 0] - 200.0, points[:, 1] - 200.0
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    direction = ((points[:, 2] + turn_rad) % (2.0 * np.pi)).astype(np.float32)
    count = len(points)
    minutiae = Minutiae(
        (c * x + s * y + 200.0).astype(np.float32),
        (-s * x + c * y + 200.0).astype(np.float32),
        np.where(direction >= np.float32(2.0 * np.pi), 0.0, direction).astype(np.float32),
        np.ones(count, np.uint8),
        np.full(count, 80, np.uint8),
    )
    return build_template(minutiae, shape=SHAPE)


def scattered(seed: int, count: int = 40) -> np.ndarray:
    """Points that lie apart, within reach of a turn."""
    rng = np.random.default_rng(seed)
    found: list[tuple[float, float]] = []
    while len(found) < count:
        x, y = rng.uniform(80.0, 320.0, 2)
        if all(np.hypot(x - a, y - b) > 18.0 for a, b in found):
            found.append((x, y))
    return np.column_stack([np.array(found), rng.uniform(0.0, 2.0 * np.pi, count)])


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    """Ten prints, the first two of one subject."""
    made = Gallery()
    for number in range(10):
        made.enrol(f"k{number}", template_of(scattered(number)), subject=f"p{number // 2}")
    return made


def part(seed: int, *, left: bool) -> Template:
    """One half of a print."""
    points = scattered(seed)
    return template_of(points[(points[:, 0] < 200.0) == left])


def test_a_mark_ranks_its_finger_first_and_decides_nothing(gallery: Gallery) -> None:
    found = gallery.search_mark(mark_of_templates([part(4, left=True)]))
    assert found.candidates[0].key == "k4"
    assert [one.rank for one in found.candidates] == list(range(1, len(found.candidates) + 1))
    scores = [one.score for one in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert found.receipt.decision.startswith("none")
    assert not hasattr(found, "outcome")
    assert not hasattr(found.receipt, "hit_score")
    assert found.receipt.searched == found.receipt.eligible == 10
    assert found.is_complete
    data = json.loads(json.dumps(found.as_dict()))
    assert data["receipt"]["decision"] == found.receipt.decision
    assert data["digest"] == found.digest


def test_each_subject_is_one_candidate(gallery: Gallery) -> None:
    found = gallery.search_mark(mark_of_templates([part(1, left=True)]))
    subjects = [one.subject for one in found.candidates]
    assert len(subjects) == len(set(subjects))
    assert (found.candidates[0].subject, found.candidates[0].key) == ("p0", "k1")


def test_regions_are_merged(gallery: Gallery) -> None:
    halves = [part(6, left=True), part(6, left=False)]
    alone = [gallery.search_mark(mark_of_templates([half])).candidates[0].score for half in halves]
    both = gallery.search_mark(mark_of_templates(halves)).candidates[0]
    assert both.key == "k6"
    assert both.score > max(alone)
    assert {match.probe for match in both.matches} == {0, 1}
    one_only = gallery.search_mark(mark_of_templates(halves), parameters=MarkSearchParameters(best_regions=1))
    assert len(one_only.candidates[0].matches) == 1
    assert one_only.candidates[0].score < both.score


def test_a_foreign_region_does_not_hide_the_finger(gallery: Gallery) -> None:
    found = gallery.search_mark(mark_of_templates([part(6, left=True), template_of(scattered(99))]))
    assert found.candidates[0].key == "k6"


def test_where_the_finger_points_turns_others_away(gallery: Gallery) -> None:
    turn = np.radians(40.0)
    points = scattered(3)
    turned = template_of(points[points[:, 0] < 200.0], turn)
    right = gallery.search_mark(mark_of_templates([turned], upright=Upright(40.0)))
    assert right.candidates[0].key == "k3"
    assert "upright at 40°" in right.receipt.readings[0]
    wrong = gallery.search_mark(mark_of_templates([turned], upright=Upright(-60.0)))
    assert all(one.key != "k3" for one in wrong.candidates)
    assert wrong.receipt.turned_away >= 1
    unsure = gallery.search_mark(mark_of_templates([turned], upright=Upright(-60.0, 180.0)))
    assert unsure.candidates[0].key == "k3"


def test_readings_of_one_region_are_not_added() -> None:
    assert merge_regions([50.0, 40.0], [0, 0], 3).score == pytest.approx(best_of_many(50.0, 2))
    assert merge_regions([50.0, 40.0], [0, 0], 3).readings == (0,)
    assert merge_regions([50.0, 40.0], [0, 1], 3).score == pytest.approx(fuse_scores([50.0, 40.0], 2))
    assert merge_regions([30.0, 50.0, 40.0], [0, 1, 2], 2).score == pytest.approx(fuse_scores([50.0, 40.0], 3))
    assert merge_regions([0.0, 0.0], [0, 1], 3) == (0.0, ())


def test_two_looks_are_averaged(gallery: Gallery) -> None:
    left, right = part(6, left=True), part(6, left=False)
    alone = [gallery.search_mark(mark_of_templates([half])).candidates[0].score for half in (left, right)]
    found = gallery.search_mark(Mark((MarkReading(left, 0, Reader.ENGINE, evened=right),)))
    best = found.candidates[0]
    assert best.key == "k6"
    assert best.score == pytest.approx(1.05 * np.mean(alone))
    assert found.receipt.readings == (f"region 0: engine, {len(left)} and {len(right)} minutiae",)
    foreign = Mark((MarkReading(left, 0, Reader.ENGINE, evened=template_of(scattered(99))),))
    assert gallery.search_mark(foreign).candidates[0].score < alone[0]


def test_a_match_names_its_reading_whatever_looks_come_before(gallery: Gallery) -> None:
    nothing = MarkReading(template_of(scattered(98)), 0, Reader.ENGINE, evened=template_of(scattered(99)))
    mark = Mark((nothing, MarkReading(part(6, left=True), 0, Reader.EXAMINER)))
    best = gallery.search_mark(mark).candidates[0]
    assert best.key == "k6"
    assert mark.readings[best.matches[0].probe].reader is Reader.EXAMINER


def test_each_look_is_turned_away_by_itself(gallery: Gallery) -> None:
    points = scattered(3)
    upright, turned = (template_of(points[points[:, 0] < 200.0], np.radians(turn)) for turn in (0.0, 80.0))
    looks = MarkReading(upright, 0, Reader.ENGINE, Upright(0.0), evened=turned)
    found = gallery.search_mark(Mark((looks,)))
    assert found.candidates[0].key == "k3"
    alone = gallery.search_mark(Mark((dataclasses.replace(looks, evened=None),))).candidates[0]
    assert found.candidates[0].score == pytest.approx(1.05 * alone.score / 2.0)


def printed(points: np.ndarray, left: int, right: int) -> Template:
    """A template of points on a print between two columns, with ridge flow."""
    kept = points[(points[:, 0] >= left) & (points[:, 0] < right)]
    mask = np.zeros(SHAPE, np.bool_)
    mask[60:340, left:right] = True
    count, blocks = len(kept), (SHAPE[0] // 8, SHAPE[1] // 8)
    minutiae = Minutiae(
        *(kept[:, k].astype(np.float32) for k in range(3)), np.ones(count, np.uint8), np.full(count, 80, np.uint8)
    )
    flow = np.full(blocks, 0.5, np.float32)
    return build_template(
        minutiae, shape=SHAPE, mask=mask, orientation=flow, period=np.full(blocks, 9.0, np.float32), quality=80
    )


def test_what_lies_beside_the_print_counts_against_an_outlined_reading() -> None:
    points = scattered(5, 60)
    gallery = Gallery()
    gallery.enrol("half", printed(points, 60, 200))
    gallery.enrol("whole", printed(points, 60, 340))
    reading = MarkReading(printed(points, 60, 340), 0, Reader.ENGINE)
    drawn = dataclasses.replace(reading, is_outlined=True)
    loose, strict = (
        {one.key: one.score for one in gallery.search_mark(Mark((one,))).candidates} for one in (reading, drawn)
    )
    assert strict["whole"] == pytest.approx(loose["whole"])
    assert strict["half"] == pytest.approx(0.5 * loose["half"], rel=0.1)
    bare = MarkReading(template_of(points), 0, Reader.ENGINE, is_outlined=True)
    assert gallery.search_mark(Mark((bare,))).candidates[0].score == pytest.approx(
        gallery.search_mark(Mark((dataclasses.replace(bare, is_outlined=False),))).candidates[0].score
    )


def test_what_nobody_says_anything_about_is_not_compared_again(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = Mark((MarkReading(part(6, left=True), 0, Reader.ENGINE, evened=part(6, left=False)),))
    monkeypatch.setattr(Matcher, "compare", None)
    assert gallery.search_mark(mark).candidates[0].key == "k6"


def test_the_answer_does_not_depend_on_stages(gallery: Gallery) -> None:
    mark = mark_of_templates([part(8, left=True)])
    staged = dataclasses.replace(
        MarkSearchParameters(), search=dataclasses.replace(MarkSearchParameters().search, exact_prints=0)
    )
    assert gallery.search_mark(mark, parameters=staged).candidates[0].key == "k8"


def test_no_print_is_given_up_by_what_was_measured_with_prints() -> None:
    # Of halves of prints most that are no mates would be, and a mark may tell no more of its mate than of those.
    columns, every = columns_of([template_of(scattered(number)) for number in range(60)]), [np.ones(60, np.bool_)]
    stages = MarkSearchParameters().search.stages
    whole = dataclasses.replace(stages, glance_passes=256)
    (found,), (wanted,) = (SketchScan([columns], one).scores(part(8, left=True), every) for one in (stages, whole))
    assert found is not None
    assert wanted is not None
    assert found.scores.tolist() == wanted.scores.tolist()
    (given_up,) = SketchScan([columns], dataclasses.replace(whole, glance_passes=32)).scores(part(8, left=True), every)
    assert given_up is not None
    assert (given_up.scores < wanted.scores).sum() >= 10


def test_a_deadline_leaves_a_search_incomplete(gallery: Gallery) -> None:
    found = gallery.search_mark(mark_of_templates([part(4, left=True)]), deadline_s=0.0)
    assert not found.is_complete
    assert found.receipt.excluded[0].reason == "deadline"


def test_what_is_no_mark_is_refused(gallery: Gallery) -> None:
    template = part(4, left=True)
    with pytest.raises(InputError, match="mark: expected a Mark"):
        gallery.search_mark(template)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="parameters: expected MarkSearchParameters"):
        gallery.search_mark(mark_of_templates([template]), parameters=None)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="max_candidates"):
        gallery.search_mark(mark_of_templates([template]), max_candidates=0)
    other = dataclasses.replace(template, parameters_digest=b"12345678")
    with pytest.raises(IncompatibleTemplates):
        gallery.search_mark(mark_of_templates([other]))


def test_a_mark_is_checked() -> None:
    template = part(4, left=True)
    with pytest.raises(InputError, match="at least one reading"):
        Mark(())
    with pytest.raises(InputError, match="regions 0 to 0"):
        Mark((MarkReading(template, 1, Reader.ENGINE),))
    with pytest.raises(InputError, match="one reading twice"):
        mark_of_templates([template, template])
    with pytest.raises(InputError, match="expected Templates"):
        mark_of_templates([b""])  # type: ignore[list-item]
    for bad in (-200.0, float("nan"), True, "left"):
        with pytest.raises(ParameterError, match="upright: deg"):
            Upright(bad)  # type: ignore[arg-type]
