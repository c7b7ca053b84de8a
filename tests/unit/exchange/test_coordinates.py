"""Each format's origin, unit and sense of angles, one line of facts each."""

import math

import numpy as np
import pytest

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange import coordinates
from fingerprint_engine.exchange.coordinates import ANSI_STEP_DEG, ISO_STEP_DEG

GRIDS = {
    "iso 500 ppi": coordinates.pixel_grid(500.0, 500.0, ISO_STEP_DEG),
    "iso 1000 ppi": coordinates.pixel_grid(1000.0, 1000.0, ISO_STEP_DEG),
    "ansi": coordinates.pixel_grid(500.0, 500.0, ANSI_STEP_DEG),
    "legacy": coordinates.legacy_grid(768, 500.0),
    "iafis": coordinates.iafis_grid(),
    "extended features": coordinates.extended_feature_grid(1165.0, 40.0),
    "card, normal": coordinates.card_grid("normal"),
    "card, compact": coordinates.card_grid("compact", 5.0, 7.0),
    "xyt": coordinates.xyt_grid(600, 500.0),
}


@pytest.mark.parametrize(
    ("grid", "x", "y", "angle", "x_px", "y_px", "degrees"),
    [
        ("iso 500 ppi", 100, 14, 80, 100.0, 14.0, 112.5),
        ("iso 1000 ppi", 101, 41, 64, 50.25, 20.25, 90.0),
        ("ansi", 100, 14, 56, 100.0, 14.0, 112.0),
        ("legacy", 0, 0, 0, -0.5, 767.5, 180.0),
        ("legacy", 2540, 2540, 95, 499.5, 267.5, 275.0),
        ("iafis", 2540, 508, 95, 499.5, 99.5, 95.0),
        ("extended features", 0, 0, 360, 1165 / 5.08 - 0.5, 40 / 5.08 - 0.5, 0.0),
        ("card, normal", 508, 1016, 64, 99.5, 199.5, 90.0),
        ("card, compact", 0, 0, 16, 5 * 50 / 25.4 - 0.5, 7 * 50 / 25.4 - 0.5, 90.0),
        ("xyt", 10, 600, 0, 10.0, 0.0, 180.0),
        ("xyt", 10, 1, 90, 10.0, 599.0, 270.0),
    ],
)
def test_known_points(grid, x, y, angle, x_px, y_px, degrees):
    across, down = GRIDS[grid].to_px(x, y)
    assert (float(across), float(down)) == pytest.approx((x_px, y_px), abs=0.02)
    assert math.degrees(float(GRIDS[grid].to_rad(angle))) == pytest.approx(degrees, abs=1e-3)


@pytest.mark.parametrize("name", GRIDS)
def test_what_is_written_reads_back(name, rng):
    grid = GRIDS[name]
    x, y = rng.integers(0, 200, 50), rng.integers(0, 200, 50)
    back = grid.from_px(*grid.to_px(x, y))
    np.testing.assert_array_equal(back[0], x)
    np.testing.assert_array_equal(back[1], y)
    steps = np.arange(round(360.0 / grid.step_deg))
    np.testing.assert_array_equal(grid.from_rad(grid.to_rad(steps)), steps)


@pytest.mark.parametrize("name", GRIDS)
def test_rounding_is_to_the_nearest(name, rng):
    grid = GRIDS[name]
    x_px, y_px, direction = rng.uniform(60, 300, 200), rng.uniform(60, 300, 200), rng.uniform(0, 2 * np.pi, 200)
    back_x, back_y = grid.to_px(*grid.from_px(x_px, y_px))
    half_px = 0.5 * 500.0 / grid.x_per_inch
    assert np.abs(back_x - x_px).max() <= half_px + 1e-6
    assert np.abs(back_y - y_px).max() <= half_px + 1e-6
    turn = (grid.to_rad(grid.from_rad(direction)) - direction + np.pi) % (2 * np.pi) - np.pi
    assert np.degrees(np.abs(turn)).max() <= grid.step_deg / 2 + 1e-4


@pytest.mark.parametrize(
    ("written", "ppi"), [(197, 500.0), (196, 500.0), (394, 1000.0), (98, 250.0), (224, 568.96), (118, 299.72)]
)
def test_pixels_a_centimetre_name_usual_resolutions(written, ppi):
    assert coordinates.ppi_of_ppcm(written) == pytest.approx(ppi)


@pytest.mark.parametrize(("written", "ppi"), [(19.69, 500.0), (19.68, 500.0), (39.37, 1000.0), (20.0, 508.0)])
def test_pixels_a_millimetre_name_usual_resolutions(written, ppi):
    assert coordinates.ppi_of_ppmm(written) == pytest.approx(ppi)


@pytest.mark.parametrize("ppi", [250.0, 500.0, 1000.0, 2000.0])
def test_usual_resolutions_survive(ppi):
    assert coordinates.ppi_of_ppcm(coordinates.ppcm_of_ppi(ppi)) == ppi


def test_what_is_no_grid_is_refused():
    with pytest.raises(ExchangeError):
        coordinates.pixel_grid(0.0, 500.0, ISO_STEP_DEG)
    with pytest.raises(ExchangeError):
        coordinates.card_grid("huge")
