"""Pairs of minutiae that are one minutia: two hard impressions of a finger, both read, linked through the truth."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.extractors import LearnedExtractor
from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.preprocessing import image_from_array
from fingerprint_engine.synthesis import ImpressionParameters, make_impression
from fingerprint_engine.synthesis.impressions.distortion import Correspondence
from fingerprint_engine.synthesis.impressions.hard_impression import harden
from training.descriptor_patches import Patches, joined, patches_of
from training.masters import CACHE, restore

SEED = 20_261_124
NEAR_PX, NEAR_RAD = 8.0, np.deg2rad(25.0)
FINGERS_A_FILE = 50
FINGERS = 800
"""Fingers of the pool that are used: 6 minutes of one core."""


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Row k of both sides is one minutia of finger `finger[k]`, seen in two impressions."""

    first: Patches
    second: Patches
    finger: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.finger)


class Places(NamedTuple):
    """Where minutiae lie on the finger and which way they point; float64, shape (n,) each, in the minutiae's order.

    No `Minutiae`: those keep an order of their own, and links are numbers of rows.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    direction: NDArray[np.float64]


def on_finger(minutiae: Minutiae, correspondence: Correspondence) -> Places:
    """Carry minutiae of an impression to the finger."""
    x, y = correspondence.to_finger(minutiae.x.astype(np.float64), minutiae.y.astype(np.float64))
    rows, cols = correspondence.displacement.shape[:2]
    row = np.clip(np.rint(minutiae.y), 0, rows - 1).astype(np.intp)
    col = np.clip(np.rint(minutiae.x), 0, cols - 1).astype(np.intp)
    seen = np.stack([np.cos(minutiae.direction), -np.sin(minutiae.direction)], axis=-1)
    carried = np.einsum("nij,nj->ni", correspondence.jacobian()[row, col], seen)
    return Places(x, y, np.mod(np.arctan2(-carried[:, 1], carried[:, 0]), 2.0 * np.pi))


def links(a: Places, b: Places) -> NDArray[np.int64]:
    """Indices, shape (k, 2), of minutiae that are each other's nearest on the finger, near and pointing alike."""
    if len(a.x) == 0 or len(b.x) == 0:
        return np.zeros((0, 2), np.int64)
    distance = cdist(np.stack([a.x, a.y], axis=1), np.stack([b.x, b.y], axis=1))
    distance[np.abs(direction_difference(a.direction[:, None], b.direction[None])) > NEAR_RAD] = np.inf
    partner, mine = distance.argmin(axis=1), np.arange(len(distance))
    kept = (distance.argmin(axis=0)[partner] == mine) & (distance[mine, partner] <= NEAR_PX)
    return np.stack([mine[kept], partner[kept]], axis=1)


def pairs_of_finger(path: Path, number: int, extractor: LearnedExtractor) -> Pairs | None:
    """Two impressions of a finger, linked; None when one of them cannot be read."""
    rng = np.random.default_rng([SEED, number])
    finger, sides = restore(path), []
    for _ in range(2):
        parameters = ImpressionParameters(
            rotation_deg=20.0, shift_px=20.0, distortion=float(rng.uniform(0.3, 1.9)), contact_low=0.6, contact_high=1.0
        )
        made = make_impression(finger, rng, parameters)
        hard = harden(made, finger, None, rng)
        try:
            reading = extractor.read(image_from_array(hard.pixels, 500.0, polarity="dark-ridges"))
        except FailureToExtract:
            return None
        sides.append((patches_of(reading.maps, reading.minutiae), on_finger(reading.minutiae, made.correspondence)))
    (first, minutiae_a), (second, minutiae_b) = sides
    linked = links(minutiae_a, minutiae_b)
    return Pairs(first[linked[:, 0]], second[linked[:, 1]], np.full(len(linked), number, np.int32))


def make_pairs(folder: Path, masters: Path = CACHE, first: int = 0, last: int = FINGERS) -> list[Path]:
    """Write the pairs of fingers `first` to `last - 1`, so many fingers a file; files that are there are kept."""
    paths = sorted(masters.glob("*.pickle"))[:last]
    if not paths:
        raise SystemExit(f"no fingers in {masters}: run python -m training.masters first")
    folder.mkdir(parents=True, exist_ok=True)
    extractor, files = LearnedExtractor(), []
    for start in range(first, len(paths), FINGERS_A_FILE):
        file = folder / f"{start:05d}.npz"
        files.append(file)
        if file.is_file():
            continue
        numbers = range(start, min(start + FINGERS_A_FILE, len(paths)))
        made = [pairs for n in numbers if (pairs := pairs_of_finger(paths[n], n, extractor)) is not None]
        if not made:
            raise SystemExit(f"no pair of impressions of fingers {start} to {numbers[-1]} could be read")
        _store(stacked(made), file)
        print(f"fingers {start} to {numbers[-1]}: {sum(map(len, made))} pairs of minutiae", flush=True)
    return files


def stacked(parts: list[Pairs]) -> Pairs:
    """The pairs of many fingers in a row."""
    sides = (joined([getattr(part, name) for part in parts]) for name in ("first", "second"))
    return Pairs(*sides, np.concatenate([part.finger for part in parts]))


def _store(pairs: Pairs, file: Path) -> None:
    sides = {
        f"{side}_{name}": getattr(getattr(pairs, side), name).astype(np.float16)
        for side in ("first", "second")
        for name in ("ridges", "flow")
    }
    temporary = file.with_suffix(".tmp.npz")
    np.savez(temporary, finger=pairs.finger, **sides)
    temporary.replace(file)


def load(file: Path) -> Pairs:
    """Read a file that `make_pairs` wrote."""
    with np.load(file, allow_pickle=False) as kept:
        first, second = (
            Patches(*(kept[f"{side}_{name}"].astype(np.float32) for name in ("ridges", "flow")))
            for side in ("first", "second")
        )
        return Pairs(first, second, kept["finger"])
