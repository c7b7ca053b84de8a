"""A template of a part of a picture, where the part lies on the whole."""

import numpy as np
import pytest

from fingerprint_engine.errors import InputError
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template import Template, build_template, placed


@pytest.fixture(scope="module")
def part():
    drawn = np.random.default_rng(3)
    x, y = drawn.uniform(0, 250, (2, 30)).astype(np.float32)
    directions = drawn.uniform(0, 6.2, 30)
    minutiae = Minutiae(x, y, directions, np.ones(30), np.arange(30) + 50)
    points = SingularPoints(np.array([120.0]), np.array([130.0]), np.array([1.0]), np.array([1], np.uint8))
    period = np.full((32, 32), 9.0, np.float32)
    mask = np.zeros((256, 256), bool)
    mask[40:220, 60:240] = True
    return build_template(
        minutiae, points, shape=(256, 256), mask=mask, orientation=period * 0.1, period=period, quality=80
    )


def test_everything_moves_and_nothing_else_changes(part):
    moved = placed(part, 160, 480, (1000, 900))
    assert moved.shape == (1000, 900)
    assert np.array_equal(moved.minutiae.x, part.minutiae.x + 480)
    assert np.array_equal(moved.minutiae.y, part.minutiae.y + 160)
    assert np.array_equal(moved.singular_points.x, part.singular_points.x + 480)
    assert (moved.coarse_map.row, moved.coarse_map.col) == (part.coarse_map.row + 10, part.coarse_map.col + 30)
    assert np.array_equal(moved.coarse_map.orientation, part.coarse_map.orientation)
    assert np.array_equal(moved.cylinders, part.cylinders)
    assert moved.median_period_px == part.median_period_px == 9.0
    assert Template.from_bytes(moved.to_bytes()) == moved


@pytest.mark.parametrize(
    ("row", "col", "shape"), [(8, 0, (900, 900)), (0, 17, (900, 900)), (-16, 0, (900, 900)), (160, 0, (400, 900))]
)
def test_a_part_that_does_not_lie_there_is_refused(part, row, col, shape):
    with pytest.raises(InputError, match="expected"):
        placed(part, row, col, shape)
