from __future__ import annotations

import math

import numpy as np
import pytest

from fingerprint_engine.errors import InputError
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template.quantization import (
    MAX_SIDE_PX,
    direction_codes,
    directions_rad,
    position_codes,
    positions_px,
    quantize_minutiae,
    quantize_singular_points,
)


def _minutia(x: float, y: float, direction: float = 1.0) -> Minutiae:
    return Minutiae([x], [y], [direction], [1], [50])


def test_codes_survive_the_way_there_and_back() -> None:
    steps = np.arange(MAX_SIDE_PX * 4, dtype=np.uint16)
    assert np.array_equal(position_codes(positions_px(steps)), steps)
    turns = np.arange(256, dtype=np.uint8)
    assert np.array_equal(direction_codes(directions_rad(turns)), turns)


def test_the_nearest_step_is_taken() -> None:
    assert position_codes(np.array([0.12, 0.13, 99.9])).tolist() == [0, 1, 400]
    step = 2.0 * math.pi / 256.0
    assert direction_codes(np.array([0.49 * step, 0.51 * step, 255.6 * step])).tolist() == [0, 1, 0]


def test_quantizing_twice_changes_nothing() -> None:
    once = quantize_minutiae(_minutia(10.3, 20.6, 1.234), (40, 30))
    twice = quantize_minutiae(once, (40, 30))
    assert (once.x[0], once.y[0]) == (10.25, 20.5)
    assert (twice.x[0], twice.y[0], twice.direction[0]) == (once.x[0], once.y[0], once.direction[0])


def test_what_lies_a_little_outside_moves_to_the_rim_and_far_outside_is_refused() -> None:
    rim = quantize_minutiae(_minutia(-0.9, 39.9), (40, 30))
    assert (rim.x[0], rim.y[0]) == (0.0, 39.0)
    with pytest.raises(InputError, match=r"minutiae\.x: expected 0 to 29 px, got 31\.0 to 31\.0"):
        quantize_minutiae(_minutia(31.0, 5.0), (40, 30))
    with pytest.raises(InputError, match=r"minutiae\.y: expected 0 to 39 px"):
        quantize_minutiae(_minutia(5.0, -2.0), (40, 30))


def test_extrapolated_singular_points_move_to_the_rim() -> None:
    points = quantize_singular_points(SingularPoints([500.0], [-70.0], [0.0], [1]), (40, 30))
    assert (points.x[0], points.y[0]) == (29.0, 0.0)
