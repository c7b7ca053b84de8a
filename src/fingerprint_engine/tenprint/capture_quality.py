"""Quality for people who capture: a number, the reason and what to do.

The scale is our own, 0 to 100: 100 is a print that matches its mates as well as any. It is no NFIQ 2 score, and no fit
to one was made: see docs/decisions/tenprint.md.
"""

from __future__ import annotations

import dataclasses
import enum

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template
from fingerprint_engine.template.coarse_map import CELL_PX

_CHOSEN = "chosen on synthetic impressions of known moisture and size"


class Reason(enum.Enum):
    """What holds a print's quality down; the value is how it is said."""

    NONE = "good"
    UNREADABLE = "unreadable"
    SMALL_AREA = "small area"
    OFF_CENTRE = "off centre"
    DRY = "dry"
    WET = "wet"
    FAINT = "faint"
    SMUDGED = "smudged or moved"


ADVICE = {
    Reason.NONE: "",
    Reason.UNREADABLE: "clean the glass and the finger, then capture again",
    Reason.SMALL_AREA: "lay the whole fingertip flat on the glass",
    Reason.OFF_CENTRE: "lay the middle of the fingertip on the glass, not its end or side",
    Reason.DRY: "moisten the finger a little, press a little more",
    Reason.WET: "dry the finger and the glass, press a little less",
    Reason.FAINT: "press a little more",
    Reason.SMUDGED: "clean the glass, keep the finger still",
}


@dataclasses.dataclass(frozen=True, slots=True)
class CaptureQualityParameters(Parameters):
    """Numbers of `capture_quality`."""

    full_area_mm2: float = parameter(150.0, unit="mm²", low=20.0, high=500.0, source=_CHOSEN)
    full_clarity: float = parameter(75.0, unit="template quality", low=10.0, high=100.0, source=_CHOSEN)
    full_minutiae: float = parameter(36.0, unit="minutiae", low=5.0, high=100.0, source=_CHOSEN)
    good: int = parameter(60, unit="1", low=0, high=100, source="chosen: no advice from there on")
    dry_ink: float = parameter(0.33, unit="share of dark", low=0.0, high=1.0, source=_CHOSEN)
    wet_ink: float = parameter(0.56, unit="share of dark", low=0.0, high=1.0, source=_CHOSEN)
    faint_levels: float = parameter(45.0, unit="grey levels", low=0.0, high=255.0, source=_CHOSEN)
    small_area_mm2: float = parameter(90.0, unit="mm²", low=10.0, high=500.0, source=_CHOSEN)
    core_margin_px: float = parameter(45.0, unit="px at 500 ppi", low=0.0, high=200.0, source=_CHOSEN)


@dataclasses.dataclass(frozen=True, slots=True)
class CaptureQuality:
    """How good a print is.

    Parameters
    ----------
    score
        0 to 100, on a scale of our own; 0 where no template could be made.
    reason
        What holds it down.
    area_mm2
        Area of readable ridges.
    minutiae
        How many the template holds.
    """

    score: int
    reason: Reason
    area_mm2: float = 0.0
    minutiae: int = 0

    @property
    def advice(self) -> str:
        """What to do; empty where nothing needs to be done."""
        return ADVICE[self.reason]


_DEFAULT = CaptureQualityParameters()


def capture_quality(
    image: FingerprintImage,
    outcome: Template | FailureToExtract,
    parameters: CaptureQualityParameters = _DEFAULT,
) -> CaptureQuality:
    """Judge a print that was read, or could not be.

    Parameters
    ----------
    image
        The finger alone.
    outcome
        The template, or why there is none.
    parameters
        Numbers.
    """
    if isinstance(outcome, FailureToExtract):
        return CaptureQuality(0, Reason.UNREADABLE)
    p = parameters
    cells = outcome.coarse_map.foreground
    area = float(cells.sum()) * (CELL_PX * 25.4 / 500.0) ** 2
    clarity = min(1.0, outcome.quality / p.full_clarity)
    enough = min(1.0, area / p.full_area_mm2) ** 0.5 * min(1.0, len(outcome) / p.full_minutiae) ** 0.5
    score = round(100.0 * clarity * enough)
    return CaptureQuality(score, _reason(image, outcome, area, score, p), area, len(outcome))


def _reason(
    image: FingerprintImage, template: Template, area: float, score: int, p: CaptureQualityParameters
) -> Reason:
    if score >= p.good:
        return Reason.NONE
    if area < p.small_area_mm2:
        return Reason.SMALL_AREA
    if _off_centre(template, p.core_margin_px):
        return Reason.OFF_CENTRE
    ink, depth = _ink(image)
    if ink < p.dry_ink:
        return Reason.DRY
    if ink > p.wet_ink:
        return Reason.WET
    return Reason.FAINT if depth < p.faint_levels else Reason.SMUDGED


def _off_centre(template: Template, margin_px: float) -> bool:
    """Whether the core lies at the border of the print."""
    points = template.singular_points
    cells = template.coarse_map.foreground
    if not len(points.x) or not cells.any():
        return False
    inside = cv2.distanceTransform(np.pad(cells, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1] * CELL_PX
    rows = np.clip((points.y / CELL_PX).astype(np.intp), 0, cells.shape[0] - 1)
    cols = np.clip((points.x / CELL_PX).astype(np.intp), 0, cells.shape[1] - 1)
    return bool(inside[rows, cols].max() < margin_px)


def _ink(image: FingerprintImage) -> tuple[float, float]:
    """Share of dark pixels where ridges are, and how much darker than the light ones they are, in grey levels."""
    pixels: NDArray[np.uint8] = image.pixels
    side = max(3, round(image.ppi / 25.0))
    grey = cv2.GaussianBlur(pixels, (0, 0), image.ppi / 900.0)
    low = cv2.erode(grey, np.ones((side, side), np.uint8))
    high = cv2.dilate(grey, np.ones((side, side), np.uint8))
    span = high.astype(np.int16) - low
    busy = span > max(12.0, 0.4 * float(np.percentile(span, 95)))
    if not busy.any():
        return 0.0, 0.0
    dark = grey < 0.5 * (float(np.percentile(grey[busy], 5)) + float(np.percentile(grey[busy], 95)))
    return float(dark[busy].mean()), float(np.median(span[busy]))
