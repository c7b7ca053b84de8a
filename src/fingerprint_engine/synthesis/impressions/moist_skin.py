"""Skin too wet or too dry: ridges that run together into flat patches, ridges that fall into dots."""

from __future__ import annotations

import cv2
import numpy as np

from fingerprint_engine.synthesis.impressions.contact import Contact
from fingerprint_engine.synthesis.master_finger.pores import splat
from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise


def join_ridges(contact: Contact, rng: np.random.Generator) -> Contact:
    """Water or pressure closes the valleys: to slits at the rim of a patch, wholly in its middle, which is flat.

    Between slits and flatness stand short remnants of valleys; the flat part is hidden.
    """
    shape = (contact.ink.shape[0], contact.ink.shape[1])
    wet = smooth_noise(rng, shape, rng.uniform(28.0, 95.0)) - rng.uniform(-1.2, 0.8)
    wet = np.clip(wet * rng.uniform(0.8, 2.5), 0.0, 1.6) * np.clip(
        4.0 * cv2.GaussianBlur(contact.ink, (0, 0), 6.0), 0, 1
    )
    soft = cv2.GaussianBlur(contact.ink, (0, 0), rng.uniform(0.7, 1.4))
    remnants = 0.22 * grain(rng, shape, rng.uniform(1.2, 2.4))
    closed = np.clip((soft - 0.5 + 0.55 * wet + remnants * np.clip(wet, 0.0, 1.0)) * rng.uniform(2.0, 4.0) + 0.5, 0, 1)
    joined = contact.ink + np.clip(2.0 * wet, 0.0, 1.0) * (closed - contact.ink)
    flat = np.clip((wet - rng.uniform(0.6, 1.5)) / 0.3, 0.0, 1.0)
    level = rng.uniform(0.55, 1.0) + 0.04 * smooth_noise(rng, shape, 25.0)
    return contact.with_ink(joined).covered(np.asarray(flat, dtype=np.float32), level)


def dot_ridges(contact: Contact, rng: np.random.Generator) -> Contact:
    """Dry skin touches in dots, one between two pores and the next, and in places not at all: those are hidden."""
    shape = (contact.ink.shape[0], contact.ink.shape[1])
    x, y, size = contact.pores.T
    place = rng.normal(0.0, 0.5, (2, x.size))
    spots = splat(x + place[0], y + place[1], size * rng.uniform(0.5, 1.2, x.size), shape, rng.uniform(1.6, 2.9))
    dry = np.clip(0.5 + 0.8 * smooth_noise(rng, shape, rng.uniform(30.0, 90.0)) + rng.uniform(-0.1, 0.8), 0.0, 1.4)
    rough = 0.18 * grain(rng, shape, rng.uniform(1.0, 2.0))
    dots = np.clip((1.1 * spots + rough - 0.45 * dry) * 3.0, 0.0, 1.0)
    gone = np.clip((dry - rng.uniform(0.95, 1.5)) * 4.0, 0.0, 1.0)
    dotted = contact.ink * (1.0 + np.clip(1.5 * dry, 0.0, 1.0) * (dots - 1.0))
    return contact.with_ink(dotted).covered(np.asarray(gone, dtype=np.float32), 0.0)
