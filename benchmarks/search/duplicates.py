"""All pairs of a large gallery: time, planted duplicates found, non-mated pairs that match.

Prints of the point population, and real and synthetic fingers enrolled twice: two impressions under two subjects. With
``--gallery`` a sample of the prints of a gallery of `benchmarks.search.speed`, and of its fingers' other impressions,
says how long all pairs would take and which mates they would find.

Run ``python -m benchmarks.search.duplicates --help``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AMOUNT, AT_LEAST_1
from benchmarks.search.galleries import MatedProbe, both, key_of, real_fingers, synthetic_fingers
from benchmarks.search.gallery_storage import templates_of
from benchmarks.search.shortlist_recall import places
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.duplicates.all_pairs import PIECE_PRINTS, matching_prints
from fingerprint_engine.matching import compare, score_of_fmr
from fingerprint_engine.template import Template


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    if options.gallery is not None:
        print("\n".join(sampled(options.gallery, options.sample, both(options.data).probes, options.max_fmr)))
        return
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


def sampled(folder: Path, sample: int, probes: list[MatedProbe], max_fmr: float) -> list[str]:
    """Processor time of a sample of prints, each searched for among those before it; and mates that would be found."""
    min_score = score_of_fmr(max_fmr)
    with Gallery.open(folder, read_only=True) as gallery:
        views = gallery.snapshot().views
        prints = sum(len(view.columns) for view in views)
        mean, error = cost_of_all_pairs(views, sample, min_score)
        hours = mean * prints / 3600
        lines = [
            f"all pairs of {prints:,} prints, from {sample} of them; code {source_digest()}",
            machine_name(),
            f"  {mean * 1e3:.2f} ms of one core a print (standard error {error * 1e3:.2f})",
            f"  so {hours:.2f} hours of one core, {hours * 30:.0f} minutes of two",
        ]
        kept, asked = Counter[str](), Counter[str]()
        everything = np.array([[len(view.columns) for view in views]])
        _, found = places(gallery, {key_of(probe.mate) for probe in probes})
        for probe in probes[:: max(1, len(probes) // sample)]:
            block, row = found[key_of(probe.mate)]
            mate = Template.from_bytes(views[block].columns.template_bytes(row))
            if compare(mate, probe.template).score >= min_score:
                asked[probe.group] += 1
                _, (matching,) = matching_prints([probe.template], views, everything, min_score)
                kept[probe.group] += (block, row) in {(one, other) for one, other, _ in matching}
    return [
        *lines,
        *(f"  mates found, {group:<20}{kept[group]:5d} of {count:5d}" for group, count in sorted(asked.items())),
    ]


def cost_of_all_pairs(views: list[BlockView], sample: int, min_score: float) -> tuple[float, float]:
    """Processor seconds of a print that is searched for among those before it, and their standard error.

    Of pieces as `Gallery.duplicates` takes them, spread evenly, since a print costs the more the more are before it.
    """
    sizes = np.array([len(view.columns) for view in views])
    ends, count, times = np.cumsum(sizes), max(1, sample // PIECE_PRINTS), []
    size = min(PIECE_PRINTS, int(ends[-1]))
    for piece in range(count):
        first = int((piece + 0.5) / count * (ends[-1] - size))
        numbers = np.arange(first, first + size)
        limits = np.clip(numbers[:, None] - (ends - sizes), 0, sizes)
        blocks = np.searchsorted(ends, numbers, side="right").tolist()
        rows = (numbers - (ends - sizes)[blocks]).tolist()
        probes = [
            Template.from_bytes(views[b].columns.template_bytes(row)) for b, row in zip(blocks, rows, strict=True)
        ]
        start = time.process_time()
        matching_prints(probes, views, limits, min_score)
        times.append((time.process_time() - start) / size)
    return float(np.mean(times)), float(np.std(times) / np.sqrt(count))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.duplicates", description=__doc__)
    parser.add_argument("--prints", type=AT_LEAST_1, default=100_000)
    parser.add_argument("--fingers", type=AT_LEAST_1, default=200, help="synthetic fingers that are enrolled twice")
    parser.add_argument("--max-fmr", type=AMOUNT, default=1e-6)
    parser.add_argument("--workers", type=AT_LEAST_1, default=2)
    parser.add_argument("--gallery", type=Path, help="a gallery of benchmarks.search.speed, of which a sample is taken")
    parser.add_argument("--sample", type=AT_LEAST_1, default=1024, help="prints of that gallery, and probes")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
