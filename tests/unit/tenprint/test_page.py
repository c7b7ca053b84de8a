"""A scanned card is cut into its fourteen boxes."""

import cv2
import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine.errors import FailureToExtract, ImageError
from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.tenprint import cut_page

BOX, LEFT, TOP = 780, 60, 700
WIDE, THUMB = 1500, 450


def page(scale=1.0):
    """A page of 500 ppi: text and lines above, two rows of five, a row of four; each box holds its own grey print."""
    pixels = np.full((TOP + 2 * BOX + 1000 + 120, 2 * LEFT + 5 * BOX), 235, np.uint8)
    finger = draw_print(300)
    truth = {}

    def box(position, x, y, width, height):
        cv2.rectangle(pixels, (x, y), (x + width, y + height), 40, 5)
        pixels[y + 150 : y + 450, x + 100 : x + 400] = np.minimum(finger, 235)
        cv2.putText(pixels, str(int(position)), (x + 20, y + 80), 0, 2.0, 60, 4)
        truth[int(position)] = (x, y, width, height)

    for place in range(5):
        box(Finger(place + 1), LEFT + place * BOX, TOP, BOX, BOX)
        box(Finger(place + 6), LEFT + place * BOX, TOP + BOX, BOX, BOX)
    x = LEFT
    for position, width in zip(
        (Slap.LEFT_FOUR, Slap.LEFT_THUMB, Slap.RIGHT_THUMB, Slap.RIGHT_FOUR), (WIDE, THUMB, THUMB, WIDE), strict=True
    ):
        box(position, x, TOP + 2 * BOX, width, 1000)
        x += width
    for row in (200, 420):
        cv2.line(pixels, (LEFT, row), (LEFT + 5 * BOX, row), 50, 4)
        cv2.putText(pixels, "SURNAME  DATE OF BIRTH  REASON", (LEFT + 40, row - 60), 0, 2.2, 50, 4)
    if scale != 1.0:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return FingerprintImage(pixels, 500.0 * scale), truth


@pytest.mark.parametrize("scale", [1.0, 0.6])
def test_every_box_is_cut_out(scale):
    image, truth = page(scale)
    boxes = cut_page(image)
    assert sorted(boxes) == [*range(1, 15)]
    for position, (_, _, width, height) in truth.items():
        rows, cols = (side / scale for side in boxes[position].shape)
        assert boxes[position].ppi == image.ppi
        assert abs(cols - width) < 60
        assert abs(rows - height) < 60


def test_a_page_that_leans_a_little():
    image, truth = page()
    rows, cols = image.shape
    turn = cv2.getRotationMatrix2D((cols / 2, rows / 2), 0.5, 1.0)
    pixels = cv2.warpAffine(image.pixels, turn, (cols, rows), borderValue=235)
    boxes = cut_page(FingerprintImage(pixels, 500.0))
    assert sorted(boxes) == sorted(truth)


def test_what_is_no_card_fails():
    with pytest.raises(FailureToExtract, match="fourteen boxes"):
        cut_page(FingerprintImage(np.full((2000, 2000), 240, np.uint8), 500.0))
    with pytest.raises(FailureToExtract):
        cut_page(FingerprintImage(draw_print(800), 500.0))
    with pytest.raises(ImageError):
        cut_page(np.zeros((100, 100), np.uint8))
