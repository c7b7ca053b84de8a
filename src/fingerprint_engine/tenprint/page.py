"""`cut_page`: a scanned ten-print card in, the images of its fourteen boxes out.

The usual card has two rows of five rolled fingers, thumb to little, right above left, and below them a row of four:
left four, left thumb, right thumb, right four. Its ruled lines are looked for; what is between them is cut out.
"""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import FailureReason, FailureToExtract, ImageError
from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.preprocessing import FingerprintImage

PAGE_PPI = 100.0
"""Ruled lines are seen at this resolution, ridges are not."""
ROLLED_ROWS = (tuple(Finger(n) for n in range(1, 6)), tuple(Finger(n) for n in range(6, 11)))
PLAIN_ROW = (Slap.LEFT_FOUR, Slap.LEFT_THUMB, Slap.RIGHT_THUMB, Slap.RIGHT_FOUR)
MIN_BOX_MM = 20.0
"""Boxes of single fingers are 38 to 41 mm wide and high."""
UNEVEN = 0.2
"""Boxes of a row of five differ by less than this share of their width."""
_DARK = 25.0
"""Grey levels below the paper around."""


def cut_page(page: FingerprintImage) -> dict[int, FingerprintImage]:
    """Cut a scanned card into its boxes.

    Parameters
    ----------
    page
        All of the card's fingerprint part, upright within 2°; text and other boxes may be above and below.

    Returns
    -------
    dict
        Images by position, as `read_card` takes them.

    Raises
    ------
    FailureToExtract
        When the ruled lines of such a card are not found.
    """
    if not isinstance(page, FingerprintImage):
        raise ImageError(f"page: expected a FingerprintImage (see load_image), got {type(page).__name__}")
    ratio = PAGE_PPI / page.ppi
    size = tuple(max(8, round(side * ratio)) for side in page.shape[::-1])
    small = cv2.resize(page.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    # A line of half a pixel is still darker than the paper around it.
    dark = (cv2.blur(small, (15, 15)) - small > _DARK * min(1.0, 2.0 * ratio) * 0.5).astype(np.uint8)
    shortest = round(MIN_BOX_MM / 25.4 * PAGE_PPI)
    rows = _lines(dark, shortest, axis=1)
    for top, middle, bottom, end in itertools.combinations(rows, 4):
        heights = np.diff([top, middle, bottom, end])
        if heights.min() < shortest or abs(heights[0] - heights[1]) > UNEVEN * heights[0]:
            continue
        if not 0.6 * heights[0] <= heights[2] <= 2.5 * heights[0]:
            continue
        first, second = (_five(dark[a:b], shortest) for a, b in ((top, middle), (middle, bottom)))
        last = None if first is None else _four(dark[bottom:end], first[0], first[-1], shortest)
        if first is None or second is None or last is None:
            continue
        boxes = [
            (position, (a, b), (left, right))
            for row, (a, b), columns in (
                (ROLLED_ROWS[0], (top, middle), first),
                (ROLLED_ROWS[1], (middle, bottom), second),
                (PLAIN_ROW, (bottom, end), last),
            )
            for position, left, right in zip(row, columns, columns[1:], strict=False)
        ]
        return {int(position): _cut(page, ys, xs, ratio) for position, ys, xs in boxes}
    raise FailureToExtract(
        FailureReason.NO_FINGERPRINT,
        f"expected the ruled lines of a card of fourteen boxes, found {len(rows)} lines across and no such boxes",
        {"lines": float(len(rows))},
    )


def _lines(dark: NDArray[np.uint8], shortest: int, *, axis: int) -> list[int]:
    """Where ruled lines run along an axis (1: across the page); lines that lean a little are followed in pieces."""
    element = np.ones((1, shortest) if axis == 1 else (shortest, 1), np.uint8)
    thick = cv2.dilate(dark, np.ones((3, 1) if axis == 1 else (1, 3), np.uint8))
    found = cv2.morphologyEx(thick, cv2.MORPH_OPEN, element)
    share = found.mean(axis=axis)
    # A line that leans lies in several rows.
    share = np.convolve(share, np.ones(7), mode="same")
    places = np.flatnonzero(share > 0.5)
    if not places.size:
        return []
    groups = np.split(places, np.flatnonzero(np.diff(places) > 4) + 1)
    return [round(float(np.average(group, weights=share[group]))) for group in groups]


def _columns(band: NDArray[np.uint8]) -> list[int]:
    """Where upright lines run through most of a band."""
    inner = band[len(band) // 10 : -max(1, len(band) // 10)]
    return _lines(np.ascontiguousarray(inner), max(8, len(inner) // 4), axis=0)


def _five(band: NDArray[np.uint8], shortest: int) -> list[int] | None:
    """Six upright lines that are evenly apart."""
    columns = _columns(band)
    for chosen in itertools.combinations(columns, 6) if len(columns) <= 16 else ():
        widths = np.diff(chosen)
        if widths.min() >= shortest and np.ptp(widths) <= UNEVEN * float(np.mean(widths)):
            return list(chosen)
    return None


def _four(band: NDArray[np.uint8], left: int, right: int, shortest: int) -> list[int] | None:
    """Five upright lines from the left end to the right: wide, narrow, narrow, wide."""
    slack = shortest // 4
    inside = [x for x in _columns(band) if left + shortest < x < right - shortest]
    for a, b, c in itertools.combinations(inside, 3) if len(inside) <= 16 else ():
        wide, thumbs = (a - left, right - c), (b - a, c - b)
        even = abs(wide[0] - wide[1]) <= UNEVEN * max(wide) and abs(thumbs[0] - thumbs[1]) <= UNEVEN * max(thumbs)
        if even and min(thumbs) >= shortest // 2 and min(wide) >= max(thumbs) - slack:
            return [left, a, b, c, right]
    return None


def _cut(page: FingerprintImage, ys: tuple[int, int], xs: tuple[int, int], ratio: float) -> FingerprintImage:
    """What is between lines, without the lines."""
    inset = 0.03 * PAGE_PPI
    top, bottom = (round((y + d) / ratio) for y, d in zip(ys, (inset, -inset), strict=True))
    left, right = (round((x + d) / ratio) for x, d in zip(xs, (inset, -inset), strict=True))
    return FingerprintImage(np.ascontiguousarray(page.pixels[top:bottom, left:right]), page.ppi)
