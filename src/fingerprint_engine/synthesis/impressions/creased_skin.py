"""Large prints of worked or old skin: open pores, and many fine white creases across the ridges."""

from __future__ import annotations

import math

import cv2
import numpy as np

from fingerprint_engine.synthesis.impressions.contact import Contact
from fingerprint_engine.synthesis.master_finger.creases import curve, paint
from fingerprint_engine.synthesis.master_finger.pores import splat
from fingerprint_engine.synthesis.smooth_noise import smooth_noise

_CREASE_PER_PX2 = 1.0 / 220.0
"""Of the most creased skin: one for a square of 15 px, 0.8 mm."""


def crease_skin(contact: Contact, rng: np.random.Generator) -> Contact:
    """Pores open and short white creases cross the ridges, most in one or two directions; nothing is hidden."""
    rows, cols = contact.ink.shape
    x, y, size = contact.pores.T
    pores = splat(x, y, size * rng.uniform(0.3, 1.1, x.size), (rows, cols), rng.uniform(0.8, 1.3))
    ink = contact.ink * (1.0 - np.clip(rng.uniform(0.5, 1.4) * pores, 0.0, 1.0))
    gaps = np.zeros((rows, cols), dtype=np.float32)
    main = rng.uniform(0.0, math.pi)
    ways = (main, main + rng.normal(math.pi / 2, 0.4))
    where = smooth_noise(rng, (rows, cols), rng.uniform(50.0, 120.0)) + rng.uniform(0.3, 1.8)
    for _ in range(int(rng.uniform(0.1, 1.0) * _CREASE_PER_PX2 * rows * cols)):
        middle = (rng.uniform(0.0, cols), rng.uniform(0.0, rows))
        if where[int(middle[1]), int(middle[0])] < 0.0:
            continue
        way = ways[int(rng.random() < 0.25)] + rng.normal(0.0, 0.3)
        fine = curve(rng, middle, way, rng.gamma(2.0, 9.0) + 7.0, rng.uniform(0.8, 2.6), rng.uniform(0.6, 1.0))
        paint(gaps, fine.points, fine.width_px, fine.strength)
    return contact.with_ink(ink * (1.0 - cv2.GaussianBlur(gaps, (0, 0), rng.uniform(0.4, 0.8))))
