"""What must hold for any two prints."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.point_prints import finger, impression, moved, template

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.matching import compare
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import build_template

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=40)
@given(SEEDS, SEEDS, st.integers(0, 50), st.integers(0, 50))
def test_scores_are_symmetric_finite_and_bounded(first: int, second: int, count_a: int, count_b: int) -> None:
    a, b = (
        template(finger(np.random.default_rng(first), count_a)),
        template(finger(np.random.default_rng(second), count_b)),
    )
    there, back = compare(a, b), compare(b, a)
    assert there.score == back.score
    assert math.isfinite(there.score)
    assert there.score >= 0.0
    assert 0.0 < there.fmr <= 1.0


@settings(max_examples=25)
@given(SEEDS, st.floats(-math.pi, math.pi), st.floats(0, 200), st.floats(0, 200))
def test_turning_and_shifting_a_whole_print_changes_little(seed: int, angle: float, x: float, y: float) -> None:
    rng = np.random.default_rng(seed)
    master = finger(rng)
    other = template(impression(master, rng))
    turn = RigidTransform(angle, 0.0, 0.0)
    turned = moved(master, turn)
    shifted = moved(turned, RigidTransform(0.0, x - float(turned.x.min()), y - float(turned.y.min())))
    shape = (int(shifted.y.max()) + 20, int(shifted.x.max()) + 20)
    plain, changed = compare(template(master), other), compare(build_template(shifted, shape=shape), other)
    # Rounding of positions and directions flips single bits; the prints stay far above any non-mated pair.
    assert abs(plain.score - changed.score) <= 0.12 * plain.score + 3.0
    assert abs(len(plain.pairs) - len(changed.pairs)) <= 3


@settings(max_examples=25)
@given(SEEDS)
def test_the_order_of_minutiae_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    minutiae = finger(rng)
    shuffle = rng.permutation(len(minutiae))
    columns = (minutiae.x, minutiae.y, minutiae.direction, minutiae.kind, minutiae.quality)
    assert template(minutiae) == template(Minutiae(*(column[shuffle] for column in columns)))


@settings(max_examples=25)
@given(SEEDS)
def test_a_print_is_most_like_itself_then_its_impressions_then_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    master = finger(rng)
    own, mate, other = template(master), template(impression(master, rng)), template(finger(rng))
    assert compare(own, own).score >= compare(own, mate).score > compare(own, other).score
