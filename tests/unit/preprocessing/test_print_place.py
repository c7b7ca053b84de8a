"""Prints that fill the picture, prints that take little of a page, and what else lies on pages."""

import cv2
import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine.preprocessing import FingerprintImage, cut_to_print
from fingerprint_engine.preprocessing.print_place import ALIGNED_PX, place_of_print

PRINT = draw_print()
WHOLE = (slice(0, 384), slice(0, 384))


def page(share, pixels=PRINT, top=0.3, left=0.6, ground=245):
    side = round((pixels.size / share) ** 0.5)
    sheet = np.full((side, side), ground, np.uint8)
    row, col = round(top * (side - pixels.shape[0])), round(left * (side - pixels.shape[1]))
    sheet[row : row + pixels.shape[0], col : col + pixels.shape[1]] = pixels
    return sheet, (row, col)


def assert_holds(place, corner, side=384):
    for part, start in zip((place.rows, place.cols), corner, strict=True):
        # The drawn print takes 0.92 of the height and 0.78 of the width of its picture.
        assert part.start <= start + 0.11 * side
        assert part.stop >= start + 0.89 * side
        assert part.stop - part.start <= 1.9 * side


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_picture_that_the_print_fills_is_left_alone(share):
    sheet, _ = page(share)
    place = place_of_print(sheet, 500.0)
    assert (place.rows, place.cols) == (slice(0, len(sheet)), slice(0, len(sheet)))
    assert len(place.spots) > 100
    image = FingerprintImage(sheet, 500)
    cut = cut_to_print(image)
    assert cut.image is image
    assert (cut.row_px, cut.col_px, cut.shape) == (0, 0, None)


@pytest.mark.parametrize("share", [0.1, 0.07, 0.03, 0.01])
def test_a_print_on_a_page_is_found(share):
    sheet, corner = page(share)
    assert_holds(place_of_print(sheet, 500.0), corner)
    assert_holds(place_of_print(~sheet, 500.0), corner)


@pytest.mark.parametrize("ppi", [300.0, 500.0, 1000.0])
def test_it_is_found_at_any_resolution(ppi):
    side = round(384 * ppi / 500)
    sheet, corner = page(0.05, draw_print(side, ppi))
    assert_holds(place_of_print(sheet, ppi), corner, side)


def test_it_is_told_from_letters_lines_borders_and_the_paper(rng):
    sheet, (row, col) = page(0.03)
    paper = np.clip(sheet + rng.normal(0.0, 2.0, sheet.shape), 0, 255).astype(np.uint8)
    for line in range(90, row - 60, 80):
        cv2.putText(paper, "NAME, GIVEN NAME 12.03.1978 FILE 4711/26", (90, line), 0, 1.6, 20, 3)
    cv2.putText(paper, "POLICE 12", (90, len(sheet) - 150), 0, 6.0, 10, 14)
    cv2.rectangle(paper, (col - 20, row - 20), (col + 404, row + 404), 30, 4)
    paper[:60], paper[:, -60:] = 5, 5
    assert_holds(place_of_print(paper, 500.0), (row, col))


def test_bars_and_rulings_are_no_ridges(rng):
    sheet, (row, col) = page(0.03, top=0.1)
    at = 120
    while at < sheet.shape[1] - 150:  # a bar code, larger than the print and with lines as far apart as ridges
        bar, gap = (int(width) for width in rng.integers(3, 10, 2))
        sheet[-700:-150, at : at + bar] = 10
        at += bar + gap
    assert_holds(place_of_print(sheet, 500.0), (row, col))
    assert place_of_print(sheet, 500.0).others == 0
    assert cut_to_print(FingerprintImage(sheet, 500.0)).shape is not None


@pytest.mark.parametrize("share", [0.7, 0.1])
def test_other_prints_are_counted(share):
    sheet, _ = page(share)
    assert place_of_print(sheet, 500.0).others == 0
    assert place_of_print(np.hstack([sheet, sheet]), 500.0).others == 1
    assert cut_to_print(FingerprintImage(np.hstack([sheet] * 3), 500.0)).others == 2


def test_nothing_is_found_where_nothing_is(rng):
    for empty in (np.full((700, 900), 255, np.uint8), np.zeros((16, 16), np.uint8), np.full((1, 9000), 7, np.uint8)):
        place = place_of_print(empty, 500.0)
        assert (place.rows, place.cols) == (slice(0, empty.shape[0]), slice(0, empty.shape[1]))
        assert place.spots.shape == (0, 2)


@pytest.mark.parametrize("ppi", [500.0, 512.0, 1000.0])
def test_a_cut_begins_at_a_cell_and_knows_the_whole(ppi):
    side = round(384 * ppi / 500)
    sheet, corner = page(0.04, draw_print(side, ppi))
    cut = cut_to_print(FingerprintImage(sheet, ppi))
    assert cut.row_px % ALIGNED_PX == cut.col_px % ALIGNED_PX == 0
    assert cut.shape == (int(len(sheet) * 500 / ppi + 1e-9),) * 2
    row, col = (round(start * ppi / 500) for start in (cut.row_px, cut.col_px))
    assert np.array_equal(cut.image.pixels, sheet[row : row + cut.image.shape[0], col : col + cut.image.shape[1]])
    inner = cut.spots - (np.array(corner) - [row, col])
    assert ((inner >= 0) & (inner <= side)).all()
    assert len(cut.spots) > 100
