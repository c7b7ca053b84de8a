"""Endless training samples: an image as the network sees it, and what it should answer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.network_input import network_input
from fingerprint_engine.minutiae.columns import MinutiaKind
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.synthesis import ImpressionParameters, MasterFinger, SyntheticImpression, make_impression
from fingerprint_engine.synthesis.impressions.hard_impression import (
    FAULTS,
    GHOST_SHARE,
    GLASS_FAULTS,
    NAMED_SHARE,
    SKIN_FAULTS,
    HardImpression,
    harden,
)
from fingerprint_engine.synthesis.impressions.stretched_skin import make_stretched_impression
from training.masters import CACHE, restore
from training.wsq import WSQ_SHARE, through_wsq

HELD_OUT = 20
"""Every so many-th finger is kept for validation."""
VARIANTS = 2
"""How often each touch of a finger is used, spoiled anew each time: the touch costs more than the spoiling."""
HEAT_SIGMA_PX = 3.5
REACH_PX = 6.0
UNTAUGHT_PX = 17
"""Around what is hidden a teacher is not asked: it sees some of it there."""
NAMED_FAULTS = frozenset({*SKIN_FAULTS, *GLASS_FAULTS, "stretched"})
"""What every other finger of a stream may suffer from besides `FAULTS`, when asked."""


@dataclasses.dataclass(frozen=True)
class Sample:
    """One image and its truth; float32, channels first. Full resolution, half resolution, blocks of 8 px.

    Attributes
    ----------
    image
        (2, rows, cols), see `network_input`.
    ridges
        (2, rows, cols): the clean pattern, 0 where no ridge can be seen; and 1 where it counts, on the whole contact.
    points
        (4, rows / 2, cols / 2): minutia heat, cosine and sine of the direction, 1 for a bifurcation.
    near
        (1, rows / 2, cols / 2): 1 where direction and kind count.
    blocks
        (4, rows / 8, cols / 8): foreground, which is where ridges can be seen; cosine and sine of twice the
        orientation, logarithm of the period in 9 px.
    taught
        (1, rows, cols): 1 where a network that was not shown `NAMED_FAULTS` can be learned from.
    """

    image: NDArray[np.float32]
    ridges: NDArray[np.float32]
    points: NDArray[np.float32]
    near: NDArray[np.float32]
    blocks: NDArray[np.float32]
    taught: NDArray[np.float32]


class SampleStream:
    """Samples by number: the same seed and number give the same sample, whatever was made before."""

    def __init__(
        self,
        seed: int,
        *,
        side: int = 256,
        validation: bool = False,
        faults: frozenset[str] = FAULTS,
        folder: Path = CACHE,
    ) -> None:
        paths = sorted(folder.glob("*.pickle"))
        if not paths:
            raise SystemExit(f"no fingers in {folder}: run python -m training.masters first")
        self.paths = [path for k, path in enumerate(paths) if (k % HELD_OUT == 0) == validation]
        self.seed, self.side, self.faults = seed, side, faults
        self.kept: tuple[int, MasterFinger, SyntheticImpression, SyntheticImpression | None] | None = None

    def impression(self, number: int) -> HardImpression:
        """The impression under a sample: two samples in a row are one touch of a finger, spoiled in two ways."""
        touch = number // VARIANTS
        faults = self._faults_of(touch)
        if self.kept is None or self.kept[0] != touch:
            rng = np.random.default_rng([self.seed, touch])
            finger, other = (restore(self.paths[int(rng.integers(len(self.paths)))]) for _ in range(2))
            parameters = self._parameters(rng)
            ghost = None
            if "ghost" in faults and rng.random() < GHOST_SHARE:
                ghost = make_impression(other, rng, dataclasses.replace(parameters, shift_px=90.0))
            pulled = "stretched" in faults and rng.random() < NAMED_SHARE
            lay = make_stretched_impression if pulled else make_impression
            self.kept = (touch, finger, lay(finger, rng, parameters), ghost)
        _, finger, made, ghost = self.kept
        rng = np.random.default_rng([self.seed, touch, number])
        spoiled = harden(made, finger, ghost, rng, faults=faults)
        if "compression" in faults and rng.random() < WSQ_SHARE:
            spoiled = dataclasses.replace(spoiled, pixels=through_wsq(spoiled.pixels))
        return spoiled

    def _parameters(self, rng: np.random.Generator) -> ImpressionParameters:
        return ImpressionParameters(
            rows_px=self.side,
            cols_px=self.side,
            shift_px=45.0,
            rotation_deg=float(rng.choice([12.0, 30.0, 90.0], p=[0.6, 0.3, 0.1])),
            distortion=float(rng.uniform(0.3, 1.9)),
            contact_low=0.5,
            contact_high=1.0,
            degradation_high=float(rng.choice([0.3, 0.7, 1.0])),
        )

    def sample(self, number: int) -> Sample:
        """Sample `number`."""
        made = self.impression(number)
        return sample_of(made, all_taught=not self._faults_of(number // VARIANTS) & NAMED_FAULTS)

    def _faults_of(self, touch: int) -> frozenset[str]:
        return self.faults if touch % 2 else self.faults - NAMED_FAULTS


def sample_of(made: HardImpression, *, all_taught: bool = False) -> Sample:
    """What the network sees of an impression, and what it should answer.

    Unless `all_taught`, a teacher is not asked about what lies beyond the print, nor about what is hidden and near it.
    """
    seen = (made.mask & ~made.hidden).astype(np.float32)
    blocks = cv2.resize(seen, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    doubled = 2.0 * made.orientation
    block_maps = np.stack([blocks, np.cos(doubled), np.sin(doubled), np.log(made.period / 9.0)])
    points, near = _point_maps(made)
    return Sample(
        image=network_input(normalize(made.pixels, NormalizationParameters())),
        ridges=np.stack([np.where(made.hidden, np.float32(0.0), made.ridges), made.mask.astype(np.float32)]),
        points=points,
        near=near,
        blocks=block_maps.astype(np.float32),
        taught=(_visible(made) | all_taught).astype(np.float32)[None],
    )


def _visible(made: HardImpression) -> NDArray[np.bool_]:
    """Contact whose ridges can be seen, away from what is hidden."""
    hidden = cv2.dilate(made.hidden.astype(np.uint8), np.ones((UNTAUGHT_PX, UNTAUGHT_PX), np.uint8))
    return np.asarray(made.mask & (hidden == 0))


def _point_maps(made: HardImpression) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Heat, direction and kind on the grid of every other pixel, at 2 k + 0.5."""
    rows, cols = made.mask.shape[0] // 2, made.mask.shape[1] // 2
    points = np.zeros((4, rows, cols), dtype=np.float32)
    nearest = np.full((rows, cols), REACH_PX, dtype=np.float32)
    y, x = np.mgrid[0:rows, 0:cols] * 2.0 + 0.5
    found = made.minutiae
    for k in range(len(found)):
        top, left = max(0, int(found.y[k] - 16) // 2), max(0, int(found.x[k] - 16) // 2)
        window = np.s_[top : top + 17, left : left + 17]
        distance = np.hypot(x[window] - found.x[k], y[window] - found.y[k]).astype(np.float32)
        np.maximum(points[0][window], np.exp(-0.5 * (distance / HEAT_SIGMA_PX) ** 2), out=points[0][window])
        closer = distance < nearest[window]
        nearest[window][closer] = distance[closer]
        fork = float(found.kind[k] == MinutiaKind.BIFURCATION)
        for plane, value in enumerate((np.cos(found.direction[k]), np.sin(found.direction[k]), fork), start=1):
            points[plane][window][closer] = value
    return points, (nearest < REACH_PX).astype(np.float32)[None]


def mirrored(sample: Sample) -> Sample:
    """The same sample seen in a mirror: left and right change places, and angles turn about."""
    flipped = Sample(*(np.ascontiguousarray(getattr(sample, f.name)[..., ::-1]) for f in dataclasses.fields(sample)))
    _heat, direction_cosine, *_ = flipped.points
    _foreground, _cosine, orientation_sine, *_ = flipped.blocks
    direction_cosine *= -1.0
    orientation_sine *= -1.0
    return flipped


def turned(sample: Sample) -> Sample:
    """The same sample upside down, turned by half a circle."""
    around = (np.ascontiguousarray(getattr(sample, f.name)[..., ::-1, ::-1]) for f in dataclasses.fields(sample))
    upside_down = Sample(*around)
    upside_down.points[1:3] *= -1.0
    return upside_down
