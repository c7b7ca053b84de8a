"""One body of tests for both implementations of the extractor port, the learned one in each runtime."""

import concurrent.futures
import math

import numpy as np
import pytest

from fingerprint_engine.errors import FailureReason, FailureToExtract
from fingerprint_engine.extractors import ClassicalExtractor, LearnedExtractor
from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.minutiae import MinutiaKind
from fingerprint_engine.plugins import RUNTIME_VARIABLE, RUNTIMES
from fingerprint_engine.preprocessing import BLOCK_PX, FingerprintImage
from fingerprint_engine.synthesis import ImpressionParameters, make_impression, make_scene, population_finger

MAKERS = {"classical": ClassicalExtractor, **dict.fromkeys(RUNTIMES, LearnedExtractor)}


@pytest.fixture(params=MAKERS, scope="module")
def extractor(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param in RUNTIMES:
            pytest.importorskip("cv2" if request.param == "opencv" else request.param, reason="an extra")
            patch.setenv(RUNTIME_VARIABLE, request.param)
        made = MAKERS[request.param]()
    if request.param in RUNTIMES:
        assert made.network.runtime == request.param
    return made


@pytest.fixture(scope="module")
def impression():
    finger = population_finger(41, 1)
    return make_impression(finger, np.random.default_rng(5), ImpressionParameters(degradation_high=0.2))


@pytest.fixture(scope="module")
def reading(extractor, impression):
    return extractor.read(impression.image)


def test_its_name_is_its_own(extractor):
    assert {type(extractor)} == {maker for maker in MAKERS.values() if maker.name == extractor.name}


def test_its_parameters_make_it(extractor):
    again = extractor.parameters.extractor()
    assert type(again) is type(extractor)
    assert again.parameters == extractor.parameters


def test_maps_have_the_shapes_types_and_ranges_that_ridge_maps_promise(reading, impression):
    maps, shape = reading.maps, impression.image.shape
    blocks = tuple(-(-side // BLOCK_PX) for side in shape)
    for name, dtype, expected in (
        ("image", np.uint8, shape),
        ("mask", np.bool_, shape),
        ("enhanced", np.float32, shape),
        ("quadrature", np.float32, shape),
        ("orientation", np.float32, blocks),
        ("coherence", np.float32, blocks),
        ("period", np.float32, blocks),
        ("quality", np.uint8, blocks),
    ):
        values = getattr(maps, name)
        assert (values.dtype, values.shape) == (dtype, expected), name
        assert values.flags.c_contiguous, name
        assert np.isfinite(values).all(), name
    assert maps.shape == shape
    assert maps.orientation.min() >= 0
    assert maps.orientation.max() < math.pi
    assert maps.coherence.min() >= 0
    assert maps.coherence.max() <= 1
    assert maps.period.min() > 3
    assert maps.period.max() < 25
    assert maps.quality.max() <= 100
    assert 0 <= maps.overall_quality <= 100
    assert (maps.enhanced[~maps.mask] == 0).all()


def test_the_foreground_is_the_contact_region(reading, impression):
    found, true = reading.maps.mask, impression.mask
    assert (found & true).sum() / (found | true).sum() > 0.8


def test_orientation_and_period_are_the_true_ones(reading, impression):
    centres = np.s_[BLOCK_PX // 2 :: BLOCK_PX, BLOCK_PX // 2 :: BLOCK_PX]
    inside = (reading.maps.mask & impression.mask)[centres]
    at = np.s_[: inside.shape[0], : inside.shape[1]]
    error = np.abs(direction_difference(2.0 * reading.maps.orientation[at], 2.0 * impression.orientation[at])) / 2.0
    assert np.median(error[inside]) < 0.06
    ratio = reading.maps.period[at] / impression.period[at]
    assert np.median(np.abs(np.log(ratio[inside]))) < 0.08


def test_most_true_minutiae_are_found_and_most_found_are_true(reading, impression):
    found, true = reading.minutiae, impression.minutiae
    distance = np.hypot(found.x[:, None] - true.x, found.y[:, None] - true.y)
    turned = np.abs(direction_difference(found.direction[:, None], true.direction))
    agree = (distance < 12.0) & (turned < 0.5)
    good = found.quality >= 30
    assert agree[good].any(axis=1).mean() > 0.8
    assert agree.any(axis=0).mean() > 0.65


def test_minutiae_lie_on_the_print_best_first_and_are_of_a_kind(reading, extractor):
    found = reading.minutiae
    assert 10 < len(found) <= 64
    assert reading.maps.mask[np.rint(found.y).astype(int), np.rint(found.x).astype(int)].all()
    assert (np.diff(found.quality.astype(int)) <= 0).all()
    assert found.quality.max() <= 100
    assert np.isin(found.kind, [MinutiaKind.ENDING, MinutiaKind.BIFURCATION]).all()


def test_the_same_image_gives_the_same_reading_in_any_thread(extractor, reading, impression):
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        others = list(threads.map(lambda _: extractor.read(impression.image), range(8)))
    for other in others:
        assert np.array_equal(other.maps.enhanced, reading.maps.enhanced)
        assert np.array_equal(other.minutiae.x, reading.minutiae.x)
        assert np.array_equal(other.minutiae.quality, reading.minutiae.quality)


def test_a_finer_scan_gives_the_same_minutiae(extractor, reading):
    finger = population_finger(41, 1)
    parameters = ImpressionParameters(degradation_high=0.2, ppi=1000.0)
    fine = extractor.read(make_impression(finger, np.random.default_rng(5), parameters).image).minutiae
    usual = reading.minutiae.best(20)
    distance = np.hypot(usual.x[:, None] - fine.x, usual.y[:, None] - fine.y).min(axis=1)
    assert (distance < 6.0).mean() > 0.8  # noise differs between the two resolutions, the finger does not


def test_the_image_is_left_as_it_was(extractor, impression):
    before = impression.image.pixels.copy()
    extractor.read(impression.image)
    assert np.array_equal(impression.image.pixels, before)


@pytest.mark.parametrize("shape", [(16, 16), (16, 300), (17, 33)])
def test_images_smaller_than_a_print_are_refused_with_a_reason(extractor, shape):
    pixels = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    with pytest.raises(FailureToExtract) as caught:
        extractor.read(FingerprintImage(pixels, 500.0))
    assert caught.value.measures
    with pytest.raises(FailureToExtract):  # a few pixels only, once at 500 ppi
        extractor.read(FingerprintImage(pixels, 4000.0))


@pytest.mark.parametrize("shape", [(161, 143), (200, 401), (333, 170)])
def test_sides_need_not_be_multiples_of_anything(extractor, shape, drawn_print):
    pixels = np.ascontiguousarray(
        np.pad(drawn_print[60:, 80:], [(0, 20), (0, 110)], mode="edge")[: shape[0], : shape[1]]
    )
    reading = extractor.read(FingerprintImage(pixels, 500.0))
    assert reading.maps.shape == shape
    assert len(reading.minutiae) > 3


def test_what_is_no_print_is_refused(extractor):
    rng = np.random.default_rng(8)
    noise = rng.integers(0, 256, (388, 374)).astype(np.uint8)
    for image in (FingerprintImage(noise, 500.0), make_scene(rng, (388, 328))):
        with pytest.raises(FailureToExtract) as caught:
            extractor.read(image)
        assert caught.value.reason in (FailureReason.NO_FINGERPRINT, FailureReason.TOO_SMALL_AREA)
    with pytest.raises(FailureToExtract) as caught:
        extractor.read(FingerprintImage(np.full((300, 300), 200, np.uint8), 500.0))
    assert caught.value.reason is FailureReason.NO_CONTRAST


def test_an_image_larger_than_a_hand_is_refused(extractor):
    with pytest.raises(FailureToExtract) as caught:
        extractor.read(FingerprintImage(np.zeros((20, 2600), np.uint8), 500.0))
    assert caught.value.reason is FailureReason.INVALID_IMAGE
