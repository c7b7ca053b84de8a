"""Pixels of any kind to 8-bit grey: nothing is thrown away unasked."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays

from fingerprint_engine.errors import ImageError, ParameterError
from fingerprint_engine.preprocessing import to_grey

GREY = np.arange(0, 240, dtype=np.uint8).reshape(12, 20)
RGB = np.dstack([GREY, GREY, GREY])
TINTED = np.dstack([GREY, GREY + np.uint8(15), GREY])
OPAQUE = np.full_like(GREY, 255)
HALF = np.where(GREY > 100, np.uint8(255), np.uint8(51))


def test_grey_passes_unchanged():
    for same in (GREY, GREY[:, :, np.newaxis], RGB, np.dstack([GREY, OPAQUE]), np.dstack([RGB, OPAQUE])):
        assert np.array_equal(to_grey(same), GREY)


def test_rounding_of_jpeg_does_not_make_colour():
    almost = RGB.copy()
    almost[3, 4, 1] += 4
    assert np.abs(to_grey(almost).astype(int) - GREY).max() <= 3
    almost[3, 4, 1] += 1
    with pytest.raises(ImageError, match=r"got colour \(channels differ by up to 5 of 255\).*colour=\"convert\""):
        to_grey(almost)


def test_colour_converts_to_luminance_on_request():
    with pytest.raises(ImageError, match="differ by up to 15"):
        to_grey(TINTED)
    converted = to_grey(TINTED, colour="convert")
    assert np.abs(converted - (GREY + 15 * 0.587)).max() <= 0.5


@pytest.mark.parametrize("colours", [GREY[:, :, np.newaxis], RGB], ids=["grey", "rgb"])
def test_transparency_is_laid_on_white_on_request(colours):
    pixels = np.dstack([colours, HALF])
    with pytest.raises(ImageError, match=r"expected opaque pixels, 42\.1% are not; alpha=\"white\""):
        to_grey(pixels)
    expected = np.where(GREY > 100, GREY, np.rint(GREY * 0.2 + 255 * 0.8))
    assert np.array_equal(to_grey(pixels, alpha="white"), expected)


@given(arrays.arrays(np.uint8, (5, 7)))
def test_eight_bits_survive_the_way_through_each_depth(grey):
    for pixels in (grey.astype(np.uint16) * 257, grey / 255.0, (grey / 255.0).astype(np.float32)):
        if pixels.dtype == np.uint16 and 255 < pixels.max() <= 4095:
            continue
        assert np.array_equal(to_grey(pixels, depth="scale"), grey)


@pytest.mark.parametrize("kind", [bool, np.uint16, np.int32, np.float32, np.float64])
def test_other_depths_are_refused_unless_asked_for(kind):
    pixels = (GREY > 100).astype(kind)
    with pytest.raises(ImageError, match=r"expected 8-bit grey \(uint8\), got dtype .*depth=\"scale\""):
        to_grey(pixels)
    assert to_grey(pixels, depth="scale").dtype == np.uint8


def test_one_bit_becomes_black_and_white():
    assert np.array_equal(to_grey(GREY > 100, depth="scale"), np.where(GREY > 100, 255, 0))


def test_twelve_bits_in_sixteen_are_recognised():
    with pytest.raises(ImageError, match="over the full 16 bits, got at most 3824"):
        to_grey(GREY.astype(np.uint16) * 16, depth="scale")


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("depth", ["refuse", "scale"])
def test_nan_and_infinity_are_refused_and_counted(wrong, depth):
    pixels = GREY / 255.0
    pixels[2, 3] = wrong
    with pytest.raises(ImageError, match="expected finite values, got 1 NaN or infinite of 240"):
        to_grey(pixels, depth=depth)


@pytest.mark.parametrize("pixels", [GREY / 100.0, GREY / 255.0 - 0.1, GREY.astype(np.int32) - 1, GREY.astype(float)])
def test_values_outside_their_range_are_refused(pixels):
    with pytest.raises(ImageError, match=r"values from 0 to (1|65535), got"):
        to_grey(pixels, depth="scale")


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.uint32, np.complex128, object, "U1", "datetime64[s]"])
def test_dtypes_that_are_no_pixels_are_refused(kind):
    with pytest.raises(ImageError, match="expected uint8, uint16, bool or float, got dtype"):
        to_grey(np.zeros((4, 4), kind), depth="scale")


@pytest.mark.parametrize("shape", [(), (5,), (4, 4, 5), (4, 4, 0), (2, 4, 4, 1), (0, 4), (4, 0, 3)])
def test_shapes_that_are_no_image_are_refused(shape):
    with pytest.raises(ImageError, match=r"pixels: expected (shape|at least one pixel)"):
        to_grey(np.zeros(shape, np.uint8))


def test_what_is_no_array_is_refused():
    with pytest.raises(ImageError, match="expected a numpy array, got list"):
        to_grey([[1, 2], [3, 4]])


@pytest.mark.parametrize("rule", ["colour", "alpha", "depth"])
def test_unknown_rules_are_refused_by_name(rule):
    with pytest.raises(ParameterError, match=f"{rule}: expected one of refuse, .* got 'perhaps'"):
        to_grey(GREY, **{rule: "perhaps"})
