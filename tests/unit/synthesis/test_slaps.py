"""Synthetic slaps: the same for the same seed, and true where they say so."""

import numpy as np
import pytest

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.synthesis import make_finger, make_slap
from fingerprint_engine.synthesis.slaps.slap import LEVELS


@pytest.fixture(scope="module")
def thumbs():
    return {finger: make_finger(np.random.default_rng([3, finger]), finger=finger) for finger in Slap.THUMBS.fingers}


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_same_seed_gives_the_same_slap_and_ink_lies_in_its_boxes(thumbs, level):
    first, second = (make_slap(thumbs, Slap.THUMBS, np.random.default_rng(level), LEVELS[level]) for _ in range(2))
    assert np.array_equal(first.image.pixels, second.image.pixels)
    assert first.tips == second.tips
    assert set(first.tips) | first.missing == set(Slap.THUMBS.fingers)
    scale = first.image.ppi / 500.0
    for tip in first.tips.values():
        left, right, top, bottom = (round(side * scale) for side in tip.bounds())
        inside = first.image.pixels[max(0, top) : bottom, max(0, left) : right]
        assert inside.std() > 1.5 * first.image.pixels.std() or inside.mean() < first.image.pixels.mean()


def test_a_hand_that_lacks_a_finger_is_refused(thumbs):
    with pytest.raises(ParameterError, match="right index"):
        make_slap(thumbs, Slap.RIGHT_FOUR, np.random.default_rng(1))
    assert Finger.LEFT_THUMB in thumbs
