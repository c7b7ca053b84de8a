"""What is hard to read is seen from four sides, and the mean of the answers is the same from each of them."""

import dataclasses

import numpy as np
import pytest

import fingerprint_engine as fe
from fingerprint_engine.extractors import LearnedExtractor, LearnedParameters
from fingerprint_engine.extractors.four_sides import FULL_WEIGHT_AT, mean_readability, seen_from_four_sides
from fingerprint_engine.extractors.learned import shipped_network
from fingerprint_engine.extractors.network import Answer

NEVER, ALWAYS = -20.0, 2.0


def _seen(planes, window):
    network = shipped_network()
    return seen_from_four_sides(network, planes, window, network.answer_within(planes, window), ALWAYS)


def _planes(rows, cols):
    return np.random.default_rng(4).standard_normal((2, rows, cols)).astype(np.float32)


@pytest.mark.parametrize(("down", "across"), [(1, -1), (-1, 1), (-1, -1)])
def test_a_mirrored_image_gets_the_mirrored_answer(down, across):
    planes = _planes(96, 64)
    window = slice(16, 80), slice(0, 48)
    mirrored = (window[0], slice(16, 64)) if across < 0 else window
    here = _seen(planes, window)
    there = _seen(np.ascontiguousarray(planes[:, ::down, ::across]), mirrored)
    order = slice(None, None, down), slice(None, None, across)
    assert np.allclose(there.heat, here.heat[*order], atol=1e-5)
    assert np.allclose(there.direction[0], across * here.direction[0][*order], atol=1e-5)
    assert np.allclose(there.direction[1], down * here.direction[1][*order], atol=1e-5)
    for name in ("foreground", "log_period", "readability"):
        assert np.allclose(getattr(there, name), getattr(here, name)[*order], atol=1e-5), name
    cosine, sine = here.doubled_orientation[0][*order], here.doubled_orientation[1][*order]
    assert np.allclose(there.doubled_orientation[0], cosine, atol=1e-5)
    assert np.allclose(there.doubled_orientation[1], down * across * sine, atol=1e-5)
    assert np.allclose(_pixels(there), _pixels(here)[*order], atol=1e-5)
    assert here.pixels.dtype == here.blocks.dtype == np.float32
    assert np.abs(here.direction).max() > 0.1, "else the signs would say nothing"


def _pixels(answer):
    """The drawn ridges, pixel by pixel."""
    found = np.empty([2 * side for side in answer.heat.shape], np.float32)
    for number, plane in enumerate(answer.drawn):
        found[number // 2 :: 2, number % 2 :: 2] = plane
    return found


def test_it_is_the_mean_and_another_one_than_the_first():
    planes = _planes(70, 53)
    window = slice(16, 70), slice(0, 53)
    network = shipped_network()
    first, mean = network.answer_within(planes, window), _seen(planes, window)
    assert mean.pixels.shape == first.pixels.shape
    assert mean.blocks.shape == first.blocks.shape
    assert (mean.foreground[:2] == NEVER).all()
    assert (mean.heat[:8] == NEVER).all()
    assert 0.01 < np.abs(mean.drawn - first.drawn).max() < 2.0
    untouched = network.answer_within(planes, window)
    assert np.array_equal(first.pixels, untouched.pixels), "the answer that went in is left alone"


def test_what_lies_beside_the_window_does_not_count():
    planes = _planes(96, 64)
    window = slice(16, 70), slice(0, 41)
    expected = _seen(planes, window)
    beside = np.full_like(planes, 9.0)
    beside[:, *window] = planes[:, *window]
    found = _seen(beside, window)
    assert np.array_equal(found.pixels, expected.pixels)
    assert np.array_equal(found.blocks, expected.blocks)


def test_just_below_the_limit_the_first_answer_still_counts():
    planes = _planes(64, 64)
    window = slice(0, 64), slice(0, 64)
    network = shipped_network()
    first = network.answer_within(planes, window)
    readability = mean_readability(first)
    assert seen_from_four_sides(network, planes, window, first, readability) is first
    whole = seen_from_four_sides(network, planes, window, first, readability + 2 * FULL_WEIGHT_AT)
    for share in (1e-6, 0.5):
        mixed = seen_from_four_sides(network, planes, window, first, readability + share * FULL_WEIGHT_AT)
        expected = (1.0 - share) * first.pixels + share * whole.pixels
        assert np.allclose(mixed.pixels, expected, atol=1e-4)
    assert np.array_equal(whole.pixels, _seen(planes, window).pixels)


def test_readability_is_that_of_the_foreground():
    blocks = np.zeros((5, 4, 4), np.float32)
    blocks[0], blocks[4] = -1.0, 20.0
    answer = Answer(np.zeros((8, 16, 16), np.float32), blocks)
    assert mean_readability(answer) == 1.0
    blocks[0, 1, 1:3], blocks[4, 1, 1:3] = 1.0, (0.0, np.log(3.0))
    assert mean_readability(answer) == pytest.approx((0.5 + 0.75) / 2)


@pytest.mark.parametrize(("below", "passes"), [(0.0, 1), (1.0, 4)])
def test_the_network_is_asked_once_or_four_times(monkeypatch, below, passes, sample):
    extractor = LearnedExtractor(dataclasses.replace(LearnedParameters(), four_sides_below=below))
    asked = []
    usual = type(extractor.network).answer_within

    def counted(network, planes, window):
        asked.append(window)
        return usual(network, planes, window)

    monkeypatch.setattr(type(extractor.network), "answer_within", counted)
    assert len(extractor.read(sample).minutiae) > 5
    assert len(asked) == passes


@pytest.fixture
def sample(samples_folder):
    return fe.load_image(samples_folder / "1_1.png")
