"""Prints of the samples that the project ships."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.wolves.prints import Prints

import fingerprint_engine as fe
from fingerprint_engine.template import Template

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="package")
def prints() -> Prints:
    paths = sorted((ROOT / "data" / "samples").glob("[1-9]*_[12].png"))
    made = [
        (path.stem.split("_")[0], outcome) for path, (_, outcome) in zip(paths, fe.extract_many(paths), strict=True)
    ]
    usable = [(finger, one) for finger, one in made if isinstance(one, Template) and len(one) >= 12]
    return Prints("samples", [one for _, one in usable], [finger for finger, _ in usable])
