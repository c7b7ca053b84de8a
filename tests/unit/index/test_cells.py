"""Cells: which prints have a minutia where."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference.point_prints import finger, template

from fingerprint_engine.index.cells.centres import SIZED_PRINTS, cell_centres, cell_sizes, twice_distances
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.cells.visits import COST_BITS, QUALITY_BITS, VISIT_COST, visits_of
from fingerprint_engine.index.cells.weighed_bits import STRONG, SURE, WeighedBits, weighed_bits
from fingerprint_engine.minutiae import UNKNOWN_QUALITY, Minutiae
from fingerprint_engine.template.kernels.sketches import sums_of_native
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE, sketch_weights, sketches_of


@pytest.fixture
def sketches(rng: np.random.Generator) -> np.ndarray:
    found = rng.integers(0, 2**64, (40, 2 * SKETCH_MINUTIAE), np.uint64)
    found[3, 5:32], found[3, 37:] = found[3, 0], found[3, 32]  # five minutiae, the others repeat the first
    found[4] = 0  # a print without minutiae
    return found


def _distances(words: np.ndarray) -> np.ndarray:
    """Of each minutia to each centre, bit by bit."""
    bits = [
        np.unpackbits(np.ascontiguousarray(part).view(np.uint8).reshape(-1, 16), axis=1)
        for part in (words, cell_centres())
    ]
    return (bits[0][:, None] != bits[1][None]).sum(axis=2)


def test_distances_to_cells_are_those_that_counting_bits_gives(rng: np.random.Generator) -> None:
    bits = WeighedBits(*rng.integers(0, 2**64, (3, 2, 4), np.uint64))
    words, sure, strong = (
        np.unpackbits(np.ascontiguousarray(one.T).view(np.uint8).reshape(-1, 16), axis=1) for one in bits
    )
    centres = np.unpackbits(np.ascontiguousarray(cell_centres()).view(np.uint8).reshape(-1, 16), axis=1)
    every = ((words[:, None] != centres[None]) * (sure + strong)[:, None]).sum(axis=2)
    np.testing.assert_array_equal(_to_cells(bits), every)
    assert twice_distances(WeighedBits(*np.zeros((3, 2, 0), np.uint64)))[0].shape == (0, len(cell_centres()))


def _to_cells(bits: WeighedBits) -> np.ndarray:
    twice, beyond = twice_distances(bits)
    return (twice - beyond[:, None]) / 2


def _probe(rng: np.random.Generator, minutiae: int) -> tuple[WeighedBits, np.ndarray]:
    bits = weighed_bits(template(finger(rng, minutiae)), minutiae)
    return bits, rng.integers(46, 54, bits.codes.shape[1])


def test_cells_are_visited_that_are_near_for_what_they_cost(rng: np.random.Generator) -> None:
    bits, near = _probe(rng, 12)
    quality = rng.integers(20, 100, 12)
    cost = cell_sizes() / (SIZED_PRINTS / 1000) + VISIT_COST
    doubt = QUALITY_BITS * np.log(quality / quality.max())[:, None]
    for listed in (1, 60, 900):
        distance = _to_cells(bits)
        worse = distance - near[:, None] + COST_BITS * np.log(cost) - doubt
        nearest = distance.argsort(axis=1, kind="stable")[:, : max(listed // 10, 64)]
        in_question = np.zeros(worse.shape, np.bool_)
        np.put_along_axis(in_question, nearest, True, axis=1)
        worse[~in_question] = np.inf
        found = visits_of(bits, near, quality, listed)
        assert (np.diff(found.cell) >= 0).all()
        visited = np.zeros(worse.shape, np.bool_)
        visited[found.minutia, found.cell] = True
        assert visited.sum() == found.cell.size >= 1
        assert worse[visited].max() <= worse[~visited].min() + 0.2, "in steps of a bit"
        spent = cost[found.cell].sum()
        assert 0.9 * listed <= spent <= listed or listed == 1


def test_doubtful_minutiae_are_looked_for_less_far_and_unknown_ones_as_the_best(rng: np.random.Generator) -> None:
    bits, near = _probe(rng, 12)
    alike = visits_of(bits, near, np.full(12, 80), 2000)
    for quality in (np.full(12, UNKNOWN_QUALITY), np.full(12, 100)):
        for one, other in zip(visits_of(bits, near, quality, 2000), alike, strict=True):
            np.testing.assert_array_equal(one, other)
    doubtful = np.bincount(visits_of(bits, near, np.where(np.arange(12) < 6, 80, 0), 2000).minutia, minlength=12)
    before = np.bincount(alike.minutia, minlength=12)
    assert (doubtful[6:] <= before[6:]).all()
    assert doubtful[6:].sum() < before[6:].sum()
    assert (doubtful[:6] >= before[:6]).all()
    assert doubtful[:6].sum() > before[:6].sum()


def test_without_minutiae_nothing_is_visited() -> None:
    nothing = visits_of(WeighedBits(*np.zeros((3, 2, 0), np.uint64)), np.zeros(0, int), np.zeros(0, np.uint8), 20_000)
    assert (nothing.cell.size, nothing.minutia.size) == (0, 0)


def test_bits_count_by_how_far_their_sums_lie_from_nothing(rng: np.random.Generator) -> None:
    made = template(finger(rng, 30))
    bits, sums = weighed_bits(made, 20), np.zeros((20, 128), np.int16)
    sums_of_native(np.frombuffer(made.to_bytes(), np.uint8), *sketch_weights(), sums)
    assert bits.codes.T.tolist() == sketches_of(made, 20).reshape(2, 20).T.tolist()
    counts = [np.bitwise_count(words).sum() for words in bits[1:]]
    assert counts == [(np.abs(sums) > limit).sum() for limit in (SURE, STRONG)]
    assert not (bits.strong & ~bits.sure).any()
    assert [words.shape for words in weighed_bits(template(Minutiae.empty()), 20)] == [(2, 0)] * 3


def test_every_minutia_lies_in_one_cell_which_is_nearest(sketches: np.ndarray) -> None:
    start, rows, codes = lists_of(sketches)
    assert rows.size == codes.shape[0] == start[-1] == 38 * SKETCH_MINUTIAE + 5
    assert np.bincount(rows, minlength=40).tolist() == [32, 32, 32, 5, 0] + 35 * [32]
    cells = np.repeat(np.arange(start.size - 1), np.diff(start.astype(np.int64)))
    some = slice(None, None, 97)
    every = _distances(codes[some])
    np.testing.assert_array_equal(np.take_along_axis(every, cells[some, None], axis=1)[:, 0], every.min(axis=1))
    for row, code in zip(rows[some].tolist(), codes[some], strict=True):
        slots = sketches[row].reshape(2, -1)
        assert (slots == code[:, None]).all(axis=0).any()
    for begin, end in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        assert (np.diff(rows[begin:end].astype(int)) >= 0).all()
