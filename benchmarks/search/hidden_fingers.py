"""Real fingers hidden among synthetic distractors: what a search in stages finds, beside comparing with every print.

The first impression of each finger of `uareu` and of the FVC sets is enrolled among prints of other fingers; all other
impressions are searched for. Rank-1 rate: the mate has the best score. FNIR at FPIR 1 %: share of mates below the
threshold that 1 % of the searches without a mate reach, measured on the same probes with their mates left out.
Exhaustive search is costly, so some probes of each set are searched both ways. Nothing of the engine was fitted on the
FVC sets; sketches, weights and calibration were fitted on `uareu`.

    python -m benchmarks.search.hidden_fingers --prints 100000
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1
from benchmarks.search.galleries import MatedProbe, every_row, non_mated_blocks, real_fingers
from fingerprint_engine.index.columns.block import PrintColumns
from fingerprint_engine.index.search.decision import score_of_fpir
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import TemplateBatch
from fingerprint_engine.template.native.batch import batch_of_natives

FPIR = 0.01


class Searched(NamedTuple):
    """Score of the mate, best score of the others, and what the search cost in processor time."""

    mate: float
    other: float
    seconds: float


def staged(probe: MatedProbe, blocks: list[PrintColumns]) -> Searched:
    """Search in stages; the mate lies in the last block."""
    start = time.process_time()
    scan = staged_scan(probe.template, blocks, every_row(blocks))
    seconds = time.process_time() - start
    own = (scan.block == len(blocks) - 1) & (scan.row == probe.mate)
    return Searched(float(scan.score[own].max(initial=0.0)), float(scan.score[~own].max(initial=0.0)), seconds)


def exhaustive(probe: MatedProbe, batches: list[TemplateBatch]) -> Searched:
    """Compare with every print."""
    start = time.process_time()
    matcher = Matcher(probe.template)
    scores = [matcher.scores(batch) for batch in batches]
    seconds = time.process_time() - start
    mate = float(scores[-1][probe.mate])
    scores[-1][probe.mate] = 0.0
    return Searched(mate, max(float(block.max()) for block in scores), seconds)


def rates(found: list[Searched], prints: int) -> str:
    """Rank-1 rate, FNIR at the measured threshold and at the one that the calibration gives, FPIR at the latter."""
    mate, other = np.array([s.mate for s in found]), np.array([s.other for s in found])
    measured = np.nextafter(np.quantile(other, 1.0 - FPIR, method="higher"), np.inf)
    asked = score_of_fpir(FPIR, prints)
    cost = np.median([s.seconds for s in found]) * 1e3
    return (
        f"{len(found):>6} {(mate > other).mean():7.4f} {(mate < measured).mean():7.4f} {measured:6.1f}   "
        f"{(mate < asked).mean():7.4f} {(other >= asked).mean():7.4f} {asked:6.1f}  {cost:8.0f}"
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.hidden_fingers", description=__doc__)
    parser.add_argument("--prints", type=AT_LEAST_1, default=100_000, help="size of the gallery")
    parser.add_argument(
        "--both", type=AT_LEAST_1, default=8, help="probes of a set that are searched exhaustively as well"
    )
    parser.add_argument("--quick", action="store_true", help="2,000 prints, two probes a finger")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    mated = real_fingers(options.data, limit=2 if options.quick else None)
    prints = 2_000 if options.quick else options.prints
    blocks = [*non_mated_blocks(prints - mated.block.sketches.shape[0]), mated.block]
    found = [staged(probe, blocks) for probe in mated.probes]
    groups = [probe.group for probe in mated.probes]
    heading = (
        f"{'probes':>6} {'rank-1':>7} {'FNIR':>7} {'at':>6}   {'FNIR':>7} {'FPIR':>7} {'asked':>6}  {'ms/core':>8}"
    )
    lines = [f"real fingers among {prints:,} prints; code {source_digest()}", machine_name(), f"{'':<28}{heading}"]
    for name in dict.fromkeys(groups):
        lines.append(
            f"{name + ', staged':<28}{rates([f for f, g in zip(found, groups, strict=True) if g == name], prints)}"
        )
    lines.append(f"{'all, staged':<28}{rates(found, prints)}")
    print("\n".join(lines), flush=True)
    sampled = [
        at
        for name in dict.fromkeys(groups)
        for at in _spread([k for k, g in enumerate(groups) if g == name], options.both)
    ]
    batches = [batch_of_natives(b.data, b.offset, np.arange(b.sketches.shape[0])) for b in blocks]
    full = [exhaustive(mated.probes[at], batches) for at in sampled]
    part = [found[at] for at in sampled]
    more = [
        f"{'sampled, staged':<28}{rates(part, prints)}",
        f"{'sampled, exhaustive':<28}{rates(full, prints)}",
        f"mate best in both, staged only, exhaustive only, neither: {_table(part, full)}",
        f"same best non-mated print: {np.mean([a.other == b.other for a, b in zip(part, full, strict=True)]):.3f}",
    ]
    print("\n".join(more))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / f"hidden_fingers_{prints}.txt").write_text("\n".join(lines + more) + "\n")
    document = [{"group": g, "mate": f.mate, "other": f.other} for g, f in zip(groups, found, strict=True)]
    (options.output / f"hidden_fingers_{prints}.json").write_text(json.dumps(document) + "\n")


def _spread(items: list[int], count: int) -> list[int]:
    return [items[at] for at in np.unique(np.linspace(0, len(items) - 1, count).astype(int))] if items else []


def _table(first: list[Searched], second: list[Searched]) -> tuple[int, int, int, int]:
    one = np.array([s.mate > s.other for s in first])
    two = np.array([s.mate > s.other for s in second])
    return int((one & two).sum()), int((one & ~two).sum()), int((~one & two).sum()), int((~one & ~two).sum())


if __name__ == "__main__":
    main()
