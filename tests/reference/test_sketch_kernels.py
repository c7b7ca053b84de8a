from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import naive_sketches
from tests.reference.point_prints import bits_that_count, finger, impression, template

from fingerprint_engine.index.cells.kernels.nearest import (
    SLOTS,
    nearest_first,
    unlike,
    unlike_half,
    weigh,
    weigh_native,
    within,
)
from fingerprint_engine.index.cells.weighed_bits import WeighedBits, weighed_bits
from fingerprint_engine.index.search import kernels as search_kernels
from fingerprint_engine.index.search.kernels import GLANCED, WHOLE, look_whole, place_sketches, scan_sketches
from fingerprint_engine.index.search.staged_scan import direction_tables
from fingerprint_engine.template.kernels.sketches import sketch_natives, sketch_one, sums_of_native
from fingerprint_engine.template.quantization import direction_codes
from fingerprint_engine.template.sketches import (
    SKETCH_MINUTIAE,
    SKETCH_WORDS,
    sketch_weights,
    sketches_of,
)

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=5)
@given(SEEDS, st.integers(1, 12), st.sampled_from([8, SKETCH_MINUTIAE]))
def test_sketches_equal_their_twin(seed: int, count: int, slots: int) -> None:
    made = template(finger(np.random.default_rng(seed), count))
    weights, bias = (table.tolist() for table in sketch_weights())
    cylinders = [[int(word) for word in row] for row in made.cylinders]
    assert sketches_of(made, slots).tolist() == naive_sketches.row(cylinders, slots, weights, bias)


FLOORS = st.sampled_from([0, 1, 64, 200, 2**20])
PRINTS = st.one_of(st.integers(0, 15), st.sampled_from([GLANCED, GLANCED + 1, 3 * GLANCED - 1]))


@given(SEEDS, st.integers(0, 6), PRINTS, st.integers(1, 128), FLOORS)
def test_the_scan_equals_its_twin(seed: int, minutiae: int, prints: int, near: int, floor: int) -> None:
    rng = np.random.default_rng(seed)
    probe, sure, strong = bits_that_count(rng, minutiae)
    sketches = rng.integers(0, 2**64, (prints, SKETCH_WORDS), dtype=np.uint64)
    if minutiae and prints:  # random words are 64 bits apart: without mates nearly every score would be 0
        sketches[0, 3], sketches[0, SKETCH_MINUTIAE + 3] = probe[0, 0], probe[1, 0] ^ np.uint64(0b1011)
    rows = np.flatnonzero(rng.uniform(size=prints) < 0.7)
    bits, weight = rng.integers(near // 2, near + 1, minutiae), rng.integers(0, 65, minutiae)
    scores = np.empty(rows.size, np.int32)
    near_first = rng.integers(near // 4, near // 2 + 1, min(minutiae, 3))
    scan_sketches(probe, sure, strong, bits, weight, sketches, rows, near_first, floor, scores)
    words = [[(int(a), int(b)) for a, b in one.T] for one in (probe, sure, strong)]
    pairs = list(zip(*words, strict=True))
    chosen = [[int(word) for word in row] for row in sketches[rows]]
    for row in sketches[:2]:
        wanted = naive_sketches.late_interaction(pairs, [int(word) for word in row], bits.tolist(), weight.tolist())
        assert look_whole(probe, sure, strong, bits, weight, row) == WHOLE + wanted // 64
    assert scores.tolist() == [
        naive_sketches.scanned(pairs, row, bits.tolist(), weight.tolist(), near_first.tolist(), floor, WHOLE)
        for row in chosen
    ]


@given(
    SEEDS,
    st.integers(0, 6),
    st.integers(1, 15),
    st.integers(1, 15),
    st.integers(0, 64),
    st.integers(0, 7),
    st.integers(1, 3),
)
def test_how_near_prints_come_equals_its_twin(
    seed: int, minutiae: int, prints: int, few: int, more: int, glanced: int, every: int
) -> None:
    rng = np.random.default_rng(seed)
    bits = bits_that_count(rng, minutiae)
    sketches = rng.integers(0, 2**64, (prints, SKETCH_WORDS), dtype=np.uint64)
    if minutiae:
        sketches[0, 3], sketches[0, SKETCH_MINUTIAE + 3] = bits[0, :, 0]
        sketches[-1, :SKETCH_MINUTIAE] = bits[0, 0, -1] ^ np.uint64(2**64 - 1)  # nothing is farther
    pairs = list(zip(*([(int(a), int(b)) for a, b in one.T] for one in bits), strict=True))
    rows = [[int(word) for word in row] for row in sketches]
    place, place_first = min(math.ceil(few / every), len(rows[::every])) - 1, min(few, prints) - 1
    near, near_first, reached = WeighedBits(*bits).reaches(sketches, (few, 2 * more), (few, more), glanced, every)
    distance = [[naive_sketches.nearest(one, row) for row in rows[::every]] for one in pairs]
    assert near.tolist() == [min(sorted(some)[place] + 2 * more, 128) for some in distance]
    reached_by = [within(np.array(some, np.int32), math.ceil(few / every)) for some in distance]
    assert reached_by == [sorted(some)[place] for some in distance]

    halves = [tuple((first, 0) for first, _ in one) for one in pairs[:glanced]]
    firsts = [row[:SLOTS] + [0] * SLOTS for row in rows]
    distance = [[naive_sketches.nearest(one, row) for row in firsts] for one in halves]
    for i, t in itertools.product(range(min(glanced, minutiae)), range(prints)):
        assert nearest_first(*bits, i, sketches[t, :SLOTS]) == distance[i][t]
    assert near_first.tolist() == [min(sorted(some)[place_first] + more, 64) for some in distance]
    assert reached.tolist() == [
        sum(max(reach - some[t], 0) ** 2 for reach, some in zip(near_first.tolist(), distance, strict=True))
        for t in range(prints)
    ]


@settings(max_examples=25)
@given(SEEDS, st.integers(2, 40), st.booleans())
def test_placing_equals_its_twin(seed: int, count: int, is_same: bool) -> None:
    rng = np.random.default_rng(seed)
    points = finger(rng, count)
    made = [template(impression(points, rng, lost=0.1)) if is_same else template(finger(rng, count)), template(points)]
    probe, natives = made[1], [b"damage", *(one.to_bytes() for one in made)]
    data, offset = np.frombuffer(b"".join(natives), np.uint8), np.cumsum([0, *map(len, natives)])
    sketches = np.zeros((3, SKETCH_WORDS), np.uint64)
    sketches[1:] = [sketches_of(one) for one in made]
    asked = probe.minutiae.best(24)
    bits = WeighedBits(*(words[:, : len(asked)] for words in weighed_bits(probe, 24)))
    near, weight = rng.integers(20, 60, len(asked)), rng.integers(0, 65, len(asked))
    turns = direction_codes(asked.direction).astype(np.int64)
    worth, rows = np.empty(3, np.float32), np.arange(3)
    place_sketches(
        *bits, near, weight, np.stack([asked.x, asked.y]), turns, sketches, data, offset, rows, *direction_tables(),
        np.empty((8, len(asked)), np.float32), worth,
    )  # fmt: skip
    words = [[(int(a), int(b)) for a, b in one.T] for one in bits]
    at = list(zip(asked.x.tolist(), asked.y.tolist(), turns.tolist(), strict=True))
    wanted = [0.0]
    for one, row in zip(made, sketches[1:].tolist(), strict=True):
        lying = one.minutiae
        codes = direction_codes(lying.direction).tolist()
        places = list(zip(lying.x.tolist(), lying.y.tolist(), codes, strict=True))
        minutiae = list(zip(*words, strict=True))
        wanted.append(naive_sketches.placed(minutiae, at, row, places, near.tolist(), weight.tolist()))
    np.testing.assert_allclose(worth, wanted, rtol=2e-3, atol=1.0)
    assert worth[2] > 0.0 or not weight.any()


@given(SEEDS, st.integers(0, 5))
def test_bits_are_weighed_as_their_twin_says(seed: int, minutiae: int) -> None:
    sums = np.random.default_rng(seed).integers(-900, 901, (minutiae, 128)).astype(np.int16)
    sums[:, :6] = [-32768, 32767, 230, -231, 0, 780]
    found = np.empty((3, 2, minutiae), np.uint64)
    weigh(sums, 230, 780, *found)
    tests = (lambda value: value > 0, lambda value: abs(value) > 230, lambda value: abs(value) > 780)
    for words, is_set in zip(found, tests, strict=True):
        assert words.T.tolist() == [
            [sum(is_set(value) << k for k, value in enumerate(half)) for half in (row[:64], row[64:])]
            for row in sums.tolist()
        ]


@given(SEEDS)
def test_unlike_bits_count_as_their_twin_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sketch, (code, sure, strong) = rng.integers(0, 2**64, 2, dtype=np.uint64), bits_that_count(rng, 1)[:, :, 0]
    minutia = tuple((int(first), int(second)) for first, second in (code, sure, strong))
    assert unlike(*(code ^ sketch), *sure, *strong) == naive_sketches.distance(minutia, tuple(map(int, sketch)))
    half = tuple((int(words[0]), 0) for words in (code, sure, strong))
    assert unlike_half((code ^ sketch)[0], sure[0], strong[0]) == naive_sketches.distance(half, (int(sketch[0]), 0))


@given(SEEDS, st.sampled_from([0, 1, 2**52 - 1, 2**64 - 1]))
def test_one_sketch_equals_its_twin(seed: int, pattern: int) -> None:
    # Bits beyond the cells of a word say nothing.
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 2**64, 7, dtype=np.uint64) & np.uint64(pattern)
    weights, bias = sketch_weights()
    sketch = np.empty(2, np.uint64)
    sketch_one(words, weights, bias, np.empty(128, np.int16), sketch)
    wanted = naive_sketches.sketch([int(word) for word in words], weights.tolist(), bias.tolist())
    assert tuple(sketch.tolist()) == naive_sketches.words(wanted)


def test_sketches_of_bytes_equal_their_twin_and_damage_leaves_zeros(rng: np.random.Generator) -> None:
    made = [template(finger(rng, count)) for count in (4, 0, 3)]
    natives = [b"damage", *(one.to_bytes() for one in made)]
    offset = np.cumsum([0, *(len(native) for native in natives)])
    sketches = np.empty((4, 6), np.uint64)
    weights, bias = sketch_weights()
    sketch_natives(np.frombuffer(b"".join(natives), np.uint8), offset, weights, bias, sketches)
    assert sketches[0].tolist() == [0] * 6
    for one, row in zip(made, sketches[1:], strict=True):
        cylinders = [[int(word) for word in words] for words in one.cylinders]
        assert row.tolist() == naive_sketches.row(cylinders, 3, weights.tolist(), bias.tolist())


def test_sums_have_the_signs_of_the_sketches_and_damage_leaves_them(rng: np.random.Generator) -> None:
    made = template(finger(rng, 7))
    weights, bias = sketch_weights()
    native, sums = np.frombuffer(made.to_bytes(), np.uint8), np.zeros((9, 128), np.int16)
    sums_of_native(native, weights, bias, sums)
    for row, cylinder in zip(sums.tolist(), made.cylinders, strict=False):
        assert row == naive_sketches.sums([int(word) for word in cylinder], weights.tolist(), bias.tolist())
    assert not sums[7:].any()
    weighed, found = np.empty((2, 3, 2, 5), np.uint64)
    weigh(sums[:5], 230, 780, *weighed)
    weigh_native(native, weights, bias, 230, 780, *found)
    assert found.tolist() == weighed.tolist()
    left = np.zeros((2, 128), np.int16)
    sums_of_native(np.frombuffer(b"damage", np.uint8), weights, bias, left)
    assert not left.any()


def test_the_scan_is_compiled_for_sketches_as_they_are_made() -> None:
    assert SLOTS == search_kernels.SLOTS == SKETCH_MINUTIAE
