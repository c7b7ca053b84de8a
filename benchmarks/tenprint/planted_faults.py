"""Prints of synthetic fingers with one known fault of the capture."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis import ImpressionParameters, MasterFinger, make_impression
from fingerprint_engine.synthesis.impressions.hard_impression import ink_of
from fingerprint_engine.synthesis.smooth_noise import smooth_noise
from fingerprint_engine.tenprint import Reason

FloatMap = NDArray[np.float32]
CLEAN = ImpressionParameters(
    rows_px=480, cols_px=400, shift_px=8.0, rotation_deg=6.0, contact_low=0.85, contact_high=1.0, degradation_high=0.15
)
FAULTS = tuple(reason for reason in Reason if reason is not Reason.UNREADABLE)
"""What can be planted; `NONE` is a good print."""
MOISTURE = {Reason.DRY: -1.3, Reason.WET: 1.3}


def planted(fault: Reason, finger: MasterFinger, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A print at 500 ppi that is good but for one fault; grey values, dark ridges."""
    moisture = MOISTURE.get(fault, float(np.clip(finger.moisture, -0.3, 0.3)))
    contact = {Reason.SMALL_AREA: (0.3, 0.5)}.get(fault, (CLEAN.contact_low, CLEAN.contact_high))
    looks = dataclasses.replace(CLEAN, contact_low=contact[0], contact_high=contact[1])
    made = make_impression(dataclasses.replace(finger, moisture=moisture), rng, looks)
    ink = ink_of(made)
    if fault is Reason.DRY:
        ink = _broken(ink, rng)
    elif fault is Reason.WET:
        ink = _flooded(ink, rng)
    elif fault is Reason.SMUDGED:
        ink = _smudged(ink, rng)
    elif fault is Reason.MOVED:
        ink = _moved(ink, rng)
    elif fault is Reason.FAINT:
        ink = ink * np.float32(rng.uniform(0.06, 0.15))
    elif fault is Reason.OFF_CENTRE:
        ink = _beside_its_core(ink, made.mask, rng)
    noise = rng.normal(0.0, 2.0, ink.shape)
    return np.asarray(np.clip(np.rint(250.0 - 215.0 * ink + noise), 0.0, 255.0), dtype=np.uint8)


def _broken(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Only the summits of ridges touch, in islands."""
    soft = cv2.GaussianBlur(ink, (0, 0), 1.0)
    rough = smooth_noise(rng, soft.shape, 1.6) + 0.7 * smooth_noise(rng, soft.shape, 30.0)
    return np.asarray(np.clip((soft - rng.uniform(0.5, 0.75) + 0.15 * rough) * 4.0, 0.0, 1.0), dtype=np.float32)


def _flooded(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Valleys fill, here more and there less."""
    soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(1.5, 2.2))
    level = rng.uniform(0.05, 0.25) + 0.12 * smooth_noise(rng, soft.shape, 40.0)
    near = np.clip(4.0 * cv2.GaussianBlur(ink, (0, 0), 5.0), 0.0, 1.0)
    return np.asarray(np.clip((soft - 0.4 + level) * 3.0 + 0.5, 0.0, 1.0) * near, dtype=np.float32)


def _smudged(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Grease wiped over the print: ridges and valleys run into each other in patches, of no one direction."""
    inside = np.clip(5.0 * cv2.GaussianBlur(ink, (0, 0), 7.0), 0.0, 1.0)
    wiped = cv2.GaussianBlur(ink, (0, 0), rng.uniform(3.0, 5.0))
    where = np.clip(1.5 * smooth_noise(rng, ink.shape, rng.uniform(25.0, 50.0)) + rng.uniform(0.3, 0.9), 0.0, 1.0)
    smeared = ink + where * (wiped - ink)
    stain = rng.uniform(0.1, 0.3) * np.clip(smooth_noise(rng, ink.shape, 20.0), 0.0, 1.5) * inside
    return np.asarray(np.clip(smeared + stain, 0.0, 1.0), dtype=np.float32)


def _moved(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """The finger slides while it is read: all of it is drawn out in one direction."""
    length, angle = rng.uniform(9.0, 16.0), rng.uniform(0.0, math.pi)
    side = 2 * math.ceil(0.5 * length) + 3
    line = np.zeros((side, side), np.float32)
    for step in np.linspace(-0.5, 0.5, 64):
        x, y = (0.5 * (side - 1) + step * length * turn for turn in (math.cos(angle), math.sin(angle)))
        line[round(y), round(x)] += 1.0
    return np.asarray(cv2.filter2D(ink, cv2.CV_32F, line / line.sum()), dtype=np.float32)


def _beside_its_core(ink: FloatMap, mask: NDArray[np.bool_], rng: np.random.Generator) -> FloatMap:
    """The finger lies so that a border of the glass cuts it near its middle: at the side, or below the end."""
    y, x = np.nonzero(mask)
    side = rng.integers(3)
    out = ink.copy()
    if side == 0:
        out[: int(np.percentile(y, rng.uniform(40.0, 55.0)))] = 0.0
    elif side == 1:
        out[:, : int(np.percentile(x, rng.uniform(45.0, 60.0)))] = 0.0
    else:
        out[:, int(np.percentile(x, rng.uniform(40.0, 55.0))) :] = 0.0
    return out
