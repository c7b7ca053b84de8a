"""`RidgeGrid`: where on a picture there are ridges, on a coarse grid and at two fifths of the pixels.

The ridge network sees a slap in the time of its four extractions and more; where fingers lie needs less. At this
resolution ridges are still four to seven pixels apart, those of a small little finger too. Their contrast and the
common direction of their slopes tell them from ground, halos, letters and lines.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing import FingerprintImage

GRID_PPI = 312.5
CELL_PX = 5
"""Pixels of the grid's resolution per side of a cell: 0.4 mm."""
FloatMap = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, slots=True)
class RidgeGridParameters(Parameters):
    """Numbers of `ridge_grid`; pixels at `GRID_PPI`."""

    fine_px: float = parameter(0.5, unit="px", low=0.1, high=3.0, source="chosen: sensor noise goes")
    soft_px: float = parameter(0.875, unit="px", low=0.1, high=3.0, source="chosen: dots of a lower phalanx go")
    coarse_px: float = parameter(4.4, unit="px", low=1.0, high=20.0, source="chosen: halos and ground go")
    window_px: float = parameter(8.75, unit="px", low=2.0, high=30.0, source="chosen: one to two periods")
    sharp_px: float = parameter(3.75, unit="px", low=1.0, high=30.0, source="chosen: less than a period")
    dense_factor: float = parameter(1.4, unit="1", low=1.0, high=10.0, source="chosen: cells on ridges differ by less")
    min_contrast: float = parameter(2.0, unit="grey levels", low=0.0, high=50.0, source="as acceptance, band-passed")
    full_share: float = parameter(0.3, unit="strong contrast", low=0.05, high=1.0, source="synthetic slaps, level 3")
    low_coherence: float = parameter(0.15, unit="1", low=0.0, high=1.0, source="synthetic slaps, level 3")
    high_coherence: float = parameter(
        0.45, unit="1", low=0.0, high=1.0, above="low_coherence", source="synthetic slaps, level 3"
    )
    thinnest_cells: int = parameter(13, unit="cells", low=1, high=31, source="5 mm: lines are thinner, fingers are not")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class RidgeGrid:
    """Maps of cells of 0.4 mm, all float32 of one shape.

    Attributes
    ----------
    contrast
        Standard deviation of what ridges make of grey values, in grey levels; little where half of the cells around
        have none, as between strokes of a pen.
    any_contrast
        The same, strokes and broken ridges included.
    sharp
        The same within a window of about one ridge period: gaps between phalanges are seen in it.
    coherence
        0 (no common direction) to 1.
    ridges
        0 (ground) to 1 (ridges as strong as a third of the picture's strong ones, with a common direction).
    strong
        Contrast of the strong ridges of this picture.
    scale
        Native pixels of a cell's side.
    """

    contrast: FloatMap
    any_contrast: FloatMap
    sharp: FloatMap
    coherence: FloatMap
    ridges: FloatMap
    strong: float
    scale: float


def ridge_grid(image: FingerprintImage, parameters: RidgeGridParameters | None = None) -> RidgeGrid:
    """Look for ridges in an image of any resolution."""
    p = parameters or RidgeGridParameters()
    ratio = GRID_PPI / image.ppi
    rows, cols = image.shape
    size = max(CELL_PX, round(cols * ratio)), max(CELL_PX, round(rows * ratio))
    grey = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA if ratio < 1.0 else cv2.INTER_LINEAR)
    grey = grey.astype(np.float32)
    ground = cv2.GaussianBlur(grey, (0, 0), p.coarse_px)
    # An edge of paper or a line is far stronger than any ridge, and would be the measure of them all.
    band, soft = (np.clip(cv2.GaussianBlur(grey, (0, 0), px) - ground, -60.0, 60.0) for px in (p.fine_px, p.soft_px))
    cells = size[0] // CELL_PX, size[1] // CELL_PX
    cut = cells[0] * CELL_PX, cells[1] * CELL_PX
    along_x, along_y = cv2.Sobel(band, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(band, cv2.CV_32F, 0, 1, ksize=3)

    def averaged(product: FloatMap, window_px: float) -> FloatMap:
        means = cv2.resize(product[: cut[1], : cut[0]], cells, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(means, (0, 0), window_px / CELL_PX), dtype=np.float32)

    products = (along_x * along_x, along_y * along_y, along_x * along_y, band * band, soft * soft)
    xx, yy, xy, square, soft_square = (averaged(product, p.window_px) for product in products)
    coherence = np.sqrt((xx - yy) ** 2 + 4.0 * xy * xy) / np.maximum(xx + yy, 1e-6)
    contrast = np.sqrt(np.maximum(square, 0.0))
    sharp, joint = (np.sqrt(averaged(product * product, p.sharp_px)) for product in (band, soft))
    # Strokes of a pen leave gaps between them, ridges do not: half of all cells around are without any.
    dense = cv2.medianBlur(sharp, 5)
    even = np.minimum(contrast, p.dense_factor * dense)
    strong = _strong(even, coherence, p)
    share = np.clip(even / max(p.full_share * strong, p.min_contrast), 0.0, 1.0)
    share = np.clip(2.0 * share - 0.6, 0.0, 1.0)
    common = np.clip((coherence - p.low_coherence) / (p.high_coherence - p.low_coherence), 0.0, 1.0)
    ridges = _without_lines((share * common).astype(np.float32), p)
    return RidgeGrid(
        even.astype(np.float32),
        np.sqrt(soft_square),
        joint.astype(np.float32),
        coherence.astype(np.float32),
        ridges,
        strong,
        CELL_PX / ratio,
    )


def _without_lines(ridges: FloatMap, p: RidgeGridParameters) -> FloatMap:
    """Ruled lines and single rows of letters have ridges' contrast and direction, but no width."""
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (p.thinnest_cells, p.thinnest_cells))
    # Beyond the border lies more of the same: fingers are cut off by it.
    reach = p.thinnest_cells
    padded = cv2.copyMakeBorder(ridges, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, element)[reach:-reach, reach:-reach]
    return np.asarray(np.minimum(ridges, 1.5 * np.ascontiguousarray(opened)), dtype=np.float32)


def _strong(contrast: FloatMap, coherence: FloatMap, p: RidgeGridParameters) -> float:
    """Contrast that the stronger half of what looks like ridges has."""
    likely = contrast[(contrast > p.min_contrast) & (coherence > p.high_coherence)]
    if not likely.size:
        return 0.0
    return float(np.median(likely[likely >= np.median(likely)]))
