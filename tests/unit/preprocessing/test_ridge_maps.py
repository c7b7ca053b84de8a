from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from fingerprint_engine.errors import FailureReason, FailureToExtract, ParameterError
from fingerprint_engine.preprocessing.acceptance import AcceptanceParameters
from fingerprint_engine.preprocessing.block_maps import at_pixels, ridge_flow, to_blocks, to_pixels
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.preprocessing.loading.load import load_image
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.preprocessing.ridges import RidgeMapParameters, compute_ridge_maps
from fingerprint_engine.preprocessing.spectral.spectrum import SpectrumParameters, ridge_spectrum


def plane_wave(shape: tuple[int, int], angle_rad: float, period_px: float) -> np.ndarray:
    """Ridges along ``angle_rad``, 1 on ridges and -1 in valleys."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.cos(2 * math.pi * (math.sin(angle_rad) * x + math.cos(angle_rad) * y) / period_px)


def as_image(wave: np.ndarray, contrast: float = 90.0, ppi: float = 500.0) -> FingerprintImage:
    return FingerprintImage(np.clip(128 - contrast * wave, 0, 255).astype(np.uint8), ppi)


def angle_error(found: np.ndarray, expected: float) -> np.ndarray:
    return np.abs((found - expected + math.pi / 2) % math.pi - math.pi / 2)


@pytest.mark.parametrize("degrees", [0, 17, 45, 80, 90, 123, 160, 179])
@pytest.mark.parametrize("period", [6.5, 9.0, 12.0])
def test_orientation_and_period_of_plane_waves(degrees: int, period: float) -> None:
    angle = math.radians(degrees)
    maps = compute_ridge_maps(as_image(plane_wave((240, 200), angle, period)))
    inner = (slice(6, -6), slice(6, -6))
    assert np.rad2deg(angle_error(maps.orientation[inner], angle)).max() < 2.0
    assert np.abs(maps.period[inner] / period - 1).max() < 0.08
    assert maps.mask[48:-48, 48:-48].all()
    assert maps.overall_quality > 60


def test_enhanced_is_positive_on_ridges_and_quadrature_leads_by_a_quarter_period() -> None:
    wave = plane_wave((240, 200), 0.6, 9.0)
    maps = compute_ridge_maps(as_image(wave))
    inner = (slice(60, -60), slice(60, -60))
    assert np.corrcoef(maps.enhanced[inner].ravel(), wave[inner].ravel())[0, 1] > 0.98
    amplitude = np.hypot(maps.enhanced, maps.quadrature)[inner]
    assert amplitude.std() / amplitude.mean() < 0.1


def test_rotating_the_image_rotates_the_maps() -> None:
    rng = np.random.default_rng(5)
    bent = plane_wave((256, 256), 0.4, 9.0) + 0.4 * rng.normal(size=(256, 256))
    image = np.clip(128 - 60 * bent, 0, 255).astype(np.uint8)
    upright = compute_ridge_maps(FingerprintImage(image, 500))
    turned = compute_ridge_maps(FingerprintImage(np.rot90(image), 500))
    expected = np.rot90(upright.orientation) + math.pi / 2
    assert np.rad2deg(angle_error(turned.orientation, expected)[4:-4, 4:-4]).max() < 3.0
    assert (turned.mask == np.rot90(upright.mask)).mean() > 0.98


def test_a_crease_does_not_bend_the_orientation() -> None:
    wave = plane_wave((240, 240), 0.0, 9.0)
    grey = np.clip(128 - 90 * wave, 0, 255).astype(np.uint8)
    cv2.line(grey, (20, 200), (220, 40), 255, 5)
    maps = compute_ridge_maps(FingerprintImage(grey, 500))
    assert np.rad2deg(angle_error(maps.orientation[5:-5, 5:-5], 0.0)).max() < 6.0


def test_segmentation_finds_the_print_on_a_noisy_ground() -> None:
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:320, :280]
    truth = ((x - 140) / 90) ** 2 + ((y - 160) / 120) ** 2 < 1
    grey = np.where(truth, 128 - 80 * plane_wave((320, 280), 0.3, 9.0), 200) + rng.normal(0, 3, truth.shape)
    mask = compute_ridge_maps(FingerprintImage(np.clip(grey, 0, 255).astype(np.uint8), 500)).mask
    assert (mask & truth).sum() / (mask | truth).sum() > 0.88


def test_resolution_is_taken_into_account() -> None:
    at_1000 = compute_ridge_maps(as_image(plane_wave((480, 400), 0.5, 18.0), ppi=1000))
    assert at_1000.shape == (240, 200)
    assert np.abs(at_1000.period[6:-6, 6:-6] / 9.0 - 1).max() < 0.08


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.zeros((300, 300)), FailureReason.NO_CONTRAST),
        (np.full((300, 300), 255), FailureReason.NO_CONTRAST),
        (np.random.default_rng(0).integers(0, 256, (300, 300)), FailureReason.NO_FINGERPRINT),
        (np.random.default_rng(0).integers(0, 256, (1, 1)), FailureReason.TOO_SMALL_AREA),
        (128 - 90 * plane_wave((30, 30), 0.2, 9.0), FailureReason.TOO_SMALL_AREA),
        (128 - 90 * plane_wave((100, 2501), 0.2, 9.0), FailureReason.INVALID_IMAGE),
    ],
    ids=["black", "white", "noise", "one pixel", "tiny", "a card"],
)
def test_what_is_no_fingerprint_is_a_failure_with_a_reason(pixels: np.ndarray, reason: FailureReason) -> None:
    with pytest.raises(FailureToExtract) as caught:
        compute_ridge_maps(FingerprintImage(pixels.astype(np.uint8), 500))
    assert caught.value.reason is reason
    assert caught.value.measures


def test_spectrum_peaks_at_the_channel_of_the_wave() -> None:
    parameters = SpectrumParameters()
    wave = plane_wave((200, 264), math.radians(45), 9.7).astype(np.float32)
    spectrum = ridge_spectrum(wave, parameters)
    assert spectrum.energy.shape == (16, 6, 25, 33)
    angle, period = np.unravel_index(int(spectrum.energy[:, :, 12, 16].argmax()), (16, 6))
    assert math.degrees(spectrum.angles[angle]) == pytest.approx(45)
    assert spectrum.periods[period] == pytest.approx(9.7, rel=0.15)


def test_normalization_evens_out_contrast() -> None:
    wave = plane_wave((200, 400), 0.1, 9.0)
    fading = np.linspace(90, 12, 400)
    values = normalize(np.clip(128 - fading * wave, 0, 255).astype(np.uint8), NormalizationParameters()).values
    left, right = np.abs(values[40:-40, 40:120]).mean(), np.abs(values[40:-40, 280:360]).mean()
    assert left / right < 1.5
    assert np.corrcoef(values[40:-40, 40:-40].ravel(), wave[40:-40, 40:-40].ravel())[0, 1] > 0.95


def test_block_maps_keep_values_at_block_centres() -> None:
    blocks = np.arange(12, dtype=np.float32).reshape(3, 4)
    pixels = to_pixels(blocks, (24, 32))
    # A block's centre lies between its four middle pixels.
    between = (pixels[3::8, 3::8] + pixels[4::8, 4::8] + pixels[3::8, 4::8] + pixels[4::8, 3::8]) / 4
    assert np.allclose(between[1:-1, 1:-1], blocks[1:-1, 1:-1], atol=1e-5)
    assert np.allclose(to_blocks(np.kron(blocks, np.ones((8, 8)))[:20, :30]), blocks)


def test_some_pixels_have_the_values_of_all_of_them() -> None:
    blocks = np.random.default_rng(1).random((5, 7)).astype(np.float32)
    row, col = (places.ravel() for places in np.indices((37, 53)))
    assert np.allclose(at_pixels(blocks, row, col), to_pixels(blocks, (37, 53)).ravel(), atol=1e-6)
    assert at_pixels(blocks, row[:0], col[:0]).shape == (0,)


def test_orientations_are_not_averaged_across_the_wrap() -> None:
    blocks = np.array([[0.05, math.pi - 0.05]], dtype=np.float32)
    flow = ridge_flow(blocks, np.full((1, 2), 9.0, np.float32), (8, 16))
    assert np.abs(flow.cosine).min() > 0.99
    assert np.abs(flow.sine).max() < 0.06
    assert (flow.period == 9.0).all()


def test_parameters_outside_their_range_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"min_contrast_levels: expected 0.0 to 50.0"):
        AcceptanceParameters(min_contrast_levels=-1.0)
    with pytest.raises(ParameterError, match="whole number"):
        SpectrumParameters(orientations=16.5)  # type: ignore[arg-type]
    assert RidgeMapParameters().digest() != RidgeMapParameters(spectrum=SpectrumParameters(periods=5)).digest()


def test_a_picture_of_things_is_refused(samples_folder: Path) -> None:
    with pytest.raises(FailureToExtract) as caught:
        compute_ridge_maps(load_image(samples_folder / "scene_1.png"))
    assert caught.value.reason is FailureReason.NO_FINGERPRINT
    assert caught.value.measures["wide_share"] > 0.25
