"""Error rates of 1:N search: false positives against what was asked for, and which mates are missed.

For each impression number a gallery of that impression of every finger; every other impression is searched for in it.
Without the probe's own finger the same search is one for a finger that is not enrolled.

Run ``python -m benchmarks.search.rates --help``.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1
from benchmarks.templates import SetTemplates, templates_of
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.search.decision import score_of_fpir

ASKED_FPIR = (0.1, 0.01, 0.001)
BAND_FPIR = 0.01
QUALITY_EDGES = (0, 20, 30, 40, 50, 60, 80, 101)
MINUTIAE_EDGES = (0, 12, 16, 20, 25, 30, 40, 256)
QUICK_GALLERIES = 2


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    lines = [f"1:N search; code {source_digest()}", machine_name(), ""]
    document = {}
    for data_set in find_sets(options.data, options.sets.split(",")):
        searches = search_all(templates_of(data_set, options.workers), QUICK_GALLERIES if options.quick else None)
        document[data_set.name] = rates = rates_of(searches)
        lines += [data_set.name, *(f"  {name:<58}{value:10.4f}" for name, value in rates.items()), ""]
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "search_rates.txt").write_text("\n".join(lines) + "\n")
    (options.output / "search_rates.json").write_text(json.dumps(document, indent=1) + "\n")


def search_all(made: SetTemplates, limit: int | None) -> np.ndarray:
    """One row per search: score of the mate, best of the others, their number, quality and minutiae of the poorer."""
    impressions = list(dict.fromkeys(sample.impression for sample in made.samples))[:limit]
    template_of = dict(zip(made.samples, made.templates, strict=True))
    rows = []
    for impression in impressions:
        enrolled = {s.finger: t for s, t in template_of.items() if s.impression == impression}
        gallery = Gallery()
        gallery.enrol_many(enrolled.items())
        for sample, probe in template_of.items():
            if sample.impression == impression or sample.finger not in enrolled:
                continue
            found = gallery.identify(probe, max_candidates=len(gallery))
            scores = {candidate.key: candidate.score for candidate in found.candidates}
            mate = scores.pop(sample.finger, 0.0)
            quality = min(probe.quality, enrolled[sample.finger].quality)
            minutiae = min(len(probe), len(enrolled[sample.finger]))
            rows.append((mate, max(scores.values(), default=0.0), len(gallery) - 1, quality, minutiae))
    return np.array(rows)


def rates_of(searches: np.ndarray) -> dict[str, float]:
    """Rates in the terms of ISO/IEC 19795-1 for identification."""
    mate, best_other, others, quality, minutiae = searches.T
    found: dict[str, float] = {"searches": float(len(searches)), "rank-1 rate": float((mate > best_other).mean())}
    for asked in ASKED_FPIR:
        hit = np.array([score_of_fpir(asked, int(count) + 1) for count in others])
        found[f"FPIR measured where {asked:g} was asked"] = float((best_other >= hit).mean())
        found[f"FNIR where FPIR {asked:g} was asked"] = float((mate < hit).mean())
    missed = mate < np.array([score_of_fpir(BAND_FPIR, int(count) + 1) for count in others])
    for name, measure, edges in (("quality", quality, QUALITY_EDGES), ("minutiae", minutiae, MINUTIAE_EDGES)):
        for low, high in itertools.pairwise(edges):
            chosen = (measure >= low) & (measure < high)
            if chosen.any():
                text = f"FNIR at FPIR {BAND_FPIR:g}, {name} {low} to {high - 1} ({chosen.sum()} searches)"
                found[text] = float(missed[chosen].mean())
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.rates", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--sets", default="uareu", help="comma-separated names")
    parser.add_argument("--workers", type=AT_LEAST_1, default=2, help="threads for extraction")
    parser.add_argument("--quick", action="store_true", help=f"only {QUICK_GALLERIES} galleries")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
