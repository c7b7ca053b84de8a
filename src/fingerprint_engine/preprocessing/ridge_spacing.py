"""How far apart the ridges of a picture lie, whatever its resolution is said to be.

The network knows periods of 6 to 12 px, which is what fingers have at 500 ppi; of ridges that lie closer or farther it
says the nearest it knows. Here patches are looked at one by one: parallel ridges are one strong peak of a patch's
spectrum, at any distance from each other. Letters and noise have no such peak.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.kernels import weighed_energy

PATCH_PX = 64
"""Side of a patch after it was brought to one size."""
SCALES = (1.0, 0.5)
"""Patches are 64 px wide at 500 ppi, seven ridges of an adult; half as wide where more ridges would bend too much."""

MIN_TURNING = 0.03
"""Circular variance of the directions of a region's waves below which it counts for less; prints have 0.15 and more."""


@dataclasses.dataclass(frozen=True, slots=True)
class SpacingParameters(Parameters):
    """Numbers of `ridge_spacing`."""

    patches: int = parameter(24, unit="1", low=4, high=200, source="chosen: their median errs by 4 % on uareu")
    min_patches: int = parameter(4, unit="1", low=1, high=100, source="chosen: fewer are not a print")
    min_period_px: float = parameter(2.2, unit="px of a patch", low=2.0, high=8.0, source="just above two px per ridge")
    max_period_px: float = parameter(32.0, unit="px of a patch", low=10.0, high=64.0, source="two ridges in a patch")
    max_ridge_px: float = parameter(
        14.0, unit="px of a patch", low=8.0, high=32.0, source="chosen: strokes of headlines are farther apart"
    )
    min_share: float = parameter(
        0.1, unit="1", low=0.0, high=1.0, source="chosen: of a patch's energy in its peak; noise has 0.02, prints 0.4"
    )
    max_ratio: float = parameter(1.35, unit="1", low=1.0, high=2.0, source="chosen: between patches of one print")
    min_alike: float = parameter(
        0.55, unit="1", low=0.0, high=1.0, source="chosen: of the patches, so that most of them agree on one distance"
    )
    fine_px: float = parameter(
        6.0, unit="px of a patch", low=3.0, high=12.0, source="chosen: finer ridges are looked at in smaller patches"
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class PatchWaves:
    """The strongest wave of each patch.

    Attributes
    ----------
    period
        Pixels of the patch.
    share
        Of the patch's energy, 0 to 1.
    angle
        Across the wave's crests, in radians.
    """

    period: NDArray[np.float64]
    share: NDArray[np.float64]
    angle: NDArray[np.float64]


@functools.lru_cache(maxsize=1)
def _default() -> SpacingParameters:
    return SpacingParameters()


def ridge_spacing(
    pixels: NDArray[np.uint8],
    ppi: float,
    spots: NDArray[np.float64],
    parameters: SpacingParameters | None = None,
) -> float | None:
    """Median distance from ridge to ridge, in pixels at 500 ppi as `ppi` states it.

    Parameters
    ----------
    pixels
        uint8, shape (rows, cols).
    ppi
        Pixels per inch.
    spots
        float64, shape (n, 2), rows and columns of spots of the print; evenly chosen ones are looked at.
    parameters
        Defaults unless given.

    Returns
    -------
    float or None
        None where too few patches show ridges.
    """
    chosen = _default() if parameters is None else parameters
    found = None
    for scale in SCALES:
        waves = patch_waves(pixels, ppi * scale, spots, chosen)
        period, share = waves.period, waves.share
        ridged = share >= chosen.min_share
        if ridged.sum() < chosen.min_patches:
            continue
        middle = float(np.median(period[share >= np.median(share[ridged])]))
        # Creases lie apart as well, but farther than the ridges of the same print.
        alike = np.abs(np.log(period[ridged] / middle)) <= math.log(chosen.max_ratio)
        found = middle * scale if alike.mean() >= chosen.min_alike else None
        if middle * scale >= chosen.fine_px:
            break
    return found


def ridged_share(
    pixels: NDArray[np.uint8], ppi: float, spots: NDArray[np.float64], parameters: SpacingParameters | None = None
) -> float:
    """Share of spots, 0 to 1, that show parallel ridges; arguments as of `ridge_spacing`.

    Ridges turn from spot to spot. Bars and rulings do not: where all waves have one direction the share is nothing.
    """
    chosen = _default() if parameters is None else parameters
    waves = patch_waves(pixels, ppi, spots, chosen)
    ridged = (waves.share >= chosen.min_share) & (waves.period <= chosen.max_ridge_px)
    if not ridged.any():
        return 0.0
    turning = 1.0 - abs(np.exp(2j * waves.angle[ridged]).mean())
    return float(ridged.mean()) * min(1.0, float(turning) / MIN_TURNING)


def patch_waves(
    pixels: NDArray[np.uint8], ppi: float, spots: NDArray[np.float64], parameters: SpacingParameters
) -> PatchWaves:
    """The strongest wave of each patch around evenly chosen spots."""
    side = PATCH_PX * ppi / CANONICAL_PPI
    inside = ((spots >= side / 2.0) & (spots <= np.array(pixels.shape) - side / 2.0)).all(axis=1)
    spots = spots[inside]
    if len(spots) == 0:
        return PatchWaves(np.zeros(0), np.zeros(0), np.zeros(0))
    spots = spots[np.unique(np.linspace(0, len(spots) - 1, parameters.patches).astype(np.intp))]
    patches = _cut_patches(pixels, spots, side)
    window, weight = _tables(parameters.min_period_px, parameters.max_period_px)
    patches *= window
    return _strongest(_energy(patches, weight))


def _energy(patches: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared magnitudes of the two-dimensional spectra times weights, bins as of `numpy.fft.rfft2`; sides are even.

    OpenCV takes a tenth of NumPy's time where it may pack a spectrum as it likes, see `weighed_energy`.
    """
    count, rows, cols = patches.shape
    packed = np.empty_like(patches)
    for patch, spectrum in zip(patches, packed, strict=True):
        cv2.dft(patch, spectrum)
    energy = np.empty((count, rows, cols // 2 + 1), np.float32)
    weighed_energy(packed, weight, energy)
    return energy


def _cut_patches(pixels: NDArray[np.uint8], centres: NDArray[np.float64], side: float) -> NDArray[np.float32]:
    """Squares of a side in native pixels, brought to `PATCH_PX`, each less its mean."""
    patches = np.empty((len(centres), PATCH_PX, PATCH_PX), np.float32)
    across = max(2, round(side))
    kind = cv2.INTER_AREA if across > PATCH_PX else cv2.INTER_LINEAR
    for number, (top, left) in enumerate(np.maximum(0, (centres - side / 2.0).astype(np.intp)).tolist()):
        cut = pixels[top : top + across, left : left + across]
        patches[number] = cut if across == PATCH_PX else cv2.resize(cut, (PATCH_PX, PATCH_PX), interpolation=kind)
    patches -= patches.mean(axis=(1, 2), keepdims=True)
    return patches


@functools.lru_cache(maxsize=4)
def _tables(min_period_px: float, max_period_px: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Window of a patch, and weight of each bin of its spectrum.

    Pictures have more energy the slower it varies; weighed by frequency, that of ridges stands out.
    """
    taper = np.hanning(PATCH_PX + 2)[1:-1]
    radius = np.hypot(np.fft.fftfreq(PATCH_PX)[:, None], np.fft.rfftfreq(PATCH_PX)[None, :])
    usable = (radius >= 1.0 / max_period_px) & (radius <= 1.0 / min_period_px)
    return np.outer(taper, taper).astype(np.float32), np.where(usable, radius, 0.0).astype(np.float32)


def _strongest(energy: NDArray[np.float32]) -> PatchWaves:
    """Centre of gravity of the 3 x 3 bins around the highest of each spectrum."""
    count, rows, cols = energy.shape
    row, col = np.divmod(energy.reshape(count, -1).argmax(axis=1), cols)
    near_row, near_col = row[:, None] + np.arange(-1, 2), col[:, None] + np.arange(-1, 2)
    # Beyond the zeroth column lies the mirror image of the first.
    mirrored = (near_col < 0)[:, None, :]
    at_row = np.where(mirrored, -near_row[:, :, None], near_row[:, :, None]) % rows
    at_col = np.broadcast_to(np.minimum(np.abs(near_col), cols - 1)[:, None, :], at_row.shape)
    part = energy[np.arange(count)[:, None, None], at_row, at_col].astype(np.float64)
    total = part.sum(axis=(1, 2))
    down = np.where(near_row >= rows // 2, near_row - rows, near_row)
    mean_down = (part.sum(axis=2) * down).sum(axis=1) / np.maximum(total, 1e-12)
    mean_right = (part.sum(axis=1) * near_col).sum(axis=1) / np.maximum(total, 1e-12)
    frequency = np.hypot(mean_down, mean_right) / rows
    whole = energy.sum(axis=(1, 2), dtype=np.float64)
    return PatchWaves(
        1.0 / np.maximum(frequency, 1.0 / rows), total / np.maximum(whole, 1e-12), np.arctan2(mean_down, mean_right)
    )
