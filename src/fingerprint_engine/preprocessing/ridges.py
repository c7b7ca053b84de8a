"""From an image to its ridge maps: the recipe of this room on one page."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.acceptance import (
    AcceptanceParameters,
    require_area,
    require_contrast,
    require_narrow_ridges,
    require_ridges,
    require_size,
)
from fingerprint_engine.preprocessing.block_maps import ridge_flow, to_blocks
from fingerprint_engine.preprocessing.enhancement import EnhancementParameters, enhance
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.preprocessing.quality import QualityParameters, block_quality, overall_quality
from fingerprint_engine.preprocessing.resample import resample
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps
from fingerprint_engine.preprocessing.spectral.orientation import OrientationParameters, orientation_field
from fingerprint_engine.preprocessing.spectral.period import PeriodParameters, ridge_period
from fingerprint_engine.preprocessing.spectral.segmentation import SegmentationParameters, segment
from fingerprint_engine.preprocessing.spectral.spectrum import SpectrumParameters, ridge_spectrum, wide_share


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
    acceptance: AcceptanceParameters = AcceptanceParameters()
    max_wide_share: float = parameter(
        0.25, unit="1", low=0.0, high=1.0, source="chosen: real prints reach 0.18, edges of things have 0.27 and more"
    )


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
    require_size(pixels.shape, parameters.acceptance)
    normalized = normalize(pixels, parameters.normalization)
    require_contrast(normalized.contrast, parameters.acceptance)
    spectrum = ridge_spectrum(normalized.values, parameters.spectrum)
    mask = segment(spectrum, normalized.contrast, pixels.shape, parameters.segmentation)
    require_area(mask, parameters.acceptance)
    weight = to_blocks(mask)
    wide = wide_share(spectrum, weight)
    require_narrow_ridges(wide, parameters.max_wide_share)
    field = orientation_field(spectrum, weight, parameters.orientation)
    period = ridge_period(spectrum, field.orientation, weight, parameters.period)
    flow = ridge_flow(field.orientation, period, mask.shape)
    ridges = enhance(normalized.values, mask, flow, parameters.enhancement)
    quality = block_quality(normalized.values, ridges.even, mask, field.coherence, parameters.quality)
    overall = overall_quality(quality, mask, parameters.quality.full_area_cm2)
    # Edges of things are coherent too, and wide: what the widest period holds does not speak for ridges.
    coherence = float((field.coherence * weight).sum() / weight.sum()) - wide
    require_ridges(coherence, overall, parameters.acceptance)
    return RidgeMaps(
        image=pixels,
        mask=mask,
        orientation=field.orientation,
        coherence=field.coherence,
        period=period,
        flow=flow,
        enhanced=ridges.even,
        quadrature=ridges.odd,
        quality=quality,
        overall_quality=overall,
    )
