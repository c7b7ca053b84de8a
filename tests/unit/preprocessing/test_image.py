"""`FingerprintImage`: uint8, two-dimensional, known resolution."""

import math

import numpy as np
import pytest

from fingerprint_engine.errors import ImageError
from fingerprint_engine.preprocessing import FingerprintImage

GREY = np.full((20, 30), 128, np.uint8)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (GREY.astype(np.float32), "expected a uint8 array, got dtype float32"),
        (GREY.tolist(), "expected a uint8 array, got list"),
        (GREY[0], r"expected shape \(rows, cols\), got shape \(30,\)"),
        (np.zeros((2, 3, 4), np.uint8), r"got shape \(2, 3, 4\)"),
        (np.zeros((0, 5), np.uint8), "expected at least one pixel"),
        (np.broadcast_to(np.uint8(0), (20_000, 3)), "expected at most 10000 px per side"),
        (np.broadcast_to(np.uint8(0), (9_000, 9_000)), "50000000 px in all"),
    ],
)
def test_other_arrays_are_refused(pixels, message):
    with pytest.raises(ImageError, match=message):
        FingerprintImage(pixels, 500)


@pytest.mark.parametrize("ppi", [72, 96, 124.9, 4001, 0, -500, math.nan, math.inf, "500", None, True])
def test_implausible_resolutions_are_refused(ppi):
    with pytest.raises(ImageError, match="ppi: expected"):
        FingerprintImage(GREY, ppi)


@pytest.mark.parametrize("ppi", [125, 500.0, np.float32(569), np.int64(1000)])
def test_plausible_resolutions_become_float(ppi):
    assert type(FingerprintImage(GREY, ppi).ppi) is float


def test_the_copy_is_private_and_read_only():
    pixels = GREY.copy()
    image = FingerprintImage(pixels, 500)
    pixels[:] = 0
    assert image.pixels.min() == 128
    assert image.shape == (20, 30)
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0] = 1
