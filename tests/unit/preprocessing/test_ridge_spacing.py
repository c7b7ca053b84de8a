"""How far apart ridges lie, from far below to far above what fingers have; letters and noise have none."""

import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine.preprocessing import ridge_spacing
from fingerprint_engine.preprocessing.ridge_spacing import _energy, ridged_share

SPOTS = np.argwhere(np.ones((20, 20))) * 18.0 + 20.0


def wave(period_px, angle=0.6, side=400):
    y, x = np.mgrid[0:side, 0:side]
    return np.rint(128 + 90 * np.cos(2 * np.pi * (x * np.sin(angle) + y * np.cos(angle)) / period_px)).astype(np.uint8)


@pytest.mark.parametrize("angle", [0.0, 0.6, np.pi / 2, 2.5])
@pytest.mark.parametrize("period", [3.5, 4.5, 6.0, 9.0, 13.0, 18.0])
def test_plane_ridges(period, angle):
    assert ridge_spacing(wave(period, angle), 500.0, SPOTS) == pytest.approx(period, rel=0.05)


@pytest.mark.parametrize("stated", [250.0, 300.0, 500.0, 750.0, 1000.0])
def test_what_is_stated_scales_it(stated):
    found = ridge_spacing(draw_print(), stated, SPOTS)
    assert found == pytest.approx(9.0 * 500.0 / stated, rel=0.1)


@pytest.mark.parametrize("brightness", [0.1, 1.0])
def test_contrast_does_not_matter(brightness):
    faint = (wave(9.0) * brightness).astype(np.uint8)
    assert ridge_spacing(faint, 500.0, SPOTS) == pytest.approx(9.0, rel=0.05)


def test_noise_flat_ground_and_no_spots_have_no_ridges(rng):
    noise = rng.integers(0, 256, (400, 400), dtype=np.uint8)
    assert ridge_spacing(noise, 500.0, SPOTS) is None
    assert ridge_spacing(np.full((400, 400), 200, np.uint8), 500.0, SPOTS) is None
    assert ridge_spacing(wave(9.0), 500.0, np.zeros((0, 2))) is None
    assert ridge_spacing(wave(9.0)[:40, :40], 500.0, SPOTS) is None
    assert ridged_share(noise, 500.0, SPOTS) == ridged_share(noise, 500.0, np.zeros((0, 2))) == 0.0


def rings(period_px, centre=200):
    y, x = np.mgrid[0:400, 0:400]
    radius = np.hypot(x - centre, y - centre)
    return np.rint(128 + 90 * np.cos(2 * np.pi * radius / period_px)).astype(np.uint8)


def test_ridges_turn_and_are_narrow():
    assert ridged_share(rings(9.0), 500.0, SPOTS) > 0.9
    assert ridged_share(rings(9.0, -300), 500.0, SPOTS) > 0.9  # a part of a print, where they turn by 40 degrees
    assert ridged_share(rings(24.0), 500.0, SPOTS) == 0.0
    assert ridged_share(wave(9.0), 500.0, SPOTS) < 0.01  # bars


@pytest.mark.parametrize("shape", [(24, 64, 64), (2, 16, 20), (1, 2, 4)])
def test_energies_are_those_of_the_whole_spectrum_by_weight(shape):
    patches = np.random.default_rng(8).standard_normal(shape).astype(np.float32)
    weight = np.random.default_rng(9).random((shape[1], shape[2] // 2 + 1)).astype(np.float32)
    expected = np.abs(np.fft.rfft2(patches.astype(np.float64))) ** 2 * weight
    found = _energy(patches, weight)
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-4 * expected.mean())
