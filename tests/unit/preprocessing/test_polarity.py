"""Light ridges on dark ground: found where the ground shows it, never where it does not."""

import os

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine.errors import ImageError, ParameterError, PolarityWarning
from fingerprint_engine.preprocessing import image_from_array
from fingerprint_engine.preprocessing.loading.polarity import ground_of, shows_light_ridges
from fingerprint_engine.preprocessing.loading.ridge_gaps import gap_balance
from fingerprint_engine.preprocessing.loading.ridge_inside import ridges_inside
from fingerprint_engine.preprocessing.loading.ridge_pores import pore_balance

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
    assert ground_of(pixels, ppi).level == pytest.approx(0.5, abs=0.1)
    assert ground_of(~pixels, ppi).level == pytest.approx(-0.5, abs=0.1)


@pytest.mark.parametrize("brightness", [0.3, 0.6, 1.0])
def test_it_does_not_depend_on_brightness_and_contrast(drawn_print, brightness):
    darker = (drawn_print * brightness).astype(np.uint8)
    assert not shows_light_ridges(darker, 500.0)
    assert shows_light_ridges(darker.max() - darker, 500.0)


def test_no_ground_or_no_ridges_give_no_answer(drawn_print, rng):
    assert ground_of(drawn_print[120:264, 130:260], 500.0) is None
    for level in (0, 128, 255):
        assert ground_of(np.full((100, 100), level, np.uint8), 500.0) is None
    assert ground_of(rng.integers(0, 256, (200, 200), dtype=np.uint8), 500.0) is None
    assert ground_of(np.zeros((16, 16), np.uint8), 500.0) is None


def test_dots_on_plain_ground_give_no_answer():
    dots = np.zeros((320, 320), np.uint8)
    for row, col in np.ndindex(3, 3):
        dots[row::30, col::30] = 255
    dots[:, :60] = dots[:, -60:] = 0
    for pixels in (dots, ~dots):
        assert ground_of(pixels, 500.0) is None
        assert np.array_equal(image_from_array(pixels, 500).pixels, pixels)


def test_an_inverted_print_is_refused_by_default(drawn_print):
    with pytest.raises(ImageError, match=r"light ridges on a dark ground.*polarity=\"light-ridges\""):
        image_from_array(~drawn_print, 500)


def test_an_inverted_print_is_mended_on_request(drawn_print):
    assert np.array_equal(image_from_array(~drawn_print, 500, polarity="light-ridges").pixels, drawn_print)
    with pytest.warns(PolarityWarning, match="it was inverted"):
        assert np.array_equal(image_from_array(~drawn_print, 500, polarity="detect").pixels, drawn_print)
    assert np.array_equal(image_from_array(drawn_print, 500, polarity="detect").pixels, drawn_print)
    assert np.array_equal(image_from_array(~drawn_print, 500, polarity="dark-ridges").pixels, ~drawn_print)


def framed(pixels, width, level):
    return np.pad(pixels, width, constant_values=level)


def with_band(pixels, width, level):
    banded = pixels.copy()
    banded[:, :width] = level
    return banded


SURROUNDINGS = {
    "thin frame": lambda pixels: framed(pixels, 10, 8),
    "frame": lambda pixels: framed(pixels, 30, 8),
    "wide frame": lambda pixels: framed(pixels, 60, 0),
    "frame below": lambda pixels: framed(pixels, 60, 8)[60:, 60:-60],
    "band over the print": lambda pixels: with_band(pixels, 64, 12),
    "band beside the print": lambda pixels: framed(pixels, 90, 15)[90:-90, :-90],
}


@pytest.mark.parametrize("around", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_dark_surroundings_are_no_light_ridges(drawn_print, around):
    upright = around(drawn_print)
    assert not shows_light_ridges(upright, 500.0)
    assert np.array_equal(image_from_array(upright, 500).pixels, upright)
    # A frame, dark or light, hides no inverted print either.
    assert shows_light_ridges(around(~drawn_print), 500.0)
    assert shows_light_ridges(~upright, 500.0)


def test_a_frame_with_noise_is_a_frame(drawn_print, rng):
    frame = framed(drawn_print, 40, 25).astype(np.float64)
    frame += rng.normal(0.0, 4.0, frame.shape)
    assert not shows_light_ridges(np.clip(frame, 0, 255).astype(np.uint8), 500.0)


def test_a_frame_goes_all_round_also_where_the_ground_is_too_dark_to_show_its_edge():
    row, col = np.mgrid[:400, :400]
    pixels = np.rint(120 - 120 * np.cos(2 * np.pi * (col + 0.6 * row) / 10.0)).astype(np.uint8)
    pixels[:200, 370:], pixels[200:, 370:] = 110, 35  # a sensor's grey ground, nearly as dark as the frame below
    assert not shows_light_ridges(pixels, 500.0)
    assert not shows_light_ridges(framed(pixels, 60, 8), 500.0)


def test_a_print_that_a_frame_cuts_on_all_sides_gives_no_answer(drawn_print):
    assert not shows_light_ridges(framed(drawn_print[120:264, 130:260], 60, 0), 500.0)


def test_a_wet_print_is_dark_all_over_and_its_ground_is_not(drawn_print):
    wet = drawn_print.copy()
    wet[60:300, 90:290] = np.minimum(wet[60:300, 90:290], 45)  # ridges have run together: dark without contrast
    assert not shows_light_ridges(wet, 500.0)


@pytest.mark.parametrize("share", [0.3, 0.1, 0.05, 0.02])
def test_it_is_told_wherever_the_print_lies_on_a_page(drawn_print, share):
    side = round((drawn_print.size / share) ** 0.5)
    page = np.full((side, side), 245, np.uint8)
    page[-484:-100, 70:454] = drawn_print
    assert np.array_equal(image_from_array(page, 500).pixels, page)
    with pytest.raises(ImageError, match="light ridges on a dark ground"):
        image_from_array(~page, 500)


def with_creases(pixels):
    """Light lines across a print, as creases are."""
    creased = pixels.copy()
    for col in range(100, 300, 40):
        creased[90:300, col : col + 5] = 225
    return creased


def test_what_crosses_the_ridges_is_light(drawn_print):
    creased = with_creases(drawn_print)
    assert gap_balance(creased, 500.0) > 0.5
    assert gap_balance(~creased, 500.0) < -0.5
    assert gap_balance(np.full((200, 200), 128, np.uint8), 500.0) == 0.0
    assert gap_balance(drawn_print[:40, :40], 500.0) == 0.0


@pytest.mark.parametrize("level", [65, 80])
def test_on_grey_ground_what_crosses_the_ridges_decides(drawn_print, level):
    # The ground as a sensor fills it, darker than the middle of the ridges' range and no end of it.
    creased = with_creases(drawn_print)
    row, col = np.mgrid[:384, :384]
    ridged = ((row - 192) / 165.0) ** 2 + ((col - 192) / 140.0) ** 2 < 1.0
    upright, inverted = (np.where(ridged, pixels, level).astype(np.uint8) for pixels in (creased, ~creased))
    assert not shows_light_ridges(upright, 500.0)
    assert shows_light_ridges(inverted, 500.0)


def test_an_inverted_print_on_a_grey_page_is_found(drawn_print):
    page = np.pad(np.pad(with_creases(drawn_print), 30, constant_values=245), 70, constant_values=140)
    assert not shows_light_ridges(page, 500.0)
    assert shows_light_ridges(~page, 500.0)


def test_ridges_that_a_sensor_cuts_off_at_black_are_dark_whatever_the_ground(drawn_print):
    stretched = np.clip((drawn_print.astype(np.float64) - 120.0) * 2.0, 0, 255)
    stretched[drawn_print > 240] = 45  # a ground nearly as dark as the ridges
    cut = stretched.astype(np.uint8)
    assert ground_of(cut, 500.0).is_cut
    assert not shows_light_ridges(cut, 500.0)


def with_pores(pixels, rng):
    """Light specks in the middle of the ridges."""
    pored, (rows, cols) = pixels.copy(), np.nonzero(pixels == pixels.min())
    for at in rng.choice(len(rows), 150, replace=False):
        pored[rows[at] : rows[at] + 2, cols[at] : cols[at] + 2] = 230
    return pored


def test_pores_lie_in_the_middle_of_ridges(drawn_print, rng):
    pored = with_pores(drawn_print, rng)
    assert pore_balance(pored, 500.0) > 0.5
    assert pore_balance(~pored, 500.0) < -0.5
    assert abs(pore_balance(drawn_print, 500.0)) < 0.2  # three of its minutiae look like one
    assert pore_balance(np.full((200, 200), 128, np.uint8), 500.0) == 0.0


@pytest.mark.parametrize("deg", [0.0, 30.0, 67.5, 120.0, 135.0])
def test_pores_are_seen_whichever_way_ridges_run(deg, rng):
    y, x = np.mgrid[0:384, 0:384]
    across = x * np.sin(np.radians(deg)) + y * np.cos(np.radians(deg))
    grey = 130.0 - 90.0 * np.cos(2.0 * np.pi * across / 9.0)
    pixels = np.where(np.hypot(x - 192, y - 192) < 170, grey, 245.0).astype(np.uint8)
    angle = ridges_inside(pixels, 500.0).angle[96, 96]
    assert np.cos(2.0 * (angle - np.radians(deg))) > 0.99
    rows, cols = np.nonzero(pixels < 45)
    for at in rng.choice(len(rows), 150, replace=False):
        pixels[rows[at], cols[at]] = 230
    assert pore_balance(pixels, 500.0) > 0.5
    assert pore_balance(~pixels, 500.0) < -0.5


def test_pores_decide_where_the_light_end_is_cut_off_on_grey_ground(drawn_print, rng):
    def cut_at_black(pixels):
        stretched = np.clip((pixels.astype(np.float64) - 110.0) * 2.0, 0, 255)
        stretched[drawn_print > 240] = 100
        return stretched.astype(np.uint8)

    thermal = cut_at_black(with_pores(drawn_print, rng))
    assert ground_of(~thermal, 500.0).is_cut_light
    assert shows_light_ridges(~thermal, 500.0)
    assert not shows_light_ridges(thermal, 500.0)
    # Dark ridges whose valleys were cut off look like that too, and without pores nothing is guessed.
    assert not shows_light_ridges(~cut_at_black(drawn_print), 500.0)
    assert not shows_light_ridges(~cut_at_black(~with_pores(drawn_print, rng)), 500.0)


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
    assert not any(shows_light_ridges(pixels, 500.0) for pixels in prints)
    if name in SETS_WITH_LIGHT_GROUND:
        found = [shows_light_ridges(~pixels, 500.0) for pixels in prints]
        assert np.mean(found) > 0.95
    if name == "fvc2004_db3_b":
        assert np.mean([shows_light_ridges(~pixels, 512.0) for pixels in prints]) > 0.6
