from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.synthesis import ImpressionParameters, MasterFinger, make_finger, make_impression
from fingerprint_engine.synthesis.master_finger.minutia_truth import true_minutiae

CLEAN = ImpressionParameters(degradation_high=0.0)


@pytest.fixture(scope="module")
def finger() -> MasterFinger:
    return make_finger(np.random.default_rng(21))


def test_the_image_is_as_asked(finger: MasterFinger) -> None:
    made = make_impression(finger, np.random.default_rng(1), ImpressionParameters(rows_px=300, cols_px=260))
    assert made.image.shape == (300, 260)
    assert made.image.ppi == 500.0
    assert made.mask.shape == (300, 260)
    assert made.displacement.shape == (300, 260, 2)
    assert made.orientation.shape == made.period.shape == (38, 33)
    assert 0.2 < made.mask.mean() < 0.95
    ink, ground = made.image.pixels[made.mask].mean(), made.image.pixels[~made.mask].mean()
    assert ink < ground - 40.0


def test_the_same_seed_gives_the_same_bytes(finger: MasterFinger) -> None:
    first, again, other = (make_impression(finger, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first.image.pixels.tobytes() == again.image.pixels.tobytes()
    assert first.minutiae.x.tobytes() == again.minutiae.x.tobytes()
    assert first.image.pixels.tobytes() != other.image.pixels.tobytes()


def test_ids_name_the_minutiae_of_the_finger(finger: MasterFinger) -> None:
    made = make_impression(finger, np.random.default_rng(5))
    ids = made.minutia_ids
    assert ids.shape == (len(made.minutiae),)
    assert np.unique(ids).size == ids.size
    x, y = made.correspondence.to_finger(made.minutiae.x, made.minutiae.y)
    np.testing.assert_allclose(x, finger.minutiae.x[ids], atol=1e-3)
    np.testing.assert_allclose(y, finger.minutiae.y[ids], atol=1e-3)
    np.testing.assert_array_equal(made.minutiae.kind, finger.minutiae.kind[ids])
    cols, rows = np.rint(made.minutiae.x).astype(int), np.rint(made.minutiae.y).astype(int)
    assert made.mask[rows, cols].all()


def test_without_distortion_an_impression_is_a_rigid_motion_of_the_finger(finger: MasterFinger) -> None:
    parameters = ImpressionParameters(distortion=0.0, rotation_deg=40.0)
    made = make_impression(finger, np.random.default_rng(6), parameters)
    ids, placement = made.minutia_ids, made.correspondence.placement
    assert abs(placement.rotation_rad) > 0.05
    x, y = placement.apply(finger.minutiae.x[ids], finger.minutiae.y[ids])
    np.testing.assert_allclose(made.minutiae.x, x, atol=1e-3)
    np.testing.assert_allclose(made.minutiae.y, y, atol=1e-3)
    off = direction_difference(made.minutiae.direction, finger.minutiae.direction[ids] + placement.rotation_rad)
    assert np.abs(off).max() < 1e-3


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_the_truth_is_what_the_distorted_ridges_show(finger: MasterFinger, seed: int) -> None:
    """Minutiae found anew in the finger's ridges as seen through the distortion are the ones that the truth names."""
    made = make_impression(finger, np.random.default_rng(seed))
    rows, cols = made.mask.shape
    grid_y, grid_x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    at_x, at_y = grid_x + made.displacement[..., 0], grid_y + made.displacement[..., 1]
    seen = cv2.remap(finger.ridges, at_x, at_y, cv2.INTER_CUBIC)
    axes = np.repeat(np.repeat(made.orientation, 8, axis=0), 8, axis=1)[:rows, :cols]
    found = true_minutiae(np.asarray(seen, dtype=np.float32), np.ascontiguousarray(axes))
    matched, off = 0, []
    for x, y, direction in zip(made.minutiae.x, made.minutiae.y, made.minutiae.direction, strict=True):
        distance = np.hypot(found.x - x, found.y - y)
        nearest = int(np.argmin(distance))
        if distance[nearest] < 4.0:
            matched += 1
            off.append(abs(float(direction_difference(found.direction[nearest], float(direction)))))
    inside = (finger.ridges.shape[0] > 0) and len(made.minutiae)
    assert matched >= 0.93 * inside
    assert np.quantile(off, 0.9) < math.radians(15.0)


def test_orientation_truth_agrees_with_the_pixels(finger: MasterFinger) -> None:
    made = make_impression(finger, np.random.default_rng(10), CLEAN)
    image = cv2.GaussianBlur(made.image.pixels.astype(np.float32), (0, 0), 1.2)
    gx, gy = cv2.Sobel(image, cv2.CV_32F, 1, 0), cv2.Sobel(image, cv2.CV_32F, 0, 1)
    squared = cv2.GaussianBlur(np.dstack([gx * gx - gy * gy, 2 * gx * gy]), (0, 0), 7.0)
    along = -0.5 * np.arctan2(squared[..., 1], squared[..., 0]) + math.pi / 2
    deep = cv2.erode(made.mask.astype(np.uint8), np.ones((41, 41), np.uint8)).astype(bool)
    rows, cols = np.nonzero(deep[3::8, 3::8])
    measured = along[3::8, 3::8][rows, cols]
    off = (measured - made.orientation[rows, cols] + math.pi / 2) % math.pi - math.pi / 2
    assert rows.size > 200
    assert abs(float(np.median(off))) < math.radians(1.0)
    assert float(np.median(np.abs(off))) < math.radians(3.0)


def test_period_truth_agrees_with_the_finger_and_the_stretch(finger: MasterFinger) -> None:
    rigid = make_impression(finger, np.random.default_rng(11), ImpressionParameters(distortion=0.0))
    inside = rigid.mask[3::8, 3::8]
    shape = inside.shape
    x, y = np.meshgrid(8.0 * np.arange(shape[1]) + 3.5, 8.0 * np.arange(shape[0]) + 3.5)
    at_x, at_y = rigid.correspondence.to_finger(x, y)
    expected = cv2.remap(finger.period, at_x.astype(np.float32), at_y.astype(np.float32), cv2.INTER_LINEAR)
    np.testing.assert_allclose(rigid.period[: shape[0], : shape[1]][inside], expected[inside], rtol=2e-3)


def test_a_finer_resolution_shows_the_same_print(finger: MasterFinger) -> None:
    coarse, fine = (
        make_impression(finger, np.random.default_rng(12), ImpressionParameters(degradation_high=0.0, ppi=ppi))
        for ppi in (500.0, 1000.0)
    )
    assert fine.image.shape == (2 * coarse.image.shape[0], 2 * coarse.image.shape[1])
    np.testing.assert_array_equal(fine.minutia_ids, coarse.minutia_ids)
    np.testing.assert_array_equal(fine.minutiae.x, coarse.minutiae.x)
    small = cv2.resize(fine.image.pixels, coarse.image.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float64)
    # Textures are drawn anew at the finer grid; the ridges are the same and at the same place to a fraction of a pixel.
    best = max(
        (
            np.corrcoef(np.roll(small, shift, axis=axis)[coarse.mask], coarse.image.pixels[coarse.mask])[0, 1],
            -abs(shift),
        )
        for axis in (0, 1)
        for shift in (-1, 0, 1)
    )
    assert best[0] > 0.8
    assert best[1] == 0


def test_impressions_of_one_finger_share_minutiae_and_differ_in_pixels(finger: MasterFinger) -> None:
    first, second = (make_impression(finger, np.random.default_rng(seed)) for seed in (13, 14))
    common = np.intersect1d(first.minutia_ids, second.minutia_ids)
    assert common.size >= 0.6 * min(len(first.minutiae), len(second.minutiae))
    assert not np.array_equal(first.image.pixels, second.image.pixels)


def test_degradation_hides_ridges(finger: MasterFinger) -> None:
    """The share of the image's variation that follows the clean ridges falls as degradation grows."""

    def clarity(degradation: float) -> float:
        parameters = ImpressionParameters(degradation_low=degradation, degradation_high=degradation)
        values = []
        for seed in range(4):
            made = make_impression(finger, np.random.default_rng([15, seed]), parameters)
            rows, cols = made.mask.shape
            grid_y, grid_x = np.mgrid[0:rows, 0:cols].astype(np.float32)
            at = (grid_x + made.displacement[..., 0], grid_y + made.displacement[..., 1])
            clean = cv2.remap(finger.ridges, at[0], at[1], cv2.INTER_CUBIC)
            values.append(-np.corrcoef(clean[made.mask], made.image.pixels[made.mask])[0, 1])
        return float(np.mean(values))

    good, poor = clarity(0.0), clarity(1.0)
    assert good > 0.7
    assert poor < good - 0.12


def test_parameters_out_of_range_are_refused() -> None:
    with pytest.raises(ParameterError, match="ppi"):
        ImpressionParameters(ppi=72.0)
    with pytest.raises(ParameterError, match="rows_px"):
        ImpressionParameters(rows_px=3)
