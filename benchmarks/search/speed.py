"""How fast a gallery on disk is searched: by stage, on one core and on two, with its memory.

A gallery of other prints (`search.point_population`) with synthetic and real fingers among them is enrolled once and
kept; fresh processes open it and search for other impressions of the synthetic ones, also with a filter that leaves
the fingers and one in a hundred of the other prints, and with one that leaves a hundredth of all, the mate among it
(by processor time beside that of the whole search, in turn). Times of stages are processor time; times on two threads
go by the clock, so read them on an idle machine.

    python -m benchmarks.search.speed --prints 10000,1000000
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1, several
from benchmarks.search.galleries import (
    FEW,
    FEW_SHARE,
    SYNTHETIC_FINGERS,
    both,
    fill,
    key_of,
    synthetic_fingers,
)
from fingerprint_engine.index import Gallery, SearchFilter, SearchParameters
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.index.search.search import search, shortlist_for
from fingerprint_engine.index.search.shortlists import widened
from fingerprint_engine.index.search.staged_scan import (
    are_sealed,
    best_places,
    best_prints,
    compare_prints,
    place_prints,
    screen_prints,
)
from fingerprint_engine.template import Template

PROBES, IN_TURN = 60, 10


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    if options.read is not None:
        print(json.dumps(read(options.read, options.probes, in_memory=options.in_memory)))
        return
    lines = [f"search speed; code {source_digest()}"]
    for prints in [2_000] if options.quick else options.prints:
        folder = options.folder / f"speed_{prints}.gallery"
        if not folder.exists() or options.fresh:
            fill(folder, prints, both(options.data))
        command = [
            sys.executable,
            "-m",
            "benchmarks.search.speed",
            "--read",
            str(folder),
            "--probes",
            str(options.probes),
            *["--in-memory"][: options.in_memory],
        ]
        found = json.loads(subprocess.check_output(command, text=True).splitlines()[-1])
        lines += [
            "",
            f"{prints:,} prints{', index in memory' if options.in_memory else ''}; {machine_name()}",
            *(f"  {name:<62}{value:12,.2f}" for name, value in found.items()),
        ]
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "search_speed.txt").write_text("\n".join(lines) + "\n")


def read(folder: Path, count: int, *, in_memory: bool = False) -> dict[str, float]:
    """Open a gallery in this process and search it."""
    mated = synthetic_fingers(SYNTHETIC_FINGERS)
    probes = [(probe.template, key_of(probe.mate)) for probe in mated.probes][:: max(1, len(mated.probes) // count)]
    found: dict[str, float] = {"resident before, MiB": resident()}
    start = time.perf_counter()
    gallery = Gallery.open(folder, read_only=True, in_memory=in_memory)
    found["open, wall s"] = time.perf_counter() - start
    found["resident when opened, MiB"] = resident()
    warm = [gallery.identify(template, workers=2) for template, _ in probes[:2]]
    del warm
    found |= stages(gallery, [template for template, _ in probes[:20]])
    for workers in (1, 2):
        found |= identified(gallery, probes, workers, SearchFilter())
    found |= identified(gallery, probes, 1, SearchFilter(sites={FEW}))
    found |= one_in_a_hundred(gallery, probes)
    found["resident after the searches, MiB"] = resident()
    found["resident at most, MiB"] = resident("VmHWM")
    return found


def identified(
    gallery: Gallery, probes: list[tuple[Template, str]], workers: int, where: SearchFilter
) -> dict[str, float]:
    """Times of searches, and how often the mate comes first."""
    walls, cores, right = [], [], 0
    for template, key in probes:
        wall, core = time.perf_counter(), time.process_time()
        answer = gallery.identify(template, workers=workers, where=where)
        walls.append(time.perf_counter() - wall)
        cores.append(time.process_time() - core)
        right += bool(answer.candidates) and answer.candidates[0].key == key
    name = f"identify, {workers} thread{'s' if workers > 1 else ''}"
    if where.sites:
        name = f"identify, filter that leaves {answer.receipt.eligible:,} prints, {workers} thread"
    return {
        f"{name}, wall ms (median)": float(np.median(walls)) * 1e3,
        f"{name}, wall ms (minimum)": float(np.min(walls)) * 1e3,
        f"{name}, processor ms (median)": float(np.median(cores)) * 1e3,
        f"{name}, rank-1 rate": right / len(probes),
    }


def one_in_a_hundred(gallery: Gallery, probes: list[tuple[Template, str]]) -> dict[str, float]:
    """What a search costs whose filter leaves the mate and a hundredth of the other prints, beside that of all."""
    rng, where = np.random.default_rng(1), SearchFilter(sites={FEW})
    snapshot = gallery.snapshot()
    left = [snapshot._replace(views=[left_with(view, key, rng) for view in snapshot.views]) for _, key in probes]
    cores: dict[bool, list[float]] = {False: [], True: []}
    right, eligible = 0, 0
    for begin in range(0, len(probes), IN_TURN):
        for filtered in (False, True):
            for number, (template, key) in enumerate(probes[begin : begin + IN_TURN], start=begin):
                options = SearchOptions(20, 1e-3, SearchParameters(), where if filtered else SearchFilter())
                moment = time.process_time()
                answer = search([template], left[number] if filtered else snapshot, options)
                cores[filtered].append(time.process_time() - moment)
                right += filtered and bool(answer.candidates) and answer.candidates[0].key == key
                eligible = answer.receipt.eligible
    whole, part = (float(np.median(cores[filtered])) for filtered in (False, True))
    name = f"search, filter that leaves {eligible:,} prints"
    return {
        f"{name}, processor ms (median)": part * 1e3,
        f"{name}, per cent of the whole": 100.0 * part / whole,
        f"{name}, rank-1 rate": right / len(probes),
    }


def left_with(view: BlockView, key: str, rng: np.random.Generator) -> BlockView:
    """A block of which only a hundredth, and the print of a key, have the site `FEW`."""
    chosen = rng.choice(len(view.columns), max(1, len(view.columns) // FEW_SHARE), replace=False)
    mate = view.find(key)
    if mate is not None:
        chosen[0] = mate
    site = np.zeros(len(view.columns), np.uint32)
    site[chosen] = list(view.names.words).index(FEW)
    return view._replace(traits=view.traits._replace(site=site))


class StageTimes(NamedTuple):
    """Of each probe: prints that were visited, placed, screened and compared, and the seconds of the stages."""

    sizes: NDArray[np.int64]
    seconds: NDArray[np.float64]


def stage_times(gallery: Gallery, probes: list[Template]) -> StageTimes:
    """The stages of a search one after another, on one core."""
    parameters = SearchParameters()
    views = gallery.snapshot().views
    columns, masks = [view.columns for view in views], [view.alive for view in views]
    prints = sum(int(mask.sum()) for mask in masks)
    pairs, never = parameters.stages.screening_pairs, math.inf
    sizes, seconds = [], []
    for probe in probes:
        planned = widened(parameters.stages, probe).sizes(prints, is_sealed=are_sealed(columns))
        moments = [time.process_time()]
        rated = shortlist_for(columns, masks, parameters, prints).scores(probe, masks)
        block, row, _, visited = best_prints(planned.placed, rated)
        moments.append(time.process_time())
        placed = block.size
        if planned.has_placing:
            block, row, worth = place_prints(probe, columns, block, row, never, 1, parameters.stages)
            best = best_places(planned.screened, worth)
            block, row = block[best], row[best]
        moments.append(time.process_time())
        _, _, support = screen_prints(probe, columns, block, row, never, 1, pairs)
        best = best_places(planned.compared, support)
        moments.append(time.process_time())
        compare_prints(probe, columns, block[best], row[best], never, 1)
        moments.append(time.process_time())
        seconds.append(np.diff(moments))
        sizes.append((visited, placed, block.size, best.size))
    return StageTimes(np.array(sizes), np.array(seconds))


def stages(gallery: Gallery, probes: list[Template]) -> dict[str, float]:
    """Sizes of the stages, and the processor time of each on one core."""
    found = stage_times(gallery, probes)
    sizes, times = (np.median(column, axis=0).tolist() for column in found)
    names = ("first stage", "placing", "screening", "comparing")
    return {
        **dict(zip(("prints visited", "prints placed", "prints screened", "prints compared"), sizes, strict=True)),
        **{f"{name}, processor ms (median)": one * 1e3 for name, one in zip(names, times, strict=True)},
    }


def resident(name: str = "VmRSS") -> float:
    """Resident memory of this process in MiB, mapped files included; `VmHWM` is the maximum so far."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name)) / 1024.0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.speed", description=__doc__)
    parser.add_argument(
        "--prints", type=several(AT_LEAST_1), default="10000,100000", help="comma-separated sizes of the gallery"
    )
    parser.add_argument("--probes", type=AT_LEAST_1, default=PROBES, help="searches of each gallery")
    parser.add_argument("--quick", action="store_true", help="2,000 prints")
    parser.add_argument("--fresh", action="store_true", help="enrol anew")
    parser.add_argument("--in-memory", action="store_true", help="open galleries with their index in memory")
    parser.add_argument("--read", type=Path, help="used by the benchmark itself: search this gallery")
    parser.add_argument("--folder", type=Path, default=RESULTS / "search_speed", help="where galleries are kept")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
