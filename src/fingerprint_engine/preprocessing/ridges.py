"""From an image to its ridge maps: the recipe of this room on one page."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import FailureReason, FailureToExtract
from fingerprint_engine.geometry import px_to_mm
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import orientation_vectors, to_blocks, to_pixels
from fingerprint_engine.preprocessing.enhancement import EnhancementParameters, enhance
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.preprocessing.orientation import OrientationParameters, orientation_field
from fingerprint_engine.preprocessing.period import PeriodParameters, ridge_period
from fingerprint_engine.preprocessing.quality import QualityParameters, block_quality, overall_quality
from fingerprint_engine.preprocessing.resample import resample
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps
from fingerprint_engine.preprocessing.segmentation import SegmentationParameters, segment
from fingerprint_engine.preprocessing.spectrum import RidgeSpectrum, SpectrumParameters, ridge_spectrum


@dataclasses.dataclass(frozen=True, slots=True)
class RidgeMapParameters(Parameters):
    """Everything that decides the ridge maps."""

    normalization: NormalizationParameters = NormalizationParameters()
    spectrum: SpectrumParameters = SpectrumParameters()
    segmentation: SegmentationParameters = SegmentationParameters()
    orientation: OrientationParameters = OrientationParameters()
    period: PeriodParameters = PeriodParameters()
    enhancement: EnhancementParameters = EnhancementParameters()
    quality: QualityParameters = QualityParameters()
    most_side_px: int = parameter(
        2500, unit="px at 500 ppi", low=100, high=10_000, source="chosen: 127 mm, more than a hand is wide"
    )
    least_contrast_levels: float = parameter(
        2.5, unit="grey levels", low=0.0, high=50.0, source="chosen: the faintest real prints have 5"
    )
    least_area_mm2: float = parameter(
        25.0, unit="mm²", low=0.0, high=200.0, source="chosen: room for about five minutiae"
    )
    least_coherence: float = parameter(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="chosen: the poorest real print has 0.65, noise and scenes 0.47 or less",
    )
    most_wide_share: float = parameter(
        0.25, unit="1", low=0.0, high=1.0, source="chosen: real prints reach 0.18, edges of things have 0.27 and more"
    )
    least_quality: int = parameter(12, unit="1", low=0, high=100, source="chosen: noise stays below, prints above")


def compute_ridge_maps(image: FingerprintImage, parameters: RidgeMapParameters | None = None) -> RidgeMaps:
    """Ridge maps of an image at 500 ppi.

    Parameters
    ----------
    image
        Dark ridges on light ground, any plausible resolution.
    parameters
        Defaults unless given.

    Raises
    ------
    FailureToExtract
        When the image is larger than a hand, shows no contrast, no ridges, or too small an area of them.
    """
    parameters = parameters or RidgeMapParameters()
    pixels = resample(image)
    require_finger_size(pixels.shape, parameters.most_side_px)
    normalized = normalize(pixels, parameters.normalization)
    require_contrast(normalized.contrast, parameters.least_contrast_levels)
    spectrum = ridge_spectrum(normalized.values, parameters.spectrum)
    mask = segment(spectrum, normalized.contrast, pixels.shape, parameters.segmentation)
    area_mm2 = require_area(mask, parameters.least_area_mm2)
    weight = to_blocks(mask)
    field = orientation_field(spectrum, weight, parameters.orientation)
    period = ridge_period(spectrum, field.orientation, weight, parameters.period)
    cosine, sine = orientation_vectors(field.orientation, pixels.shape)
    ridges = enhance(normalized.values, mask, cosine, sine, to_pixels(period, pixels.shape), parameters.enhancement)
    quality = block_quality(normalized.values, ridges.even, mask, field.coherence, parameters.quality)
    overall = overall_quality(quality, area_mm2 / 100.0, parameters.quality)
    _require_ridges(field.coherence, spectrum, weight, overall, parameters)
    return RidgeMaps(
        image=pixels,
        mask=mask,
        orientation=field.orientation,
        coherence=field.coherence,
        period=period,
        enhanced=ridges.even,
        quadrature=ridges.odd,
        quality=quality,
        overall_quality=overall,
    )


def require_finger_size(shape: tuple[int, ...], most_side_px: int) -> None:
    """Refuse an image that is larger than a hand."""
    if max(shape) > most_side_px:
        raise FailureToExtract(
            FailureReason.INVALID_IMAGE,
            f"expected a print of at most {most_side_px} px a side at 500 ppi, "
            f"found {shape[1]} x {shape[0]}; cut single fingers out of a card first",
            {"side_px": float(max(shape))},
        )


def require_contrast(contrast: NDArray[np.float32], least: float) -> None:
    """Refuse an image whose local contrast (grey levels, per pixel) is nowhere that of a print."""
    measured = float(np.percentile(contrast, 95))
    if measured < least:
        raise FailureToExtract(
            FailureReason.NO_CONTRAST,
            f"expected a local contrast of at least {least:g} grey levels somewhere, found {measured:.2g}",
            {"contrast_levels": measured},
        )


def require_area(mask: NDArray[np.bool_], least: float) -> float:
    """Area of the foreground in mm²; none, or too little of it, is refused."""
    area_mm2 = float(mask.sum()) * px_to_mm(1.0) ** 2
    if area_mm2 == 0.0:
        raise FailureToExtract(
            FailureReason.NO_FINGERPRINT, "expected a region of parallel ridges, found none", {"area_mm2": 0.0}
        )
    if area_mm2 < least:
        raise FailureToExtract(
            FailureReason.TOO_SMALL_AREA,
            f"expected at least {least:g} mm² of ridges, found {area_mm2:.1f}",
            {"area_mm2": area_mm2},
        )
    return area_mm2


def _require_ridges(
    coherence: NDArray[np.float32],
    spectrum: RidgeSpectrum,
    weight: NDArray[np.float32],
    overall: int,
    parameters: RidgeMapParameters,
) -> None:
    """Refuse what is no print: noise has no common orientation, and edges of things get stronger with every period."""
    by_period = np.einsum("aprc,rc->p", spectrum.energy, weight)
    wide_share = float(by_period[-1] / by_period.sum())
    ridge_coherence = float((coherence * weight).sum() / weight.sum()) - wide_share
    least, most = parameters.least_coherence, parameters.most_wide_share
    if ridge_coherence < least or wide_share > most or overall < parameters.least_quality:
        raise FailureToExtract(
            FailureReason.NO_FINGERPRINT,
            f"expected ridges of coherence {least:g} or more, no more than {most:g} of them at the widest period, and "
            f"quality {parameters.least_quality} or more; found {ridge_coherence:.2f}, {wide_share:.2f} and {overall}",
            {"coherence": ridge_coherence, "wide_share": wide_share, "quality": float(overall)},
        )
