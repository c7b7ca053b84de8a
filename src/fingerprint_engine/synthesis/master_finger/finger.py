"""`MasterFinger`: the skin of one synthetic finger, of which impressions are taken."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.synthesis.master_finger.creases import Crease, draw_creases
from fingerprint_engine.synthesis.master_finger.growth import grow_ridges
from fingerprint_engine.synthesis.master_finger.minutia_truth import TrueMinutiae, true_minutiae
from fingerprint_engine.synthesis.master_finger.orientation import orientation_field
from fingerprint_engine.synthesis.master_finger.patterns import Layout, PatternClass, choose_pattern, draw_layout
from fingerprint_engine.synthesis.master_finger.pores import place_pores
from fingerprint_engine.synthesis.master_finger.silhouette import Silhouette
from fingerprint_engine.synthesis.smooth_noise import smooth_noise

_TALLER = 0.4
"""Measured on a card: rolled prints are 2 times as wide as plain ones and 1.4 times as high."""
_LOOKS = "chosen by comparing pictures and statistics with live-scan prints, see docs/algorithm/synthesis.md"


@dataclasses.dataclass(frozen=True, slots=True)
class FingerParameters(Parameters):
    """What master fingers are like; lengths in pixels at 500 ppi."""

    period_px: float = parameter(8.6, unit="px at 500 ppi", low=5.0, high=14.0, source="gives the 9 px of real prints")
    period_spread_px: float = parameter(0.6, unit="px at 500 ppi", low=0.0, high=2.0, source=_LOOKS)
    period_variation: float = parameter(0.055, unit="1", low=0.0, high=0.2, source=_LOOKS)
    size_spread: float = parameter(0.06, unit="1", low=0.0, high=0.15, source=_LOOKS)
    delta_spread: float = parameter(
        1.0, unit="1", low=0.0, high=1.5, source="1: loops differ as those of U.are.U, see docs/algorithm/synthesis.md"
    )
    sway_px: float = parameter(6.0, unit="px at 500 ppi", low=0.0, high=15.0, source=_LOOKS)
    iterations: int = parameter(16, unit="1", low=6, high=80, source="minutia density 0.2 per mm² as in real prints")
    creases: float = parameter(2.0, unit="mean count", low=0.0, high=12.0, source=_LOOKS)
    unrolled: float = parameter(
        1.0, unit="widths of a plain pad", low=1.0, high=2.2, source="1: the pad alone; 2 reaches from nail to nail"
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class MasterFinger:
    """One finger, in pixels at 500 ppi of its own plane; all maps have shape (rows, cols).

    Attributes
    ----------
    finger, layout
        Position on the hand (may be unknown); class and singular points relative to `centre`.
    centre
        (x, y) of the middle of the pattern.
    ridges
        float32, about -1 in valleys to 1 on ridges; smooth, so that it can be read at any finer resolution.
    orientation
        float32, radians in [0, π), along the ridge, counter-clockwise as seen.
    period
        float32, pixels from ridge to ridge.
    silhouette
        Outline of the pad, as a plain touch shows it.
    skin
        Outline of all the skin that there is: that of the pad, or from nail to nail.
    minutiae
        All minutiae of `ridges`; the index of a minutia is its id in every impression.
    pores
        float64, shape (n, 3): x, y, size (1 = usual).
    creases
        Lines where no ridge touches.
    moisture
        How wet (positive) or dry (negative) the finger usually is, about -1 to 1.
    """

    finger: Finger
    layout: Layout
    centre: tuple[float, float]
    ridges: NDArray[np.float32]
    orientation: NDArray[np.float32]
    period: NDArray[np.float32]
    silhouette: Silhouette
    skin: Silhouette
    minutiae: TrueMinutiae
    pores: NDArray[np.float64]
    creases: tuple[Crease, ...]
    moisture: float

    @property
    def pattern(self) -> PatternClass:
        """The class of the finger."""
        return self.layout.pattern


def make_finger(
    rng: np.random.Generator,
    parameters: FingerParameters | None = None,
    *,
    finger: Finger = Finger.UNKNOWN,
    pattern: PatternClass | None = None,
) -> MasterFinger:
    """Make one finger.

    Parameters
    ----------
    rng
        All that is random comes from here: the same state gives the same finger.
    parameters
        What fingers are like.
    finger
        Position on the hand; decides the side to which loops mostly open.
    pattern
        The class; drawn with the natural shares when not given.
    """
    parameters = parameters or FingerParameters()
    drawn = choose_pattern(rng, finger)
    layout_size = float(np.clip(rng.normal(1.0, parameters.size_spread), 0.8, 1.2))
    layout = draw_layout(rng, pattern or drawn, layout_size, parameters.delta_spread)
    wide = parameters.unrolled
    high = 1.0 + _TALLER * (wide - 1.0)
    rows, cols = round(476 * layout_size * high), round(352 * layout_size * wide)
    centre = (0.5 * (cols - 1), 0.44 * (rows - 1))
    silhouette = Silhouette(
        centre[0], centre[1], 152.0 * layout_size, 186.0 * layout_size, 250.0 * layout_size, rng.normal(0.0, 0.03)
    )
    skin = silhouette if wide == 1.0 else _unrolled(silhouette, wide, high)
    orientation = orientation_field(layout, (rows, cols), centre, rng, sway_px=parameters.sway_px)
    period = _period_map(layout, (rows, cols), centre, rng, parameters)
    x, y = np.meshgrid(np.arange(cols, dtype=np.float64), np.arange(rows, dtype=np.float64))
    region = skin.depth(x, y) > -12.0
    ridges = grow_ridges(orientation, period, region, rng, iterations=parameters.iterations)
    every = true_minutiae(ridges, orientation)
    inside = skin.depth(every.x, every.y) > 0.0
    near_border = np.minimum.reduce([every.x, every.y, cols - 1 - every.x, rows - 1 - every.y]) < 10.0
    minutiae = every.select(inside & ~near_border)
    pores = place_pores(ridges, rng)
    creases = draw_creases(rng, skin, parameters.creases)
    moisture = float(np.clip(rng.normal(0.0, 0.45), -1.0, 1.0))
    return MasterFinger(
        finger, layout, centre, ridges, orientation, period, silhouette, skin, minutiae, pores, creases, moisture
    )


def _unrolled(pad: Silhouette, wide: float, high: float) -> Silhouette:
    """What rolling shows of a finger: nearly a rectangle, from nail to nail and from the tip to the crease."""
    return Silhouette(
        pad.x, pad.y, pad.half_width * wide, pad.top * high, pad.bottom * high, pad.slant_rad, 6.0, tip_squareness=4.0
    )


def _period_map(
    layout: Layout,
    shape: tuple[int, int],
    centre: tuple[float, float],
    rng: np.random.Generator,
    parameters: FingerParameters,
) -> NDArray[np.float32]:
    """Ridge period: individual mean, gradual variation, finer ridges at the core, wider ones towards the crease."""
    mean = rng.normal(parameters.period_px, parameters.period_spread_px)
    x = np.arange(shape[1], dtype=np.float64)[None, :] - centre[0]
    y = np.arange(shape[0], dtype=np.float64)[:, None] - centre[1]
    widening = 0.11 / (1.0 + np.exp((110.0 - y) / 22.0)) + 0.04 / (1.0 + np.exp((y + 90.0) / 22.0))
    if layout.cores.size:
        core = layout.cores.mean(axis=0)
        widening = widening - 0.05 * np.exp(-((x - core[0]) ** 2 + (y - core[1]) ** 2) / (2.0 * 55.0**2))
    variation = 1.0 + widening + parameters.period_variation * smooth_noise(rng, shape, 85.0)
    return np.clip(mean * variation, 0.72 * mean, 1.35 * mean).astype(np.float32)
