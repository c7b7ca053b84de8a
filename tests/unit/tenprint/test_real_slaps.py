"""Real slaps, where they are: every fingertip found, named and boxed within 64 px, mates and strangers told apart."""

import itertools

import pytest
from benchmarks.tenprint.real_slaps import TOLERANCE_PX, errors_of, true_boxes

from fingerprint_engine import compare, load_image
from fingerprint_engine.fingers import Slap
from fingerprint_engine.tenprint import read_hand

KINDS = {"right_four": Slap.RIGHT_FOUR, "left_four": Slap.LEFT_FOUR, "thumbs": Slap.THUMBS}


@pytest.fixture(scope="module")
def slaps(data_folder):
    folder = data_folder / "slaps"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    return {name: load_image(folder / f"{name}.png", ppi=500) for name in true_boxes()}


@pytest.fixture(scope="module")
def found(slaps):
    return {name: read_hand(image) for name, image in slaps.items()}


def test_hands_are_decided_and_boxes_lie_on_the_fingertips(slaps, found):
    for name, truth in true_boxes().items():
        hand = found[name]
        assert hand.prints[0].position == next(slap for kind, slap in KINDS.items() if kind in name)
        for finger, error in errors_of(hand, slaps[name].shape, truth).items():
            assert error is not None, (name, finger)
            assert max(map(abs, error)) <= TOLERANCE_PX, (name, finger, error)


def test_mates_are_found_and_strangers_are_not(found):
    prints = {
        (name.split("_")[0], one.finger, name[-1]): one.template for name, hand in found.items() for one in hand.prints
    }
    pairs = list(itertools.combinations(prints.items(), 2))
    assert {a[:2] == b[:2] for (a, _), (b, _) in pairs} == {True, False}
    for (a, first), (b, second) in pairs:
        score = compare(first, second).score
        assert score > 60 if a[:2] == b[:2] else score < 45, (a, b, score)  # fingers of one hand: 40.8, one of 760
