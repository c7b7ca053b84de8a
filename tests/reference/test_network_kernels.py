"""The kernels that compute a network against their plain twins."""

from __future__ import annotations

from pathlib import Path

import numba
import numpy as np
import pytest
from tests.reference import naive_network as naive

from fingerprint_engine.errors import ModelError
from fingerprint_engine.extractors import learned
from fingerprint_engine.extractors.runtimes.compiled import Compiled
from fingerprint_engine.extractors.runtimes.kernels import convolutions, tiles, vectors
from fingerprint_engine.extractors.runtimes.kernels.convolutions import (
    _four_values,
    _six_points,
    _sum_up,
    _sum_up_block,
    _sum_up_half,
    _sum_up_one,
    _write_four,
    convolve,
    point_weights,
    tap_weights,
    weigh,
    work_numbers,
)
from fingerprint_engine.extractors.runtimes.kernels.tiles import (
    add_quads,
    clear_gaps,
    every_one,
    every_second,
    grid_of,
    held_places,
    quad_numbers,
    quads_of_tiles,
    tile_numbers,
    tile_planes,
    tile_quads,
    untile_planes,
)
from fingerprint_engine.extractors.runtimes.onnx_file import read_graph
from fingerprint_engine.extractors.runtimes.ridge_graph import layers_of
from fingerprint_engine.jit import BOUNDS_VARIABLE, kernel

SHAPES = [(24, 20), (4, 4), (8, 44), (1, 1), (5, 7), (10, 18), (3, 30)]
FINE = [(24, 20), (4, 4), (8, 44), (12, 28)]
LANES = vectors.LANES


def _planes(channels: int, shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(channels, *shape)).astype(np.float32)


def _tiled(planes: np.ndarray) -> np.ndarray:
    grid = grid_of(*planes.shape[1:])
    return naive.tile_planes(planes, grid).astype(np.float32)


def _is_empty(grid: tiles.Grid, channels: int) -> np.ndarray:
    """Which numbers of tiles lie in no plane."""
    return naive.tile_planes(np.ones((channels, grid.rows, grid.cols)), grid) == 0.0


@pytest.mark.parametrize("shape", SHAPES)
def test_grids_keep_neighbours_apart(shape: tuple[int, int]) -> None:
    grid = grid_of(*shape)
    assert (grid.rows, grid.cols) == shape
    assert grid.gap >= grid.pitch + 1
    assert grid.gap % 16 == grid.size % 16 == 0
    assert grid.size // 16 % 2 == 1
    last = naive.place_of(grid, shape[0] - 1, shape[1] - 1)[1]
    assert last + 1 < grid.size, "an empty tile ends each row"
    assert tile_numbers(3, grid) - quad_numbers(3, grid) == 3 * 12 * grid.size


@pytest.mark.parametrize("shape", SHAPES)
def test_planes_become_tiles_and_planes_again(shape: tuple[int, int]) -> None:
    planes, grid = _planes(3, shape), grid_of(*shape)
    found = np.full(tile_numbers(3, grid), np.nan, np.float32)
    tile_planes(planes, grid, found)
    assert np.array_equal(found, _tiled(planes))
    back = np.full_like(planes, np.nan)
    untile_planes(found, grid, back)
    assert np.array_equal(back, naive.untile_planes(found, grid, 3))
    assert np.array_equal(back, planes)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_held_and_the_gaps(shape: tuple[int, int]) -> None:
    grid = grid_of(*shape)
    assert np.array_equal(held_places(grid) == 0.0, _is_empty(grid, 1))
    found = np.ones(tile_numbers(2, grid), np.float32)
    clear_gaps(found, 2, grid)
    is_gap = np.arange(len(found)) % grid.size < grid.gap
    assert np.array_equal(found == 0.0, is_gap)


@pytest.mark.parametrize("shape", FINE)
def test_quads_become_tiles_of_half_the_resolution_and_quads_again(shape: tuple[int, int]) -> None:
    half = _planes(3, (shape[0] // 2, shape[1] // 2))
    fine, coarse = grid_of(*shape), grid_of(*half.shape[1:])
    quads = np.full(quad_numbers(3, fine), np.nan, np.float32)
    expected = naive.quads_of_planes(half, fine)
    for place, value in expected.items():
        quads[place] = value
    found = np.full(tile_numbers(3, coarse), np.nan, np.float32)
    tile_quads(quads, fine, 3, found, coarse)
    assert np.array_equal(found, _tiled(half))
    back = np.full_like(quads, np.nan)
    quads_of_tiles(found, coarse, 3, back, fine)
    assert np.array_equal(back, quads, equal_nan=True)


@pytest.mark.parametrize("shape", FINE)
def test_quads_added_to_each_value_equal_their_twin(shape: tuple[int, int]) -> None:
    planes, half = _planes(3, shape), _planes(3, (shape[0] // 2, shape[1] // 2), 1)
    grid = grid_of(*shape)
    quads = np.ones(quad_numbers(3, grid), np.float32)  # empty places hold what a layer before left there
    for place, value in naive.quads_of_planes(half, grid).items():
        quads[place] = value
    found = _tiled(planes)
    add_quads(quads, 3, grid, held_places(grid), found)
    assert np.array_equal(found, _tiled(naive.add_quads(planes, half).astype(np.float32)))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("inputs", "outputs", "is_added"), [(3, 5, False), (8, 8, True), (32, 40, False)])
def test_a_convolution_of_3_x_3_equals_its_twin(
    shape: tuple[int, int], inputs: int, outputs: int, is_added: bool
) -> None:
    rng = np.random.default_rng(2)
    planes, grid = _planes(inputs, shape), grid_of(*shape)
    weights = rng.normal(size=(outputs, inputs, 3, 3)).astype(np.float32) / np.float32(3 * inputs**0.5)
    bias = rng.normal(size=outputs).astype(np.float32)
    points, sums = (np.empty(work_numbers(channels), np.float32) for channels in (inputs, outputs))
    out = np.full(tile_numbers(outputs, grid), np.nan, np.float32)
    clear_gaps(out, outputs, grid)
    packed = point_weights(weights)
    convolve(_tiled(planes), grid, inputs, packed, bias, is_added, held_places(grid), points, sums, out)
    expected = np.maximum(naive.convolved(planes.astype(float), weights, bias), 0.0) + (planes if is_added else 0.0)
    assert np.abs(naive.untile_planes(out, grid, outputs) - expected).max() < 3e-5
    assert not out[_is_empty(grid, outputs)].any(), "what lies beyond is 0 for the next layer"


@pytest.mark.parametrize("shape", FINE)
@pytest.mark.parametrize("is_cut", [False, True])
def test_every_second_value_equals_its_twin(shape: tuple[int, int], is_cut: bool) -> None:
    rng = np.random.default_rng(3)
    planes, grid, coarse = _planes(5, shape), grid_of(*shape), grid_of(shape[0] // 2, shape[1] // 2)
    weights, bias = rng.normal(size=(11, 5, 3, 3)).astype(np.float32), rng.normal(size=11).astype(np.float32)
    quads, found = np.zeros(quad_numbers(11, grid), np.float32), np.empty(tile_numbers(11, coarse), np.float32)
    weigh(_tiled(planes), grid, 5, every_second(grid), tap_weights(weights), bias, is_cut, quads)
    tile_quads(quads, grid, 11, found, coarse)
    expected = naive.convolved(planes.astype(float), weights, bias, 2)
    expected = np.maximum(expected, 0.0) if is_cut else expected
    assert np.abs(naive.untile_planes(found, coarse, 11) - expected).max() < 1e-5


@pytest.mark.parametrize("shape", SHAPES)
def test_a_convolution_of_1_x_1_equals_its_twin(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    planes, grid = _planes(6, shape), grid_of(*shape)
    weights, bias = rng.normal(size=(9, 6, 1, 1)).astype(np.float32), rng.normal(size=9).astype(np.float32)
    out = np.empty(tile_numbers(9, grid), np.float32)
    weigh(_tiled(planes), grid, 6, every_one(grid), tap_weights(weights), bias, False, out)
    assert np.abs(naive.untile_planes(out, grid, 9) - naive.convolved(planes, weights, bias)).max() < 1e-5


@kernel
def _points_of_six(numbers: np.ndarray, out: np.ndarray) -> None:
    a, b, c, d, e, f = _six_points(
        vectors.read(numbers, 0), vectors.read(numbers, LANES), vectors.read(numbers, 2 * LANES),
        vectors.read(numbers, 3 * LANES), vectors.read(numbers, 4 * LANES), vectors.read(numbers, 5 * LANES),
    )  # fmt: skip
    _write_four(out, 0, LANES, a, b, c, d)
    vectors.write(out, 4 * LANES, e)
    vectors.write(out, 5 * LANES, f)


@kernel
def _values_of_six(numbers: np.ndarray, out: np.ndarray) -> None:
    a, b, c, d = _four_values(
        vectors.read(numbers, 0), vectors.read(numbers, LANES), vectors.read(numbers, 2 * LANES),
        vectors.read(numbers, 3 * LANES), vectors.read(numbers, 4 * LANES), vectors.read(numbers, 5 * LANES),
    )  # fmt: skip
    _write_four(out, 0, LANES, a, b, c, d)


@pytest.mark.parametrize(
    ("made", "twin", "count"), [(_points_of_six, naive._six_points, 6), (_values_of_six, naive._four_values, 4)]
)
def test_transforms_equal_the_matrices_of_the_paper(made: object, twin: object, count: int) -> None:
    numbers = np.random.default_rng(5).normal(size=(6, LANES)).astype(np.float32)
    out = np.empty(count * LANES, np.float32)
    made(numbers.ravel(), out)  # type: ignore[operator]
    assert np.abs(out.reshape(count, LANES) - twin(numbers.astype(float))).max() < 1e-5  # type: ignore[operator]


def test_the_matrices_of_the_paper_convolve() -> None:
    rng = np.random.default_rng(6)
    window, weights = rng.normal(size=(6, 6)), rng.normal(size=(3, 3))
    weights_of_points = naive.WEIGHTS_TO_POINTS @ weights @ naive.WEIGHTS_TO_POINTS.T
    found = naive._from_points(naive._to_points(window) * weights_of_points)
    expected = sum(weights[y, x] * window[y : y + 4, x : x + 4] for y, x in np.ndindex(3, 3))
    assert np.abs(found - expected).max() < 1e-12
    packed = point_weights(weights[None, None].astype(np.float32)).reshape(36, -1)
    assert np.abs(packed[:, 0] - weights_of_points.ravel()).max() < 1e-6
    assert not packed[:, 1:].any(), "the outputs that complete a block weigh nothing"


@kernel
def _summed(rows: np.ndarray, width: int, weights: np.ndarray, sums: np.ndarray) -> None:
    _sum_up(rows, 0, 13, width, weights, 0, 3, sums, 0)


@kernel
def _summed_in_parts(rows: np.ndarray, width: int, weights: np.ndarray, sums: np.ndarray) -> None:
    """Two vectors of each block in halves, or one of each: what other machines and other widths take."""
    for block in range(3):
        weight, to = block * 13 * 8, block * 8 * 32
        if width == LANES:
            _sum_up_one(rows, 0, 13, weights, weight, sums, to)
        else:
            _sum_up_half(rows, 0, 13, weights, weight, sums, to)
            _sum_up_half(rows, 0, 13, weights, weight + 4, sums, to + 4 * 32)


@kernel
def _summed_in_blocks(rows: np.ndarray, width: int, weights: np.ndarray, sums: np.ndarray) -> None:
    for block in range(3):
        for lane in range(0, width, 2 * LANES):
            _sum_up_block(rows, lane, 13, weights, block * 13 * 8, sums, block * 8 * 32 + lane)


@pytest.mark.parametrize(
    ("summed", "width"),
    [(_summed, LANES), (_summed, 2 * LANES), (_summed, 32), (_summed_in_parts, LANES), (_summed_in_parts, 2 * LANES),
     (_summed_in_blocks, 32)],
)  # fmt: skip
def test_sums_equal_their_twin_whatever_a_loop_holds(summed: object, width: int) -> None:
    rng = np.random.default_rng(7)
    assert (convolutions.PLACES, convolutions.BLOCK, convolutions.HALF) == (32, 8, 4)
    rows, weights = np.zeros((13, 32), np.float32), rng.normal(size=(24, 13)).astype(np.float32)
    rows[:, :width] = rng.normal(size=(13, width))
    sums, usual = np.full((24, 32), np.nan, np.float32), np.full((24, 32), np.nan, np.float32)
    summed(rows.ravel(), width, tap_weights(weights), sums.ravel())  # type: ignore[operator]
    assert np.abs(sums[:, :width] - naive._sum_up(rows[:, :width].astype(float), weights)).max() < 1e-5
    assert np.isnan(sums[:, width:]).all()
    _summed(rows.ravel(), width, tap_weights(weights), usual.ravel())
    assert np.array_equal(sums, usual, equal_nan=True), "the same bits"


@kernel
def _read_and_write(numbers: np.ndarray, place: int, out: np.ndarray) -> None:
    one, two = vectors.read(numbers, place), vectors.spread(np.float32(2.0))
    vectors.write(out, 0, vectors.minus(vectors.positive(vectors.plus(one, vectors.times(one, two))), two))
    vectors.write(out, LANES, vectors.fused(one, two, one))


def test_vectors_compute_number_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.default_rng(8).normal(size=3 * LANES).astype(np.float32)
    out = np.empty(2 * LANES, np.float32)
    _read_and_write(numbers, 5, out)
    part = numbers[5 : 5 + LANES]
    assert np.array_equal(out[:LANES], np.maximum(part + part * np.float32(2), 0) - np.float32(2))
    assert np.allclose(out[LANES:], 3 * part)
    monkeypatch.setenv(BOUNDS_VARIABLE, "1")
    checked = numba.njit(_read_and_write.py_func)  # type: ignore[attr-defined]
    checked(numbers, 2 * LANES, out)
    for place in (-1, 2 * LANES + 1):
        with pytest.raises(IndexError, match="vector out of bounds"):
            checked(numbers, place, out)


@pytest.mark.parametrize("shape", [(24, 20), (4, 4), (8, 44)])
def test_the_network_equals_its_twin(shape: tuple[int, int]) -> None:
    data = Path(learned.__file__).with_name(learned.MODEL_FILE).read_bytes()
    layers = {
        name: (layer.weights.astype(float), layer.bias.astype(float))
        for name, layer in layers_of(read_graph(data))._asdict().items()
    }
    cells = np.random.default_rng(9).normal(size=(1, 32, *shape)).astype(np.float32)
    computed = Compiled(data, "ridge.onnx")
    computed(np.full((1, 32, 16, 48), 3.0, np.float32))  # another picture before it leaves no trace
    found = computed(cells)
    for one, other in zip(found, naive.network(cells[0].astype(float), layers), strict=True):
        assert one.dtype == np.float32
        assert one.shape == (1, *other.shape)
        assert np.abs(one[0] - other).max() < 5e-5


@pytest.mark.parametrize("cells", [
    np.zeros((1, 31, 8, 8), np.float32), np.zeros((2, 32, 8, 8), np.float32), np.zeros((1, 32, 8, 6), np.float32),
    np.zeros((1, 32, 8, 8)), np.zeros((1, 32, 0, 8), np.float32), np.zeros((32, 8, 8), np.float32),
])  # fmt: skip
def test_other_cells_are_refused(cells: np.ndarray) -> None:
    computed = Compiled(Path(learned.__file__).with_name(learned.MODEL_FILE).read_bytes(), "ridge.onnx")
    with pytest.raises(ModelError, match=r"ridge\.onnx: the runtime 'compiled' cannot compute it: expected float32 of"):
        computed(cells)
