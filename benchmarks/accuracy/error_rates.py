"""Error rates of extraction and comparison over whole sets: every mated pair, every pair of two fingers.

Run ``python -m benchmarks.accuracy --help``.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.accuracy.calibration import interval
from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, DataSet, find_sets
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from benchmarks.templates import templates_of
from fingerprint_engine.evaluation import (
    Pairs,
    Report,
    ScoreTable,
    all_pairs,
    format_table,
    fvc_pairs,
    read_scores,
    report,
    score_table,
    write_scores,
)
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.comparison import scores_that_decide
from fingerprint_engine.pipeline import DEFAULT_EXTRACTOR, ExtractorName
from fingerprint_engine.template import Template

QUICK_FINGERS = 4
SEED = 19795
FIXED_SCORE = 40.0


def main(arguments: list[str] | None = None) -> list[Report]:
    options = _parser().parse_args(arguments)
    sets = find_sets(options.data, options.sets.split(",") if options.sets else None)
    options.output.mkdir(parents=True, exist_ok=True)
    fingers = QUICK_FINGERS if options.quick else options.fingers
    suffix = "" if options.extractor == DEFAULT_EXTRACTOR else f"_{options.extractor}"
    reports, notes, missed = [], [], []
    for data_set in sets:
        path = options.output / f"scores{suffix}_{data_set.name}{'_quick' if options.quick else ''}.csv"
        cache = not options.no_cache
        notes.append(measure(data_set, path, options.workers, fingers, options.protocol, cache, options.extractor))
        print(notes[-1], flush=True)
        rng = np.random.default_rng(SEED) if options.replicates else None
        # From the file, not from memory: whoever has the file gets the same table.
        table = read_scores(path)
        reports.append(report(data_set.name, table, rng, replicates=options.replicates or 2))
        missed.append(missed_at_fixed_score(data_set.name, table))
    fvc = [item for item in reports if item.name in FVC_SETS]
    means = {f"mean of {len(fvc)} FVC sets": fvc} if len(fvc) > 1 else {}
    heading = (
        f"{options.extractor} extractor, {options.protocol} pairs, rates in %, 95 % bootstrap intervals over fingers; "
        f"code {source_digest()}"
    )
    fixed = "\n".join([f"FNMR at score {FIXED_SCORE:g}, with 95 % Clopper-Pearson intervals", *missed])
    text = f"{heading}\n{machine_name()}\n\n{format_table(reports, means)}\n\n{fixed}\n"
    print("\n" + text)
    stem = f"accuracy{suffix}{'_quick' if options.quick else ''}"
    (options.output / f"{stem}.txt").write_text(text + "\n" + "\n".join(notes) + "\n")
    document = {
        "code": source_digest(),
        "extractor": options.extractor,
        "protocol": options.protocol,
        "fingers": fingers,
        "machine": machine_name(),
    }
    (options.output / f"{stem}.json").write_text(
        json.dumps(document | {"sets": [item.as_dict() for item in reports]}, indent=1) + "\n"
    )
    return reports


def measure(
    data_set: DataSet,
    path: Path,
    workers: int,
    fingers: int | None,
    protocol: str,
    cache: bool,
    extractor: ExtractorName = DEFAULT_EXTRACTOR,
) -> str:
    """Extract, compare, write the score file; returns a line that says how long each took."""
    start = time.perf_counter()
    made = templates_of(data_set, workers, fingers, cache, extractor)
    extracted = time.perf_counter()
    pairs = all_pairs(made.samples) if protocol == "all" else fvc_pairs(made.samples)
    scores = compare_pairs(made.templates, pairs)
    compared = time.perf_counter()
    write_scores(path, score_table(made.samples, pairs, scores, made.has_failed), overwrite=True)
    sizes = [len(template.to_bytes()) for template in made.templates]
    counts = [len(template) for template in made.templates]
    failures = "".join(f"; {sample.finger}_{sample.impression}: {why}" for sample, why in made.failures.items())
    return (
        f"{data_set.name}: {len(made.samples)} images in {extracted - start:.1f} s, {len(pairs)} comparisons in "
        f"{compared - extracted:.1f} s; median {np.median(counts):.0f} minutiae, {np.median(sizes):.0f} bytes{failures}"
    )


def missed_at_fixed_score(name: str, table: ScoreTable) -> str:
    """A line with the share of mated pairs below a score that users decide by."""
    mated = table.score[table.is_mated]
    below = int((mated < FIXED_SCORE).sum())
    low, high = interval(below, len(mated))
    share, ends = 100.0 * below / max(len(mated), 1), f"[{100.0 * low:.1f}, {100.0 * high:.1f}]"
    return f"{name:18s}  {share:.2f} {ends:14s} {below} of {len(mated)}"


def compare_pairs(templates: list[Template], pairs: Pairs) -> np.ndarray:
    """Scores of pairs that are grouped by probe, one prepared probe at a time."""
    scores = np.zeros(len(pairs))
    for probe in np.unique(pairs.probe):
        rows = np.flatnonzero(pairs.probe == probe)
        references = [templates[other] for other in pairs.reference[rows]]
        found = Matcher(templates[probe]).scores(references)
        scores[rows] = scores_that_decide(found, len(templates[probe]), [len(template) for template in references])
    return scores


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--sets", help="comma-separated names; all of datasets.csv by default")
    parser.add_argument("--workers", type=AT_LEAST_1, default=2, help="threads for extraction")
    parser.add_argument("--extractor", choices=get_args(ExtractorName), default=DEFAULT_EXTRACTOR)
    parser.add_argument("--protocol", choices=("all", "fvc"), default="all")
    parser.add_argument("--fingers", type=AT_LEAST_1, help="only the first fingers of each set")
    parser.add_argument("--quick", action="store_true", help=f"only the first {QUICK_FINGERS} fingers of each set")
    parser.add_argument("--replicates", type=AT_LEAST_0, default=200, help="of the bootstrap; 0 for no intervals")
    parser.add_argument("--no-cache", action="store_true", help="extract again even when the code is the same")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser
