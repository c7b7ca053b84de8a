from __future__ import annotations

import numpy as np
from tests.reference.point_prints import finger, impression, template

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template.cylinders import CELLS, WORDS
from fingerprint_engine.template.kernels import native
from fingerprint_engine.template.native.format import _ENVELOPE, _HEADER
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE, SKETCH_WORDS, sketch_many, sketch_weights, sketches_of


def _bits(row: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Different bits of every minutia of one row with every one of the other."""
    a, b = row.reshape(2, -1), other.reshape(2, -1)
    return sum(np.bitwise_count(a[half][:, None] ^ b[half][None, :]).astype(int) for half in (0, 1))


def test_alike_neighbourhoods_have_alike_sketches(rng: np.random.Generator) -> None:
    points = finger(rng, 32)
    one = sketches_of(template(points))
    again = sketches_of(template(impression(points, rng, lost=0.1, spurious=2)))
    other = sketches_of(template(finger(rng, 32)))
    assert np.median(_bits(one, again).min(axis=1)) + 15 < np.median(_bits(one, other).min(axis=1))


def test_turning_a_print_changes_few_bits(rng: np.random.Generator) -> None:
    points = finger(rng, 20)
    turn = RigidTransform(0.7, 0.0, 0.0)
    x, y = turn.apply(points.x, points.y)
    x, y = x - x.mean() + 200.0, y - y.mean() + 210.0
    turned = Minutiae(x, y, turn.apply_direction(points.direction), points.kind, points.quality)
    distance = _bits(sketches_of(template(points), 20), sketches_of(template(turned), 20))
    assert np.diag(distance).mean() < 20


def test_a_row_has_fixed_size_whatever_the_print(rng: np.random.Generator) -> None:
    none = sketches_of(template(Minutiae.empty()))
    assert none.shape == (SKETCH_WORDS,)
    assert not none.any()
    few = sketches_of(template(finger(rng, 3)))
    assert (few[3:SKETCH_MINUTIAE] == few[0]).all()
    many = template(finger(rng, 60))
    assert sketches_of(many).tolist() == sketches_of(many, 60).reshape(2, 60)[:, :SKETCH_MINUTIAE].reshape(-1).tolist()


def test_damaged_bytes_give_zeros_and_no_crash(rng: np.random.Generator) -> None:
    good = np.frombuffer(template(finger(rng, 10)).to_bytes(), np.uint8)
    wanted = sketch_many(good, np.array([0, good.size]))[0]
    for _ in range(300):
        bad = good.copy()
        bad[rng.integers(0, 60, 3)] = rng.integers(0, 256, 3)
        bad = bad[: rng.integers(0, good.size + 1)]
        row = sketch_many(np.concatenate([bad, good]), np.array([0, bad.size, bad.size + good.size]))
        assert (row[1] == wanted).all()
    assert not sketch_many(good, np.array([0, good.size + 1])).any()
    assert not sketch_many(good, np.array([5, 3])).any()


def test_no_sum_of_weights_leaves_sixteen_bits() -> None:
    weights, bias = sketch_weights()
    assert (np.abs(weights.astype(np.int64)).sum(axis=(0, 1)) + np.abs(bias.astype(np.int64))).max() < 2**15


def test_the_kernels_read_the_layout_that_the_format_writes() -> None:
    assert _ENVELOPE.size + _HEADER.size == native.CONTENT_AT
    assert native.CYLINDER_WORDS == WORDS
    assert native.WORD_BYTES == -(-CELLS // 8)
