"""`make_mark`: a part of a print that a finger left on a surface, developed and photographed.

Chosen beside the one real mark that is at hand: ridges that fall into dots, dark patches of powder, smears, the
surface's own lines and writing, and no more of the finger than touched.
"""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import CANONICAL_PPI, px_to_mm
from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.synthesis.impressions.clutter import add_dust, add_ghost, add_writing
from fingerprint_engine.synthesis.impressions.hard_impression import ink_of, minutiae_within
from fingerprint_engine.synthesis.impressions.hard_touch import spoil_contact
from fingerprint_engine.synthesis.impressions.impression import ImpressionParameters, make_impression
from fingerprint_engine.synthesis.master_finger.finger import MasterFinger
from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise

_LOOKS = "chosen beside a real mark, no count of many"
FloatMap = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, slots=True)
class MarkParameters(Parameters):
    """What marks are like; shares are the chance that a mark has something."""

    side_px: int = parameter(600, unit="px at 500 ppi", low=300, high=1200, source=_LOOKS)
    area_low_mm2: float = parameter(60.0, unit="mm²", low=20.0, high=500.0, source=_LOOKS)
    area_high_mm2: float = parameter(260.0, unit="mm²", low=20.0, high=500.0, at_least="area_low_mm2", source=_LOOKS)
    rotation_deg: float = parameter(25.0, unit="deg", low=0.0, high=180.0, source=_LOOKS)
    distortion: float = parameter(1.5, unit="1", low=0.0, high=2.0, source=_LOOKS + "; 1 is a careful touch")
    spoiled_low: float = parameter(0.2, unit="1", low=0.0, high=1.0, source=_LOOKS)
    spoiled_high: float = parameter(0.8, unit="1", low=0.0, high=1.0, at_least="spoiled_low", source=_LOOKS)
    faintest: float = parameter(0.3, unit="ink of the faintest mark", low=0.05, high=1.0, source=_LOOKS)
    smear: float = parameter(0.4, unit="share", low=0.0, high=1.0, source=_LOOKS)
    powder: float = parameter(0.5, unit="share", low=0.0, high=1.0, source=_LOOKS)
    other: float = parameter(0.15, unit="share with another mark below", low=0.0, high=1.0, source=_LOOKS)
    writing: float = parameter(0.4, unit="share", low=0.0, high=1.0, source=_LOOKS)
    texture: float = parameter(0.5, unit="share", low=0.0, high=1.0, source=_LOOKS)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class SyntheticMark:
    """An image of a mark at 500 ppi and the truth about it.

    Attributes
    ----------
    image
        The grey image.
    region
        float64, shape (n, 2): x and y of the corners of an outline around the mark, as an examiner draws it.
    upright_rad
        Where the end of the finger points, counter-clockwise from upright.
    minutiae
        True minutiae where skin touched.
    mask
        bool, shape (rows, cols): where it touched.
    """

    image: FingerprintImage
    region: NDArray[np.float64]
    upright_rad: float
    minutiae: Minutiae
    mask: NDArray[np.bool_]


def make_mark(
    finger: MasterFinger,
    rng: np.random.Generator,
    parameters: MarkParameters | None = None,
    *,
    other: MasterFinger | None = None,
) -> SyntheticMark:
    """Let a finger leave a mark.

    Parameters
    ----------
    finger
        The finger.
    rng
        All that is random comes from here: the same state gives the same mark.
    parameters
        What marks are like.
    other
        A finger whose mark may lie below.
    """
    p = parameters or MarkParameters()
    touch = ImpressionParameters(
        rows_px=p.side_px, cols_px=p.side_px, rotation_deg=p.rotation_deg, distortion=p.distortion,
        contact_low=0.9, contact_high=1.0, degradation_low=0.2, degradation_high=0.7,
    )  # fmt: skip
    made = make_impression(finger, rng, touch)
    area = rng.uniform(p.area_low_mm2, p.area_high_mm2)
    pressed = _part(made.mask, area, rng)
    ink = spoil_contact(ink_of(made), rng.uniform(p.spoiled_low, p.spoiled_high), rng) * pressed
    if rng.random() < p.smear:
        ink = _smeared(ink, rng)
    ink = _developed(ink, rng)
    if rng.random() < p.powder:
        ink = _powdered(ink, pressed, rng)
    ink *= np.float32(rng.uniform(p.faintest, 1.0))
    if other is not None and rng.random() < p.other:
        ink = add_ghost(ink, ink_of(make_impression(other, rng, touch)), rng)
    if rng.random() < p.texture:
        ink = _on_texture(ink, rng)
    ink = add_dust(ink, rng)
    if rng.random() < p.writing:
        ink = add_writing(ink, rng)
    mask = np.asarray(made.mask & (pressed > 0.5))
    return SyntheticMark(
        FingerprintImage(_photographed(ink, rng), CANONICAL_PPI),
        outline(mask),
        made.correspondence.placement.rotation_rad,
        minutiae_within(made.minutiae, mask),
        mask,
    )


def outline(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Corners of a simple outline around the largest part of a mask; float64, shape (n, 2): x, y."""
    grown = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((41, 41), np.uint8))
    contours, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea)
    return np.asarray(cv2.approxPolyDP(largest, 6.0, closed=True)[:, 0], dtype=np.float64)


def _part(mask: NDArray[np.bool_], area_mm2: float, rng: np.random.Generator) -> FloatMap:
    """What of the finger touched: a blob of so much area, 0 to 1 with a soft border."""
    rows, cols = np.nonzero(mask)
    at = int(rng.integers(rows.size))
    centre_y, centre_x = (float(v[at]) * 0.5 + float(v.mean()) * 0.5 for v in (rows, cols))
    y, x = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]].astype(np.float32)
    turn, flat = rng.uniform(0.0, math.pi), rng.uniform(0.6, 1.0)
    along = (x - centre_x) * math.cos(turn) + (y - centre_y) * math.sin(turn)
    across = (y - centre_y) * math.cos(turn) - (x - centre_x) * math.sin(turn)
    far = np.hypot(along * flat, across / flat) + 22.0 * smooth_noise(rng, mask.shape, 70.0)
    wanted = min(float(mask.sum()), area_mm2 / px_to_mm(1.0) ** 2)
    reach = float(np.quantile(far[mask], wanted / float(mask.sum())))
    return np.asarray(1.0 / (1.0 + np.exp(np.clip((far - reach) / 4.0, -30.0, 30.0))), dtype=np.float32)


def _smeared(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """The finger slid: ridges are drawn out in one direction, in a part of the mark."""
    length, angle = int(rng.integers(5, 15)), rng.uniform(0.0, math.pi)
    line = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    reach = (length * math.cos(angle), -length * math.sin(angle))
    ends = [(round(length + s * reach[0]), round(length + s * reach[1])) for s in (-0.5, 0.5)]
    cv2.line(line, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
    slid = cv2.filter2D(ink, cv2.CV_32F, line / line.sum(), borderType=cv2.BORDER_REFLECT_101)
    share = np.clip(1.2 * smooth_noise(rng, ink.shape, 80.0), 0.0, 1.0)
    return np.asarray(ink + share * (slid - ink), dtype=np.float32)


def _developed(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Powder sticks in grains: ridges fall into dots, and some lie between them."""
    sticks = grain(rng, ink.shape, rng.uniform(0.9, 1.8))
    dotted = np.clip(1.0 + rng.uniform(0.2, 0.7) * sticks, 0.0, 1.5) * ink
    between = cv2.GaussianBlur(ink, (0, 0), 9.0) * np.clip(0.6 * grain(rng, ink.shape, 1.2) - 0.3, 0.0, 1.0)
    return np.asarray(np.clip(np.maximum(dotted, rng.uniform(0.0, 0.8) * between), 0.0, 1.0), dtype=np.float32)


def _powdered(ink: FloatMap, pressed: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Patches of too much powder: valleys darken nearly as far as ridges."""
    near = cv2.GaussianBlur(pressed, (0, 0), 12.0)
    patch = np.clip(smooth_noise(rng, ink.shape, rng.uniform(50.0, 110.0)) - rng.uniform(0.2, 1.0), 0.0, 1.0) * near
    dark = rng.uniform(0.4, 0.85) * patch * np.clip(0.8 + 0.3 * grain(rng, ink.shape, 1.5), 0.0, 1.2)
    return np.asarray(ink + dark * (1.0 - ink), dtype=np.float32)


def _on_texture(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """A surface with a grain of its own: wood, brushed metal, coarse paper, print screens."""
    y, x = np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]].astype(np.float32)
    angle = rng.uniform(0.0, math.pi)
    across = x * math.cos(angle) + y * math.sin(angle)
    kind = int(rng.integers(3))
    if kind == 0:
        waves = np.sin(2.0 * np.pi * (across / rng.uniform(4.0, 25.0) + 1.5 * smooth_noise(rng, ink.shape, 120.0)))
        pattern = 0.5 + 0.5 * waves
    elif kind == 1:
        profile = grain(rng, (1, 4 * max(ink.shape)), rng.uniform(0.8, 3.0))[0]
        pattern = np.clip(0.5 + 0.4 * profile[(across - across.min()).astype(np.intp)], 0.0, 1.0)
    else:
        pattern = np.clip(0.4 + 0.3 * grain(rng, ink.shape, rng.uniform(1.5, 4.0)), 0.0, 1.0)
    layer = rng.uniform(0.05, 0.3) * pattern
    return np.asarray(ink + layer * (1.0 - ink), dtype=np.float32)


def _photographed(ink: FloatMap, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Grey values: uneven light, blur, noise."""
    soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.5, 1.1))
    light = rng.uniform(190.0, 250.0) + rng.uniform(0.0, 14.0) * smooth_noise(rng, ink.shape, 260.0)
    grey = light * (1.0 - rng.uniform(0.6, 0.92) * np.clip(soft, 0.0, 1.0))
    grey = grey + rng.uniform(1.0, 5.0) * grain(rng, ink.shape, 0.5)
    return np.asarray(np.clip(np.rint(grey), 0.0, 255.0), dtype=np.uint8)
