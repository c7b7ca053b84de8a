"""Fingertips are found, named and boxed."""

import math

import numpy as np
import pytest

from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis.slaps.hand_pose import PoseParameters
from fingerprint_engine.tenprint import TurnedBox, segment
from fingerprint_engine.tenprint.segmentation import SegmentationParameters

HANDS = (Slap.RIGHT_FOUR, Slap.LEFT_FOUR, Slap.THUMBS)


def sides(made, found):
    scale = made.image.ppi / 500.0
    assert set(found.tips) == set(made.tips)
    out = {}
    for finger, tip in made.tips.items():
        truth = TurnedBox(tip.x, tip.y, tip.width_px, tip.height_px, tip.lean_rad).scaled(scale)
        one = found.tips[finger].box.bounds(made.image.shape)
        out[finger] = np.abs(np.subtract(one, truth.bounds(made.image.shape))).max() / scale
    return out


@pytest.mark.parametrize("slap", HANDS)
def test_every_fingertip_is_found_named_and_boxed_and_the_hand_decided(make, slap):
    made = make(slap, 5)
    found = segment(made.image)
    assert found.slap is slap
    assert max(sides(made, found).values()) <= 64


@pytest.mark.parametrize("slap", HANDS)
def test_1000_ppi(make, slap):
    made = make(slap, 5, fine_share=1.0)
    assert made.image.ppi == 1000.0
    assert max(sides(made, segment(made.image, slap)).values()) <= 64


@pytest.mark.parametrize("turn", [-40.0, 40.0])
def test_a_turned_hand(make, turn):
    straight = make(Slap.RIGHT_FOUR, 6, pose=PoseParameters(turn_deg=0.0))
    image = turned(straight.image, turn)
    found = segment(image)
    assert found.slap is Slap.RIGHT_FOUR
    assert set(found.tips) == set(straight.tips)
    for finger, tip in straight.tips.items():
        leans = math.degrees(found.tips[finger].box.angle_rad - tip.lean_rad)
        assert leans == pytest.approx(turn, abs=10.0)


def turned(image, degrees):
    import cv2

    rows, cols = image.shape
    matrix = cv2.getRotationMatrix2D((cols / 2, rows / 2), degrees, 1.0)
    side = math.ceil(math.hypot(rows, cols))
    matrix[:, 2] += ((side - cols) / 2, (side - rows) / 2)
    pixels = cv2.warpAffine(image.pixels, matrix, (side, side), flags=cv2.INTER_CUBIC, borderValue=250)
    return FingerprintImage(pixels, image.ppi)


@pytest.mark.parametrize("slap", [Slap.RIGHT_FOUR, Slap.LEFT_FOUR])
@pytest.mark.parametrize("gone", [1, 2, 4])
def test_a_missing_finger_leaves_its_place_empty(make, slap, gone):
    finger = Finger(gone + (1 if slap is Slap.RIGHT_FOUR else 6))
    made = make(slap, 3)
    tip = made.tips[finger] if finger in made.tips else made.tips[Finger(int(finger) - 1)]
    finger = finger if finger in made.tips else Finger(int(finger) - 1)
    pixels = made.image.pixels.copy()
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    pixels[np.hypot(x - tip.x, (y - tip.y) * tip.width_px / tip.height_px) < 0.62 * tip.width_px] = 250
    pixels[int(tip.y) :, int(tip.x - 0.5 * tip.width_px) : int(tip.x + 0.5 * tip.width_px)] = 250
    found = segment(FingerprintImage(pixels, 500.0), slap)
    assert finger not in found.tips
    assert set(found.tips) == set(made.tips) - {finger}


def test_joints_do_not_become_fingers(make):
    made = make(Slap.RIGHT_FOUR, 8, phalanx=1.0, fold=1.0)
    found = segment(made.image, Slap.RIGHT_FOUR)
    assert max(sides(made, found).values()) <= 64
    assert not [tip for tip in found.others if tip.is_clear]


@pytest.mark.parametrize("seed", [11, 19, 22, 23])
def test_fingers_that_touch_are_told_apart(make, seed):
    close = PoseParameters(spread_low=0.8, spread_high=0.8, lean_deg=9.0, turn_deg=15.0)
    assert found_of(made := make(Slap.LEFT_FOUR, seed, pose=close)) == set(made.tips)


def test_a_little_finger_below_the_axis_of_the_ring_finger_is_no_phalanx_of_it(make):
    close = PoseParameters(spread_low=0.82, spread_high=0.82, turn_deg=20.0)
    assert found_of(made := make(Slap.LEFT_FOUR, 2, pose=close)) == set(made.tips)


@pytest.mark.parametrize("seed", [1, 5])
def test_small_fingers_whose_ridges_are_close(make, seed):
    made = make(Slap.RIGHT_FOUR, seed, pose=PoseParameters(size_low=0.7, size_high=0.7), degradation=0.8)
    assert found_of(made) == set(made.tips)


@pytest.mark.parametrize(("up", "faint"), [(1.0, 0.2), (1.0, 0.3), (1.2, 0.3)])
def test_what_lies_below_a_faint_earlier_finger_is_no_phalanx_of_it(make, up, faint):
    made = make(Slap.THUMBS, 3)
    tip = made.tips[Finger.RIGHT_THUMB]
    shift = int(up * tip.height_px)
    ink = 250.0 - np.roll(made.image.pixels.astype(float), -shift, 0)
    ink[-shift:] = 0.0
    ink[:, np.abs(np.arange(ink.shape[1]) - tip.x) > 0.8 * tip.width_px] = 0.0
    pixels = np.minimum(made.image.pixels, 250.0 - faint * ink).astype(np.uint8)
    assert found_of(made, FingerprintImage(pixels, 500.0)) == set(made.tips)


@pytest.mark.parametrize("finger", [Finger.RIGHT_RING, Finger.LEFT_INDEX])
@pytest.mark.parametrize(("faint", "is_there"), [(0.2, False), (0.5, True)])
def test_what_an_earlier_hand_left_in_the_place_of_a_finger_is_none(make, finger, faint, is_there):
    slap = next(one for one in (Slap.RIGHT_FOUR, Slap.LEFT_FOUR) if finger in one.fingers)
    made = make(slap, 3)
    found = segment(made.image, slap).tips
    left = segment(fainter(made, finger, faint), slap).tips
    assert set(left) == (set(found) if is_there else set(found) - {finger})


def fainter(made, finger, share):
    """The slap with so much of the ink of one fingertip."""
    tip = made.tips[finger]
    y, x = np.mgrid[0 : made.image.shape[0], 0 : made.image.shape[1]]
    near = np.hypot(x - tip.x, (y - tip.y) * tip.width_px / tip.height_px) < 0.62 * tip.width_px
    ink = (250.0 - made.image.pixels) * np.where(near, share, 1.0)
    return FingerprintImage(np.clip(250.0 - ink, 0.0, 255.0).astype(np.uint8), made.image.ppi)


def found_of(made, image=None):
    """Fingers whose boxes lie where they should."""
    found = segment(image or made.image, made.slap)
    return {
        finger
        for finger, tip in made.tips.items()
        if finger in found.tips
        and math.hypot(found.tips[finger].box.x - tip.x, found.tips[finger].box.y - tip.y) < 0.6 * tip.width_px
    }


@pytest.mark.parametrize("gone", Slap.THUMBS.fingers)
def test_a_thumb_alone_is_named_by_where_it_lies_and_that_is_not_sure(make, gone):
    made = make(Slap.THUMBS, 3)
    tip = made.tips[gone]
    pixels = made.image.pixels.copy()
    pixels[:, int(tip.x - 0.7 * tip.width_px) : int(tip.x + 0.7 * tip.width_px)] = 250
    image = FingerprintImage(pixels, 500.0)
    sure = SegmentationParameters().hand.sure_margin
    found = segment(image, Slap.THUMBS)
    assert set(found.tips) == set(made.tips) - {gone}
    assert found.lead < sure
    assert segment(image, Slap.THUMBS, absent=[gone]).lead > sure


def test_a_whole_hand_is_sure_of_its_names(make):
    assert segment(make(Slap.RIGHT_FOUR, 5).image, Slap.RIGHT_FOUR).lead > SegmentationParameters().hand.sure_margin


def test_a_faint_little_finger_on_grey_ground(make):
    made = make(Slap.LEFT_FOUR, 9, darkest_ground=150.0, unevenness=3.0)
    pixels = made.image.pixels.astype(float)
    tip = made.tips[Finger.LEFT_LITTLE]
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    near = np.clip(2.0 - np.hypot(x - tip.x, y - tip.y) / tip.height_px, 0.0, 1.0)
    ground = float(np.median(pixels))
    faint = FingerprintImage((ground + (pixels - ground) * (1 - 0.6 * near)).astype(np.uint8), 500.0)
    assert set(segment(faint, Slap.LEFT_FOUR).tips) == set(made.tips)


def test_an_empty_glass_has_no_fingertips():
    assert not segment(FingerprintImage(np.full((600, 800), 255, np.uint8), 500.0)).tips


def test_same_image_same_boxes(make):
    made = make(Slap.RIGHT_FOUR, 3)
    assert segment(made.image).tips == segment(made.image).tips
