"""Boxes that lean."""

import math

import numpy as np
import pytest

from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.tenprint import TurnedBox


def test_an_upright_box_has_its_corners_where_they_are():
    corners = TurnedBox(100.0, 200.0, 40.0, 60.0, 0.0).corners()
    assert corners.tolist() == [[80.0, 170.0], [120.0, 170.0], [120.0, 230.0], [80.0, 230.0]]


def test_a_box_that_leans_to_the_left_has_its_end_on_the_left():
    corners = TurnedBox(100.0, 200.0, 40.0, 60.0, math.radians(30.0)).corners()
    assert corners[:2].mean(axis=0)[0] < 100.0 < corners[2:].mean(axis=0)[0]
    assert corners[:2].mean(axis=0)[1] < 200.0


def test_bounds_are_those_of_the_round_outline_and_end_at_the_image():
    assert TurnedBox(50.0, 60.0, 40.0, 80.0, 0.0).bounds((200, 200)) == (30, 70, 20, 100)
    assert TurnedBox(5.0, 60.0, 40.0, 80.0, 0.0).bounds((90, 200)) == (0, 25, 20, 89)


def test_how_much_sticks_out():
    box = TurnedBox(0.0, 100.0, 40.0, 80.0, 0.0)
    assert box.sticks_out((200, 200)) == pytest.approx(0.5, abs=0.05)
    assert TurnedBox(100.0, 100.0, 40.0, 80.0, 0.3).sticks_out((200, 200)) == 0.0


def test_what_two_have_in_common():
    box = TurnedBox(100.0, 100.0, 40.0, 80.0, 0.2)
    assert box.shared_with(box) == pytest.approx(1.0, abs=1e-3)
    assert box.shared_with(TurnedBox(300.0, 100.0, 40.0, 80.0, 0.2)) == 0.0
    assert TurnedBox(0.0, 0.0, 10.0, 10.0, 0.0).shared_with(TurnedBox(5.0, 0.0, 10.0, 10.0, 0.0)) == pytest.approx(0.5)


def test_scaled_keeps_the_same_place_between_pixel_centres():
    assert TurnedBox(0.0, 0.0, 10.0, 20.0, 0.1).scaled(2.0) == TurnedBox(0.5, 0.5, 20.0, 40.0, 0.1)


def test_cut_keeps_the_pixels_inside_and_clears_the_rest():
    pixels = np.full((200, 200), 240, np.uint8)
    pixels[::2] = 10
    image = FingerprintImage(pixels, 500.0)
    part = TurnedBox(100.0, 100.0, 40.0, 80.0, math.radians(45.0)).cut(image)
    assert part.ppi == 500.0
    assert set(np.unique(part.pixels)) == {10, 240}
    assert part.pixels[0, 0] == part.pixels[1, 0] == 240
    middle = [side // 2 for side in part.shape]
    assert {int(part.pixels[middle[0], middle[1]]), int(part.pixels[middle[0] + 1, middle[1]])} == {10, 240}


def test_the_shares_of_sides_and_ends_that_lie_at_the_border():
    def shares(x, y, angle=0.0):
        return TurnedBox(x, y, 100.0, 200.0, angle).along_border((400, 300), 10.0)

    assert shares(150.0, 200.0) == (0.0, 0.0, 0.0, 0.0)
    assert shares(55.0, 200.0) == (1.0, 0.0, 0.0, 0.0)
    assert shares(245.0, 200.0) == (0.0, 1.0, 0.0, 0.0)
    left, right, tip, joint = shares(150.0, 105.0)
    assert (tip, joint) == (1.0, 0.0)
    assert max(left, right) < 0.1
    assert shares(150.0, 295.0)[3] == 1.0
    assert 0.3 < shares(60.0, 200.0, 0.3)[0] < 0.7
