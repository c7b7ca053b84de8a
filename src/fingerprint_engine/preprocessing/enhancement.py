"""Oriented enhancement: smooth along the ridge, following its curve, then pass the local period across it.

The filter across the ridge comes as a quadrature pair. Together they are an analytic signal: its real part is the
enhanced ridge pattern, its magnitude says how strong the pattern is, and its zeros are where ridges end or fork.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import RidgeFlow
from fingerprint_engine.preprocessing.kernels import band_pass_across, smooth_along

NEAR_REACH, NEAR_SHARE = 0.6, 0.33
FAR_REACH, FAR_SHARE = 1.1, 0.32
"""Taps of the smoothing along the ridge, in units of its sigma: 2 · 0.33 · 0.6² + 2 · 0.32 · 1.1² = 1.01."""


@dataclasses.dataclass(frozen=True, slots=True)
class EnhancementParameters(Parameters):
    """Numbers of `enhance`."""

    along_sigma_px: float = parameter(
        6.0,
        unit="px at 500 ppi",
        low=1.0,
        high=30.0,
        source="chosen on uareu: longer bridges breaks, shorter keeps minutiae",
    )
    across_sigma_periods: float = parameter(
        0.42, unit="ridge periods", low=0.2, high=1.5, source="pyfing GBFEN: sigma = 5T/12"
    )
    taps_per_period: int = parameter(6, unit="1", low=4, high=16, source="chosen: 1.5 px apart at a period of 9 px")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class EnhancedRidges:
    """Analytic ridge signal, float32 pixels: `even` is positive on ridges, `odd` a quarter period ahead across them."""

    even: NDArray[np.float32]
    odd: NDArray[np.float32]


def enhance(
    values: NDArray[np.float32],
    mask: NDArray[np.bool_],
    flow: RidgeFlow,
    parameters: EnhancementParameters,
) -> EnhancedRidges:
    """Filter a normalized image along and across its ridges.

    Parameters
    ----------
    values
        float32 (rows, cols), normalized image, positive on ridges.
    mask
        bool (rows, cols), True where to filter.
    flow
        Orientation and period in every pixel.
    """
    once, twice, even, odd = (np.empty_like(values) for _ in range(4))
    # Two passes of three taps, a near and a far one, make a smooth kernel of nine taps whose variance is sigma squared.
    # The second pass reads values that were already smoothed along their own tangents: the kernel follows the curve.
    sigma = parameters.along_sigma_px
    smooth_along(values, mask, flow.cosine, flow.sine, np.float32(NEAR_REACH * sigma), np.float32(NEAR_SHARE), once)
    smooth_along(once, mask, flow.cosine, flow.sine, np.float32(FAR_REACH * sigma), np.float32(FAR_SHARE), twice)
    taps = np.arange(math.ceil(2.5 * parameters.across_sigma_periods * parameters.taps_per_period) + 1)
    phase = taps / parameters.taps_per_period
    envelope = np.exp(-0.5 * (phase / parameters.across_sigma_periods) ** 2)
    even_weights = envelope * np.cos(2 * math.pi * phase)
    odd_weights = envelope * np.sin(2 * math.pi * phase)
    both_sides = np.where(taps == 0, 1.0, 2.0)
    even_weights -= envelope * (even_weights * both_sides).sum() / (envelope * both_sides).sum()
    even_weights /= (both_sides * even_weights * np.cos(2 * math.pi * phase)).sum()
    odd_weights /= (both_sides * odd_weights * np.sin(2 * math.pi * phase)).sum()
    band_pass_across(
        twice,
        mask,
        flow.cosine,
        flow.sine,
        flow.period,
        even_weights.astype(np.float32),
        odd_weights.astype(np.float32),
        np.float32(parameters.taps_per_period),
        even,
        odd,
    )
    return EnhancedRidges(even, odd)
