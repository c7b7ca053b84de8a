"""Whether a print shows light ridges on a dark ground, told from the ground around it.

Skin that does not touch the sensor leaves the ground as light as the valleys. On an inverted image the ground lies at
the dark end of what the ridged area shows. That is the whole measure: an image without ground around the print gives no
answer, and nothing is guessed. The asymmetry of ridges and valleys was tried as a second cue and does not help: dry
prints and thermal sensors reverse its sign.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter


@dataclasses.dataclass(frozen=True, slots=True)
class PolarityParameters(Parameters):
    """Numbers of the polarity measure."""

    window_mm: float = parameter(
        1.2, unit="mm", low=0.5, high=3.0, source="two to three ridge periods, so that every window on ridges has both"
    )
    ground_share: float = parameter(
        0.25, unit="1", low=0.05, high=0.5, source="ground: contrast below this share of the strong contrast"
    )
    ridged_share: float = parameter(
        0.5, unit="1", low=0.3, high=0.9, source="ridged area: contrast above this share of the strong contrast"
    )
    min_contrast: float = parameter(
        12.0, unit="grey levels", low=1.0, high=100.0, source="below it there are no ridges to compare with"
    )
    min_ground: float = parameter(
        0.02, unit="share of the image", low=0.0, high=0.5, source="less ground than this is a scratch, not a ground"
    )
    inverted_below: float = parameter(
        -0.42,
        unit="share of the grey range of the ridged area",
        low=-1.0,
        high=0.0,
        source="the ground as dark as the ridges is -0.5; a thermal sensor's grey ground goes down to -0.36",
    )


def ground_level(pixels: NDArray[np.uint8], ppi: float, parameters: PolarityParameters | None = None) -> float | None:
    """Where the ground lies in the grey range of the ridged area.

    Parameters
    ----------
    pixels
        uint8, shape (rows, cols).
    ppi
        Pixels per inch.

    Returns
    -------
    float or None
        0.5: as light as the valleys; -0.5: as dark as the ridges; None: no ground or no ridges to tell from.
    """
    chosen = PolarityParameters() if parameters is None else parameters
    step = max(1, round(ppi / 250.0))  # grey levels and contrast survive thinning to 250 ppi, at a quarter of the work
    grey = np.ascontiguousarray(pixels[::step, ::step])
    side = max(3, round(chosen.window_mm / 25.4 * ppi / step) | 1)
    values = grey.astype(np.float32)
    mean = cv2.blur(values, (side, side))
    variance = cv2.blur(values * values, (side, side)) - mean * mean
    contrast = np.sqrt(np.maximum(variance, 0.0))
    strong = float(np.percentile(contrast, 95))
    ground, ridged = contrast < chosen.ground_share * strong, contrast > chosen.ridged_share * strong
    if strong < chosen.min_contrast or ground.mean() < chosen.min_ground:
        return None
    dark, light = np.percentile(grey[ridged], (5, 95))
    return (float(np.median(grey[ground])) - float(dark)) / (float(light) - float(dark)) - 0.5


def seems_inverted(level: float | None, parameters: PolarityParameters | None = None) -> bool:
    """Whether a `ground_level` says light ridges on dark ground; False when it says nothing."""
    chosen = PolarityParameters() if parameters is None else parameters
    return level is not None and level < chosen.inverted_below
