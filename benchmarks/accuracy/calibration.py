"""Does a score mean what it says? Measured false match rates at given scores, on prints that were not fitted.

Score 40 is meant to be exceeded by one non-mated comparison in 10,000. Every print of the FVC sets is compared with
every print of other fingers, also across sets, and so are the prints of synthetic fingers grown from another seed than
those of the fit. The rates come with exact (Clopper-Pearson) 95 % intervals.

    python -m benchmarks.accuracy.calibration
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from benchmarks.accuracy.degraded_prints import altered, degraded
from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, find_sets
from benchmarks.options import AT_LEAST_0
from benchmarks.templates import templates_of
from fingerprint_engine import synthesis
from fingerprint_engine.bulk import extract_many
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template, TemplateBatch

SCORES = (10.0, 20.0, 30.0, 40.0, 50.0)
SYNTHETIC_SEED, COPIES_SEED = 77, 41
WINDOW_PX = 128
QUALITY_BANDS = (0, 20, 40, 60, 80, 101)
ONE_FINGER_TWICE = {("fvc2002_db3_b", "108"), ("fvc2004_db3_b", "102")}
"""Seen by this comparison and confirmed by eye: one finger in two sets; see docs/decisions/matching.md."""
Finger = tuple[str, str]


def interval(hits: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of a proportion."""
    low = beta.ppf((1 - level) / 2, hits, total - hits + 1) if hits else 0.0
    high = beta.ppf((1 + level) / 2, hits + 1, total - hits) if hits < total else 1.0
    return float(low), float(high)


def non_mated_pairs(fingers: list[Finger]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs of prints of different fingers: which prints, the earlier one first, in rising order."""
    labels = np.array([" ".join(finger) for finger in fingers])
    twice = np.array([finger in ONE_FINGER_TWICE for finger in fingers])
    first, second = np.triu_indices(len(fingers), 1)
    other = (labels[first] != labels[second]) & ~(twice[first] & twice[second])
    return first[other], second[other]


def non_mated_scores(fingers: list[Finger], templates: list[Template]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores of the `non_mated_pairs`, and which of them are within one set."""
    first, second = non_mated_pairs(fingers)
    sets = np.array([name for name, _ in fingers])
    scores = []
    for at, others in enumerate(np.split(second, np.searchsorted(first, np.arange(1, len(templates))))[:-1]):
        found = Matcher(templates[at]).scores(TemplateBatch.of(templates[at + 1 :]))
        scores.append(found[others - at - 1])
    return np.concatenate(scores), sets[first] == sets[second]


def row(name: str, non_mated: NDArray[np.float64]) -> str:
    """Measured rates in units of the stated ones."""
    cells = []
    for score in SCORES:
        hits, total = int((non_mated >= score).sum()), len(non_mated)
        low, high = interval(hits, total)
        stated = 10 ** (-score / 10)
        cells.append(f"{hits / total / stated:6.2f} [{low / stated:.2f}, {high / stated:.2f}]")
    return f"{name:24s}{len(non_mated):>9d}" + "".join(f"{cell:>24s}" for cell in cells)


def real_prints(data: Path) -> tuple[list[Finger], list[Template]]:
    """All prints of the FVC sets that gave a template."""
    fingers, templates = [], []
    for data_set in find_sets(data, list(FVC_SETS)):
        made = templates_of(data_set, workers=2)
        for sample, template, failed in zip(made.samples, made.templates, made.has_failed, strict=True):
            if not failed:
                fingers.append((data_set.name, sample.finger))
                templates.append(template)
    return fingers, templates


def synthetic_prints(count: int) -> tuple[list[Finger], list[Template]]:
    """Two impressions each of fingers that nobody has."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in synthesis.write_population(folder, fingers=count, impressions=2, seed=SYNTHETIC_SEED):
            pass
        outcomes = extract_many(sorted(Path(folder).glob("*.png")), workers=2)
        made = [(Path(key).stem.split("_")[0], item) for key, item in outcomes if isinstance(item, Template)]
    return [("synthetic", finger) for finger, _ in made], [item for _, item in made]


def window(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A window of 128 px near the middle of the image, as a small sensor sees."""
    row, col = (int((side - WINDOW_PX) * rng.uniform(0.3, 0.7)) for side in pixels.shape)
    return np.ascontiguousarray(pixels[row : row + WINDOW_PX, col : col + WINDOW_PX])


def spoiled_twice(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A worse copy of a worse copy."""
    return degraded(degraded(pixels, rng), rng)


def altered_rows(data: Path) -> Iterator[str]:
    """Rows of windows and of copies, as a whole and by the quality of the better print of a pair."""
    (data_set,) = find_sets(data, ["uareu"])
    qualities, scores = [], []
    for name, alter in (("windows of 128 px", window), ("spoiled once", degraded), ("spoiled twice", spoiled_twice)):
        templates, fingers = altered(data_set, alter, np.random.default_rng(COPIES_SEED))
        named = [(name, finger) for finger in fingers]
        found, _ = non_mated_scores(named, templates)
        yield row(f"uareu, {name}", found)
        if alter is not window:
            qualities.append(better_quality(named, templates))
            scores.append(found)
    quality, found = np.concatenate(qualities), np.concatenate(scores)
    for low, high in itertools.pairwise(QUALITY_BANDS):
        band = (quality >= low) & (quality < high)
        if band.any():
            yield row(f"  copies, {low} to {high - 1}", found[band])


def better_quality(fingers: list[Finger], templates: list[Template]) -> NDArray[np.int64]:
    """Quality of the better print of each of the `non_mated_pairs`."""
    quality = np.array([template.quality for template in templates])
    first, second = non_mated_pairs(fingers)
    return np.maximum(quality[first], quality[second])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument(
        "--synthetic", type=AT_LEAST_0, default=300, help="fingers to grow, about one second each; 0 for none"
    )
    parser.add_argument("--no-copies", action="store_true", help="without windows and spoiled copies of uareu")
    options = parser.parse_args()
    print("measured FMR / FMR that the score states, with 95 % intervals; 1.00 is perfect, above 1 is too lenient")
    print(f"{'non-mated':24s}{'pairs':>9s}" + "".join(f"{f'score {score:g}':>24s}" for score in SCORES))
    fingers, templates = real_prints(options.data)
    for name in FVC_SETS:
        rows = [at for at, finger in enumerate(fingers) if finger[0] == name]
        print(row(name, non_mated_scores([fingers[at] for at in rows], [templates[at] for at in rows])[0]))
    scores, within = non_mated_scores(fingers, templates)
    print(row("all FVC, within sets", scores[within]))
    print(row("all FVC, across sets", scores[~within]))
    print(row("all FVC", scores), flush=True)
    if not options.no_copies:
        for line in altered_rows(options.data):
            print(line, flush=True)
    if options.synthetic:
        print(row("synthetic", non_mated_scores(*synthetic_prints(options.synthetic))[0]), flush=True)


if __name__ == "__main__":
    main()
