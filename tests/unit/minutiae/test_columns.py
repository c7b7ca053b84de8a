"""`Minutiae` and `SingularPoints`: canonical, frozen, checked."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.errors import InputError
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints

ROW = st.tuples(
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from([0.0, 1.0, 6.28]),
    st.integers(0, 2),
    st.sampled_from([0, 50, 255]),
)


def _minutiae(rows):
    return Minutiae(*(np.array(column) for column in zip(*rows, strict=True))) if rows else Minutiae.empty()


def _rows(minutiae):
    return list(zip(*(getattr(minutiae, field.name).tolist() for field in dataclasses.fields(minutiae)), strict=True))


@given(st.lists(ROW, max_size=12), st.randoms(use_true_random=False))
def test_order_does_not_depend_on_the_order_of_entry(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert _rows(_minutiae(rows)) == _rows(_minutiae(shuffled))


@given(st.lists(ROW, min_size=1, max_size=12))
def test_quality_falls_and_unknown_comes_last(rows):
    ranked = [-1 if quality == 255 else quality for *_, quality in _rows(_minutiae(rows))]
    assert ranked == sorted(ranked, reverse=True)


def test_best_keeps_the_first():
    kept = _minutiae([(1, 1, 0.0, 1, 20), (2, 2, 0.0, 1, 90), (3, 3, 0.0, 1, 255)]).best(2)
    assert kept.quality.tolist() == [90, 20]
    assert len(kept) == 2


def test_columns_are_typed_and_read_only():
    minutiae = _minutiae([(1, 2, 0.5, 1, 20)])
    kinds = [getattr(minutiae, field.name).dtype for field in dataclasses.fields(minutiae)]
    assert kinds == [np.float32, np.float32, np.float32, np.uint8, np.uint8]
    for field in dataclasses.fields(minutiae):
        with pytest.raises(ValueError, match="read-only"):
            getattr(minutiae, field.name)[0] = 0


def test_the_callers_arrays_stay_the_callers():
    x = np.array([1.0, 2.0], np.float32)
    minutiae = Minutiae(x, x, x, np.ones(2, np.uint8), np.ones(2, np.uint8))
    x[:] = 9.0
    assert minutiae.x.tolist() == [1.0, 2.0]


def test_directions_are_wrapped():
    assert _minutiae([(0, 0, -math.pi / 2, 1, 5)]).direction[0] == pytest.approx(1.5 * math.pi)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1.0], [1.0, 2.0], [0.0], [1], [5]), r"y: expected shape \(1,\), got \(2,\)"),
        (([[1.0]], [1.0], [0.0], [1], [5]), r"x: expected shape \(n,\)"),
        (([math.nan], [1.0], [0.0], [1], [5]), "x: expected finite"),
        (([1.0], [1.0], [math.inf], [1], [5]), "direction: expected finite"),
        (([1.0], [1.0], [0.0], [3], [5]), "kind: expected 0 to 2, got 3"),
        (([1.0], [1.0], [0.0], [1], [101]), "quality: expected 0 to 100 or 255"),
    ],
)
def test_what_is_no_minutia_is_refused(columns, message):
    with pytest.raises(InputError, match=message):
        Minutiae(*map(np.array, columns))


def test_singular_points_are_cores_and_deltas_only():
    points = SingularPoints(np.array([1.0]), np.array([2.0]), np.array([-1.0]), np.array([2]))
    assert points.direction[0] == pytest.approx(2 * math.pi - 1.0)
    assert len(SingularPoints.empty()) == 0
    with pytest.raises(InputError, match=r"kind: expected 1 \(core\) or 2 \(delta\)"):
        SingularPoints(np.array([1.0]), np.array([2.0]), np.array([0.0]), np.array([0]))
    with pytest.raises(ValueError, match="read-only"):
        points.direction[0] = 0.0
