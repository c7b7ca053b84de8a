"""Images that can be read but show no usable print: countable failures, never a crash and never a template."""

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

import fingerprint_engine as fe
from fingerprint_engine.errors import FailureReason


def _photograph(rng):
    """Smooth shapes, edges and texture at all scales, as a room or a landscape has them."""
    side = 480
    noise = np.fft.fft2(rng.standard_normal((side, side)))
    fy, fx = np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij")
    scene = np.real(np.fft.ifft2(noise / (np.hypot(fx, fy) + 1.0 / side)))
    scene = 128.0 + 45.0 * (scene - scene.mean()) / scene.std()
    for _ in range(12):
        x, y, w, h = rng.integers(0, 360, 2).tolist() + rng.integers(20, 120, 2).tolist()
        scene[y : y + h, x : x + w] += rng.normal(0.0, 50.0)
    return np.clip(scene, 0, 255).astype(np.uint8)


NO_PRINTS = {
    "all black": (lambda rng: np.zeros((400, 400), np.uint8), {FailureReason.NO_CONTRAST}),
    "all white": (lambda rng: np.full((400, 400), 255, np.uint8), {FailureReason.NO_CONTRAST}),
    "all grey": (lambda rng: np.full((400, 400), 128, np.uint8), {FailureReason.NO_CONTRAST}),
    "faint noise": (lambda rng: rng.integers(127, 130, (400, 400), dtype=np.uint8), {FailureReason.NO_CONTRAST}),
    "noise": (lambda rng: rng.integers(0, 256, (400, 400), dtype=np.uint8), set(FailureReason)),
    "grain": (
        lambda rng: np.asarray(Image.fromarray(rng.integers(0, 256, (100, 100), dtype=np.uint8)).resize((400, 400))),
        set(FailureReason),
    ),
    "photograph": (_photograph, set(FailureReason)),
    "gradient": (lambda rng: np.tile(np.linspace(0, 255, 400).astype(np.uint8), (400, 1)), set(FailureReason)),
    "smallest": (lambda rng: draw_print()[100:116, 100:116], set(FailureReason)),
    "sliver": (lambda rng: draw_print()[150:170, 100:300], set(FailureReason)),
    "half black": (lambda rng: np.repeat(np.uint8([0, 255]), 200)[np.newaxis].repeat(400, axis=0), set(FailureReason)),
    "checkerboard": (
        lambda rng: np.kron(np.indices((50, 50)).sum(0) % 2, np.ones((8, 8))).astype(np.uint8) * 255,
        None,
    ),
    "parallel lines": (
        lambda rng: np.rint(128 + 100 * np.cos(np.arange(400) * 2 * np.pi / 9)).astype(np.uint8)[None].repeat(400, 0),
        None,
    ),
}


@pytest.mark.parametrize("name", NO_PRINTS)
def test_no_print_no_template(name, rng):
    make, reasons = NO_PRINTS[name]
    image = fe.image_from_array(make(rng), 500, polarity="dark-ridges")
    try:
        template = fe.extract(image)
    except fe.FailureToExtract as failure:
        assert "expected" in failure.detail  # noqa: PT017
        assert "found" in failure.detail  # noqa: PT017
        assert all(np.isfinite(value) for value in failure.measures.values())  # noqa: PT017
        assert reasons is None or failure.reason in reasons  # noqa: PT017
    else:
        assert reasons is None, f"{len(template)} minutiae at quality {template.quality}"  # drawn ridges may pass


@pytest.mark.parametrize("shape", [(16, 16), (16, 500), (500, 16), (17, 31), (40, 40), (8 * 13 + 1, 8 * 9 + 7)])
@pytest.mark.parametrize("ppi", [125, 500, 4000])
def test_odd_sizes_end_in_a_template_or_a_failure(shape, ppi, rng):
    ridged = draw_print(500)[250 - shape[0] // 2 :, 250 - shape[1] // 2 :][: shape[0], : shape[1]]
    assert ridged.shape == shape
    try:
        assert len(fe.extract(fe.image_from_array(ridged, ppi, polarity="dark-ridges"))) >= 4
    except fe.FailureToExtract as failure:
        assert failure.measures  # noqa: PT017
