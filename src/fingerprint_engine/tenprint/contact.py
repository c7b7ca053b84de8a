"""`Contact`: how a finger touched the glass, measured on its picture; no word on whether that is good."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import CANONICAL_PPI, px_to_mm
from fingerprint_engine.minutiae import SingularKind
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template
from fingerprint_engine.template.coarse_map import CELL_PX, ORIENTATION_STEPS

FloatMap = NDArray[np.float32]
_WINDOW_PX = 17
"""Chosen: within it lie a ridge and a valley, those of large fingers too."""
_TOUCHED, _FLAT, _FLOODED, _WIPED, _BARE = 0.25, 0.35, 0.65, 0.2, 0.12
"""Chosen: shares of the darkest ink from where on a place was touched, has ridges, is all dark, grey, not bare."""
_STEP = 4
"""Pixels: what is asked of the whole print is asked of one in so many."""
_FEWEST_CELLS = 20
"""Chosen: fewer say nothing of a direction."""


@dataclasses.dataclass(frozen=True, slots=True)
class Contact:
    """Measures of one print; shares are of the middle of what touched.

    Attributes
    ----------
    area_mm2
        Of what touched.
    depth
        Grey levels between ridges and valleys.
    dark
        Share that is darker than half of the darkest: about half, less on a dry finger, more on a wet one.
    flooded, wiped, bare
        Shares without ridges: all dark, grey, and hardly touched.
    drawn_out
        How much contrast differs with the direction of ridges (standard deviation over mean), times the share of all
        its variance that this explains: what moves keeps the ridges along its way only.
    core_depth_px
        How far inside the readable area the innermost core lies, at 500 ppi; None where none was found.
    """

    area_mm2: float
    depth: float
    dark: float
    flooded: float
    wiped: float
    bare: float
    drawn_out: float
    core_depth_px: float | None


def contact_of(image: FingerprintImage, template: Template) -> Contact:
    """Measure a print that was read.

    Parameters
    ----------
    image
        The finger alone.
    template
        What was read of it.
    """
    grey = np.asarray(cv2.GaussianBlur(_at_500(image), (0, 0), 0.6), dtype=np.float32)
    window = np.ones((_WINDOW_PX, _WINDOW_PX), np.uint8)
    span = cv2.dilate(grey, window) - cv2.erode(grey, window)
    touched = _touched(grey)
    inner = cv2.erode(touched.astype(np.uint8), window) > 0
    inner = inner if inner.any() else touched
    paper = float(np.percentile(grey[::_STEP, ::_STEP], 95))
    full = max(paper - float(np.percentile(grey[inner][::_STEP], 3)), 1.0)
    ink = np.clip((paper - grey[inner]) / full, 0.0, 1.0)
    mean = (paper - cv2.blur(grey, (13, 13))[inner]) / full
    flat = span[inner] < _FLAT * full
    return Contact(
        float(np.count_nonzero(touched)) * px_to_mm(1.0) ** 2,
        float(np.median(span[inner])),
        float((ink > 0.5).mean()),
        float((flat & (mean > _FLOODED)).mean()),
        float((flat & (mean > _WIPED) & (mean <= _FLOODED)).mean()),
        float((mean < _BARE).mean()),
        _drawn_out(grey, inner, template),
        _core_depth_px(template),
    )


def _at_500(image: FingerprintImage) -> FloatMap:
    """What the limits were chosen on. `preprocessing.resample` differs by up to ten grey levels, except at 500 ppi."""
    ratio = CANONICAL_PPI / image.ppi
    size = max(1, round(image.shape[1] * ratio)), max(1, round(image.shape[0] * ratio))
    kind = cv2.INTER_AREA if ratio < 1.0 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image.pixels, size, interpolation=kind), dtype=np.float32)


def _touched(grey: FloatMap) -> NDArray[np.bool_]:
    """The largest place that touched."""
    small = cv2.resize(grey, None, fx=1.0 / _STEP, fy=1.0 / _STEP, interpolation=cv2.INTER_AREA)
    ink = cv2.GaussianBlur(float(np.percentile(grey[::_STEP, ::_STEP], 95)) - small, (0, 0), 6.0 / _STEP)
    dark = (ink > _TOUCHED * float(np.percentile(ink, 97))).astype(np.uint8)
    whole = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(whole)
    largest = parts == (1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if len(stats) > 1 else 0)
    size = grey.shape[1], grey.shape[0]
    return np.asarray(cv2.resize(largest.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0)


def _drawn_out(grey: FloatMap, inner: NDArray[np.bool_], template: Template) -> float:
    """See `Contact`."""
    cells = template.coarse_map
    band = cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.blur(grey, (_WINDOW_PX, _WINDOW_PX))
    contrast = np.sqrt(np.maximum(cv2.blur(band * band, (_WINDOW_PX, _WINDOW_PX)), 0.0))
    rows, cols = np.nonzero(cells.orientation < ORIENTATION_STEPS)
    y = np.minimum((cells.row + rows) * CELL_PX + CELL_PX // 2, grey.shape[0] - 1)
    x = np.minimum((cells.col + cols) * CELL_PX + CELL_PX // 2, grey.shape[1] - 1)
    kept = inner[y, x]
    if np.count_nonzero(kept) < _FEWEST_CELLS:
        return 0.0
    double = cells.orientation[rows, cols][kept] * (2.0 * math.pi / ORIENTATION_STEPS)
    columns = np.column_stack([np.ones(double.size), np.cos(double), np.sin(double)])
    values = contrast[y, x][kept].astype(np.float64)
    weights, *_ = np.linalg.lstsq(columns, values, rcond=None)
    explained = float((columns @ weights).var())
    return math.sqrt(explained) / max(float(values.mean()), 1.0) * explained / max(float(values.var()), 1e-9)


def _core_depth_px(template: Template) -> float | None:
    points, cells = template.singular_points, template.coarse_map
    is_core = points.kind == SingularKind.CORE
    area = cells.foreground
    if not is_core.any() or not area.any():
        return None
    inside = cv2.distanceTransform(np.pad(area, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1] * CELL_PX
    rows = np.clip(points.y[is_core] // CELL_PX - cells.row, 0, area.shape[0] - 1).astype(np.intp)
    cols = np.clip(points.x[is_core] // CELL_PX - cells.col, 0, area.shape[1] - 1).astype(np.intp)
    return float(inside[rows, cols].max())
