"""Quality for people who capture: falls with what is wrong, and says what it is."""

import cv2
import numpy as np
import pytest
from benchmarks.tenprint.planted_faults import FAULTS, planted
from tests.unit.tenprint.conftest import hand_of

from fingerprint_engine.errors import FailureReason, FailureToExtract
from fingerprint_engine.fingers import Finger
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import ImpressionParameters, make_impression
from fingerprint_engine.tenprint import Reason
from fingerprint_engine.tenprint.capture_quality import capture_quality

GOOD = ImpressionParameters(degradation_high=0.2, contact_low=0.85)


@pytest.fixture(scope="module")
def image():
    return make_impression(hand_of(0)[Finger.RIGHT_INDEX], np.random.default_rng(3), GOOD).image


def judged(pixels):
    image = FingerprintImage(pixels, 500.0)
    return capture_quality(image, make_template(image))


def test_a_good_print_needs_no_advice(image):
    found = judged(image.pixels)
    assert found.score >= 70
    assert found.reason is Reason.NONE
    assert not found.advice


def test_a_small_part_is_said_to_be_small(image):
    rows, cols = image.shape
    part = np.full_like(image.pixels, 255)
    part[rows // 3 : rows // 3 + 110, cols // 3 : cols // 3 + 120] = image.pixels[
        rows // 3 : rows // 3 + 110, cols // 3 : cols // 3 + 120
    ]
    found = judged(part)
    assert found.score < 50
    assert found.reason is Reason.SMALL_AREA
    assert found.advice


def test_a_smudged_print_is_worse(image):
    noise = np.random.default_rng(1).normal(0, 60, image.shape)
    blurred = cv2.GaussianBlur(image.pixels, (0, 0), 2.2).astype(float) + cv2.GaussianBlur(noise, (0, 0), 1.5) * 3
    assert judged(np.clip(blurred, 0, 255).astype(np.uint8)).score < judged(image.pixels).score


def test_what_cannot_be_read_has_no_quality(image):
    found = capture_quality(image, FailureToExtract(FailureReason.NO_CONTRAST, "nothing"))
    assert (found.score, found.reason) == (0, Reason.UNREADABLE)
    assert found.advice


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_named(fault, number):
    pixels = planted(fault, hand_of(0)[Finger(1 + number)], np.random.default_rng([number, FAULTS.index(fault)]))
    found = judged(pixels)
    assert found.reason is fault
    assert bool(found.advice) == (fault is not Reason.NONE)


@pytest.mark.parametrize("fault", [Reason.WET, Reason.DRY, Reason.OFF_CENTRE, Reason.MOVED], ids=lambda one: one.name)
def test_advice_knows_the_resolution(fault):
    pixels = planted(fault, hand_of(0)[Finger.RIGHT_INDEX], np.random.default_rng([1, FAULTS.index(fault)]))
    fine = cv2.resize(pixels, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_CUBIC)
    image = FingerprintImage(fine, 1000.0)
    assert capture_quality(image, make_template(image)).reason is fault


def test_a_core_is_looked_for_where_the_print_lies(image):
    found = judged(cv2.copyMakeBorder(image.pixels, 250, 20, 300, 20, cv2.BORDER_CONSTANT, value=250))
    assert found.reason is Reason.NONE
