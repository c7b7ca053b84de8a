"""Where on a picture the print lies: what is measured of a print is measured there.

A print may take three per cent of a scanned page. Percentiles over the page then say nothing about the print, and the
page may be larger than any hand. So the print is looked for on a grid of blocks, by contrast and then by ridges, and
where it takes only a small part of the picture, the picture is cut to it.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import CANONICAL_PPI, mm_to_px, px_to_mm
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.image import MAX_SIDE_PX, FingerprintImage, shape_at_500
from fingerprint_engine.preprocessing.ridge_spacing import ridged_share

OTHER_PRINT_SHARE = 0.5
"""A region with this much of the ridges that the most ridged one has is another print."""
ALIGNED_PX = 16
"""Pixels at 500 ppi: cuts begin at multiples of it, so that the cells of templates are those of the whole picture."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlaceParameters(Parameters):
    """Numbers of `place_of_print`."""

    block_mm: float = parameter(
        0.9, unit="mm", low=0.5, high=2.0, source="chosen: two ridge periods, so that each block on ridges has both"
    )
    samples: int = parameter(6, unit="per block side", low=3, high=16, source="chosen: three per ridge period")
    min_contrast_levels: float = parameter(
        2.5, unit="grey levels", low=0.0, high=50.0, source="as acceptance: the faintest real prints have 5"
    )
    strong_mm2: float = parameter(
        16.0, unit="mm²", low=1.0, high=100.0, source="chosen: strong is what at least this much of a picture has"
    )
    busy_share: float = parameter(
        0.25, unit="strong contrast", low=0.05, high=0.9, source="chosen: ghosts and paper are fainter than prints"
    )
    min_over_paper: float = parameter(
        4.0, unit="25th percentile of contrast", low=1.0, high=50.0, source="chosen: on pages that is the paper's noise"
    )
    opening_blocks: int = parameter(1, unit="blocks", low=0, high=5, source="chosen: lines, edges and small letters")
    closing_blocks: int = parameter(2, unit="blocks", low=0, high=10, source="chosen: creases and dry spots")
    min_area_mm2: float = parameter(
        25.0, unit="mm²", low=0.0, high=200.0, source="as acceptance: room for about five minutiae"
    )
    max_regions: int = parameter(8, unit="1", low=1, high=100, source="chosen: how many regions are asked for ridges")
    margin_mm: float = parameter(
        4.0, unit="mm", low=0.0, high=20.0, source="chosen: ground around the print, for its polarity and its outline"
    )
    max_share: float = parameter(
        0.25, unit="1", low=0.0, high=1.0, source="chosen: percentiles hold where a print takes an eighth of a picture"
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class PrintPlace:
    """Where a print lies.

    Attributes
    ----------
    rows, cols
        Native pixels to look at: all of the picture, or where the print takes little of it, the print and a margin.
    spots
        float64, shape (n, 2): rows and columns of the centres of blocks with contrast, in native pixels of the whole
        picture; none where nothing has any.
    others
        How many other regions look like prints as well.
    """

    rows: slice
    cols: slice
    spots: NDArray[np.float64]
    others: int = 0


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class PrintCut:
    """The part of a picture that the print lies on.

    Attributes
    ----------
    image
        The part; the picture itself where the print takes much of it.
    row_px, col_px
        Where it begins, in pixels at 500 ppi; multiples of `ALIGNED_PX`.
    shape
        Rows and columns of the whole picture at 500 ppi; None where nothing was cut off.
    spots
        As in `PrintPlace`, in native pixels of the part.
    others
        As in `PrintPlace`.
    """

    image: FingerprintImage
    row_px: int
    col_px: int
    shape: tuple[int, int] | None
    spots: NDArray[np.float64]
    others: int = 0


@functools.lru_cache(maxsize=1)
def _default() -> PlaceParameters:
    return PlaceParameters()


def cut_to_print(image: FingerprintImage, parameters: PlaceParameters | None = None) -> PrintCut:
    """Cut a picture to its print, where that takes little of it."""
    place = place_of_print(image.pixels, image.ppi, parameters)
    scale = CANONICAL_PPI / image.ppi
    top, left = (int(part.start * scale) // ALIGNED_PX * ALIGNED_PX for part in (place.rows, place.cols))
    rows, cols = slice(round(top / scale), place.rows.stop), slice(round(left / scale), place.cols.stop)
    shape = shape_at_500(image)
    whole = rows == slice(0, image.shape[0]) and cols == slice(0, image.shape[1])
    if whole or max(shape) > MAX_SIDE_PX:
        return PrintCut(image, 0, 0, None, place.spots, place.others)
    part = FingerprintImage(image.pixels[rows, cols], image.ppi)
    spots = place.spots - np.array([rows.start, cols.start], np.float64)
    return PrintCut(part, top, left, shape, spots, place.others)


def place_of_print(pixels: NDArray[np.uint8], ppi: float, parameters: PlaceParameters | None = None) -> PrintPlace:
    """Find the region of a picture that has contrast all over and, if there are several, most ridges.

    Parameters
    ----------
    pixels
        uint8, shape (rows, cols).
    ppi
        Pixels per inch.
    parameters
        Defaults unless given.
    """
    chosen = _default() if parameters is None else parameters
    shape = pixels.shape
    contrast, block_px = _block_contrast(pixels, ppi, chosen)
    busy = _opened_closed(contrast > _limit(contrast, chosen), chosen)
    region, others = _most_ridged(busy, pixels, ppi, block_px, chosen)
    everything = slice(0, shape[0]), slice(0, shape[1])
    if region.sum() * px_to_mm(block_px, ppi) ** 2 < chosen.min_area_mm2:
        return PrintPlace(*everything, np.zeros((0, 2)))
    margin = mm_to_px(chosen.margin_mm, ppi)
    window = []
    for side, occupied in zip(shape, (region.any(axis=1), region.any(axis=0)), strict=True):
        where = np.flatnonzero(occupied)
        first, last = where[0] * block_px - margin, (where[-1] + 1) * block_px + margin
        window.append(slice(max(0, math.floor(first)), min(side, math.ceil(last))))
    lengths = [part.stop - part.start for part in window]
    small = lengths[0] * lengths[1] <= chosen.max_share * shape[0] * shape[1]
    rows, cols = window if small else everything
    return PrintPlace(rows, cols, _centres(region, block_px), others)


def _block_contrast(
    pixels: NDArray[np.uint8], ppi: float, parameters: PlaceParameters
) -> tuple[NDArray[np.float32], float]:
    """Standard deviation within each block, in grey levels, and the side of a block in native pixels."""
    side = mm_to_px(parameters.block_mm, ppi)
    step = max(1, int(side / parameters.samples))
    grey = pixels[::step, ::step].astype(np.float32)
    across = max(1, min(round(side / step), *grey.shape))
    rows, cols = (length // across * across for length in grey.shape)
    grey = np.ascontiguousarray(grey[:rows, :cols])
    size = (cols // across, rows // across)
    mean = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    square = cv2.resize(grey * grey, size, interpolation=cv2.INTER_AREA)
    return np.sqrt(np.maximum(square - mean * mean, 0.0)).astype(np.float32), float(step * across)


def _limit(contrast: NDArray[np.float32], parameters: PlaceParameters) -> float:
    """Contrast of a busy block."""
    count = min(contrast.size, max(1, round(parameters.strong_mm2 / parameters.block_mm**2)))
    strong = float(np.partition(contrast, contrast.size - count, axis=None)[contrast.size - count])
    # Letters are stronger than any print: on a page, what stands out from the paper counts.
    standing_out = parameters.min_over_paper * float(np.percentile(contrast, 25))
    return max(parameters.min_contrast_levels, min(parameters.busy_share * strong, standing_out))


def _opened_closed(blocks: NDArray[np.bool_], parameters: PlaceParameters) -> NDArray[np.bool_]:
    done = blocks.astype(np.uint8)
    for operation, radius in (
        (cv2.MORPH_OPEN, parameters.opening_blocks),
        (cv2.MORPH_CLOSE, parameters.closing_blocks),
    ):
        if radius:
            # Beyond the border lies more of the same: prints are cut off by it all the time.
            padded = cv2.copyMakeBorder(done, radius, radius, radius, radius, cv2.BORDER_REPLICATE)
            element = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
            done = cv2.morphologyEx(padded, operation, element)[radius:-radius, radius:-radius]  # type: ignore[assignment]
    return np.asarray(done != 0)


def _most_ridged(
    blocks: NDArray[np.bool_], pixels: NDArray[np.uint8], ppi: float, block_px: float, parameters: PlaceParameters
) -> tuple[NDArray[np.bool_], int]:
    """Of the connected regions the one with the largest area of ridges, and how many others have about as much.

    A single one is not asked for any.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(blocks.astype(np.uint8), connectivity=4)
    if count <= 1:
        return np.zeros_like(blocks), 0
    areas = stats[1:, cv2.CC_STAT_AREA]
    large = np.flatnonzero(areas * px_to_mm(block_px, ppi) ** 2 >= parameters.min_area_mm2)
    large = large[np.argsort(-areas[large], kind="stable")][: parameters.max_regions]
    best, others = int(np.argmax(areas)), 0
    if large.size > 1:
        shares = [ridged_share(pixels, ppi, _centres(labels == 1 + number, block_px)) for number in large]
        ridges = areas[large] * np.array(shares)
        best = int(large[int(np.argmax(ridges))])
        others = int((ridges >= max(1.0, OTHER_PRINT_SHARE * ridges.max())).sum()) - 1
    return np.asarray(labels == 1 + best), max(0, others)


def _centres(blocks: NDArray[np.bool_], block_px: float) -> NDArray[np.float64]:
    return np.asarray((np.argwhere(blocks) + 0.5) * block_px, dtype=np.float64)
