"""Faults that are asked for by name: each does to the print what it says, and the truth says what cannot be seen."""

import cv2
import numpy as np
import pytest

from fingerprint_engine.synthesis import ImpressionParameters, make_impression, population_finger
from fingerprint_engine.synthesis.impressions.hard_impression import (
    FAULTS,
    GLASS_FAULTS,
    SKIN_FAULTS,
    clean_ridges,
    contact_of,
    harden,
)
from fingerprint_engine.synthesis.impressions.stretched_skin import make_stretched_impression

SIDE = ImpressionParameters(rows_px=256, cols_px=240, degradation_high=0.1)
ALL = SKIN_FAULTS | GLASS_FAULTS


@pytest.fixture(scope="module")
def finger():
    return population_finger(78, 1)


@pytest.fixture(scope="module")
def made(finger):
    return make_impression(finger, np.random.default_rng(2), SIDE)


@pytest.fixture(scope="module")
def contact(made, finger):
    return contact_of(made, finger)


def spoiled(name, contact, seeds=8):
    return [ALL[name](contact, np.random.default_rng(seed)) for seed in range(seeds)]


def swing(ink, mask):
    """How far ridges rise above valleys: mean deviation from the surroundings."""
    return float(np.abs(ink - cv2.GaussianBlur(ink, (0, 0), 6.0))[mask].mean())


@pytest.mark.parametrize("name", ALL)
def test_a_fault_comes_from_its_generator_and_stays_ink(name, contact):
    first, again = (ALL[name](contact, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first.ink, again.ink)
    assert np.array_equal(first.hidden, again.hidden)
    assert first.ink.dtype == np.float32
    assert 0.0 <= first.ink.min() <= first.ink.max() <= 1.0
    assert not np.array_equal(first.ink, contact.ink)
    assert (first.hidden <= first.mask).all()
    assert np.array_equal(first.mask, contact.mask)


@pytest.mark.parametrize("name", ["joined", "dotted", "coating"])
def test_what_is_hidden_shows_no_ridge(name, contact):
    hidden = [
        (one.ink, cv2.erode(one.hidden.astype(np.uint8), np.ones((9, 9))) > 0) for one in spoiled(name, contact, 24)
    ]
    hidden = [(ink, where) for ink, where in hidden if where.sum() > 200]
    assert len(hidden) >= 3
    for ink, where in hidden:
        assert swing(ink, where) < 0.25 * swing(contact.ink, where & contact.mask)


def test_joined_ridges_close_valleys_and_dotted_ones_lose_ridges(made, finger, contact):
    ridges = clean_ridges(finger, made)
    valley, ridge = contact.mask & (ridges < -0.6), contact.mask & (ridges > 0.6)
    wet, dry = spoiled("joined", contact), spoiled("dotted", contact)
    assert np.mean([one.ink[valley].mean() for one in wet]) > contact.ink[valley].mean() + 0.05
    assert np.mean([one.ink[ridge].mean() for one in dry]) < contact.ink[ridge].mean() - 0.1


def test_dots_stand_where_pores_are(finger, contact):
    x, y = (np.rint(contact.pores[:, k]).astype(int) for k in (0, 1))
    inside = (x >= 0) & (x < 240) & (y >= 0) & (y < 256)
    x, y = x[inside], y[inside]
    at_pores = contact.mask[y, x] & (contact.ink[y, x] > 0.5)
    touched = contact.mask & (contact.ink > 0.5)
    kept = [(one.ink[y, x][at_pores].mean(), one.ink[touched].mean()) for one in spoiled("dotted", contact)]
    assert np.mean([near for near, _ in kept]) > np.mean([anywhere for _, anywhere in kept]) + 0.05


def test_creases_only_take_ink_and_hide_nothing(contact):
    for one in spoiled("creased", contact):
        assert (one.ink <= contact.ink + 1e-6).all()
        assert not one.hidden.any()
        assert one.ink[contact.mask].mean() < contact.ink[contact.mask].mean()


def test_a_halo_lies_beyond_the_print_and_leaves_it_alone(contact):
    added = 0.0
    for one in spoiled("halo", contact):
        assert np.array_equal(one.ink[contact.mask], contact.ink[contact.mask])
        added += float((one.ink - contact.ink)[~contact.mask].mean())
    assert added > 0.0


def test_no_default_draws_them(made, finger):
    for seed in range(6):
        plain = harden(made, finger, None, np.random.default_rng(seed))
        assert np.array_equal(
            plain.pixels, harden(made, finger, None, np.random.default_rng(seed), faults=FAULTS).pixels
        )
        assert not plain.hidden.any()
    assert not FAULTS & set(ALL)


def test_minutiae_that_are_hidden_are_no_truth(made, finger):
    hard = [harden(made, finger, None, np.random.default_rng(k), faults=frozenset({"joined"})) for k in range(40)]
    hard = [one for one in hard if one.hidden.sum() > 3000]
    assert hard
    for one in hard:
        row, col = np.rint(one.minutiae.y).astype(int), np.rint(one.minutiae.x).astype(int)
        assert not one.hidden[row, col].any()
    assert min(len(one.minutiae) for one in hard) < len(made.minutiae)


def test_stretched_skin_takes_its_minutiae_and_its_period_along(finger):
    widest, narrowest = 0.0, np.inf
    for seed in range(8):
        plain, pulled = (
            lay(finger, np.random.default_rng(seed), SIDE) for lay in (make_impression, make_stretched_impression)
        )
        x, y = pulled.correspondence.to_finger(pulled.minutiae.x.astype(float), pulled.minutiae.y.astype(float))
        own = finger.minutiae
        assert np.hypot(x - own.x[pulled.minutia_ids], y - own.y[pulled.minutia_ids]).max() < 0.1
        ratio = (pulled.period / plain.period)[4:-4, 4:-4]
        widest, narrowest = max(widest, float(np.median(ratio))), min(narrowest, float(np.median(ratio)))
    assert widest > 1.08
    assert narrowest < 0.92
