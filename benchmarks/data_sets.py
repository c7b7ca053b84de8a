"""Where the images are: the shared data when there, else the synthetic samples that the project ships."""

from __future__ import annotations

import csv
import dataclasses
import os
from pathlib import Path

from fingerprint_engine.evaluation import Sample, read_samples

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATA = Path(os.environ.get("FINGERPRINT_ENGINE_DATA", ROOT.parent / "shared" / "data"))
SAMPLES = ROOT / "data" / "samples"
SAMPLES_PPI = 500.0
FVC_SETS = ("fvc2002_db1_b", "fvc2002_db2_b", "fvc2002_db3_b", "fvc2002_db4_b", "fvc2004_db1_b", "fvc2004_db3_b")
"""Sets to measure on; nothing may be fitted on them."""
ALL_SETS = (*FVC_SETS, "uareu")


@dataclasses.dataclass(frozen=True)
class DataSet:
    """Images of fingers, all of one true resolution."""

    name: str
    images: list[tuple[Sample, Path]]
    ppi: float


def find_sets(data: Path, names: list[str] | None) -> list[DataSet]:
    """The sets asked for, or all that ``datasets.csv`` lists; the samples where `data` has none."""
    listing = data / "datasets.csv"
    if not listing.is_file():
        if names:
            raise SystemExit(f"{listing} does not exist; --sets needs it")
        if not SAMPLES.is_dir():
            raise SystemExit(f"no data: neither {listing} nor {SAMPLES} exists")
        print(f"{listing} does not exist: measuring on the synthetic samples in {SAMPLES}")
        return [DataSet("samples", _sample_images(), SAMPLES_PPI)]
    with listing.open(newline="") as file:
        known = {row["dataset"]: float(row["ppi"]) for row in csv.DictReader(file)}
    chosen = names or [name for name in ALL_SETS if name in known]
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise SystemExit(f"unknown sets {', '.join(unknown)}; {listing} lists {', '.join(known)}")
    return [DataSet(name, read_samples(data / name), known[name]) for name in chosen]


def _sample_images() -> list[tuple[Sample, Path]]:
    """The usable prints at 500 ppi; the samples also hold one at 1000 ppi, a poor one and what is no fingerprint."""
    with (SAMPLES / "MANIFEST.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    usable = {row["file"] for row in rows if row["kind"] == "fingerprint" and float(row["ppi"]) == SAMPLES_PPI}
    return [(sample, path) for sample, path in read_samples(SAMPLES) if path.name in usable]
