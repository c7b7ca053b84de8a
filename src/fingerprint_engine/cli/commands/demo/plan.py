"""Which samples the demo uses for what."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from fingerprint_engine.errors import InputError
from fingerprint_engine.synthesis import SampleRecord, read_manifest
from fingerprint_engine.synthesis.manifest import MANIFEST_NAME

FINGERPRINT = "fingerprint"
PACKAGE = Path(__file__).resolve().parents[3]
CLONE = PACKAGE.parents[1]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """The parts that samples play.

    Attributes
    ----------
    folder
        Where the samples are.
    samples
        All of them.
    enrolled
        One impression each of all fingers but the last.
    probes
        Another impression of every finger; the last finger's is enrolled nowhere.
    """

    folder: Path
    samples: list[SampleRecord]
    enrolled: list[SampleRecord]
    probes: list[SampleRecord]


def find_samples(folder: Path | None) -> Path:
    """The folder of the samples: that given, else ``data/samples`` here, in the clone, or in the installed package.

    Raises
    ------
    InputError
        When there is none; the message says how to get one.
    """
    found = [Path("data/samples"), CLONE / "data" / "samples", PACKAGE / "samples"]
    candidates = [folder] if folder is not None else found
    for candidate in candidates:
        if (candidate / MANIFEST_NAME).is_file():
            return candidate
    raise InputError(
        f"samples: expected a folder with {MANIFEST_NAME}, found none at {candidates[0]}; make "
        "samples with 'fingerprint-engine synthesize DIR' and pass --samples DIR"
    )


def make_plan(folder: Path) -> Plan:
    """Give every sample its part.

    Raises
    ------
    InputError
        When the samples do not hold two fingers with two impressions each.
    """
    samples = read_manifest(folder)
    by_finger: dict[str, list[SampleRecord]] = {}
    for sample in samples:
        if sample.kind == FINGERPRINT:
            by_finger.setdefault(sample.finger, []).append(sample)
    pairs = [impressions for impressions in by_finger.values() if len(impressions) > 1]
    if len(pairs) < 2:
        raise InputError(f"samples: expected two fingers with two impressions each, found {len(pairs)} in {folder}")
    return Plan(folder, samples, [first for first, *_ in pairs[:-1]], [second for _, second, *_ in pairs])
