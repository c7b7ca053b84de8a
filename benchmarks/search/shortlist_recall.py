"""What the stages of a search keep, against what they cost: recall in a gallery on disk, for smaller and larger stages.

The gallery is that of `benchmarks.search.speed`: point prints with synthetic and real fingers among them, whose other
impressions are searched for. The right candidate of the exhaustive matcher: a probe counts when its mate's full score
beats every other score of a search with the scan of all sketches, several times deeper than the default. Recall is the
share of these probes whose mate is compared in full.

    python -m benchmarks.search.shortlist_recall --prints 1000000 --probes 150
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1, words
from benchmarks.search.galleries import KINDS, MatedProbe, both, fill, key_of, kind_of
from fingerprint_engine.index import Gallery, SearchParameters
from fingerprint_engine.index.columns.block import BlockView, Rows
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.search import scan_for, shortlist_for
from fingerprint_engine.index.search.shortlists import SketchScan, widened
from fingerprint_engine.index.search.staged_scan import best_prints, place_prints, screen_prints
from fingerprint_engine.matching import Matcher

SHARES = (0.125, 0.25, 0.5, 1.0, 2.0)
"""Sizes of the stages in the curves, in multiples of the default."""
NEVER = float("inf")
PARAMETERS = SearchParameters()
WHOLE = StageParameters(glance_passes=256)
"""Every sketch is scanned whole."""


@dataclasses.dataclass(frozen=True)
class Traced:
    """How a probe's mate fared: whether it is the exhaustive matcher's candidate, and its rank in each stage."""

    group: str
    right: bool
    score: float
    best_other: float
    rank_first: int
    ranks_support: tuple[int, ...]
    """Rank by support among what is screened with placing and screening of each of `SHARES`."""
    compared: bool
    seconds: float


def trace(probe: MatedProbe, views: list[BlockView], mate: tuple[int, int], deeper: int) -> Traced:
    """Follow the mate, whose block and row are given, through the stages."""
    columns, masks = [view.columns for view in views], [view.alive for view in views]
    prints = sum(map(len, columns))
    start = time.process_time()
    scan = scan_for(probe.template, views, masks, PARAMETERS)
    seconds = time.process_time() - start
    compared = bool(((scan.block == mate[0]) & (scan.row == mate[1])).any())
    sizes = widened(PARAMETERS.stages, probe.template).sizes(prints)
    to_place, to_screen, to_compare = sizes
    score, other = _scores(probe, views, mate, deeper * to_place, deeper * to_compare)

    rated = shortlist_for(columns, masks, PARAMETERS, prints).scores(probe.template, masks)
    at, every, value, _ = best_prints(prints, rated)
    own = float(value[(at == mate[0]) & (every == mate[1])].max(initial=-1.0))
    rank = int((value >= own).sum()) if own >= 0.0 else prints
    block, row, passed, _ = best_prints(round(max(SHARES) * to_place), rated)
    worth = place_prints(probe.template, columns, block, row, NEVER, 1, PARAMETERS.stages)[2]
    support = screen_prints(probe.template, columns, block, row, NEVER, 1, PARAMETERS.stages.screening_pairs)[2]
    here = np.flatnonzero((block == mate[0]) & (row == mate[1]))
    ranks = [prints] * len(SHARES)
    for number, share in enumerate(SHARES):
        left = passed >= np.sort(passed)[-min(passed.size, round(share * to_place))]
        if sizes.has_placing:
            left &= worth >= np.sort(worth[left])[-min(np.count_nonzero(left), round(share * to_screen))]
        if here.size and left[here[0]]:
            ranks[number] = int((support[left] >= support[here[0]]).sum())
    return Traced(probe.group, score > other, score, other, rank, tuple(ranks), compared, seconds)


def _scores(
    probe: MatedProbe, views: list[BlockView], mate: tuple[int, int], to_screen: int, to_compare: int
) -> tuple[float, float]:
    """Full scores of the mate, and of the best other print of a search with so large stages."""
    columns, masks = [view.columns for view in views], [view.alive for view in views]
    block, row, _, _ = best_prints(to_screen, SketchScan(columns, WHOLE).scores(probe.template, masks))
    support = screen_prints(probe.template, columns, block, row, NEVER, 1, 24)[2]
    best = np.argsort(-support, kind="stable")[:to_compare]
    best = best[(block[best] != mate[0]) | (row[best] != mate[1])]
    matcher = Matcher(probe.template)

    def highest(number: int, rows: Rows) -> float:
        return float(matcher.scores(columns[number].batch(rows)).max())

    others = max(highest(number, row[best[block[best] == number]]) for number in np.unique(block[best]).tolist())
    return highest(mate[0], np.array([mate[1]])), others


def table(traced: list[Traced], prints: int) -> list[str]:
    """Recall by group, and what smaller and larger stages keep."""
    to_place, to_screen, to_compare = PARAMETERS.stages.sizes(prints)
    lines = [
        f"{prints:,} prints; by default {to_place:,} are placed, {to_screen:,} screened and {to_compare:,} compared; "
        f"{np.median([t.seconds for t in traced]) * 1e3:.0f} ms of one core a probe"
    ]
    for kind in ("real", "good", "fair", "poor"):
        right = [t for t in traced if t.right and kind_of(t.group) == kind]
        if not right:
            continue
        kept = sum(t.compared for t in right)
        lines += ["", f"{kind}: {kept} of {len(right)} kept ({kept / len(right):.4f}); lost with other sizes:"]
        lines.append(f"{'screened':>10}  compared " + " ".join(f"{round(c * to_compare):>6}" for c in SHARES))
        for number, share in enumerate(SHARES):
            lost = [sum(t.ranks_support[number] > c * to_compare for t in right) for c in SHARES]
            lines.append(f"{round(share * to_screen):>10}           " + " ".join(f"{one:>6}" for one in lost))
    return lines


def places(gallery: Gallery, keys: set[str]) -> tuple[list[BlockView], dict[str, tuple[int, int]]]:
    """The blocks of a gallery, and where the prints with some keys are."""
    views = gallery.snapshot().views
    found = {}
    for key in keys:
        for number, view in enumerate(views):
            row = view.find(key)
            if row is not None:
                found[key] = (number, row)
                break
    return views, found


def spread(probes: list[MatedProbe], kinds: set[str], count: int) -> list[MatedProbe]:
    """Up to `count` probes of each synthetic level and of all real sets together, spread evenly."""
    groups: dict[str, list[MatedProbe]] = {}
    for probe in probes:
        groups.setdefault(kind_of(probe.group), []).append(probe)
    chosen: list[MatedProbe] = []
    for kind in sorted(kinds & set(groups)):
        numbers: NDArray[np.int64] = np.unique(np.linspace(0, len(groups[kind]) - 1, count).round().astype(np.int64))
        chosen += [groups[kind][number] for number in numbers]
    return chosen


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.shortlist_recall", description=__doc__)
    parser.add_argument("--prints", type=AT_LEAST_1, default=10_000, help="size of the gallery")
    parser.add_argument("--probes", type=AT_LEAST_1, default=200, help="probes of each kind at most")
    parser.add_argument("--kinds", type=words(KINDS), default=",".join(KINDS), help="which probes")
    parser.add_argument(
        "--deeper", type=AT_LEAST_1, default=10, help="how much larger the stages of the exhaustive search are"
    )
    parser.add_argument("--folder", type=Path, default=RESULTS / "search_speed", help="where galleries are kept")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    mated = both(options.data)
    folder = options.folder / f"speed_{options.prints}.gallery"
    if not folder.exists():
        fill(folder, options.prints, mated)
    probes = spread(mated.probes, set(options.kinds), options.probes)
    with Gallery.open(folder, read_only=True) as gallery:
        views, found = places(gallery, {key_of(probe.mate) for probe in probes})
        traced = [trace(probe, views, found[key_of(probe.mate)], options.deeper) for probe in probes]
    lines = [f"shortlist recall; code {source_digest()}", machine_name(), *table(traced, options.prints)]
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    stem = f"shortlist_recall_{options.prints}"
    (options.output / f"{stem}.txt").write_text("\n".join(lines) + "\n")
    (options.output / f"{stem}.json").write_text(json.dumps([dataclasses.asdict(t) for t in traced]) + "\n")


if __name__ == "__main__":
    main()
