"""All pairs of a large gallery: time, planted duplicates found, non-mated pairs that match.

Prints of the point population, and real and synthetic fingers enrolled twice: two impressions under two subjects.

Run ``python -m benchmarks.search.duplicates --help``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.search.galleries import real_fingers, synthetic_fingers
from benchmarks.search.gallery_storage import templates_of
from fingerprint_engine.index import Gallery
from fingerprint_engine.matching import compare, score_of_fmr
from fingerprint_engine.template import Template


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    gallery = Gallery()
    planted: dict[frozenset[str], str] = {}
    sources = {"real": real_fingers(options.data, limit=1), "synthetic": synthetic_fingers(options.fingers)}
    score_of: dict[frozenset[str], float] = {}
    for name, fingers in sources.items():
        taken: set[int] = set()
        for number, probe in enumerate(fingers.probes):
            keys = f"{name}-{number}-a", f"{name}-{number}-b"
            mate = Template.from_bytes(fingers.block.template_bytes(probe.mate))
            if probe.mate in taken:
                continue  # each finger twice only
            taken.add(probe.mate)
            gallery.enrol(keys[0], mate)
            gallery.enrol(keys[1], probe.template)
            planted[frozenset(keys)] = f"{name}, {probe.group}"
            score_of[frozenset(keys)] = compare(mate, probe.template).score
    others = options.prints - len(gallery)
    gallery.enrol_many((f"other-{n}", template) for n, template in enumerate(templates_of(others)))
    wall, cpu = time.perf_counter(), time.process_time()
    found = gallery.duplicates(max_fmr=options.max_fmr, workers=options.workers)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    matched = {frozenset((pair.key, pair.other_key)) for pair in found.pairs}
    asked = [keys for keys in planted if score_of[keys] >= score_of_fmr(options.max_fmr)]
    per_group = Counter(planted[keys] for keys in asked)
    kept = Counter(planted[keys] for keys in asked if keys in matched)
    false = [pair for pair in found.pairs if all(key.startswith("other") for key in (pair.key, pair.other_key))]
    figures = {
        "prints": found.prints,
        "wall s": wall,
        "processor s": cpu,
        "planted pairs that the matcher finds": len(asked),
        "of these found": sum(kept.values()),
        "non-mated pairs that match": len(false),
        "non-mated pairs expected to match": found.expected_false_pairs,
        "highest non-mated score": max((pair.score for pair in false), default=0.0),
    }
    print(f"duplicates; code {source_digest()}\n{machine_name()}\n")
    print("\n".join(f"  {name:<50}{value:14.2f}" for name, value in figures.items()))
    print("\n".join(f"  {name:<50}{kept[name]:7d} of {count:5d}" for name, count in sorted(per_group.items())))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "duplicates.json").write_text(json.dumps(figures, indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.duplicates", description=__doc__)
    parser.add_argument("--prints", type=int, default=100_000)
    parser.add_argument("--fingers", type=int, default=200, help="synthetic fingers that are enrolled twice")
    parser.add_argument("--max-fmr", type=float, default=1e-6)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
