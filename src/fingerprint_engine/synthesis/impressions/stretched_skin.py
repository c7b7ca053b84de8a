"""`make_stretched_impression`: a touch whose skin is drawn out, squeezed and sheared, by up to a third."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from fingerprint_engine.synthesis.impressions.impression import (
    ImpressionParameters,
    SyntheticImpression,
    impression_of,
    touch,
)
from fingerprint_engine.synthesis.master_finger.finger import MasterFinger
from fingerprint_engine.synthesis.smooth_noise import smooth_noise

MOST_STRETCHED, MOST_SHEARED = 0.33, 0.2
"""Chosen: shares of a length."""


def make_stretched_impression(
    finger: MasterFinger, rng: np.random.Generator, parameters: ImpressionParameters | None = None
) -> SyntheticImpression:
    """Take an impression as `make_impression` does, of skin that is also pulled by up to a third in one direction.

    The period grows where skin is drawn out and shrinks where it is squeezed; minutiae and maps of the truth move with
    the skin. How strong the pull is differs across the print.
    """
    parameters = parameters or ImpressionParameters()
    correspondence, contact = touch(finger, rng, parameters)
    rows, cols = correspondence.displacement.shape[:2]
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float64)
    angle = rng.uniform(0.0, math.pi)
    cosine, sine = math.cos(angle), math.sin(angle)
    along = (x - 0.5 * cols) * cosine - (y - 0.5 * rows) * sine
    across = (x - 0.5 * cols) * sine + (y - 0.5 * rows) * cosine
    # From the impression to the finger: what is drawn out is shorter there.
    stretch = 1.0 / (1.0 + rng.uniform(-MOST_STRETCHED, MOST_STRETCHED)) - 1.0
    bend = rng.uniform(-1.0, 1.0) * 0.5 * stretch / max(rows, cols)
    moved = stretch * along + bend * along * np.abs(along) + rng.uniform(-MOST_SHEARED, MOST_SHEARED) * across
    moved += 4.0 * smooth_noise(rng, (rows, cols), 60.0)
    # The pull is seen on the glass; the finger may be turned.
    pulled = np.stack([moved * cosine, -moved * sine], axis=-1)
    turned = correspondence.placement.rotation_rad
    back = np.array([[math.cos(turned), -math.sin(turned)], [math.sin(turned), math.cos(turned)]])
    field = correspondence.displacement + pulled @ back.T
    stretched = dataclasses.replace(correspondence, displacement=field.astype(np.float32))
    return impression_of(finger, stretched, contact, rng, parameters)
