"""`read_card`: one set of a capture, sequence checked, nothing lost silently."""

import dataclasses

import numpy as np
import pytest

from fingerprint_engine.errors import ImageError, ParameterError
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import ImpressionParameters, make_impression
from fingerprint_engine.tenprint import (
    CaptureQuality,
    MissingReason,
    ProblemKind,
    Reason,
    check_sequence,
    completeness,
    read_card,
)
from fingerprint_engine.tenprint.finger_counts import missed_by

FOUR = Slap.RIGHT_FOUR.fingers
ROLLED = ImpressionParameters(rows_px=560, cols_px=460, contact_low=0.96, contact_high=1.0, degradation_high=0.3)
BLANK = FingerprintImage(np.full((600, 800), 255, np.uint8), 500.0)


@pytest.fixture(scope="module")
def images():
    from tests.unit.tenprint.conftest import CLEAN, hand_of, slap_of

    rolled = {
        int(finger): make_impression(hand_of(0)[finger], np.random.default_rng([7, finger]), ROLLED).image
        for finger in FOUR
    }
    return rolled | {13: slap_of(0, Slap.RIGHT_FOUR, 5, CLEAN).image}


@pytest.fixture(scope="module")
def true_card(images):
    return read_card(images)


def kinds(found):
    return {problem.kind for problem in found.problems}


def relabelled(card, names):
    """The same card with other names on its rolled prints."""
    return tuple(
        one if one.box is not None else dataclasses.replace(one, finger=names.get(one.finger, one.finger))
        for one in card.prints
    )


def test_a_true_card_has_no_problems_and_says_what_was_not_captured(true_card):
    assert not true_card.problems
    assert len(true_card.prints) == 8
    assert set(true_card.missing) == set(Finger) - {Finger.UNKNOWN, *FOUR}
    assert set(true_card.missing.values()) == {MissingReason.NOT_CAPTURED}
    assert {one.impression for one in true_card.of(Finger.RIGHT_INDEX)} == {
        Impression.LIVESCAN_PLAIN,
        Impression.LIVESCAN_ROLLED,
    }
    assert len(true_card.templates) == 8
    assert list(true_card.quality) == list(FOUR)


def test_swapped_fingers_are_named_with_scores(images):
    swapped = images | {2: images[4], 4: images[2]}
    problems = [p for p in read_card(swapped).problems if p.kind is ProblemKind.SWAPPED_FINGERS]
    assert [set(p.fingers) for p in problems] == [{Finger.RIGHT_INDEX, Finger.RIGHT_RING}]
    assert problems[0].measures["score"] > 40
    assert problems[0].measures["score_in_place"] < 40


def test_one_finger_twice(images):
    problems = read_card(images | {3: images[2]}).problems
    twice = [p for p in problems if p.kind is ProblemKind.FINGER_TWICE]
    assert [set(p.fingers) for p in twice] == [{Finger.RIGHT_INDEX, Finger.RIGHT_MIDDLE}]


def test_swapped_hands(true_card):
    other = {finger: Finger(finger + 5) for finger in FOUR}
    mirrored = tuple(dataclasses.replace(p, finger=other.get(p.finger, p.finger)) for p in true_card.prints)
    assert not check_sequence(mirrored)
    problems = check_sequence(relabelled(true_card, other))
    assert [p.kind for p in problems] == [ProblemKind.SWAPPED_HANDS]


def test_two_people_on_one_card(images):
    from tests.unit.tenprint.conftest import hand_of

    others = {
        int(finger): make_impression(hand_of(1)[finger], np.random.default_rng([8, finger]), ROLLED).image
        for finger in FOUR
    }
    problems = [p for p in read_card(images | others).problems if p.kind is ProblemKind.OTHER_PERSON]
    assert len(problems) == 1
    assert len(problems[0].fingers) >= 3


def test_an_image_without_a_finger_is_a_problem_of_the_card(images):
    card = read_card({13: BLANK, 2: images[2]})
    problem = next(p for p in card.problems if p.position == 13)
    assert problem.kind is ProblemKind.UNREADABLE
    assert set(problem.fingers) == set(FOUR)
    assert card.missing[Finger.RIGHT_RING] is MissingReason.NOT_FOUND
    assert Finger.RIGHT_INDEX not in card.missing


def test_a_finger_that_cannot_be_read_is_missing_and_named(images):
    card = read_card({2: BLANK, 3: images[3]})
    assert [p.fingers for p in card.problems if p.kind is ProblemKind.UNREADABLE] == [(Finger.RIGHT_INDEX,)]
    assert card.missing[Finger.RIGHT_INDEX] is MissingReason.NOT_FOUND
    assert card.of(Finger.RIGHT_INDEX)[0].quality == CaptureQuality(0, Reason.UNREADABLE)


def test_contradicted_missing_fingers(images):
    card = read_card({2: images[2]}, missing={Finger.RIGHT_INDEX: MissingReason.AMPUTATED})
    assert kinds(card) == {ProblemKind.CONTRADICTED}


def test_wrong_arguments(images):
    with pytest.raises(ParameterError, match="images"):
        read_card({})
    with pytest.raises(ParameterError, match="16"):
        read_card({16: images[2]})
    with pytest.raises(ParameterError, match="0"):
        read_card({0: images[2]})
    with pytest.raises(ImageError, match=r"images\[2\]"):
        read_card({2: images[2].pixels})


def test_completeness(true_card, images):
    assert completeness(true_card, "search").is_sufficient
    assert completeness(true_card, "verify").is_sufficient
    enrol = completeness(true_card, "enrol")
    assert not enrol.is_sufficient
    assert set(enrol.recapture) == set(Finger) - {Finger.UNKNOWN, *FOUR}
    assert enrol.warnings
    stated = dict.fromkeys(enrol.recapture, MissingReason.UNABLE_TO_PRINT)
    assert completeness(dataclasses.replace(true_card, missing=stated), "enrol").is_sufficient
    swapped = completeness(read_card(images | {2: images[4], 4: images[2]}), "search")
    assert not swapped.is_sufficient
    assert {Finger.RIGHT_INDEX, Finger.RIGHT_RING} <= set(swapped.recapture)
    two = completeness(read_card({2: images[2], 3: images[3]}), "search")
    assert not two.is_sufficient
    assert two.missed == missed_by(2)
    assert any("among 1,000,000 people a search misses" in warning for warning in two.warnings)
    with pytest.raises(ParameterError, match="purpose"):
        completeness(true_card, "search it")
