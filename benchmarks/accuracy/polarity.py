"""Which prints are refused as light ridges on a dark ground: upright and inverted ones in every surrounding.

    python -m benchmarks.accuracy.polarity

Each print is put into surroundings that hide its ground or imitate another, and told as `load_image` tells it, upright
and inverted. Told are the shares that are taken for inverted: of upright prints it should be none, of inverted ones
all.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.options import AT_LEAST_1
from fingerprint_engine.errors import ImageError
from fingerprint_engine.preprocessing import image_from_array

Pixels = NDArray[np.uint8]
WHITE, GREY, BLACK = 245, 150, 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--sets", help="names, separated by commas; all unless given")
    parser.add_argument("--step", type=AT_LEAST_1, default=4, help="every so many prints of a set")
    options = parser.parse_args()
    sets = find_sets(options.data, options.sets.split(",") if options.sets else None)
    print(f"taken for inverted, %: upright / inverted; every print of {options.step}")
    print(f"{'':26}" + "".join(f"{data_set.name[-12:]:>14}" for data_set in sets))
    prints = [[_pixels(path) for _, path in one.images[:: options.step]] for one in sets]
    for name, around in SURROUNDINGS.items():
        cells = [_shares(pixels, one.ppi, around) for pixels, one in zip(prints, sets, strict=True)]
        print(f"{name:26}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def _shares(prints: list[Pixels], ppi: float, around: Callable[[Pixels], Pixels]) -> str:
    seen = [around(pixels) for pixels in prints]
    upright, inverted = (
        100 * float(np.mean([_is_refused(pixels, ppi) for pixels in way])) for way in (seen, [~one for one in seen])
    )
    return f"{upright:.0f} / {inverted:.0f}"


def _is_refused(pixels: Pixels, ppi: float) -> bool:
    try:
        image_from_array(pixels, ppi)
    except ImageError:
        return True
    return False


def _pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.array(picture.convert("L"))


def _framed(width: int) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.pad(pixels, width, constant_values=BLACK)


def _band_over(pixels: Pixels) -> Pixels:
    banded = pixels.copy()
    banded[:, :64] = BLACK
    return banded


def _band_beside(pixels: Pixels) -> Pixels:
    return np.pad(pixels, ((0, 0), (90, 0)), constant_values=BLACK)


def _wet(pixels: Pixels) -> Pixels:
    """Dark ridges grown by 2 px, the whole darkened."""
    grown = cv2.erode(pixels, np.ones((5, 5), np.uint8))
    return np.asarray(0.7 * grown, np.uint8)


def _shadowed(pixels: Pixels) -> Pixels:
    """Darker and darker towards one side."""
    return np.asarray(pixels * np.linspace(1.0, 0.25, pixels.shape[1]), np.uint8)


def _page(share: float, level: int) -> Callable[[Pixels], Pixels]:
    """A print that takes so much of a page of a level."""

    def laid(pixels: Pixels) -> Pixels:
        rows, cols = (round(side / share**0.5) for side in pixels.shape)
        page = np.full((rows, cols), level, np.uint8)
        top, left = (rows - pixels.shape[0]) // 3, (cols - pixels.shape[1]) // 2
        page[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        return page

    return laid


def _on_grey_paper(share: float) -> Callable[[Pixels], Pixels]:
    """A print on paper that is as grey as the page: its ground is the paper."""
    laid = _page(share, 255)
    return lambda pixels: np.asarray(laid(pixels) * (GREY / 255.0), np.uint8)


def _cut_off(pixels: Pixels) -> Pixels:
    """Valleys cut off at white, where there is contrast; grey around it. An inverted thermal print looks like that."""
    grey = pixels.astype(np.float32)
    mean = cv2.GaussianBlur(grey, (0, 0), 8.0)
    contrast = np.sqrt(np.maximum(cv2.GaussianBlur(grey * grey, (0, 0), 8.0) - mean * mean, 0.0))
    ridged = (contrast > 0.35 * np.percentile(contrast, 95)).astype(np.uint8)
    closed = cv2.morphologyEx(ridged, cv2.MORPH_CLOSE, np.ones((21, 21)))
    stretched = np.clip(GREY + 130.0 * (grey - mean) / (contrast + 5.0), 0.0, WHITE)
    return np.where(closed > 0, stretched, GREY).astype(np.uint8)


SURROUNDINGS: dict[str, Callable[[Pixels], Pixels]] = {
    "as it is": lambda pixels: pixels,
    "black frame of 30 px": _framed(30),
    "black frame of 60 px": _framed(60),
    "black band over it": _band_over,
    "black band beside it": _band_beside,
    "wet": _wet,
    "shadow": _shadowed,
    "7 % of a white page": _page(0.07, WHITE),
    "3 % of a white page": _page(0.03, WHITE),
    "7 % of a grey page": _page(0.07, GREY),
    "3 % of a grey page": _page(0.03, GREY),
    "30 % of a grey page": _page(0.3, GREY),
    "3 % of grey paper": _on_grey_paper(0.03),
    "cut off at white, on grey": _cut_off,
}

if __name__ == "__main__":
    main()
