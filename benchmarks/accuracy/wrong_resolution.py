"""What a wrong resolution does, when prints on both sides are stated at the same multiple of the true one.

    python -m benchmarks.accuracy.wrong_resolution

Each set is extracted anew at every factor. Told are: failures to extract, prints that the warning was given for, how
many times the stated rate (one in 10,000) non-mated pairs score 40 or more, mated pairs that score less, and how many
searches end with a hit in a gallery of one print of every other finger, whose mate is not enrolled.
"""

from __future__ import annotations

import argparse
import dataclasses
import warnings
from pathlib import Path

import numpy as np

from benchmarks.accuracy.error_rates import compare_pairs
from benchmarks.data_sets import DEFAULT_DATA, DataSet, find_sets
from benchmarks.options import AT_LEAST_1, several
from benchmarks.templates import templates_of
from fingerprint_engine.cli.arguments import number_between
from fingerprint_engine.errors import ResolutionWarning
from fingerprint_engine.evaluation import all_pairs
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.template import Template

FACTORS = (0.5, 0.67, 0.8, 1.0, 1.2, 1.3, 1.5, 1.75, 2.0, 2.5)
SCORE, STATED_FMR = 40.0, 1e-4
HEAD = f"{'stated / true':>14}{'failed':>8}{'warned':>9}{'FMR/stated':>12}{'FNMR':>8}{'hits of non-mated searches':>28}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--sets", default="uareu")
    parser.add_argument("--factors", type=several(number_between(0.1, 10.0)), default=list(FACTORS))
    parser.add_argument("--workers", type=AT_LEAST_1, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ResolutionWarning)
    for data_set in find_sets(options.data, options.sets.split(",")):
        print(f"{data_set.name}, {len(data_set.images)} prints\n{HEAD}")
        for factor in options.factors:
            print(
                _measured(dataclasses.replace(data_set, ppi=data_set.ppi * factor), factor, options.workers), flush=True
            )


def _measured(data_set: DataSet, factor: float, workers: int) -> str:
    """One line of the table."""
    made = templates_of(data_set, workers)
    usable = [(s.finger, t) for s, t in zip(made.samples, made.templates, strict=True) if s not in made.failures]
    templates = [template for _, template in usable]
    pairs = all_pairs([sample for sample in made.samples if sample not in made.failures])
    scores = compare_pairs(templates, pairs)
    reached = scores >= SCORE
    warned = np.mean([template.resolution_finding is not None for template in templates])
    searches, hits = _non_mated_searches(usable)
    return (
        f"{factor:14.2f}{len(made.failures):8d}{100 * warned:7.1f} %"
        f"{reached[~pairs.is_mated].mean() / STATED_FMR:12.2f}{1.0 - reached[pairs.is_mated].mean():8.3f}"
        f"{hits:14d} of {searches} in {len({finger for finger, _ in usable}) - 1}"
    )


def _non_mated_searches(prints: list[tuple[str, Template]]) -> tuple[int, int]:
    """Searches of every print among the first prints of all other fingers, and how many end with a hit."""
    first: dict[str, Template] = {}
    for finger, template in prints:
        first.setdefault(finger, template)
    gallery = Gallery()
    gallery.enrol_many(first.items())
    hits = 0
    for finger, own in first.items():
        gallery.remove(finger)
        probes = [template for name, template in prints if name == finger]
        hits += sum(gallery.identify(template).outcome is Outcome.HIT for template in probes)
        gallery.enrol(finger, own)
    return len(prints), hits


if __name__ == "__main__":
    main()
