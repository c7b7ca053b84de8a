"""Light ridges on dark ground: found where the ground shows it, never where it does not."""

import os

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine.errors import ImageError, ParameterError, PolarityWarning
from fingerprint_engine.preprocessing import image_from_array
from fingerprint_engine.preprocessing.loading.polarity import ground_level, seems_inverted

REAL_SETS = [
    "fvc2002_db1_b",
    "fvc2002_db2_b",
    "fvc2002_db3_b",
    "fvc2002_db4_b",
    "fvc2004_db1_b",
    "fvc2004_db3_b",
    "uareu",
]
SETS_WITH_LIGHT_GROUND = {"fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db1_b", "uareu"}


@pytest.mark.parametrize("ppi", [250.0, 500.0, 1000.0])
def test_the_ground_is_light_on_a_print_and_dark_on_its_inverse(ppi):
    pixels = draw_print(int(300 * ppi / 500.0), ppi)
    assert ground_level(pixels, ppi) == pytest.approx(0.5, abs=0.1)
    assert ground_level(~pixels, ppi) == pytest.approx(-0.5, abs=0.1)


@pytest.mark.parametrize("brightness", [0.3, 0.6, 1.0])
def test_it_does_not_depend_on_brightness_and_contrast(drawn_print, brightness):
    darker = (drawn_print * brightness).astype(np.uint8)
    assert not seems_inverted(ground_level(darker, 500.0))
    assert seems_inverted(ground_level(darker.max() - darker, 500.0))


def test_no_ground_or_no_ridges_give_no_answer(drawn_print, rng):
    assert ground_level(drawn_print[120:264, 130:260], 500.0) is None
    for level in (0, 128, 255):
        assert ground_level(np.full((100, 100), level, np.uint8), 500.0) is None
    assert ground_level(rng.integers(0, 256, (200, 200), dtype=np.uint8), 500.0) is None
    assert ground_level(np.zeros((16, 16), np.uint8), 500.0) is None


def test_an_inverted_print_is_refused_by_default(drawn_print):
    with pytest.raises(ImageError, match=r"light ridges on a dark ground.*polarity=\"light-ridges\""):
        image_from_array(~drawn_print, 500)


def test_an_inverted_print_is_mended_on_request(drawn_print):
    assert np.array_equal(image_from_array(~drawn_print, 500, polarity="light-ridges").pixels, drawn_print)
    with pytest.warns(PolarityWarning, match="it was inverted"):
        assert np.array_equal(image_from_array(~drawn_print, 500, polarity="detect").pixels, drawn_print)
    assert np.array_equal(image_from_array(drawn_print, 500, polarity="detect").pixels, drawn_print)
    assert np.array_equal(image_from_array(~drawn_print, 500, polarity="dark-ridges").pixels, ~drawn_print)


def test_an_unknown_rule_is_refused(drawn_print):
    with pytest.raises(ParameterError, match="polarity: expected one of"):
        image_from_array(drawn_print, 500, polarity="guess")


@pytest.mark.parametrize("name", REAL_SETS)
def test_no_real_print_is_taken_for_an_inverted_one(data_folder, name):
    """Every eighth image; with FINGERPRINT_ENGINE_FULL set all of them."""
    files = sorted((data_folder / name).glob("*.png"))
    if not files:
        pytest.skip(f"{name} is not there")
    step = 1 if os.environ.get("FINGERPRINT_ENGINE_FULL") else 8
    prints = [np.asarray(Image.open(file)) for file in files[::step]]
    assert not any(seems_inverted(ground_level(pixels, 500.0)) for pixels in prints)
    if name in SETS_WITH_LIGHT_GROUND:
        found = [seems_inverted(ground_level(~pixels, 500.0)) for pixels in prints]
        assert np.mean(found) > 0.95
