"""Connected regions: the largest one, and holes filled, against drawings."""

import numpy as np

from fingerprint_engine.preprocessing.regions import fill_holes, largest_region


def drawn(*rows):
    return np.array([[mark == "#" for mark in row] for row in rows])


def test_the_largest_region_is_joined_by_sides_and_not_by_corners():
    mask = drawn("##..#", "##..#", "..###", ".....", "#....")
    assert (largest_region(mask) == drawn("....#", "....#", "..###", ".....", ".....")).all()


def test_of_an_empty_mask_nothing_is_left_and_of_a_full_one_all():
    assert not largest_region(np.zeros((3, 4), bool)).any()
    assert largest_region(np.ones((3, 4), bool)).all()
    assert fill_holes(np.ones((3, 4), bool)).all()
    assert not fill_holes(np.zeros((3, 4), bool)).any()


def test_holes_are_filled_and_bays_are_not():
    mask = drawn("####.", "#..#.", "####.", "#..##", "#..#.")
    filled = drawn("####.", "####.", "####.", "#..##", "#..#.")
    assert (fill_holes(mask) == filled).all()
