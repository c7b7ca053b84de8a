"""From the network's answer to ridge maps: the same maps as those of the classical extractor."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.kernels import lay_together
from fingerprint_engine.extractors.network import Answer
from fingerprint_engine.geometry import wrap_orientation
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import above, ridge_flow, to_blocks
from fingerprint_engine.preprocessing.enhancement import EnhancementParameters, enhance
from fingerprint_engine.preprocessing.quality import overall_quality
from fingerprint_engine.preprocessing.regions import fill_holes, largest_region
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps

TYPICAL_PERIOD_PX = 9.0


@dataclasses.dataclass(frozen=True, slots=True)
class NetworkMapParameters(Parameters):
    """Numbers of `read_maps`."""

    foreground: float = parameter(0.5, unit="probability", low=0.05, high=0.95, source="even odds")
    along_sigma_px: float = parameter(
        3.0, unit="px at 500 ppi", low=0.5, high=30.0, source="chosen on uareu: the network has bridged the breaks"
    )
    min_period_px: float = parameter(4.0, unit="px at 500 ppi", low=3.0, high=8.0, source="finest ridges of children")
    max_period_px: float = parameter(18.0, unit="px at 500 ppi", low=10.0, high=30.0, source="widest stretched ridges")
    full_area_cm2: float = parameter(2.0, unit="cm²", low=0.5, high=10.0, source="as the classical extractor")


def read_maps(answer: Answer, pixels: NDArray[np.uint8], parameters: NetworkMapParameters) -> RidgeMaps:
    """Ridge maps of an image (uint8 pixels at 500 ppi) that the network was asked about."""
    shape = (pixels.shape[0], pixels.shape[1])
    drawn = drawn_ridges(answer, shape)
    cosine, sine = answer.doubled_orientation
    orientation = wrap_orientation(0.5 * np.arctan2(sine, cosine))
    period = np.exp(answer.log_period) * np.float32(TYPICAL_PERIOD_PX)
    period = np.clip(period, np.float32(parameters.min_period_px), np.float32(parameters.max_period_px))
    mask = fill_holes(largest_region(above(probability(answer.foreground), parameters.foreground, shape)))
    flow = ridge_flow(orientation, period, shape)
    inside = to_blocks(mask) >= 0.5
    quality = np.where(inside, np.rint(100.0 * probability(answer.readability)), 0.0).astype(np.uint8)
    filters = EnhancementParameters(along_sigma_px=parameters.along_sigma_px)
    ridges = enhance(drawn, mask, flow, filters)
    return RidgeMaps(
        image=pixels,
        mask=mask,
        orientation=orientation,
        coherence=np.minimum(np.hypot(cosine, sine), np.float32(1.0)),
        period=period,
        flow=flow,
        enhanced=ridges.even,
        quadrature=ridges.odd,
        quality=quality,
        overall_quality=overall_quality(quality, mask, parameters.full_area_cm2),
    )


def drawn_ridges(answer: Answer, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The ridges that the network draws, at full resolution: each value of four planes is one of 2 x 2 pixels."""
    drawn = np.empty((1, *shape), np.float32)
    lay_together(answer.drawn, 0, 0, *shape, np.zeros(1, np.float32), drawn)
    return np.asarray(drawn[0], dtype=np.float32)


def probability(logit: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logistic function."""
    return (np.float32(1.0) / (np.float32(1.0) + np.exp(-np.clip(logit, -30.0, 30.0)))).astype(np.float32)
