"""Resampling: geometry to hundredths of a pixel, contrast kept, nothing done where nothing is to do."""

import numpy as np
import pytest

from fingerprint_engine.errors import ImageError
from fingerprint_engine.preprocessing import FingerprintImage, resample

RESOLUTIONS = [250.0, 400.0, 512.0, 569.0, 750.0, 1000.0, 1270.0]


def _centroid(pixels):
    weight = 255.0 - pixels.astype(np.float64)
    weight[weight < 8] = 0.0
    y, x = np.indices(pixels.shape)
    return (weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()


@pytest.mark.parametrize("ppi", RESOLUTIONS)
@pytest.mark.parametrize("place", [(0.2, 0.3), (0.8, 0.85)])
def test_a_spot_lands_where_the_pixel_centre_convention_says(ppi, place):
    rows, cols = 301, 417
    x, y = place[0] * cols + 0.31, place[1] * rows - 0.27
    grid_y, grid_x = np.mgrid[0:rows, 0:cols]
    spot = 255.0 - 250.0 * np.exp(-((grid_x - x) ** 2 + (grid_y - y) ** 2) / (2.0 * 6.0**2))
    found = _centroid(resample(FingerprintImage(np.rint(spot).astype(np.uint8), ppi)))
    scale = 500.0 / ppi
    assert found == pytest.approx(((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5), abs=0.03)


@pytest.mark.parametrize("ppi", RESOLUTIONS)
def test_ridges_keep_their_contrast_and_phase_everywhere(ppi):
    side = int(400 * ppi / 500.0)

    def ridges(x, y, period):
        return 128.0 + 100.0 * np.cos(2.0 * np.pi * ((x + 0.5) * 0.77 + (y + 0.5) * 0.64) / period)

    y, x = np.mgrid[0:side, 0:side]
    pixels = np.rint(ridges(x, y, 9.0 * ppi / 500.0)).astype(np.uint8)
    found = resample(FingerprintImage(pixels, ppi))
    y, x = np.mgrid[0 : found.shape[0], 0 : found.shape[1]]
    error = (found - ridges(x, y, 9.0))[4:-4, 4:-4]
    # Of an amplitude of 100; area averaging errs by 3, sizes stretched to whole pixels by 7 to 15. At 250 ppi a ridge
    # period is 4.5 px, which no interpolation restores as well.
    assert np.sqrt((error**2).mean()) < (2.0 if ppi > 250 else 3.0)


def test_finer_than_the_new_grid_does_not_alias():
    pixels = np.tile(np.array([0, 255], np.uint8), (400, 200))  # 2 px lines at 1270 ppi: not to be seen at 500
    found = resample(FingerprintImage(pixels, 1270))
    assert found[:, 4:-4].std() < 3.0


@pytest.mark.parametrize("ppi", [500.0, 499.999, 500.38])
def test_what_is_at_500_ppi_already_is_left_alone(ppi):
    image = FingerprintImage(np.arange(256, dtype=np.uint8).repeat(300).reshape(256, 300), ppi)
    assert resample(image) is image.pixels


def test_a_scale_that_moves_the_edge_by_half_a_pixel_is_not():
    image = FingerprintImage(np.zeros((600, 800), np.uint8), 500.38)
    assert resample(image).shape == (599, 799)


@pytest.mark.parametrize(
    ("shape", "ppi", "expected"), [((1, 1), 4000, (1, 1)), ((17, 3), 1000, (8, 1)), ((9, 9), 125, (36, 36))]
)
def test_small_images_keep_at_least_a_pixel(shape, ppi, expected):
    found = resample(FingerprintImage(np.full(shape, 77, np.uint8), ppi))
    assert found.shape == expected
    assert np.unique(found).tolist() == [77]


def test_what_would_be_too_large_is_refused_before_it_is_made():
    image = FingerprintImage(np.zeros((3000, 3000), np.uint8), 125)
    with pytest.raises(ImageError, match="at 500 ppi, got 12000 x 12000 from 3000 x 3000 at 125 ppi"):
        resample(image)
