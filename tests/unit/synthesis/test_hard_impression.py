"""Hard impressions: spoiled as asked, and never without their truth."""

import numpy as np
import pytest

from fingerprint_engine.synthesis import ImpressionParameters, make_impression, population_finger
from fingerprint_engine.synthesis.impressions.clutter import add_dust, add_frame, add_ghost, add_writing
from fingerprint_engine.synthesis.impressions.hard_impression import FAULTS, harden, make_hard_impression
from fingerprint_engine.synthesis.impressions.hard_touch import spoil_contact
from fingerprint_engine.synthesis.impressions.sensor_looks import LOOK_SHARES, SensorLook, compress, draw_look, sense

SIDE = ImpressionParameters(rows_px=224, cols_px=208)


@pytest.fixture(scope="module")
def fingers():
    return population_finger(77, 1), population_finger(77, 2)


@pytest.fixture(scope="module")
def ink():
    y, x = np.mgrid[0:160, 0:144].astype(np.float32)
    stripes = 0.5 + 0.5 * np.cos(2.0 * np.pi * (0.8 * x + 0.6 * y) / 9.0)
    return (stripes * (np.hypot(x - 72, y - 80) < 60)).astype(np.float32)


def test_the_same_generator_gives_the_same_impression_and_another_one_another(fingers):
    first, again, other = (make_hard_impression(*fingers, np.random.default_rng(seed), SIDE) for seed in (3, 3, 4))
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.minutiae.x, again.minutiae.x)
    assert not np.array_equal(first.pixels, other.pixels)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_the_truth_is_complete(fingers, seed):
    made = make_hard_impression(*fingers, np.random.default_rng(seed), SIDE)
    assert made.pixels.dtype == np.uint8
    assert made.pixels.shape == made.ridges.shape == made.mask.shape == (224, 208)
    assert made.orientation.shape == made.period.shape == (28, 26)
    assert np.isfinite(made.ridges).all()
    row, col = np.rint(made.minutiae.y).astype(int), np.rint(made.minutiae.x).astype(int)
    assert made.mask[row, col].all()


def test_without_faults_the_ridges_are_where_the_image_is_dark(fingers):
    easy = ImpressionParameters(rows_px=224, cols_px=208, degradation_high=0.0)
    made = make_hard_impression(fingers[0], None, np.random.default_rng(1), easy, faults=frozenset())
    inside = made.mask & (np.abs(made.ridges) > 0.3)
    dark = made.pixels.astype(float) < 140
    assert (dark == (made.ridges > 0))[inside].mean() > 0.85
    assert made.look is SensorLook.OPTICAL


def test_one_touch_can_be_spoiled_in_many_ways_and_keeps_its_truth(fingers):
    touch = make_impression(fingers[0], np.random.default_rng(2), SIDE)
    spoiled = [harden(touch, fingers[0], None, np.random.default_rng(k), faults=FAULTS - {"cut"}) for k in range(4)]
    assert len({made.pixels.tobytes() for made in spoiled}) == 4
    for made in spoiled:
        assert np.array_equal(made.mask, touch.mask)
        assert np.array_equal(made.minutiae.x, touch.minutiae.x)
        assert np.array_equal(made.ridges, spoiled[0].ridges)


def test_a_cut_takes_ground_and_minutiae_from_the_truth(fingers):
    touch = make_impression(fingers[0], np.random.default_rng(2), SIDE)
    areas = [harden(touch, fingers[0], None, np.random.default_rng(k), faults=frozenset({"cut"})) for k in range(30)]
    cut = [made for made in areas if made.mask.sum() < touch.mask.sum()]
    assert 2 <= len(cut) <= 20
    assert all((made.mask <= touch.mask).all() for made in cut)
    assert min(len(made.minutiae) for made in cut) < len(touch.minutiae)


@pytest.mark.parametrize("amount", [0.0, 0.5, 1.0])
def test_spoiled_contact_stays_ink_and_touches_nothing_far_from_the_finger(ink, amount):
    rng = np.random.default_rng(0)
    for _ in range(10):
        spoiled = spoil_contact(ink, amount, rng)
        assert spoiled.dtype == np.float32
        assert spoiled.shape == ink.shape
        assert 0.0 <= spoiled.min() <= spoiled.max() <= 1.0
        assert spoiled[:12, :12].max() < 0.05


def test_the_worse_the_contact_the_less_of_the_print_is_left(ink):
    likeness = []
    for amount in (0.0, 1.0):
        rng = np.random.default_rng(5)
        made = [spoil_contact(ink, amount, rng) for _ in range(40)]
        likeness.append(np.mean([np.corrcoef(ink.ravel(), spoiled.ravel())[0, 1] for spoiled in made]))
    assert likeness[0] > likeness[1] + 0.05


@pytest.mark.parametrize("look", list(SensorLook))
def test_every_look_is_a_grey_image_with_dark_ridges(ink, look):
    signs = []
    for seed in range(8):
        pixels = sense(ink, look, np.random.default_rng(seed))
        assert pixels.dtype == np.uint8
        assert pixels.shape == ink.shape
        inner = np.s_[40:120, 30:114]
        signs.append(np.corrcoef(ink[inner].ravel(), pixels[inner].ravel())[0, 1])
    assert np.median(signs) < -0.3


def test_looks_are_drawn_with_their_shares():
    rng = np.random.default_rng(0)
    drawn = [draw_look(rng) for _ in range(2000)]
    assert sum(LOOK_SHARES.values()) == pytest.approx(1.0)
    for look, share in LOOK_SHARES.items():
        assert drawn.count(look) / 2000 == pytest.approx(share, abs=0.04)


def test_clutter_only_adds_ink_except_for_dust(ink):
    rng = np.random.default_rng(0)
    for _ in range(5):
        for made in (add_writing(ink, rng), add_frame(ink, rng), add_ghost(ink, ink[::-1], rng)):
            assert made.dtype == np.float32
            assert (made >= ink - 1e-6).all()
        assert add_dust(ink, rng).shape == ink.shape
    ghost = add_ghost(np.zeros_like(ink), ink, rng)
    assert 0.0 < ghost.max() < 0.5


def test_compression_changes_little(ink):
    pixels = sense(ink, SensorLook.OPTICAL, np.random.default_rng(1))
    coded = compress(pixels, np.random.default_rng(2))
    assert coded.shape == pixels.shape
    assert 0.0 < np.abs(coded.astype(float) - pixels).mean() < 20.0
