"""`read_hand`: named prints, and a name for everything that is wrong."""

import pickle

import numpy as np
import pytest
from tests.unit.tenprint.test_segmentation import fainter

from fingerprint_engine import compare
from fingerprint_engine.errors import FailureToExtract, ImageError, ParameterError
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import make_scene
from fingerprint_engine.tenprint import MissingReason, ProblemKind, read_hand


def kinds(found):
    return {problem.kind for problem in found.problems}


def flipped(image):
    return FingerprintImage(np.ascontiguousarray(image.pixels[::-1, ::-1]), image.ppi)


def test_prints_of_two_captures_are_mates_under_the_same_names(make):
    first = read_hand(make(Slap.RIGHT_FOUR, 3).image)
    second = read_hand(make(Slap.RIGHT_FOUR, 5).image, Slap.RIGHT_FOUR, impression=Impression.LIVESCAN_PLAIN)
    assert [one.finger for one in first.prints] == list(Slap.RIGHT_FOUR.fingers)
    for one in first.prints:
        for other in second.prints:
            score = compare(one.template, other.template).score
            assert score > 40 if one.finger is other.finger else score < 40
    assert {one.impression for one in second.prints} == {Impression.LIVESCAN_PLAIN}
    assert {one.template.finger for one in second.prints} == set(Slap.RIGHT_FOUR.fingers)


def test_a_set_survives_pickling(make):
    found = read_hand(make(Slap.THUMBS, 3).image)
    again = pickle.loads(pickle.dumps(found))
    assert [one.template for one in again.prints] == [one.template for one in found.prints]
    assert again.problems == found.problems


def test_the_number_of_threads_does_not_matter(make):
    image = make(Slap.THUMBS, 3).image
    alone, beside = read_hand(image), read_hand(image, workers=2)
    assert [one.template for one in alone.prints] == [one.template for one in beside.prints]


@pytest.mark.parametrize("slap", [None, Slap.RIGHT_FOUR])
def test_upside_down_is_said_and_names_are_right(make, slap):
    image = make(Slap.RIGHT_FOUR, 3).image
    found, upright = read_hand(flipped(image), slap), read_hand(image)
    assert ProblemKind.UPSIDE_DOWN in kinds(found)
    for one, other in zip(found.prints, upright.prints, strict=True):
        assert one.finger is other.finger
        assert one.box.x == pytest.approx(image.shape[1] - 1 - other.box.x)
        assert compare(one.template, other.template).score > 40


@pytest.mark.parametrize("turns", [1, 3])
@pytest.mark.parametrize("slap", [Slap.RIGHT_FOUR, Slap.LEFT_FOUR, Slap.THUMBS])
def test_a_hand_on_its_side_is_said_and_names_are_right(make, slap, turns):
    image = make(slap, 3).image
    lying = FingerprintImage(np.ascontiguousarray(np.rot90(image.pixels, turns)), image.ppi)
    found, upright = read_hand(lying, slap), read_hand(image, slap)
    assert ProblemKind.ON_ITS_SIDE in kinds(found)
    (said,) = [one.detail for one in found.problems if one.kind is ProblemKind.ON_ITS_SIDE]
    assert said.endswith("left" if turns == 1 else "right")
    for one, other in zip(found.prints, upright.prints, strict=True):
        assert one.finger is other.finger
        left, right, top, bottom = one.box.bounds(lying.shape)
        a, b, c, d = other.box.bounds(image.shape)
        expected = (c, d, image.shape[1] - 1 - b, image.shape[1] - 1 - a)
        if turns == 3:
            expected = (image.shape[0] - 1 - d, image.shape[0] - 1 - c, a, b)
        assert (left, right, top, bottom) == pytest.approx(expected, abs=64)
        assert compare(one.template, other.template).score > 40


def test_thumbs_upside_down_are_told_by_their_ridges(make):
    image = make(Slap.THUMBS, 3).image
    found, upright = read_hand(flipped(image), Slap.THUMBS), read_hand(image, Slap.THUMBS)
    assert ProblemKind.UPSIDE_DOWN in kinds(found)
    assert ProblemKind.UPSIDE_DOWN not in kinds(upright)
    for one, other in zip(found.prints, upright.prints, strict=True):
        assert one.finger is other.finger
        assert compare(one.template, other.template).score > 40


def test_the_other_hand_keeps_all_its_fingers_and_is_accused(make):
    found = read_hand(make(Slap.RIGHT_FOUR, 3).image, Slap.LEFT_FOUR)
    assert ProblemKind.OTHER_HAND in kinds(found)
    assert {one.finger for one in found.prints} == set(Slap.LEFT_FOUR.fingers)


def test_thumbs_that_are_said_to_be_four_fingers(make):
    assert ProblemKind.OTHER_HAND in kinds(read_hand(make(Slap.THUMBS, 3).image, Slap.RIGHT_FOUR))


def test_two_hands(make):
    left, right = make(Slap.LEFT_FOUR, 3).image, make(Slap.RIGHT_FOUR, 3).image
    both = FingerprintImage(np.hstack([left.pixels, right.pixels]), 500.0)
    assert ProblemKind.TOO_MANY_FINGERS in kinds(read_hand(both))


def test_five_fingers(make):
    four, thumbs = make(Slap.RIGHT_FOUR, 3), make(Slap.THUMBS, 3)
    tip = thumbs.tips[Finger.RIGHT_THUMB]
    rows, cols = slice(int(tip.y) - 230, int(tip.y) + 250), slice(int(tip.x) - 190, int(tip.x) + 190)
    thumb = thumbs.image.pixels[rows, cols]
    pixels = np.full((2000, 1800), 250, np.uint8)
    pixels[:1500, :1600] = four.image.pixels
    pixels[1450 : 1450 + thumb.shape[0], 10 : 10 + thumb.shape[1]] = thumb
    found = read_hand(FingerprintImage(pixels, 500.0))
    assert ProblemKind.TOO_MANY_FINGERS in kinds(found)
    assert {one.finger for one in found.prints} == set(Slap.RIGHT_FOUR.fingers)


def test_a_single_finger_is_not_named_silently(make):
    tip = (made := make(Slap.THUMBS, 3)).tips[Finger.LEFT_THUMB]
    pixels = made.image.pixels[:, : int(tip.x + 0.75 * tip.width_px)]
    found = read_hand(FingerprintImage(np.ascontiguousarray(pixels), 500.0))
    assert ProblemKind.HAND_UNCERTAIN in kinds(found)
    stated = read_hand(FingerprintImage(np.ascontiguousarray(pixels), 500.0), Slap.LEFT_THUMB)
    assert [one.finger for one in stated.prints] == [Finger.LEFT_THUMB]
    assert not stated.problems


def test_a_thumb_alone_is_uncertain_until_the_other_is_stated_as_missing(make):
    made = make(Slap.THUMBS, 3)
    tip = made.tips[Finger.LEFT_THUMB]
    pixels = made.image.pixels.copy()
    pixels[:, : int(tip.x + 0.7 * tip.width_px)] = 250
    image = FingerprintImage(pixels, 500.0)
    found = read_hand(image, Slap.THUMBS)
    assert [p.fingers for p in found.problems if p.kind is ProblemKind.FINGER_UNCERTAIN] == [(Finger.RIGHT_THUMB,)]
    stated = read_hand(image, Slap.THUMBS, missing={Finger.LEFT_THUMB: MissingReason.AMPUTATED})
    assert [one.finger for one in stated.prints] == [Finger.RIGHT_THUMB]
    assert not stated.problems


def test_a_fingertip_that_is_hardly_one_is_not_named_silently(make):
    made = make(Slap.RIGHT_FOUR, 3)
    found = read_hand(fainter(made, Finger.RIGHT_RING, 0.28), Slap.RIGHT_FOUR)
    assert {one.finger for one in found.prints} == set(made.tips)
    assert [p.fingers for p in found.problems if p.kind is ProblemKind.FINGER_UNCERTAIN] == [(Finger.RIGHT_RING,)]
    assert not read_hand(made.image, Slap.RIGHT_FOUR).problems


def test_two_fingers_of_a_hand_are_no_sure_thumbs(make):
    made = make(Slap.RIGHT_FOUR, 5)
    index, middle = made.tips[Finger.RIGHT_INDEX], made.tips[Finger.RIGHT_MIDDLE]
    pixels = made.image.pixels.copy()
    pixels[:, : int(index.x - 0.62 * index.width_px)] = pixels[:, int(middle.x + 0.62 * middle.width_px) :] = 250
    image = FingerprintImage(pixels, 500.0)
    assert ProblemKind.HAND_UNCERTAIN in kinds(read_hand(image))
    assert ProblemKind.OTHER_HAND not in kinds(read_hand(image, Slap.RIGHT_FOUR))
    assert not read_hand(make(Slap.THUMBS, 3).image).problems


def test_fingers_that_lie_on_each_other_are_said(make):
    made = make(Slap.RIGHT_FOUR, 3)
    index, middle = made.tips[Finger.RIGHT_INDEX], made.tips[Finger.RIGHT_MIDDLE]
    shift = int(middle.x - index.x - 0.6 * middle.width_px), int(middle.y - index.y)
    over = np.minimum(made.image.pixels, np.roll(made.image.pixels, (shift[1], shift[0]), (0, 1)))
    found = read_hand(FingerprintImage(over, 500.0), Slap.RIGHT_FOUR)
    named = {ProblemKind.OVERLAPPING, ProblemKind.TOO_MANY_FINGERS, ProblemKind.UNUSUAL_HAND, ProblemKind.PALM}
    assert kinds(found) & named


def test_missing_fingers_are_stated_and_contradicted(make):
    made = make(Slap.RIGHT_FOUR, 3)
    amputated = {Finger.RIGHT_RING: MissingReason.AMPUTATED}
    found = read_hand(made.image, Slap.RIGHT_FOUR, missing=amputated)
    assert [p.fingers for p in found.problems if p.kind is ProblemKind.CONTRADICTED] == [(Finger.RIGHT_RING,)]

    tip = made.tips[Finger.RIGHT_RING]
    pixels = made.image.pixels.copy()
    pixels[:, int(tip.x - 0.62 * tip.width_px) : int(tip.x + 0.62 * tip.width_px)] = 250
    gone = FingerprintImage(pixels, 500.0)
    found = read_hand(gone, Slap.RIGHT_FOUR, missing=amputated)
    assert dict(found.missing) == amputated
    assert ProblemKind.NOT_FOUND not in kinds(found)
    unstated = read_hand(gone, Slap.RIGHT_FOUR)
    assert dict(unstated.missing) == {Finger.RIGHT_RING: MissingReason.NOT_FOUND}
    assert [p.fingers for p in unstated.problems if p.kind is ProblemKind.NOT_FOUND] == [(Finger.RIGHT_RING,)]


def noise():
    return FingerprintImage(np.random.default_rng(0).integers(0, 255, (700, 800)).astype(np.uint8), 500.0)


def palm():
    y, x = np.mgrid[0:1500, 0:1600].astype(float)
    waves = np.cos((0.3 * x + 0.8 * y + 40.0 * np.sin(x / 150.0)) * 2 * np.pi / 9.5)
    inside = ((x - 800) / 700) ** 2 + ((y - 750) / 650) ** 2 < 1
    return FingerprintImage(np.where(inside, 128 + 110 * waves, 255).astype(np.uint8), 500.0)


@pytest.mark.parametrize("slap", [None, Slap.RIGHT_FOUR, Slap.THUMBS])
@pytest.mark.parametrize(
    "image",
    [
        FingerprintImage(np.full((700, 800), 255, np.uint8), 500.0),
        noise(),
        make_scene(np.random.default_rng(0), (1500, 1600)),
    ],
    ids=["empty", "noise", "photograph"],
)
def test_what_shows_no_finger_fails_to_extract(image, slap):
    with pytest.raises(FailureToExtract):
        read_hand(image, slap)


@pytest.mark.parametrize("slap", [None, Slap.RIGHT_FOUR])
def test_a_palm_is_no_hand_without_a_problem(slap):
    try:
        found = read_hand(palm(), slap)
    except FailureToExtract:
        return
    assert ProblemKind.PALM in kinds(found)


def test_wrong_arguments(make):
    image = make(Slap.THUMBS, 3).image
    with pytest.raises(ImageError, match="image"):
        read_hand(image.pixels)
    with pytest.raises(ParameterError, match="slap"):
        read_hand(image, 13)
    with pytest.raises(ParameterError, match="missing"):
        read_hand(image, missing={Finger.UNKNOWN: MissingReason.AMPUTATED})
    with pytest.raises(ParameterError, match="missing"):
        read_hand(image, missing={Finger.LEFT_THUMB: MissingReason.NOT_FOUND})
