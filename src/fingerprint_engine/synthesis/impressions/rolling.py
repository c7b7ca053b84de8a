"""`make_rolled_impression`: a finger rolled over the glass from nail to nail."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.synthesis.impressions.distortion import Correspondence
from fingerprint_engine.synthesis.impressions.impression import ImpressionParameters, SyntheticImpression, impression_of
from fingerprint_engine.synthesis.master_finger.finger import FingerParameters, MasterFinger
from fingerprint_engine.synthesis.master_finger.silhouette import Silhouette
from fingerprint_engine.synthesis.smooth_noise import smooth_noise

UNROLLED_FINGER = FingerParameters(unrolled=2.0)
"""Of fingers whose skin reaches from nail to nail; plain impressions show the pad alone."""
_CARD = "chosen by comparing pictures and statistics with ten rolled prints of a card, see docs/algorithm/synthesis.md"


@dataclasses.dataclass(frozen=True, slots=True)
class RollingParameters(Parameters):
    """What rolled impressions are like; lengths in pixels at 500 ppi unless they say otherwise."""

    looks: ImpressionParameters = ImpressionParameters(
        rows_px=750, cols_px=800, shift_px=20.0, rotation_deg=6.0, degradation_low=0.4, degradation_high=1.0
    )  # the box of a card, 1.6 by 1.5 inches; how plain touches distort and lie plays no part
    strain: float = parameter(0.09, unit="1", low=0.0, high=0.2, source=_CARD)
    drift_px: float = parameter(10.0, unit="px at 500 ppi", low=0.0, high=30.0, source=_CARD)
    wobble_px: float = parameter(6.0, unit="px at 500 ppi", low=0.0, high=10.0, source=_CARD)
    part_low: float = parameter(0.82, unit="1", low=0.2, high=1.0, source=_CARD)
    part_high: float = parameter(1.0, unit="1", low=0.2, high=1.0, at_least="part_low", source=_CARD)


def make_rolled_impression(
    finger: MasterFinger, rng: np.random.Generator, parameters: RollingParameters | None = None
) -> SyntheticImpression:
    """Roll a finger over the glass.

    Parameters
    ----------
    finger
        One made with `UNROLLED_FINGER`; of another there is no more skin than its pad.
    rng
        All that is random comes from here: the same state gives the same impression.
    parameters
        What rolled impressions are like.
    """
    parameters = parameters or RollingParameters()
    correspondence, contact = _roll(finger, rng, parameters)
    return impression_of(finger, correspondence, contact, rng, parameters.looks)


def _roll(finger: MasterFinger, rng: np.random.Generator, p: RollingParameters) -> tuple[Correspondence, Silhouette]:
    """Where each pixel lies on the finger; also the part of the skin that touched, on the finger."""
    rows, cols = p.looks.rows_px, p.looks.cols_px
    skin = finger.skin
    low, high = p.part_low, p.part_high
    contact = dataclasses.replace(
        skin,
        x=skin.x + rng.normal(0.0, 10.0),
        half_width=skin.half_width * rng.uniform(low, high),
        top=skin.top * rng.uniform(low, high),
        bottom=skin.bottom * rng.uniform(low, high),
        slant_rad=skin.slant_rad + rng.normal(0.0, 0.05),
        squareness=rng.uniform(4.0, 8.0),
        tip_squareness=rng.uniform(2.5, 5.0),
    )
    rotation = math.radians(rng.normal(0.0, p.looks.rotation_deg))
    turned_x, turned_y = RigidTransform(rotation, 0.0, 0.0).apply(
        contact.x, contact.y + 0.5 * (contact.bottom - contact.top)
    )
    placement = RigidTransform(
        rotation,
        0.5 * (cols - 1) + rng.normal(0.0, p.looks.shift_px) - float(turned_x),
        0.5 * (rows - 1) + rng.normal(0.0, p.looks.shift_px) - float(turned_y),
    )
    pixel_x, pixel_y = np.meshgrid(np.arange(cols, dtype=np.float64), np.arange(rows, dtype=np.float64))
    x, y = placement.inverse().apply(pixel_x, pixel_y)
    moved_x, moved_y = _pulled(x - contact.x, y - contact.y, rng, p)
    field = np.stack([x - pixel_x + moved_x, y - pixel_y + moved_y], axis=-1)
    for k in range(2):
        field[..., k] += p.wobble_px * rng.uniform(0.5, 1.0) * smooth_noise(rng, (rows, cols), 80.0)
    return Correspondence(placement, field.astype(np.float32)), contact


def _pulled(
    across: NDArray[np.float64], along: NDArray[np.float64], rng: np.random.Generator, p: RollingParameters
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far the skin is pulled while the line of contact travels across it; zero in the middle of the finger.

    Strip after strip is laid down stretched or squeezed and a little higher or lower than the one before; a finger is
    thinner at the tip, so that its strips lie like the ribs of a fan.
    """
    reach = 512
    steps = np.arange(-reach, reach + 1, dtype=np.float64)
    stretch = p.strain * smooth_noise(rng, (1, steps.size), 70.0)[0] + rng.normal(0.0, 0.5 * p.strain)
    travelled = np.cumsum(stretch)
    travelled -= travelled[reach]
    drift = p.drift_px * smooth_noise(rng, (1, steps.size), 140.0)[0]
    drift -= drift[reach]
    fan = rng.normal(0.0, 0.5 * p.strain) / 250.0
    moved_x = np.interp(across, steps, travelled) + fan * across * along
    moved_y = np.interp(across, steps, drift) - 0.5 * fan * across * across
    return moved_x, moved_y
