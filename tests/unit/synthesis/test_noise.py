from __future__ import annotations

import numpy as np
import pytest

from fingerprint_engine.synthesis.master_finger.pores import splat
from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise


@pytest.mark.parametrize("scale", [6.0, 20.0])
def test_smooth_noise_has_unit_variance_everywhere_and_is_smooth(scale: float) -> None:
    fields = np.stack([smooth_noise(np.random.default_rng(s), (60, 50), scale) for s in range(400)])
    deviation = fields.std(axis=0)
    assert fields.dtype == np.float32
    assert abs(float(fields.mean())) < 0.05
    assert float(deviation.min()) > 0.8
    assert float(deviation.max()) < 1.2
    assert float(np.abs(np.diff(fields, axis=1)).mean()) < 1.5 / scale


def test_grain_has_unit_variance() -> None:
    for sigma in (0.1, 1.0, 3.0):
        assert float(grain(np.random.default_rng(1), (200, 200), sigma).std()) == pytest.approx(1.0, abs=0.03)


def test_a_spot_is_where_it_was_put() -> None:
    image = splat(np.array([20.3]), np.array([11.6]), np.array([1.0]), (30, 40), 1.5).astype(np.float64)
    rows, cols = np.mgrid[0:30, 0:40]
    assert (image * cols).sum() / image.sum() == pytest.approx(20.3, abs=0.02)
    assert (image * rows).sum() / image.sum() == pytest.approx(11.6, abs=0.02)
    assert image.max() == pytest.approx(1.0, abs=0.15)


def test_spots_outside_leave_no_trace() -> None:
    x, y = np.array([-50.0, 500.0, 10.0]), np.array([5.0, 5.0, -90.0])
    assert not splat(x, y, np.ones(3), (20, 30), 1.0).any()
