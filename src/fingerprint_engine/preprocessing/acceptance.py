"""Acceptance: what is no print, or too little of one, is refused with a reason and the numbers behind it.

Both extractors ask the same questions, in the order in which they learn the answers.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import FailureReason, FailureToExtract
from fingerprint_engine.geometry import px_to_mm
from fingerprint_engine.parameters import Parameters, parameter


@dataclasses.dataclass(frozen=True, slots=True)
class AcceptanceParameters(Parameters):
    """What a print must have."""

    min_side_px: int = parameter(
        16, unit="px at 500 ppi", low=16, high=500, source="chosen: 0.8 mm, the cell of the network's deepest layer"
    )
    max_side_px: int = parameter(
        2500, unit="px at 500 ppi", low=100, high=10_000, source="chosen: 127 mm, more than a hand is wide"
    )
    min_contrast_levels: float = parameter(
        2.5, unit="grey levels", low=0.0, high=50.0, source="chosen: the faintest real prints have 5"
    )
    min_area_mm2: float = parameter(
        25.0, unit="mm²", low=0.0, high=200.0, source="chosen: room for about five minutiae"
    )
    min_coherence: float = parameter(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="chosen: the poorest real print has 0.65, noise and scenes 0.47 or less",
    )
    min_quality: int = parameter(12, unit="1", low=0, high=100, source="chosen: noise stays below, prints above")


def require_size(shape: tuple[int, ...], parameters: AcceptanceParameters) -> None:
    """Refuse an image (rows, cols at 500 ppi) that is smaller than any print or larger than a hand."""
    found = f"found {shape[1]} x {shape[0]}"
    if max(shape) > parameters.max_side_px:
        raise FailureToExtract(
            FailureReason.INVALID_IMAGE,
            f"expected a print of at most {parameters.max_side_px} px per side at 500 ppi, {found}; "
            "cut single fingers out of a card first",
            {"side_px": float(max(shape))},
        )
    if min(shape) < parameters.min_side_px:
        raise FailureToExtract(
            FailureReason.TOO_SMALL_AREA,
            f"expected at least {parameters.min_side_px} px per side at 500 ppi, {found}",
            {"side_px": float(min(shape))},
        )


def require_contrast(contrast: NDArray[np.float32], parameters: AcceptanceParameters) -> None:
    """Refuse an image whose local contrast (grey levels, per pixel) is nowhere that of a print."""
    rank = round(0.95 * (contrast.size - 1))
    if np.count_nonzero(contrast < parameters.min_contrast_levels) > rank:
        measured = float(np.partition(contrast, rank, axis=None)[rank])
        raise FailureToExtract(
            FailureReason.NO_CONTRAST,
            f"expected a local contrast of at least {parameters.min_contrast_levels:g} grey levels somewhere, "
            f"found {measured:.2g}",
            {"contrast_levels": measured},
        )


def require_area(mask: NDArray[np.bool_], parameters: AcceptanceParameters) -> None:
    """Refuse a foreground that is empty or too small."""
    area_mm2 = float(np.count_nonzero(mask)) * px_to_mm(1.0) ** 2
    if area_mm2 == 0.0:
        raise FailureToExtract(
            FailureReason.NO_FINGERPRINT, "expected a region of parallel ridges, found none", {"area_mm2": 0.0}
        )
    if area_mm2 < parameters.min_area_mm2:
        raise FailureToExtract(
            FailureReason.TOO_SMALL_AREA,
            f"expected at least {parameters.min_area_mm2:g} mm² of ridges, found {area_mm2:.1f}",
            {"area_mm2": area_mm2},
        )


def require_ridges(coherence: float, quality: int, parameters: AcceptanceParameters) -> None:
    """Refuse what has no common orientation (mean coherence of the foreground) or no quality: noise, pictures."""
    if coherence < parameters.min_coherence or quality < parameters.min_quality:
        raise FailureToExtract(
            FailureReason.NO_FINGERPRINT,
            f"expected ridges of coherence {parameters.min_coherence:g} or more and quality {parameters.min_quality} "
            f"or more; found {coherence:.2f} and {quality}",
            {"coherence": coherence, "quality": float(quality)},
        )


def require_narrow_ridges(wide_share: float, max_wide_share: float) -> None:
    """Refuse what has too much of its energy at the widest period: edges of things get stronger with every period."""
    if wide_share > max_wide_share:
        raise FailureToExtract(
            FailureReason.NO_FINGERPRINT,
            f"expected no more than {max_wide_share:g} of the ridges at the widest period, found {wide_share:.2f}",
            {"wide_share": wide_share},
        )
