"""What there is to do: for each set and extractor one job, with the images and the pairs that all engines share."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.code_version import source_digest
from benchmarks.data_sets import DataSet
from benchmarks.peers.catalogue import Engine
from benchmarks.peers.environments import Installed
from fingerprint_engine.evaluation import Pairs, Sample, all_pairs, sampled_pairs
from fingerprint_engine.preprocessing import load_image, resample

DRIVERS = Path(__file__).resolve().parent / "drivers"
SEED = 19795


@dataclasses.dataclass(frozen=True)
class SetWork:
    """The samples of one set, written out for drivers.

    Attributes
    ----------
    data_set
        The set.
    samples, paths
        Those of its samples that take part, and their images.
    digest
        Of all images and their resolution.
    """

    data_set: DataSet
    samples: list[Sample]
    paths: list[Path]
    digest: str

    def write_images(self, folder: Path, true_ppi: bool) -> Path:
        """A CSV of images: the files themselves, or copies at 500 ppi for engines that assume it.

        The copies are the pixels that our own engine works on, as PNG without compression; they are written into
        `folder`, which is temporary.
        """
        listing = folder / f"{self.data_set.name}_{'true' if true_ppi else '500'}.csv"
        if listing.is_file():
            return listing
        rows: list[tuple[Path, float, str, str]] = []
        for sample, path in zip(self.samples, self.paths, strict=True):
            target, ppi = path.resolve(), self.data_set.ppi
            if not true_ppi:
                target, ppi = folder / f"{self.data_set.name}_{len(rows)}.png", 500.0
                pixels = resample(load_image(path, ppi=self.data_set.ppi))
                if not cv2.imwrite(str(target), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 0]):
                    raise OSError(f"{target} could not be written")
            rows.append((target, ppi, sample.finger, sample.impression))
        with listing.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("path", "ppi", "finger", "impression"))
            writer.writerows(rows)
        return listing

    def pairs(self, max_non_mated: int | None) -> Pairs:
        """All pairs, or all mated and some non-mated ones: the same for every engine that asks for as many."""
        pairs = all_pairs(self.samples)
        return pairs if max_non_mated is None else sampled_pairs(pairs, max_non_mated, np.random.default_rng(SEED))

    def write_pairs(self, folder: Path, max_non_mated: int | None) -> Path:
        """A CSV of pairs, as row numbers of the images."""
        listing = folder / f"{self.data_set.name}_pairs_{max_non_mated or 'all'}.csv"
        if not listing.is_file():
            pairs = self.pairs(max_non_mated)
            with listing.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(("probe", "reference"))
                writer.writerows(zip(pairs.probe.tolist(), pairs.reference.tolist(), strict=True))
        return listing


def set_work(data_set: DataSet, fingers: int | None) -> SetWork:
    """All of a set, or its first fingers."""
    named = data_set.images
    if fingers is not None:
        kept = set(list(dict.fromkeys(sample.finger for sample, _ in named))[:fingers])
        named = [(sample, path) for sample, path in named if sample.finger in kept]
    digest = hashlib.sha256(repr(data_set.ppi).encode())
    for sample, path in named:
        digest.update(repr((sample.finger, sample.impression)).encode() + hashlib.sha256(path.read_bytes()).digest())
    return SetWork(data_set, [sample for sample, _ in named], [path for _, path in named], digest.hexdigest()[:16])


@dataclasses.dataclass(frozen=True)
class Task:
    """One engine on one set."""

    engine: Engine
    scores: Path
    times: Path
    extraction_key: str
    key: str

    def times_document(self) -> dict[str, object] | None:
        """What the driver said, if it was written under the same key and its score file is there."""
        if not (self.times.is_file() and self.scores.is_file()):
            return None
        document = json.loads(self.times.read_text(encoding="utf-8"))
        return document if document["key"] == self.key else None


def extraction_key(work: SetWork, engine: Engine, installed: Installed) -> str:
    """Changes with images, with the peer's versions, with the drivers, and for our own engine with its code."""
    ours = not engine.environment.requirements
    parts = (
        work.digest,
        engine.extractor,
        source_digest() if ours else "",
        *installed.versions,
        *(path.read_text(encoding="utf-8") for path in _driver_files(engine)),
        Path(__file__).read_text(encoding="utf-8"),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def task_of(work: SetWork, engine: Engine, installed: Installed, folder: Path) -> Task:
    """Where the results of an engine on a set are kept, and under which key."""
    extraction = extraction_key(work, engine, installed)
    key = f"{extraction}-{engine.matcher}-{engine.max_non_mated or 'all'}"
    stem = folder / work.data_set.name / engine.name
    return Task(engine, stem.with_suffix(".csv"), stem.with_suffix(".json"), extraction, key)


def _driver_files(engine: Engine) -> Sequence[Path]:
    return (DRIVERS / "drive.py", DRIVERS / f"{engine.environment.adapter}.py")
