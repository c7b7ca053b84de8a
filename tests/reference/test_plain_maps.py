"""Steps that are written for speed give the bits of their plain formulations."""

import cv2
import numpy as np
import pytest

from fingerprint_engine.extractors.network import Answer
from fingerprint_engine.extractors.network_input import network_input
from fingerprint_engine.extractors.network_maps import drawn_ridges
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.preprocessing.regions import fill_holes, largest_region


def plain_largest_region(mask):
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    areas = [int((labels == number).sum()) for number in range(1, count)]
    return labels == 1 + int(np.argmax(areas)) if areas else mask


def plain_fill_holes(mask):
    _, labels = cv2.connectedComponents(np.pad(~mask, 1, constant_values=True).astype(np.uint8), connectivity=4)
    return (labels != labels[0, 0])[1:-1, 1:-1]


@pytest.mark.parametrize("seed", range(40))
def test_regions(seed):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 40, 2)
    smooth = cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), rng.uniform(0.3, 6.0))
    mask = smooth > np.quantile(smooth, rng.uniform(0.0, 1.0))
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
    strong = max(float(np.percentile(contrast[::4, ::4], 95.0)), 1.0)
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
