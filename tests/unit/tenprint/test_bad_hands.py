"""Hands that are not as they should be: at 500 and 1000 ppi, on white and grey ground, turned: named, never silent."""

import functools
import math

import cv2
import numpy as np
import pytest

from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import make_scene
from fingerprint_engine.synthesis.impressions.clutter import add_writing
from fingerprint_engine.tenprint import MissingReason, ProblemKind, read_hand

WAYS = {
    "plain": {},
    "1000 ppi": {"ppi": 1000},
    "grey": {"ground": 150},
    "turned": {"turn": 40},
    "all": {"ppi": 1000, "ground": 150, "turn": -40},
}


def laid(pixels, ppi=500, ground=255, turn=0):
    """The same on another ground, at another resolution, turned on a glass that holds all of it."""
    grey = pixels.astype(np.float32)
    if turn:
        rows, cols = grey.shape
        c, s = abs(math.cos(math.radians(turn))), abs(math.sin(math.radians(turn)))
        wide, tall = math.ceil(c * cols + s * rows), math.ceil(s * cols + c * rows)
        matrix = cv2.getRotationMatrix2D((cols / 2, rows / 2), turn, 1.0)
        matrix[:, 2] += ((wide - cols) / 2, (tall - rows) / 2)
        grey = cv2.warpAffine(grey, matrix, (wide, tall), borderValue=250)
    if ppi == 1000:
        grey = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    if ground < 255:
        grey = grey * (ground / 255) + np.random.default_rng(0).normal(0, 1.5, grey.shape)
    return FingerprintImage(np.clip(np.rint(grey), 0, 255).astype(np.uint8), float(ppi))


def problems_of(image, slap=None, **how):
    """Kinds of problems; every finger that is not there is in one of them."""
    found = read_hand(image, slap, **how)
    stated = set(how.get("missing") or ())
    assert set(found.missing) <= stated.union(*(one.fingers for one in found.problems))
    return {problem.kind for problem in found.problems}


def around(made, finger):
    tip = made.tips[finger]
    rows = slice(max(0, int(tip.y - 0.6 * tip.height_px)), int(tip.y + 0.62 * tip.height_px))
    return made.image.pixels[rows, int(tip.x - 0.75 * tip.width_px) : int(tip.x + 0.75 * tip.width_px)]


def five(make):
    glass = np.full((1500, 2100), 250, np.uint8)
    glass[:, 500:] = make(Slap.RIGHT_FOUR, 3).image.pixels
    thumb = around(make(Slap.THUMBS, 3), Finger.RIGHT_THUMB)
    glass[900 : 900 + thumb.shape[0], 40 : 40 + thumb.shape[1]] = thumb
    return glass


def two_hands(make):
    return np.hstack([make(slap, 3).image.pixels for slap in (Slap.LEFT_FOUR, Slap.RIGHT_FOUR)])


def upside_down(make):
    return make(Slap.RIGHT_FOUR, 3).image.pixels[::-1, ::-1]


def single(make):
    return around(make(Slap.RIGHT_FOUR, 3), Finger.RIGHT_MIDDLE)


def palm(_):
    y, x = np.mgrid[0:1500, 0:1600].astype(float)
    waves = np.cos((0.3 * x + 0.8 * y + 40.0 * np.sin(x / 150.0)) * 2 * np.pi / 9.5)
    inside = ((x - 800) / 700) ** 2 + ((y - 750) / 650) ** 2 < 1
    return np.where(inside, 128 + 110 * waves, 255)


@functools.cache  # for every way; `laid` copies it
def photograph(_):
    return make_scene(np.random.default_rng(1), (1500, 1600)).pixels


def written(_):
    ink = np.zeros((1500, 1600), np.float32)
    for seed in range(4):
        ink = add_writing(ink, np.random.default_rng(seed))
    return 250 - 200 * ink


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (five, ProblemKind.TOO_MANY_FINGERS),
        (two_hands, ProblemKind.TOO_MANY_FINGERS),
        (upside_down, ProblemKind.UPSIDE_DOWN),
        (single, ProblemKind.FINGER_UNCERTAIN),
    ],
)
def test_what_lies_otherwise_is_named(make, picture, kind, way):
    assert kind in problems_of(laid(picture(make), **way))


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize("picture", [palm, photograph, written])
def test_what_has_no_fingertips_fails_or_is_named(picture, way):
    try:
        assert ProblemKind.PALM in problems_of(laid(picture(None), **way))
    except FailureToExtract:
        return


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize(
    ("shown", "said"),
    [(Slap.LEFT_FOUR, Slap.RIGHT_FOUR), (Slap.RIGHT_FOUR, Slap.THUMBS), (Slap.THUMBS, Slap.LEFT_FOUR)],
)
def test_a_slap_that_is_said_to_be_another_is_accused(make, shown, said, way):
    assert ProblemKind.OTHER_HAND in problems_of(laid(make(shown, 3).image.pixels, **way), said)


@pytest.mark.parametrize("way", [WAYS["plain"], WAYS["1000 ppi"], WAYS["grey"]])
@pytest.mark.parametrize(
    ("finger", "side", "part"),
    [
        (Finger.RIGHT_INDEX, "left", 0.15), (Finger.RIGHT_INDEX, "left", 0.4), (Finger.RIGHT_MIDDLE, "top", 0.15),
        (Finger.RIGHT_MIDDLE, "top", 0.4), (Finger.RIGHT_LITTLE, "right", 0.15), (Finger.RIGHT_LITTLE, "right", 0.4),
        (Finger.RIGHT_LITTLE, "bottom", 0.4),
    ],
)  # fmt: skip
def test_a_finger_that_the_border_cuts_is_said(make, finger, side, part, way):
    made = make(Slap.RIGHT_FOUR, 3)
    tip = made.tips[finger]
    left, right, top, bottom = map(int, tip.bounds())
    across, along = int(part * (right - left)), int(part * (bottom - top))
    kept = {
        "left": np.s_[:, left + across :], "right": np.s_[:, : right - across],
        "top": np.s_[top + along :], "bottom": np.s_[: bottom - along],
    }[side]  # fmt: skip
    found = read_hand(laid(made.image.pixels[kept], **way), Slap.RIGHT_FOUR)
    about = {one.kind for one in found.problems if finger in one.fingers}
    assert about & {ProblemKind.CUT_BY_BORDER, ProblemKind.NOT_FOUND}


@pytest.mark.parametrize("shape", [(1, 1600), (1600, 1), (8, 8), (78, 900), (100, 100), (90, 1600)])
@pytest.mark.parametrize("ppi", [500.0, 1000.0])
def test_an_image_that_is_too_small_for_a_finger_fails(shape, ppi):
    pixels = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    with pytest.raises(FailureToExtract):
        read_hand(FingerprintImage(pixels, ppi))


def test_whole_fingers_are_not_said_to_be_cut(make):
    for slap in (Slap.RIGHT_FOUR, Slap.LEFT_FOUR, Slap.THUMBS):
        made = make(slap, 3)
        tips = [tip.bounds() for tip in made.tips.values()]
        tight = np.s_[int(min(box[2] for box in tips)) - 25 :, int(min(box[0] for box in tips)) - 25 :]
        image = FingerprintImage(np.ascontiguousarray(made.image.pixels[tight]), 500.0)
        assert ProblemKind.CUT_BY_BORDER not in problems_of(image, slap)


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_fingers_that_are_said_to_be_missing_and_are_there(make, way):
    image = laid(make(Slap.RIGHT_FOUR, 3).image.pixels, **way)
    for slap in (None, Slap.RIGHT_FOUR):
        found = read_hand(image, slap, missing=dict.fromkeys(Slap.RIGHT_FOUR.fingers, MissingReason.AMPUTATED))
        contradicted = {finger for one in found.problems for finger in one.fingers}
        assert contradicted == set(Slap.RIGHT_FOUR.fingers)
        assert not found.missing
