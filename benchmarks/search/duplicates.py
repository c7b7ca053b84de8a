"""All pairs of a large gallery: time, planted duplicates found, non-mated pairs that match.

Scattered prints of the point population, no two of which share minutiae, and after them real and synthetic fingers
enrolled twice: two impressions under two subjects. With ``--folder`` the gallery is on disk and with ``--journal`` the
search is too, so that the same command goes on after a kill: what is enrolled, and pieces that are done, are not done
again, and the times are those of all processes together. A million:

    python -m benchmarks.search.point_population --prints 1000000 --scattered --workers 2 --worker 0  # and 1
    python -m benchmarks.search.duplicates --prints 1000000 --folder million.gallery --journal million.journal

With ``--gallery`` a sample of the prints of a gallery of `benchmarks.search.speed`, and of its fingers' other
impressions, says how long all pairs would take and which mates they would find.

Run ``python -m benchmarks.search.duplicates --help``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.added_times import AddedTimes
from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AMOUNT, AT_LEAST_1, refuse_together
from benchmarks.search.galleries import MatedProbe, both, key_of, real_fingers, synthetic_fingers
from benchmarks.search.point_population import PART_PRINTS, scattered_prints
from benchmarks.search.shortlist_recall import places
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.duplicates.all_pairs import PIECE_PRINTS, matching_prints
from fingerprint_engine.matching import compare, score_of_fmr
from fingerprint_engine.template import Template

OF_ALL_PAIRS = ("--prints", "--fingers", "--workers", "--folder", "--journal", "--output")
"""Options that a sample of a gallery has no use for."""
TOLD_S = 60.0
"""Seconds between two lines about progress."""


class Twice(NamedTuple):
    """Two impressions of a finger that are enrolled under two keys, and the set and level of the second."""

    name: str
    group: str
    templates: tuple[Template, Template]

    @property
    def keys(self) -> tuple[str, str]:
        """Of both, and subjects as well."""
        return f"{self.name}-a", f"{self.name}-b"


def main(arguments: list[str] | None = None) -> None:
    parser = _parser()
    options = parser.parse_args(arguments)
    refuse_together(parser, arguments, "--gallery", ["--sample"], *OF_ALL_PAIRS)
    if options.in_memory and options.gallery is None:
        refuse_together(parser, arguments, "--folder", ["--in-memory"])
    if options.gallery is not None:
        probes = both(options.data).probes
        print("\n".join(sampled(options.gallery, options.sample, probes, options.max_fmr, in_memory=options.in_memory)))
        return
    if options.journal is not None and not options.journal.absolute().parent.is_dir():
        raise SystemExit(f"--journal: {options.journal.parent}: expected a folder")  # said before an hour of enrolment
    print(f"duplicates; code {source_digest()}\n{machine_name()}\n", flush=True)
    planted = fingers_twice(options.data, options.fingers)
    with Gallery() if options.folder is None else Gallery.open(options.folder) as gallery:
        enrol(gallery, options.prints, planted)
        if options.folder is None:
            figures = all_pairs(gallery, planted, options)
    if options.folder is not None:
        with Gallery.open(options.folder, read_only=True, in_memory=options.in_memory) as gallery:
            figures = all_pairs(gallery, planted, options)
    print("\n" + "\n".join(f"  {name:<50}{value:14.2f}" for name, value in figures.items()))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "duplicates.json").write_text(json.dumps(figures, indent=1) + "\n")


def fingers_twice(data: Path, fingers: int) -> list[Twice]:
    """Each finger of the sets, and so many synthetic ones, with the first of their other impressions."""
    found = []
    for name, source in {"real": real_fingers(data, limit=1), "synthetic": synthetic_fingers(fingers)}.items():
        taken: set[int] = set()
        for number, probe in enumerate(source.probes):
            if probe.mate not in taken:  # each finger twice only
                taken.add(probe.mate)
                mate = Template.from_bytes(source.block.template_bytes(probe.mate))
                found.append(Twice(f"{name}-{number}", f"{name}, {probe.group}", (mate, probe.template)))
    return found


def enrol(gallery: Gallery, prints: int, planted: list[Twice]) -> None:
    """Enrol so many prints, those that nobody has twice first; where an earlier process was stopped it goes on.

    Raises
    ------
    SystemExit
        When the gallery has other prints.
    """
    keys = [key for finger in planted for key in finger.keys]
    others = prints - len(keys)
    if others < 0:
        raise SystemExit(f"--prints: expected at least {len(keys)}, those that are planted, got {prints}")
    begin = len(gallery)
    expected = itertools.chain(map(other_key, range(others)), keys)
    if begin > prints or not all(key in gallery for key in itertools.islice(expected, begin)):
        raise SystemExit(f"the gallery has {begin:,} prints, but not those of this benchmark with these options")
    times = AddedTimes(None)
    for first in range(begin, others, PART_PRINTS):
        end = min(first + PART_PRINTS, others)
        named = zip(map(other_key, range(first, end)), scattered_prints(first, end), strict=True)
        gallery.enrol_many(named)
        tell(f"{end:,} of {prints:,} prints enrolled")
    templates = [template for finger in planted for template in finger.templates]
    done = max(begin - others, 0)
    gallery.enrol_many(zip(keys[done:], templates[done:], strict=True))
    gallery.compact()  # changes nothing where it was done
    tell(f"{prints - begin:,} prints enrolled, {begin:,} were there; {times}")


def other_key(number: int) -> str:
    """The key of a print that nobody has twice."""
    return f"other-{number:08d}"


def all_pairs(gallery: Gallery, planted: list[Twice], options: argparse.Namespace) -> dict[str, float]:
    """All matching pairs of the gallery: how long they take, in this process and those that the journal knows of."""
    times = AddedTimes(options.journal)
    if times.processes == 1:
        times.keep()  # before there is a journal, which is no use without its times
    told = -TOLD_S

    def keep(done: int, prints: int) -> None:
        nonlocal told
        times.keep()
        if time.perf_counter() > told + TOLD_S or done == prints:
            told = time.perf_counter()
            tell(f"{done:,} of {prints:,} prints compared with all before them; {times}")

    found = gallery.duplicates(max_fmr=options.max_fmr, journal=options.journal, workers=options.workers, progress=keep)
    times.keep()
    seconds = times.seconds()
    matched = {frozenset((pair.key, pair.other_key)) for pair in found.pairs}
    asked = [finger for finger in planted if compare(*finger.templates).score >= score_of_fmr(options.max_fmr)]
    per_group = Counter(finger.group for finger in asked)
    kept = Counter(finger.group for finger in asked if frozenset(finger.keys) in matched)
    keys = {key for finger in planted for key in finger.keys}
    false = [pair for pair in found.pairs if not keys.issuperset((pair.key, pair.other_key))]
    return {
        "prints": found.prints,
        **seconds,
        "processes": times.processes,
        "planted pairs that the matcher finds": len(asked),
        "of these found": sum(kept.values()),
        **{f"found, of {count} of {name}": kept[name] for name, count in sorted(per_group.items())},
        "non-mated pairs that match": len(false),
        "non-mated pairs expected to match": found.expected_false_pairs,
        "highest non-mated score": max((pair.score for pair in false), default=0.0),
    }


def tell(line: str) -> None:
    """Print a line with the moment."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def sampled(
    folder: Path, sample: int, probes: list[MatedProbe], max_fmr: float, *, in_memory: bool = False
) -> list[str]:
    """Processor time of a sample of prints, each searched for among those before it; and mates that would be found."""
    min_score = score_of_fmr(max_fmr)
    with Gallery.open(folder, read_only=True, in_memory=in_memory) as gallery:
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
    parser.add_argument("--folder", type=Path, help="enrol into this gallery, or go on there (default: in memory)")
    parser.add_argument("--in-memory", action="store_true", help="with --folder or --gallery: its index in memory")
    parser.add_argument("--journal", type=Path, help="keep pieces that are done in this file, and times beside it")
    parser.add_argument("--gallery", type=Path, help="a gallery of benchmarks.search.speed, of which a sample is taken")
    parser.add_argument("--sample", type=AT_LEAST_1, default=1024, help="prints of that gallery, and probes")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
