"""Hand-made prints: concentric ridges with known minutiae, so that no other room's result is needed to draw them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.minutiae.columns import Minutiae, MinutiaKind, SingularKind, SingularPoints
from fingerprint_engine.preprocessing.block_maps import BLOCK_PX, ridge_flow
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps
from fingerprint_engine.template import Template, build_template

ROWS, COLS = 200, 160


@dataclasses.dataclass(frozen=True)
class HandMade:
    """One print as every room would see it."""

    maps: RidgeMaps
    minutiae: Minutiae
    singular_points: SingularPoints
    template: Template


@dataclasses.dataclass(frozen=True)
class HandMadeComparison:
    """The columns of a comparison that a picture needs."""

    score: float
    fmr: float
    pairs: np.ndarray
    contradicted_probe: np.ndarray
    contradicted_reference: np.ndarray
    transform: RigidTransform | None
    doubt: str = ""


def make_print(seed: int = 0, count: int = 16) -> HandMade:
    """Rings around the middle; minutiae at random places of the foreground."""
    y, x = np.mgrid[0:ROWS, 0:COLS].astype(np.float64)
    radius = np.hypot(y - ROWS / 2, x - COLS / 2)
    wave = np.cos(2.0 * math.pi * radius / 9.0)
    mask = radius < 70.0
    block_y, block_x = np.mgrid[0 : -(-ROWS // BLOCK_PX), 0 : -(-COLS // BLOCK_PX)] * BLOCK_PX + 3.5
    outward = np.arctan2(-(block_y - ROWS / 2), block_x - COLS / 2)
    orientation = np.mod(outward + math.pi / 2, math.pi).astype(np.float32)
    enhanced = np.where(mask, wave, 0.0).astype(np.float32)
    period = np.full(orientation.shape, 9.0, np.float32)
    maps = RidgeMaps(
        image=np.where(mask, 128 - 100 * wave, 240).astype(np.uint8),
        mask=mask,
        orientation=orientation,
        coherence=np.full(orientation.shape, 0.8, np.float32),
        period=period,
        flow=ridge_flow(orientation, period, (ROWS, COLS)),
        enhanced=enhanced,
        quadrature=np.zeros_like(enhanced),
        quality=np.full(orientation.shape, 60, np.uint8),
        overall_quality=60,
    )
    rng = np.random.default_rng(seed)
    angle, distance = rng.uniform(0, 2 * math.pi, count), rng.uniform(5, 60, count)
    minutiae = Minutiae(
        COLS / 2 + distance * np.cos(angle),
        ROWS / 2 + distance * np.sin(angle),
        rng.uniform(0, 2 * math.pi, count),
        np.arange(count) % 2 + MinutiaKind.ENDING,
        rng.integers(10, 100, count),
    )
    points = SingularPoints(
        [COLS / 2, 40.0], [ROWS / 2, 150.0], [4.7, 1.0], [int(SingularKind.CORE), int(SingularKind.DELTA)]
    )
    template = build_template(minutiae, points, shape=(ROWS, COLS), mask=mask, orientation=orientation, period=None)
    return HandMade(maps, minutiae, points, template)


def make_comparison(probe: HandMade, reference: HandMade, *, pairs: int = 8) -> HandMadeComparison:
    """The first minutiae are paired in order, the next two contradict, the rest lie outside."""
    del probe, reference
    index = np.arange(pairs, dtype=np.int32)
    beyond = np.array([pairs, pairs + 1], dtype=np.int32)
    fmr = 10.0**-5.73
    return HandMadeComparison(
        57.3, fmr, np.column_stack([index, index]), beyond, beyond[:1], RigidTransform(0.05, 4.0, -6.0)
    )


@pytest.fixture(scope="session")
def printed() -> HandMade:
    """One hand-made print."""
    return make_print()


@pytest.fixture(scope="session")
def other_print() -> HandMade:
    """Another hand-made print."""
    return make_print(seed=1)
