"""What the stages of a search keep, against what they cost: recall curves in a gallery of other prints.

Fingers are enrolled among synthetic distractors (`benchmarks.search.point_population`) and their other impressions are
searched for. The right candidate of the exhaustive matcher: a probe counts when its mate's full score beats every other
score of a search ten times deeper than the default. Recall is the share of these probes whose mate is still there
after a stage.

    python -m benchmarks.search.shortlist_recall --prints 1000000 --probes 150
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.search.galleries import (
    MatedFingers,
    MatedProbe,
    every_row,
    non_mated_blocks,
    real_fingers,
    synthetic_fingers,
)
from fingerprint_engine.index.columns.block import PrintColumns
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.shortlists import SketchScan
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template.native.batch import batch_of_natives

DEEPER = 10
SHARES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Sizes of the stages in the curve, in multiples of the default."""


@dataclasses.dataclass(frozen=True)
class Traced:
    """How a probe's mate fared: whether it is the exhaustive matcher's candidate, and its rank in each stage."""

    group: str
    right: bool
    score: float
    best_other: float
    rank_scan: int
    ranks_support: tuple[int, ...]
    """Rank by support among what the scan passes on at each of `SHARES`."""
    compared: bool
    seconds: float


def trace(probe: MatedProbe, blocks: list[PrintColumns], parameters: StageParameters) -> Traced:
    """Follow the mate, which lies in the last block, through the stages."""
    masks, number = every_row(blocks), len(blocks) - 1
    prints = sum(block.sketches.shape[0] for block in blocks)
    start = time.process_time()
    scan = staged_scan(probe.template, blocks, masks, parameters=parameters)
    seconds = time.process_time() - start
    # Every print of the mate's finger is in one block of its own kind; all other prints are non-mated.
    compared = bool(((scan.block == number) & (scan.row == probe.mate)).any())

    scores = SketchScan(blocks, parameters).scores(probe.template, masks)
    value = np.concatenate([block for block in scores if block is not None])
    block_of = np.repeat(np.arange(len(blocks)), [block.sketches.shape[0] for block in blocks])
    start_of = np.cumsum([0, *(block.sketches.shape[0] for block in blocks)])
    mate = int(start_of[number]) + probe.mate
    to_screen, to_compare = parameters.sizes(prints)
    deep = min(prints, DEEPER * to_screen)
    order = np.argpartition(-value, deep - 1)[:deep]
    order = np.sort(np.append(order[order != mate], mate))
    matcher = Matcher(probe.template)
    support = np.empty(order.size)
    for at in np.unique(block_of[order]):
        chosen = np.flatnonzero(block_of[order] == at)
        block = blocks[int(at)]
        rows = order[chosen] - start_of[at]
        support[chosen] = matcher.supports(batch_of_natives(block.data, block.offset, rows, complete=False))
    own = int(np.flatnonzero(order == mate)[0])
    ranks = []
    for share in SHARES:
        size = min(prints, round(share * to_screen))
        floor = np.partition(value, prints - size)[prints - size]
        passed = value[order] >= floor
        ranks.append(int((support[passed] >= support[own]).sum()) if value[mate] >= floor else prints)
    best = order[np.argsort(-support)[: DEEPER * to_compare]]
    best = best[best != mate]
    other = max(
        float(
            matcher.scores(
                batch_of_natives(blocks[k].data, blocks[k].offset, best[block_of[best] == k] - start_of[k])
            ).max()
        )
        for k in np.unique(block_of[best])
    )
    last = blocks[number]
    score = float(matcher.scores(batch_of_natives(last.data, last.offset, np.array([probe.mate])))[0])
    rank = int((value >= value[mate]).sum())
    return Traced(probe.group, score > other, score, other, rank, tuple(ranks), compared, seconds)


def table(traced: list[Traced], prints: int, parameters: StageParameters) -> list[str]:
    """Recall of each stage by group, for stages smaller and larger than the default."""
    to_screen, to_compare = parameters.sizes(prints)
    lines = [
        f"{prints:,} prints; by default {to_screen:,} are screened and {to_compare:,} compared; "
        f"{np.median([t.seconds for t in traced]) * 1e3:.0f} ms of one core a probe",
        f"{'group':<16} {'probes':>6} {'right':>6} {'kept':>7}   kept by the scan, then by both stages, at "
        + ", ".join(f"x{share:g}" for share in SHARES),
    ]
    for group in dict.fromkeys(t.group for t in traced):
        mine = [t for t in traced if t.group == group]
        right = [t for t in mine if t.right]
        if not right:
            lines.append(f"{group:<16} {len(mine):>6} {0:>6}")
            continue
        scan = [np.mean([t.rank_scan <= share * to_screen for t in right]) for share in SHARES]
        both = [np.mean([t.ranks_support[k] <= share * to_compare for t in right]) for k, share in enumerate(SHARES)]
        lines.append(
            f"{group:<16} {len(mine):>6} {len(right):>6} {np.mean([t.compared for t in right]):7.4f}   "
            + " ".join(f"{a:.3f}" for a in scan) + "  |  " + " ".join(f"{b:.3f}" for b in both)
        )  # fmt: skip
    return lines


def chosen_probes(fingers: MatedFingers, count: int) -> list[MatedProbe]:
    """Up to `count` of each group, spread evenly."""
    found: list[MatedProbe] = []
    for group in dict.fromkeys(probe.group for probe in fingers.probes):
        mine = [probe for probe in fingers.probes if probe.group == group]
        found += mine[:: -(-len(mine) // count)]
    return found


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.shortlist_recall", description=__doc__)
    parser.add_argument("--prints", type=int, default=10_000, help="size of the gallery")
    parser.add_argument("--fingers", type=int, default=1_000, help="image-level fingers among them")
    parser.add_argument("--probes", type=int, default=200, help="probes of a group at most")
    parser.add_argument("--real", action="store_true", help="real fingers (uareu, FVC) instead of synthetic ones")
    parser.add_argument("--quick", action="store_true", help="2,000 prints, 40 fingers")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    prints, fingers = (2_000, 40) if options.quick else (options.prints, options.fingers)
    mated = real_fingers(options.data) if options.real else synthetic_fingers(fingers)
    blocks = [*non_mated_blocks(prints - mated.block.sketches.shape[0]), mated.block]
    parameters = StageParameters()
    traced = [trace(probe, blocks, parameters) for probe in chosen_probes(mated, options.probes)]
    lines = [f"shortlist recall; code {source_digest()}", machine_name(), *table(traced, prints, parameters)]
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    stem = f"shortlist_recall_{'real_' if options.real else ''}{prints}"
    (options.output / f"{stem}.txt").write_text("\n".join(lines) + "\n")
    (options.output / f"{stem}.json").write_text(json.dumps([dataclasses.asdict(t) for t in traced]) + "\n")


if __name__ == "__main__":
    main()
