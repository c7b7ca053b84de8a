"""Prints made of points: minutiae with a known finger behind them, and impressions of it; no images."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, build_template

SHAPE = (420, 400)


def finger(rng: np.random.Generator, count: int = 40) -> Minutiae:
    """Scattered points at least 9 px apart in an oval; directions follow arched ridges, either way."""
    points: list[tuple[float, float]] = []
    while len(points) < count:
        x, y = rng.uniform(80, 320), rng.uniform(80, 340)
        inside = math.hypot((x - 200) / 120, (y - 210) / 130) <= 1.0
        if inside and all(math.hypot(x - u, y - v) >= 9.0 for u, v in points):
            points.append((x, y))
    x, y = np.array(points).reshape(-1, 2).T
    flow = np.arctan2(-(x - 200.0), y + 100.0) + rng.normal(0.0, 0.15, count) + math.pi * rng.integers(0, 2, count)
    return Minutiae(x, y, flow, rng.integers(1, 3, count), rng.integers(20, 100, count))


def moved(minutiae: Minutiae, transform: RigidTransform) -> Minutiae:
    x, y = transform.apply(minutiae.x, minutiae.y)
    return Minutiae(x, y, transform.apply_direction(minutiae.direction), minutiae.kind, minutiae.quality)


def impression(minutiae: Minutiae, rng: np.random.Generator, lost: float = 0.2, spurious: int = 4) -> Minutiae:
    """Some minutiae lost, some invented, all a little off, some of the other kind."""
    kept = np.flatnonzero(rng.uniform(size=len(minutiae)) >= lost)
    fake = finger(rng, spurious)
    x = np.append(minutiae.x[kept] + rng.normal(0, 1.5, len(kept)), fake.x)
    y = np.append(minutiae.y[kept] + rng.normal(0, 1.5, len(kept)), fake.y)
    direction = np.append(minutiae.direction[kept] + rng.normal(0, 0.08, len(kept)), fake.direction)
    kind, quality = np.append(minutiae.kind[kept], fake.kind), np.append(minutiae.quality[kept], fake.quality)
    return Minutiae(x, y, direction, kind, quality)


def template(minutiae: Minutiae) -> Template:
    return build_template(minutiae, shape=SHAPE)


def bits_that_count(rng: np.random.Generator, minutiae: int) -> NDArray[np.uint64]:
    """Any `WeighedBits`, in one array: what is strong is sure as well."""
    bits = rng.integers(0, 2**64, (3, 2, minutiae), dtype=np.uint64)
    bits[2] &= bits[1]
    return bits
