"""`SyntheticImpression`: one touch of a finger on a sensor, with everything that is true about it."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import CANONICAL_PPI, RigidTransform
from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.image import MAX_PPI, MIN_PPI, FingerprintImage
from fingerprint_engine.synthesis.impressions.appearance import Condition, Skin, draw_condition, render
from fingerprint_engine.synthesis.impressions.distortion import Correspondence, SkinDistortion
from fingerprint_engine.synthesis.impressions.impression_truth import block_truth, impression_minutiae
from fingerprint_engine.synthesis.master_finger.creases import curve, paint
from fingerprint_engine.synthesis.master_finger.finger import MasterFinger
from fingerprint_engine.synthesis.master_finger.pores import splat
from fingerprint_engine.synthesis.master_finger.silhouette import Silhouette
from fingerprint_engine.synthesis.smooth_noise import smooth_noise

_LOOKS = "chosen by comparing pictures and statistics with live-scan prints, see docs/algorithm/synthesis.md"


@dataclasses.dataclass(frozen=True, slots=True)
class ImpressionParameters(Parameters):
    """What impressions are like; lengths in pixels at 500 ppi unless they say otherwise."""

    rows_px: int = parameter(388, unit="px at 500 ppi", low=64, high=1200, source="usual single-finger sensor")
    cols_px: int = parameter(328, unit="px at 500 ppi", low=64, high=1200, source="usual single-finger sensor")
    ppi: float = parameter(500.0, unit="px per inch", low=MIN_PPI, high=MAX_PPI, source="usual single-finger sensor")
    shift_px: float = parameter(14.0, unit="px at 500 ppi", low=0.0, high=120.0, source=_LOOKS)
    rotation_deg: float = parameter(8.0, unit="deg", low=0.0, high=180.0, source=_LOOKS)
    distortion: float = parameter(
        1.0, unit="1", low=0.0, high=2.0, source="1: shifts of 5 px and turns of 3°, rms; chosen"
    )
    contact_low: float = parameter(0.68, unit="1", low=0.2, high=1.0, source=_LOOKS)
    contact_high: float = parameter(0.94, unit="1", low=0.2, high=1.0, at_least="contact_low", source=_LOOKS)
    degradation_low: float = parameter(0.0, unit="1", low=0.0, high=1.0, source=_LOOKS)
    degradation_high: float = parameter(0.85, unit="1", low=0.0, high=1.0, at_least="degradation_low", source=_LOOKS)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class SyntheticImpression:
    """An image and the truth about it; all but the image itself is at 500 ppi.

    Attributes
    ----------
    image
        The grey image at its own resolution.
    minutiae
        True minutiae inside the contact region, quality unknown.
    minutia_ids
        int32, shape (n,): index of each of them in the finger's minutiae; equal ids correspond.
    orientation, period
        float32 maps of 8 px blocks as in `RidgeMaps`; meaningful where the mask is.
    mask
        bool, shape (rows, cols): the contact region.
    correspondence
        Dense mapping to the finger and back; `displacement` is its field.
    condition
        What the skin and the sensor were like.
    """

    image: FingerprintImage
    minutiae: Minutiae
    minutia_ids: NDArray[np.int32]
    orientation: NDArray[np.float32]
    period: NDArray[np.float32]
    mask: NDArray[np.bool_]
    correspondence: Correspondence
    condition: Condition

    @property
    def displacement(self) -> NDArray[np.float32]:
        """Finger position minus impression position; float32, shape (rows, cols, 2) at 500 ppi."""
        return self.correspondence.displacement


def make_impression(
    finger: MasterFinger, rng: np.random.Generator, parameters: ImpressionParameters | None = None
) -> SyntheticImpression:
    """Take one impression of a finger.

    Parameters
    ----------
    finger
        The finger.
    rng
        All that is random comes from here: the same state gives the same impression.
    parameters
        What impressions are like.
    """
    parameters = parameters or ImpressionParameters()
    correspondence, contact = touch(finger, rng, parameters)
    return impression_of(finger, correspondence, contact, rng, parameters)


def impression_of(
    finger: MasterFinger,
    correspondence: Correspondence,
    contact: Silhouette,
    rng: np.random.Generator,
    looks: ImpressionParameters,
) -> SyntheticImpression:
    """The image of a finger that lies on the glass as `correspondence` says, where `contact` (on the finger) touches.

    Of `looks` the resolution and the degradation are read.
    """
    depth = _contact_depth(correspondence, contact, rng)
    degradation = float(rng.uniform(looks.degradation_low, looks.degradation_high))
    condition = draw_condition(rng, finger.moisture, degradation)
    scale = looks.ppi / CANONICAL_PPI
    pixels = render(_skin(finger, correspondence, depth, condition, scale, rng), condition, scale, rng)
    minutiae, ids = impression_minutiae(finger, correspondence, depth > 0.0)
    orientation, period = block_truth(finger, correspondence)
    image = FingerprintImage(pixels, looks.ppi)
    return SyntheticImpression(image, minutiae, ids, orientation, period, depth > 0.0, correspondence, condition)


def touch(
    finger: MasterFinger, rng: np.random.Generator, parameters: ImpressionParameters
) -> tuple[Correspondence, Silhouette]:
    """Place and distort the finger; also the contact region, on the finger."""
    rows, cols = parameters.rows_px, parameters.cols_px
    pad = finger.silhouette
    part = rng.uniform(parameters.contact_low, parameters.contact_high)
    roll_x, roll_y = rng.normal(0.0, (1.0 - part) * 30.0 + 3.0), rng.normal(0.0, (1.0 - part) * 50.0 + 4.0)
    contact = Silhouette(
        pad.x + roll_x,
        pad.y + roll_y,
        pad.half_width * part,
        pad.top * part * rng.uniform(0.94, 1.04),
        pad.bottom * part * rng.uniform(0.86, 1.10),
        pad.slant_rad + rng.normal(0.0, 0.05),
        rng.uniform(2.1, 2.8),
    )
    middle_y = contact.y + 0.5 * (contact.bottom - contact.top)
    rotation = math.radians(rng.normal(0.0, parameters.rotation_deg))
    turn = RigidTransform(rotation, 0.0, 0.0)
    turned_x, turned_y = turn.apply(contact.x, middle_y)
    shift_x = 0.5 * (cols - 1) + rng.normal(0.0, parameters.shift_px) - float(turned_x)
    shift_y = 0.5 * (rows - 1) + rng.normal(0.0, parameters.shift_px) - float(turned_y)
    placement = RigidTransform(rotation, shift_x, shift_y)
    amount = parameters.distortion
    skin = SkinDistortion(
        contact.x + rng.normal(0.0, 12.0),
        contact.y + rng.normal(10.0, 18.0),
        rng.uniform(42.0, 62.0),
        rng.uniform(48.0, 80.0),
        float(np.clip(rng.normal(0.0, 5.5), -11.0, 11.0)) * amount,
        float(np.clip(rng.normal(0.0, 5.5), -11.0, 11.0)) * amount,
        math.radians(float(np.clip(rng.normal(0.0, 3.0), -7.0, 7.0))) * amount,
        rng.uniform(1.4, 2.2),
    )
    pixel_x, pixel_y = np.meshgrid(np.arange(cols, dtype=np.float64), np.arange(rows, dtype=np.float64))
    x, y = placement.inverse().apply(pixel_x, pixel_y)
    field = np.stack([x - pixel_x, y - pixel_y], axis=-1) + skin.displacement(x, y)
    for k in range(2):
        field[..., k] += amount * rng.uniform(0.8, 2.0) * smooth_noise(rng, (rows, cols), 80.0)
    return Correspondence(placement, field.astype(np.float32)), contact


def _contact_depth(
    correspondence: Correspondence, contact: Silhouette, rng: np.random.Generator
) -> NDArray[np.float32]:
    """How far inside the contact region each pixel at 500 ppi lies: the smooth outline made ragged."""
    rows, cols = correspondence.displacement.shape[:2]
    x, y = np.meshgrid(np.arange(cols, dtype=np.float64), np.arange(rows, dtype=np.float64))
    depth = contact.depth(x + correspondence.displacement[..., 0], y + correspondence.displacement[..., 1])
    ragged = 3.5 * smooth_noise(rng, (rows, cols), 40.0) + 2.2 * smooth_noise(rng, (rows, cols), 10.0)
    return (depth + ragged).astype(np.float32)


def _skin(
    finger: MasterFinger,
    correspondence: Correspondence,
    depth: NDArray[np.float32],
    condition: Condition,
    scale: float,
    rng: np.random.Generator,
) -> Skin:
    """Read the finger at every pixel of the image."""
    rows_500, cols_500 = correspondence.displacement.shape[:2]
    rows, cols = max(1, round(rows_500 * scale)), max(1, round(cols_500 * scale))
    field = correspondence.displacement
    if (rows, cols) != (rows_500, cols_500):
        field = np.asarray(cv2.resize(field, (cols, rows), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
        depth = np.asarray(cv2.resize(depth, (cols, rows), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    x = (np.arange(cols, dtype=np.float32)[None, :] + 0.5) / scale - 0.5 + field[..., 0]
    y = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / scale - 0.5 + field[..., 1]
    ridges = np.asarray(
        cv2.remap(finger.ridges, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), dtype=np.float32
    )
    pore_x, pore_y = correspondence.from_finger(finger.pores[:, 0], finger.pores[:, 1])
    visible: NDArray[np.float64] = finger.pores[:, 2] * rng.uniform(0.4, 1.0, finger.pores.shape[0])
    pores = splat((pore_x + 0.5) * scale - 0.5, (pore_y + 0.5) * scale - 0.5, visible, (rows, cols), 0.85 * scale)
    gaps = np.zeros((rows, cols), dtype=np.float32)
    for crease in finger.creases:
        points = np.stack(correspondence.from_finger(crease.points[:, 0], crease.points[:, 1]), axis=1)
        paint(gaps, (points + 0.5) * scale - 0.5, crease.width_px * scale, crease.strength * rng.uniform(0.6, 1.0))
    for _ in range(int(rng.poisson(0.3 + 5.0 * condition.degradation**2))):
        middle = (rng.uniform(0.0, cols_500), rng.uniform(0.0, rows_500))
        scratch = curve(rng, middle, rng.uniform(0.0, math.pi), rng.gamma(3.0, 20.0) + 15.0, rng.uniform(0.8, 2.0), 0.8)
        paint(gaps, (scratch.points + 0.5) * scale - 0.5, scratch.width_px * scale, scratch.strength)
    gaps = np.asarray(cv2.GaussianBlur(gaps, (0, 0), 0.7 * scale), dtype=np.float32)
    return Skin(ridges, depth, pores, gaps)
