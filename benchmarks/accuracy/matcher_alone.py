"""The matcher by itself: error rates on minutiae that another extractor found, the same for every matcher.

Reads the ISO/IEC 19794-2:2005 records of `iso_templates`, all pairs of a set, and compares them with the package's
defaults. The records hold positions, directions, kinds and qualities only: no area, no ridge flow, no period.

    python -m benchmarks.accuracy.matcher_alone
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS
from fingerprint_engine import exchange
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template, TemplateBatch

TRUE_PPI = {"fvc2002_db2_b": 569.0, "fvc2004_db3_b": 512.0}
"""The records' headers always say 197 px/cm; these are the sensors' own resolutions where they are not 500."""


def read_record(data: bytes, ppi: float) -> Template:
    """The first view of a minutiae record, brought to 500 ppi from the sensor's true resolution."""
    (template, *_), _ = exchange.minutiae_records.templates(exchange.minutiae_records.loads(data), ppi=ppi)
    return template


def read_set(folder: Path, ppi: float) -> tuple[np.ndarray, list[Template]]:
    """Finger numbers and templates of a set, in the order of the names."""
    paths = sorted(folder.glob("*_*.iso"), key=lambda path: tuple(int(part) for part in path.stem.split("_")))
    fingers = np.array([int(path.stem.split("_")[0]) for path in paths])
    return fingers, [read_record(path.read_bytes(), ppi) for path in paths]


def score_matrix(templates: list[Template]) -> tuple[np.ndarray, float]:
    """Scores of every template against every other, and the mean time of a comparison in µs."""
    batch = TemplateBatch.of(templates)
    Matcher(templates[0]).scores(batch)  # compiles
    start = time.perf_counter()
    scores = np.array([Matcher(template).scores(batch) for template in templates])
    return scores, (time.perf_counter() - start) * 1e6 / scores.size


def rates(mated: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """EER, FNMR at FMR 1 % and at 0.1 %, in percent; a match is a score of at least the threshold."""
    mated, other = np.sort(mated), np.sort(other)
    thresholds = np.append(np.unique(np.concatenate([mated, other])), np.inf)
    fnmr = np.searchsorted(mated, thresholds) / len(mated)
    fmr = 1.0 - np.searchsorted(other, thresholds) / len(other)
    at = int(np.argmin(np.abs(fnmr - fmr)))
    low = [100.0 * float(np.min(fnmr[fmr <= limit])) for limit in (0.01, 0.001)]
    return 50.0 * float(fnmr[at] + fmr[at]), low[0], low[1]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy.matcher_alone", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "iso_templates", help="folder of the sets")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        raise SystemExit(f"{options.data} does not exist")
    print(f"{'set':16s} {'EER':>6s} {'FNMR@1%':>8s} {'FNMR@0.1%':>10s} {'µs':>6s} minutiae")
    for name in FVC_SETS:
        fingers, templates = read_set(options.data / name, TRUE_PPI.get(name, 500.0))
        scores, cost = score_matrix(templates)
        first, second = np.triu_indices(len(templates), 1)
        mated = fingers[first] == fingers[second]
        pairs = scores[first, second]
        size = np.mean([len(template) for template in templates])
        eer, at_1, at_01 = rates(pairs[mated], pairs[~mated])
        print(f"{name:16s} {eer:6.2f} {at_1:8.2f} {at_01:10.2f} {cost:6.0f} {size:8.1f}")


if __name__ == "__main__":
    main()
