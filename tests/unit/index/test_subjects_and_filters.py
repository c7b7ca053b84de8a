"""Subjects with several fingers, filters, deadlines: what is searched, and what the receipt says of it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import InputError, ParameterError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Exclusion, Gallery, Outcome, PrintDetails, SearchFilter
from fingerprint_engine.template import Template

FINGERS = (Finger.RIGHT_THUMB, Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
DAY = datetime.date(2030, 6, 1)


def on_finger(template: Template, finger: Finger) -> Template:
    return Template.from_bytes(dataclasses.replace(template, finger=finger).to_bytes())


def seed_of(person: int, finger: Finger) -> int:
    return 100 * person + int(finger)


@pytest.fixture(params=["memory", "disk", "segments"])
def gallery(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gallery]:
    """Six people with three fingers each, in two categories and two sites; two have expired, one a day later."""
    with Gallery() if request.param == "memory" else Gallery.open(tmp_path / "prints.gallery") as opened:
        for person in range(6):
            expires = {4: DAY - datetime.timedelta(1), 5: DAY}.get(person)
            details = PrintDetails(
                f"P{person}", ("remand", "sentenced")[person % 2], ("north", "south")[person // 3], expires
            )
            opened.enrol_many(
                (f"P{person}/{finger}", on_finger(random_print(seed_of(person, finger)), finger), details)
                for finger in FINGERS
            )
        if request.param == "segments":
            opened.compact()
        yield opened


def pressed(person: int, finger: Finger, *, known: bool = True, noise_px: float = 1.0) -> Template:
    template = pressed_again(seed_of(person, finger), noise_px=noise_px)
    return on_finger(template, finger) if known else template


def test_prints_of_one_subject_are_one_candidate(gallery: Gallery) -> None:
    found = gallery.identify(pressed(2, Finger.LEFT_INDEX), where=SearchFilter(on=DAY))
    assert found.outcome is Outcome.HIT
    assert [candidate.subject for candidate in found.candidates].count("P2") == 1
    best = found.candidates[0]
    assert (best.subject, best.key) == ("P2", "P2/7")
    assert best.matches[0].finger is Finger.LEFT_INDEX
    assert best.matches[0].score == best.score


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("same_finger", [True, False])
def test_several_fingers_are_fused(gallery: Gallery, known: bool, same_finger: bool) -> None:
    where = SearchFilter(on=DAY)
    probes = [pressed(3, finger, known=known, noise_px=2.5) for finger in FINGERS]
    found = gallery.identify(probes, where=where, same_finger=same_finger)
    assert found.outcome is Outcome.HIT
    best = found.candidates[0]
    assert best.subject == "P3"
    assert {(match.probe, match.key) for match in best.matches} == {(i, f"P3/{f}") for i, f in enumerate(FINGERS)}
    alone = max(gallery.identify(probe, where=where).candidates[0].score for probe in probes)
    assert best.score > alone + 20
    others = [candidate.score for candidate in found.candidates[1:]]
    assert not others or max(others) < found.receipt.hit_score


def test_any_subset_of_fingers_will_do(gallery: Gallery) -> None:
    where = SearchFilter(on=DAY)
    for fingers in ((Finger.RIGHT_THUMB,), (Finger.RIGHT_THUMB, Finger.LEFT_INDEX)):
        probes = [pressed(1, finger) for finger in fingers]
        assert gallery.identify(probes, where=where).candidates[0].subject == "P1"
    non_mated = [on_finger(random_print(9000 + int(finger)), finger) for finger in FINGERS]
    assert gallery.identify(non_mated, where=where).outcome is Outcome.NO_HIT


def test_rolled_and_plain_of_one_finger_are_no_second_finger(gallery: Gallery) -> None:
    where = SearchFilter(on=DAY)
    one = gallery.identify([pressed(0, Finger.RIGHT_INDEX)], where=where).candidates[0]
    again = on_finger(pressed_again(seed_of(0, Finger.RIGHT_INDEX), noise_px=1.0, press=2), Finger.RIGHT_INDEX)
    two = gallery.identify([pressed(0, Finger.RIGHT_INDEX), again], where=where).candidates[0]
    assert len(two.matches) == 1
    assert two.score <= max(one.score, 250.0)


def test_a_poor_finger_among_good_ones_is_no_reason_to_reject(gallery: Gallery) -> None:
    probes = [random_print(9100, minutiae=3), random_print(9101)]
    assert gallery.identify(probes).outcome is not Outcome.REJECTED_FOR_QUALITY
    assert gallery.identify(probes[:1]).outcome in (Outcome.REJECTED_FOR_QUALITY, Outcome.POSSIBLE)


@pytest.mark.parametrize(
    ("where", "reasons"),
    [
        (SearchFilter(on=DAY), {"expired": 3}),
        (SearchFilter(on=DAY + datetime.timedelta(1)), {"expired": 6}),
        (SearchFilter(on=DAY, include_expired=True), {}),
        (SearchFilter(categories=frozenset({"remand"}), on=DAY), {"another category": 9, "expired": 3}),
        (SearchFilter(sites=frozenset({"south"}), on=DAY), {"another site": 9, "expired": 3}),
        (SearchFilter(fingers=frozenset({Finger.RIGHT_THUMB}), on=DAY), {"expired": 3, "another finger": 10}),
        (SearchFilter(categories=frozenset({"visitor"}), on=DAY), {"another category": 18}),
        (SearchFilter(sites=frozenset({"south", "north"}), on=DAY), {"expired": 3}),
        (SearchFilter(sites=frozenset({"south", "nowhere"}), on=DAY), {"another site": 9, "expired": 3}),
        (SearchFilter({"remand"}, {"south"}, on=DAY), {"another category": 9, "another site": 6, "expired": 3}),
    ],
)
def test_filters_are_applied_and_told(gallery: Gallery, where: SearchFilter, reasons: dict[str, int]) -> None:
    receipt = gallery.identify(random_print(9000), where=where).receipt
    assert {exclusion.reason: exclusion.count for exclusion in receipt.filtered} == reasons
    assert receipt.enrolled == 18
    assert receipt.eligible == receipt.searched == 18 - sum(reasons.values())
    assert receipt.excluded == ()


@pytest.mark.parametrize(
    ("where", "absent"),
    [
        (SearchFilter(sites={"south"}), ()),
        (SearchFilter({"remand"}, {"south", "north"}), ()),
        (SearchFilter({"visitor"}), ("visitor",)),
        (SearchFilter(sites={"south", "nowhere"}), ("nowhere",)),
        (SearchFilter({"visitor"}, {"nowhere", "north"}), ("visitor", "nowhere")),
    ],
)
def test_words_that_nothing_enrolled_has_are_told(gallery: Gallery, where: SearchFilter, absent: tuple[str]) -> None:
    told = gallery.identify(random_print(9000), where=where).receipt.absent
    assert len(told) == len(absent)
    assert all(f"nothing enrolled has '{word}'" in sentence for word, sentence in zip(absent, told, strict=True))


def test_what_is_filtered_out_is_not_found(gallery: Gallery) -> None:
    probe = pressed(2, Finger.RIGHT_INDEX)
    assert gallery.identify(probe, where=SearchFilter(sites=frozenset({"south"}))).outcome is Outcome.NO_HIT
    assert gallery.identify(probe, where=SearchFilter(sites=frozenset({"north"}))).outcome is Outcome.HIT


def test_only_the_stated_finger_when_so_asked(gallery: Gallery) -> None:
    where = SearchFilter(include_expired=True)
    receipt = gallery.identify(pressed(2, Finger.RIGHT_INDEX), where=where, same_finger=True).receipt
    assert receipt.filtered == (Exclusion("another finger", 12),)
    mislabelled = on_finger(pressed(2, Finger.RIGHT_INDEX), Finger.LEFT_INDEX)
    assert gallery.identify(mislabelled, where=where, same_finger=True).outcome is Outcome.NO_HIT
    assert gallery.identify(mislabelled, where=where).outcome is Outcome.HIT
    unknown = gallery.identify(pressed(2, Finger.RIGHT_INDEX, known=False), where=where, same_finger=True)
    assert unknown.receipt.filtered == ()


def test_an_expired_deadline_is_incomplete_and_never_no_hit(gallery: Gallery) -> None:
    found = gallery.identify(random_print(9000), deadline_s=0.0, where=SearchFilter(include_expired=True))
    assert found.outcome is Outcome.INCOMPLETE
    assert found.receipt.excluded == (Exclusion("deadline", 18),)
    assert (found.receipt.searched, found.receipt.segments_answered) == (0, 0)
    assert found.receipt.segments == 1
    assert gallery.identify(random_print(9000), deadline_s=3600.0).outcome is Outcome.NO_HIT


@pytest.mark.parametrize("deadline", [-1.0, float("nan"), "1", True])
def test_bad_deadlines_are_refused(gallery: Gallery, deadline: Any) -> None:
    with pytest.raises(ParameterError, match="deadline_s"):
        gallery.identify(random_print(1), deadline_s=deadline)


def test_many_probes_give_the_answers_of_one_by_one(gallery: Gallery) -> None:
    probes = [pressed(person, Finger.RIGHT_INDEX) for person in range(6)] + [random_print(9000)]
    where = SearchFilter(include_expired=True)
    expected = [gallery.identify(probe, where=where, max_candidates=3) for probe in probes]
    for workers in (1, 3):
        assert list(gallery.identify_many(probes, workers=workers, where=where, max_candidates=3)) == expected


def test_details_are_kept_and_replaced(gallery: Gallery) -> None:
    assert gallery.details("P5/1") == PrintDetails("P5", "sentenced", "south", DAY)
    gallery.replace("P5/1", random_print(1))
    assert gallery.details("P5/1") == PrintDetails("P5", "sentenced", "south", DAY)
    gallery.replace("P5/1", random_print(1), PrintDetails(category="released"))
    assert gallery.details("P5/1") == PrintDetails(category="released")
    gallery.enrol("other", random_print(2), subject="P5", expires=DAY)
    assert gallery.details("other") == PrintDetails("P5", expires=DAY)


@pytest.mark.parametrize(
    "details",
    [{"subject": ""}, {"category": "x" * 256}, {"site": 7}, {"expires": "2030-01-01"}, {"subject": "\ud800"},
     {"expires": datetime.datetime(2030, 1, 1)}],
)  # fmt: skip
def test_bad_details_are_refused_by_name(gallery: Gallery, details: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(details))):
        gallery.enrol("new", random_print(1), **details)
    assert "new" not in gallery


def test_the_digest_covers_everything(gallery: Gallery) -> None:
    found = gallery.identify(pressed(2, Finger.RIGHT_INDEX))
    assert found.digest == gallery.identify(pressed(2, Finger.RIGHT_INDEX)).digest
    for other in (
        dataclasses.replace(found, outcome=Outcome.POSSIBLE),
        dataclasses.replace(found, receipt=dataclasses.replace(found.receipt, searched=17)),
        dataclasses.replace(found, candidates=()),
    ):
        assert other.digest != found.digest


def test_many_removals(gallery: Gallery) -> None:
    keys = [key for key in gallery if key != "P2/2"]
    assert gallery.remove_many([*keys, "absent", keys[0]]) == 17
    assert list(gallery) == ["P2/2"]
    found = gallery.identify(random_print(9000))
    assert (found.outcome, found.receipt.enrolled) == (Outcome.NO_HIT, 1)
    gallery.remove("P2/2")
    assert gallery.compact().dropped == 18
    assert gallery.identify(random_print(9000)).receipt.eligible == 0
    gallery.enrol("P2/2", random_print(1, digest=b"12345678"))
