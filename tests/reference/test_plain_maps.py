"""Steps that are written for speed give the bits of their plain formulations."""

import cv2
import numpy as np
import pytest

from fingerprint_engine.extractors.heat import LOGIT_LIMIT, heat_features
from fingerprint_engine.extractors.network import Answer
from fingerprint_engine.extractors.network_input import network_input
from fingerprint_engine.extractors.network_maps import drawn_ridges
from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.minutiae.detection import Candidates
from fingerprint_engine.minutiae.filtering import FilterParameters, filter_candidates
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.preprocessing.regions import fill_holes, largest_region
from fingerprint_engine.template.coarse_map import coarse_map_of
from fingerprint_engine.template.quantization import each_once, quantize_minutiae


def plain_largest_region(mask):
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    areas = [int((labels == number).sum()) for number in range(1, count)]
    return labels == 1 + int(np.argmax(areas)) if areas else mask


def plain_fill_holes(mask):
    _, labels = cv2.connectedComponents(np.pad(~mask, 1, constant_values=True).astype(np.uint8), connectivity=4)
    return (labels != labels[0, 0])[1:-1, 1:-1]


def blobs(rng):
    smooth = cv2.GaussianBlur(rng.standard_normal(rng.integers(1, 40, 2)), (0, 0), rng.uniform(0.3, 6.0))
    return smooth > np.quantile(smooth, rng.uniform(0.0, 1.0))


@pytest.mark.parametrize("seed", range(40))
def test_regions(seed):
    mask = blobs(np.random.default_rng(seed))
    before = mask.copy()
    assert np.array_equal(largest_region(mask), plain_largest_region(mask))
    assert np.array_equal(fill_holes(mask), plain_fill_holes(mask))
    assert np.array_equal(mask, before)


def plain_blur(image, sigma):
    width = round(np.sqrt(4.0 * sigma * sigma + 1.0))
    width += 1 - width % 2
    for _ in range(3):
        image = cv2.blur(image, (width, width), borderType=cv2.BORDER_REFLECT_101)
    return image


@pytest.mark.parametrize("faint", [False, True])
def test_normalization_and_what_the_network_sees(faint):
    parameters = NormalizationParameters()
    rng = np.random.default_rng(7)
    pixels = (rng.normal(128, 0.3 if faint else 40, (131, 97))).clip(0, 255).astype(np.uint8)
    image = pixels.astype(np.float32)
    centred = plain_blur(image, parameters.window_px) - image
    contrast = np.sqrt(np.maximum(plain_blur(centred * centred, parameters.window_px), 0.0))
    values = np.clip(centred / (contrast + np.float32(parameters.floor_levels)), np.float32(-3.0), np.float32(3.0))
    found = normalize(pixels, parameters)
    assert np.array_equal(found.values, values)
    assert np.array_equal(found.contrast, contrast)
    strong = max(float(np.percentile(contrast[::4, ::4], 95.0, method="lower")), 1.0)
    planes = network_input(found)
    assert planes.dtype == np.float32
    assert np.array_equal(planes, np.stack([values, np.minimum(contrast / strong, 1.5)]).astype(np.float32))
    assert np.array_equal(found.contrast, contrast)


def test_drawn_ridges():
    cells = np.random.default_rng(8).standard_normal((8, 17, 23)).astype(np.float32)
    plain = cells[:4].reshape(2, 2, 17, 23).transpose(2, 0, 3, 1).reshape(34, 46)
    for shape in ((34, 46), (33, 45)):
        found = drawn_ridges(Answer(cells, np.zeros((5, 5, 6), np.float32)), shape)
        assert found.flags.c_contiguous
        assert np.array_equal(found, plain[: shape[0], : shape[1]])


def test_of_minutiae_at_one_place_the_best_is_kept():
    rng = np.random.default_rng(9)
    columns = rng.integers(0, 3, (3, 60)).astype(np.float32)
    found = quantize_minutiae(Minutiae(*columns, np.ones(60, np.uint8), rng.integers(0, 100, 60)), (50, 50))
    kept = each_once(found)
    places = list(zip(found.x, found.y, found.direction, strict=True))
    expected = [places.index(place) for place in dict.fromkeys(places)]
    assert 5 < len(kept) == len(expected) < 60
    for name in ("x", "y", "direction", "quality"):
        assert np.array_equal(getattr(kept, name), getattr(found, name)[sorted(expected)])


@pytest.mark.parametrize("blocks", [(4, 6), (3, 6), (3, 5)])
def test_the_rim_of_a_coarse_map_repeats_the_blocks_beside_it(blocks):
    rng = np.random.default_rng(10)
    orientation = rng.uniform(0, np.pi, blocks).astype(np.float32)
    period = rng.uniform(6, 12, blocks).astype(np.float32)
    whole = [np.pad(each, [(0, 4 - blocks[0]), (0, 6 - blocks[1])], mode="edge") for each in (orientation, period)]
    found, expected = (coarse_map_of(np.ones((2, 3), bool), *maps) for maps in ((orientation, period), whole))
    assert np.array_equal(found.orientation, expected.orientation)
    assert np.array_equal(found.period, expected.period)


@pytest.mark.parametrize("seed", range(10))
def test_pairs_that_cancel_each_other(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(20, 80, (2, 60))
    direction, period = rng.uniform(0, 2 * np.pi, 60), rng.uniform(5, 14, 60)
    found = Candidates(x, y, direction, np.ones(60, np.uint8), np.ones(60), period)
    parameters = FilterParameters(border_px=0.0)
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    reach = parameters.dipole_periods * 0.5 * (period[:, None] + period)
    opposite = np.abs(direction_difference(direction[:, None], direction)) > parameters.dipole_angle_rad
    pairs = sorted((distance[i, j], i, j) for i in range(60) for j in range(i) if distance[i, j] < reach[i, j])
    kept = set(range(60))
    for _, i, j in pairs:
        if opposite[i, j] and {i, j} <= kept:
            kept -= {i, j}
    left, _ = filter_candidates(found, np.ones((100, 100), bool), parameters)
    assert 0 < len(kept) < 60
    assert np.array_equal(left.x, x[sorted(kept)])


def test_distances_from_the_edge_are_those_at_the_candidates():
    mask = np.zeros((90, 110), bool)
    mask[21:70, 34:95] = True
    y, x = (places.ravel().astype(float) for places in np.indices(mask.shape))
    near = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1].ravel()
    chosen = np.flatnonzero(mask.ravel())[::7]
    columns = x[chosen], y[chosen], np.zeros(chosen.size), np.ones(chosen.size, np.uint8), np.ones(chosen.size)
    found = Candidates(*columns, np.full(chosen.size, 1e-9))
    left, distance = filter_candidates(found, mask, FilterParameters(border_px=5.0))
    kept = near[chosen] >= 5.0
    assert 0 < kept.sum() < chosen.size
    assert np.array_equal(left.x, x[chosen][kept])
    assert np.allclose(distance, near[chosen][kept], atol=1e-3)


def test_heat_around_a_candidate_is_the_highest_of_an_ellipse_up_to_the_border():
    rows, cols = 9, 11
    pixels = np.zeros((8, rows, cols), np.float32)
    pixels[4] = np.random.default_rng(12).uniform(-5, 5, (rows, cols))
    answer = Answer(pixels, np.zeros((5, 3, 3), np.float32))
    highest = cv2.dilate(answer.heat, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    y, x = (2.0 * places.ravel() + 0.5 for places in np.indices((rows, cols)))
    found = Candidates(x, y, np.zeros(x.size), np.ones(x.size, np.uint8), np.ones(x.size), np.full(x.size, 9.0))
    assert np.array_equal(heat_features(found, answer)[:, 0], (highest / LOGIT_LIMIT).ravel().astype(np.float64))
