"""What the glass adds to a print: a dark square where the coating is worn, halos and rims beyond the finger's edge."""

from __future__ import annotations

import math

import cv2
import numpy as np

from fingerprint_engine.synthesis.impressions.contact import Contact, FloatMap
from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise


def wear_coating(contact: Contact, rng: np.random.Generator) -> Contact:
    """A square with rounded corners, somewhere near the middle, that is dark whatever touches; hidden where it is full.

    Dry ridges are gone in it: what little they add is fainter than on the clean glass around.
    """
    rows, cols = contact.ink.shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    turn, half = rng.normal(0.0, 0.1), rng.uniform(9.0, 26.0)
    from_x, from_y = x - cols * rng.uniform(0.2, 0.8), y - rows * rng.uniform(0.2, 0.8)
    along = np.abs(from_x * math.cos(turn) + from_y * math.sin(turn)) / half
    across = np.abs(from_y * math.cos(turn) - from_x * math.sin(turn)) / (half * rng.uniform(0.8, 1.3))
    inside = half * (1.0 - (along**6 + across**6) ** (1.0 / 6.0))
    worn = 1.0 / (1.0 + np.exp(-np.clip(inside / rng.uniform(0.5, 2.5), -30.0, 30.0)))
    full = rng.uniform(0.55, 1.0) * worn
    level = rng.uniform(0.35, 0.95) + 0.05 * smooth_noise(rng, (rows, cols), 12.0)
    return contact.covered(np.asarray(full, dtype=np.float32), level)


def add_halo(contact: Contact, rng: np.random.Generator) -> Contact:
    """Beyond the edge of the print: a film of sweat, lines along the edge as wide as ridges, specks; no ridge."""
    outside = np.asarray(~contact.mask, dtype=np.uint8)
    if not outside.any() or not contact.mask.any():
        return contact
    away = cv2.distanceTransform(outside, cv2.DIST_L2, 5).astype(np.float32)
    shape = (away.shape[0], away.shape[1])
    sides = np.clip(0.5 + smooth_noise(rng, shape, 90.0), 0.0, 1.0) * outside
    film = rng.uniform(0.05, 0.5) * np.exp(-away / rng.uniform(8.0, 40.0)) * (0.8 + 0.2 * grain(rng, shape, 2.0))
    layer = film * (rng.random() < 0.7)
    if rng.random() < 0.6:
        layer = np.maximum(layer, _rims(away, rng))
    if rng.random() < 0.6:
        layer = np.maximum(layer, _specks(away, rng))
    return contact.with_ink(np.maximum(contact.ink, np.asarray(sides * layer, dtype=np.float32)))


def _rims(away: FloatMap, rng: np.random.Generator) -> FloatMap:
    """One to five lines that follow the edge, at distances like those of ridges, broken and fading outwards."""
    shape = (away.shape[0], away.shape[1])
    period, lines = rng.uniform(5.0, 13.0), int(rng.integers(1, 6))
    at = away + 1.5 * smooth_noise(rng, shape, 25.0) - rng.uniform(2.0, 8.0)
    wave = 0.5 + 0.5 * np.cos(2.0 * np.pi * (at / period - 0.5))
    there = np.clip((at + period) * 0.5, 0.0, 1.0) * np.clip(lines - at / period, 0.0, 1.0)
    broken = np.clip(0.7 + 0.6 * smooth_noise(rng, shape, 16.0) + 0.4 * grain(rng, shape, 1.2), 0.0, 1.0)
    return np.asarray(rng.uniform(0.15, 0.8) * wave * there * broken, dtype=np.float32)


def _specks(away: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Drops that the finger left around itself, ever fewer outwards."""
    shape = (away.shape[0], away.shape[1])
    near = np.exp(-away / rng.uniform(12.0, 60.0))
    drops = grain(rng, shape, rng.uniform(0.7, 1.6)) - rng.uniform(0.9, 2.0) + 1.2 * near - 0.6
    return np.asarray(rng.uniform(0.3, 1.0) * np.clip(2.5 * drops, 0.0, 1.0), dtype=np.float32)
