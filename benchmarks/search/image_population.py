"""Synthetic fingers at image level: grown, touched, rendered, extracted; an enrolled print and a probe of each level.

Growing costs two seconds per finger, reading its four prints a fifth of that: images and templates are kept apart in
``benchmarks/results/image_population``, so that another extractor finds the images. A run that was stopped goes on
where it was, a larger population begins with the smaller one, runs side by side share the work.

Run ``python -m benchmarks.search.image_population --help``.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS, extraction_digest, synthesis_digest
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.fingers import Finger
from fingerprint_engine.pipeline import extract
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import ImpressionParameters, population_finger, population_impression
from fingerprint_engine.template import Template

SEED = 4_000
PPI = 500.0
PART_FINGERS = 20
ENROLLED = ImpressionParameters(degradation_low=0.0, degradation_high=0.6)
LEVELS = {
    "good": ImpressionParameters(degradation_low=0.0, degradation_high=0.3, contact_low=0.8),
    "fair": ImpressionParameters(
        degradation_low=0.4,
        degradation_high=0.7,
        contact_low=0.68,
        contact_high=0.85,
        distortion=1.2,
        rotation_deg=12.0,
    ),
    "poor": ImpressionParameters(
        degradation_low=0.85,
        degradation_high=1.0,
        contact_low=0.5,
        contact_high=0.7,
        distortion=1.5,
        rotation_deg=16.0,
        shift_px=24.0,
    ),
}
"""Probes: clear and whole, usual, and faint, turned, stretched and partial."""


@dataclasses.dataclass(frozen=True)
class SyntheticFinger:
    """Templates of one finger; None where none could be made."""

    number: int
    enrolled: Template | None
    probes: dict[str, Template | None]


def image_population(fingers: int, folder: Path | None = None) -> list[SyntheticFinger]:
    """The first `fingers` fingers; those not yet made are made now, about two seconds each."""
    folder = folder or RESULTS / "image_population" / extraction_digest()
    folder.mkdir(parents=True, exist_ok=True)
    found: list[SyntheticFinger] = []
    for part in range(-(-fingers // PART_FINGERS)):
        path = folder / f"{part:05d}.npz"
        if not path.is_file():
            _write_part(path, part)
        found += _read_part(path, part)
    return found[:fingers]


def make(folder: Path, fingers: int, worker: int, workers: int) -> None:
    """Make every `workers`-th part that is missing."""
    for part in range(worker, -(-fingers // PART_FINGERS), workers):
        path = folder / f"{part:05d}.npz"
        if not path.is_file():
            _write_part(path, part)
            print(f"fingers up to {(part + 1) * PART_FINGERS}", flush=True)


def _write_part(path: Path, part: int) -> None:
    cv2.setNumThreads(1)
    kept: dict[str, np.ndarray] = {}
    for number in range(part * PART_FINGERS + 1, (part + 1) * PART_FINGERS + 1):
        for name, pixels in finger_images(number).items():
            try:
                image = FingerprintImage(pixels, PPI)
                data = extract(image, finger=Finger((number - 1) % 10 + 1)).to_bytes()
            except FailureToExtract:
                data = b""
            kept[f"{number}-{name}"] = np.frombuffer(data, np.uint8)
    _write(path, kept)


def finger_images(number: int) -> dict[str, NDArray[np.uint8]]:
    """The four prints of a finger, uint8 at `PPI`; grown unless they were before."""
    path = RESULTS / "image_population" / f"images-{synthesis_digest()}" / f"{number:06d}.npz"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        finger, grown = population_finger(SEED, number), {}
        for impression, (name, parameters) in enumerate([("enrolled", ENROLLED), *LEVELS.items()], start=1):
            image = population_impression(finger, SEED, number, impression, parameters).image
            if image.ppi != PPI:
                raise RuntimeError(f"finger {number}: expected an image at {PPI} ppi, got {image.ppi}")
            grown[name] = image.pixels
        _write(path, grown)
    with np.load(path) as kept:
        return {name: kept[name] for name in ("enrolled", *LEVELS)}


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp.npz")
    np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
    temporary.replace(path)


def _read_part(path: Path, part: int) -> list[SyntheticFinger]:
    found = []
    with np.load(path) as kept:
        for number in range(part * PART_FINGERS + 1, (part + 1) * PART_FINGERS + 1):
            enrolled, *probes = (_template(kept[f"{number}-{name}"]) for name in ("enrolled", *LEVELS))
            found.append(SyntheticFinger(number, enrolled, dict(zip(LEVELS, probes, strict=True))))
    return found


def _template(data: np.ndarray) -> Template | None:
    return Template.from_bytes(data.tobytes()) if data.size else None


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.image_population", description=__doc__)
    parser.add_argument("--fingers", type=AT_LEAST_1, default=1_000)
    parser.add_argument("--worker", type=AT_LEAST_0, default=0, help="which of the runs side by side this is, from 0")
    parser.add_argument("--workers", type=AT_LEAST_1, default=1, help="runs side by side")
    parser.add_argument("--images", action="store_true", help="only grow their prints, read none")
    options = parser.parse_args(arguments)
    if options.images:
        for number in range(options.worker + 1, options.fingers + 1, options.workers):
            finger_images(number)
        return
    folder = RESULTS / "image_population" / extraction_digest()
    folder.mkdir(parents=True, exist_ok=True)
    make(folder, options.fingers, options.worker, options.workers)


if __name__ == "__main__":
    main()
