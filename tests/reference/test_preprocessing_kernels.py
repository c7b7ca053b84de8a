"""The compiled loops against their plain twins."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.reference import naive_preprocessing as naive

from fingerprint_engine.minutiae.kernels import (
    MARGIN,
    distances_from_edge,
    find_vortices,
    mean_power,
    measure_by_rows,
    mirrored,
)
from fingerprint_engine.preprocessing.kernels import (
    band_pass_across,
    bilinear,
    copy_corners,
    divide_by_contrast,
    halve_angles,
    next_run,
    place_of,
    smooth_along,
    weighed_energy,
)

SHAPES = [(34, 41), (1, 41), (34, 1), (1, 1), (2, 2), (2, 1), (1, 2)]
"""The kernels also run with every index checked: see `robustness.test_kernel_bounds`."""


@pytest.fixture
def planes(request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    shape = getattr(request, "param", SHAPES[0])
    angle = rng.uniform(0, np.pi, shape).astype(np.float32)
    return {
        "image": rng.normal(size=shape).astype(np.float32),
        "mask": rng.random(shape) < 0.8,
        "cosine": np.cos(angle),
        "sine": np.sin(angle),
        "period": rng.uniform(6, 12, shape).astype(np.float32),
    }


def test_runs_of_a_row_equal_their_twin(planes: dict[str, np.ndarray]) -> None:
    masks = [planes["mask"], np.zeros((2, 5), bool), np.ones((2, 5), bool)]
    for mask in masks:
        for row, col in np.ndindex(mask.shape):
            assert next_run(mask, row, col) == naive.next_run(mask, row, col)
        assert next_run(mask, 0, mask.shape[1]) == (mask.shape[1], mask.shape[1])


def test_places_equal_their_twin() -> None:
    sides = np.array([-1.5, -0.0, 0.0, 0.4, 3.0, 3.99, 4.0, 4.5, 5.0, np.nan, np.inf, -np.inf], np.float32)
    for x in sides:
        for y in sides:
            assert place_of(x, y, 5, 7) == naive.place_of(x, y, 5, 7)


def test_values_between_pixels_equal_their_twin(planes: dict[str, np.ndarray]) -> None:
    image, rng = planes["image"], np.random.default_rng(14)
    rows, cols = image.shape
    x, y = (rng.uniform(0, side - 1, 40).astype(np.float32) for side in (cols, rows))
    place, corners = y.astype(np.int32) * cols + x.astype(np.int32), np.empty((40, 4), np.float32)
    copy_corners(image.ravel(), place, cols, corners)
    np.testing.assert_array_equal(corners, naive.copy_corners(image, place.tolist()))
    for i in range(40):
        assert bilinear(corners[i], x[i] - np.floor(x[i]), y[i] - np.floor(y[i])) == naive.bilinear(image, x[i], y[i])


def test_halved_angles_equal_their_twin_but_for_the_sense_of_an_orientation() -> None:
    doubled = np.random.default_rng(12).normal(size=(2, 32, 32)).astype(np.float32)
    doubled[0, 0, :5], doubled[1, 0, :5] = (0.0, -1.0, 1.0, 0.0, 1e-7), (0.0, 0.0, 0.0, -1.0, 0.0)
    expected = naive.halve_angles(*doubled[:, :30, :31])
    cosine, sine = np.empty((2, 30, 31), np.float32)
    halve_angles(*doubled, cosine, sine)
    assert (cosine[0, 0], sine[0, 0]) == (1.0, 0.0)
    assert np.abs(np.abs(cosine * expected[0] + sine * expected[1]) - 1.0).max() < 1e-6
    assert np.abs(cosine * expected[1] - sine * expected[0]).max() < 5e-7


def test_pixels_divided_by_contrast_equal_their_twin() -> None:
    centred, power = np.random.default_rng(13).normal(scale=9.0, size=(2, 30, 31)).astype(np.float32)
    expected = naive.divide_by_contrast(centred, power, 0.5, 3.0)
    divide_by_contrast(centred, power, np.float32(0.5), np.float32(3.0))
    assert centred.max() == 3.0
    assert centred.min() == -3.0
    assert power.min() == 0.0
    assert np.array_equal(centred, expected[0])
    assert np.array_equal(power, expected[1])


@pytest.mark.parametrize("shape", [(3, 64, 64), (2, 16, 20), (1, 2, 4)])
def test_weighed_energies_equal_their_twin(shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(14)
    patches = rng.standard_normal(shape).astype(np.float32)
    weight = rng.random((shape[1], shape[2] // 2 + 1)).astype(np.float32)
    packed, energy = np.array([cv2.dft(patch) for patch in patches]), np.empty((shape[0], *weight.shape), np.float32)
    weighed_energy(packed, weight, energy)
    expected = naive.weighed_energy(patches, weight)
    assert np.allclose(energy, expected, rtol=1e-4, atol=1e-4 * expected.mean())


@pytest.mark.parametrize("planes", SHAPES, indirect=True)
def test_smooth_along_equals_its_twin(planes: dict[str, np.ndarray]) -> None:
    arguments = [planes[name] for name in ("image", "mask", "cosine", "sine")]
    out = np.empty_like(planes["image"])
    smooth_along(*arguments, np.float32(4.3), np.float32(0.3), out)
    assert np.array_equal(out, naive.smooth_along(*arguments, 4.3, 0.3))


@pytest.mark.parametrize("planes", SHAPES, indirect=True)
def test_band_pass_across_equals_its_twin(planes: dict[str, np.ndarray]) -> None:
    even_weights = np.array([0.5, 0.3, -0.4], dtype=np.float32)
    odd_weights = np.array([0.0, 0.6, 0.2], dtype=np.float32)
    even, odd = np.empty_like(planes["image"]), np.empty_like(planes["image"])
    arguments = [planes[name] for name in ("image", "mask", "cosine", "sine", "period")]
    band_pass_across(*arguments, even_weights, odd_weights, np.float32(6.0), even, odd)
    expected_even, expected_odd = naive.band_pass_across(*arguments, even_weights, odd_weights, 6.0)
    assert np.array_equal(even, expected_even)
    assert np.array_equal(odd, expected_odd)


def test_find_vortices_equals_its_twin(planes: dict[str, np.ndarray]) -> None:
    rng = np.random.default_rng(2)
    even, odd = (rng.normal(size=(34, 41)).astype(np.float32) for _ in range(2))
    out = np.zeros((1000, 4))
    count = find_vortices(even, odd, planes["mask"], planes["cosine"], planes["sine"], out)
    expected = naive.find_vortices(even, odd, planes["mask"], planes["cosine"], planes["sine"])
    assert count == len(expected) > 50
    found = out[:count]
    for column, tolerance in ((0, 1e-3), (1, 1e-3), (3, 1e-4)):
        assert np.allclose(found[:, column], [row[column] for row in expected], atol=tolerance)
    assert np.allclose(np.exp(1j * found[:, 2]), np.exp(1j * np.array([row[2] for row in expected])), atol=1e-5)


def test_find_vortices_counts_what_does_not_fit(planes: dict[str, np.ndarray]) -> None:
    rng = np.random.default_rng(2)
    even, odd = (rng.normal(size=(34, 41)).astype(np.float32) for _ in range(2))
    out = np.zeros((3, 4))
    assert find_vortices(even, odd, planes["mask"], planes["cosine"], planes["sine"], out) > 3


@pytest.mark.parametrize("share", [0.0, 0.7, 0.97, 1.0])
def test_distances_from_the_edge_equal_their_twin(share: float) -> None:
    mask = np.random.default_rng(3).random((17, 23)) < share
    out = np.zeros((mask.shape[0] + 2 * MARGIN, mask.shape[1] + 2 * MARGIN), np.int32)
    distances_from_edge(mask, out)
    expected = np.array([naive.edge_distance(mask, *at) for at in np.ndindex(mask.shape)]).reshape(mask.shape)
    assert np.array_equal(out[MARGIN:-MARGIN, MARGIN:-MARGIN], expected)


def test_a_row_is_measured_by_the_two_before_it() -> None:
    before, earlier, here = np.random.default_rng(4).integers(0, 90_000, (3, 9 + 2 * MARGIN)).astype(np.int32)
    mask, known = np.arange(9) != 4, here.copy()
    measure_by_rows(mask, before, earlier, here)
    for col in range(9):
        at = col + MARGIN
        steps = [known[at], before[at] + 10_000]
        steps += [before[at + side] + 14_000 for side in (-1, 1)]
        steps += [before[at + side] + 21_969 for side in (-2, 2)] + [earlier[at + side] + 21_969 for side in (-1, 1)]
        assert here[at] == (min(steps) if mask[col] else 0)


@pytest.mark.parametrize("shape", [(34, 41), (9, 12), (1, 12), (1, 1)])
def test_mean_power_equals_its_twin(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    even, odd = rng.normal(size=(2, *shape)).astype(np.float32)
    row, col = (rng.integers(0, side, 20) for side in shape)
    out = np.empty(20, np.float32)
    mean_power(even, odd, row, col, 8, out)
    expected = [naive.mean_power(even, odd, *at, 8) for at in zip(row, col, strict=True)]
    assert np.allclose(out, expected, rtol=1e-6, atol=0.0)


def test_mirrored_places_equal_those_of_a_padded_row() -> None:
    for side in (1, 2, 3, 7):
        expected = np.pad(np.arange(side), 9, mode="reflect")
        assert [mirrored(place, side) for place in range(-9, side + 9)] == expected.tolist()
