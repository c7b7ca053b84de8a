"""How fast a gallery on disk is searched: by stage, on one core and on two, with its memory.

A gallery of other prints (`search.point_population`) with fingers of the image-level population among them is enrolled
once and kept; fresh processes open it and search for other impressions of these fingers. Rates of the first stage and
times on one core are processor time; times on two threads go by the clock, so read them on an idle machine.

    python -m benchmarks.search.speed --prints 10000,1000000
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.machine import machine_name
from benchmarks.search.galleries import synthetic_fingers
from benchmarks.search.point_population import point_population
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.search.shortlists import SketchScan
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.template import Template

FINGERS = 200
PROBES = 60


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    if options.read is not None:
        print(json.dumps(read(options.read, options.probes)))
        return
    lines = [f"search speed; code {source_digest()}"]
    for prints in [2_000] if options.quick else [int(part) for part in options.prints.split(",")]:
        folder = options.folder / f"speed_{prints}.gallery"
        if not folder.exists() or options.fresh:
            fill(folder, prints)
        command = [
            sys.executable,
            "-m",
            "benchmarks.search.speed",
            "--read",
            str(folder),
            "--probes",
            str(options.probes),
        ]
        found = json.loads(subprocess.check_output(command, text=True).splitlines()[-1])
        lines += [
            "",
            f"{prints:,} prints; {machine_name()}",
            *(f"  {name:<62}{value:12,.2f}" for name, value in found.items()),
        ]
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "search_speed.txt").write_text("\n".join(lines) + "\n")


def fill(folder: Path, prints: int) -> None:
    """Enrol point prints with synthetic fingers among them; an unfinished folder is made anew."""
    mated = synthetic_fingers(FINGERS)
    enrolled = [mated.block.template_bytes(row) for row in range(mated.block.sketches.shape[0])]

    def every() -> Iterator[tuple[str, bytes]]:
        yield from ((f"finger-{row:05d}", native) for row, native in enumerate(enrolled))
        number = 0
        for part in point_population(prints - len(enrolled)):
            for row in range(len(part.offset) - 1):
                number += 1
                yield f"other-{number:07d}", part.data[part.offset[row] : part.offset[row + 1]].tobytes()

    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    with Gallery.open(unfinished) as gallery:
        gallery.enrol_many(every())
        gallery.compact()
    unfinished.rename(folder)


def read(folder: Path, count: int) -> dict[str, float]:
    """Open a gallery in this process and search it."""
    mated = synthetic_fingers(FINGERS)
    probes = [(probe.template, f"finger-{probe.mate:05d}") for probe in mated.probes][
        :: max(1, len(mated.probes) // count)
    ]
    found: dict[str, float] = {"resident before, MiB": resident()}
    start = time.perf_counter()
    gallery = Gallery.open(folder, read_only=True)
    found["open, wall s"] = time.perf_counter() - start
    found["resident when opened, MiB"] = resident()
    warm = [gallery.identify(template, workers=2) for template, _ in probes[:2]]
    del warm
    found |= scan_rate(gallery, [template for template, _ in probes[:8]])
    found |= stages(gallery, [template for template, _ in probes[:20]])
    for workers in (1, 2):
        walls, cores, right = [], [], 0
        for template, key in probes:
            wall, core = time.perf_counter(), time.process_time()
            answer = gallery.identify(template, workers=workers)
            walls.append(time.perf_counter() - wall)
            cores.append(time.process_time() - core)
            right += bool(answer.candidates) and answer.candidates[0].key == key
        name = f"identify, {workers} thread{'s' if workers > 1 else ''}"
        found[f"{name}, wall ms (median)"] = float(np.median(walls)) * 1e3
        found[f"{name}, wall ms (minimum)"] = float(np.min(walls)) * 1e3
        found[f"{name}, processor ms (median)"] = float(np.median(cores)) * 1e3
        found[f"{name}, probes per second of processor time"] = 1.0 / float(np.median(cores))
        found["rank-1 rate"] = right / len(probes)
    found["resident after the searches, MiB"] = resident()
    found["resident at most, MiB"] = resident("VmHWM")
    return found


def scan_rate(gallery: Gallery, probes: list[Template]) -> dict[str, float]:
    """Prints per second through the first stage on one core."""
    views = gallery.snapshot().views
    masks = [view.alive for view in views]
    shortlist = SketchScan([view.columns for view in views])
    times = []
    for probe in probes:
        start = time.process_time()
        shortlist.scores(probe, masks)
        times.append(time.process_time() - start)
    return {"first stage, million prints per second of one core": sum(map(len, masks)) / float(np.median(times)) / 1e6}


def stages(gallery: Gallery, probes: list[Template]) -> dict[str, float]:
    """Sizes of the stages and processor time of all of them without the gallery around."""
    views = gallery.snapshot().views
    columns, masks = [view.columns for view in views], [view.alive for view in views]
    times, scan = [], None
    for probe in probes:
        start = time.process_time()
        scan = staged_scan(probe, columns, masks)
        times.append(time.process_time() - start)
    assert scan is not None
    return {
        "prints screened": float(scan.screened),
        "prints compared": float(scan.compared),
        "all stages, processor ms (median)": float(np.median(times)) * 1e3,
    }


def resident(name: str = "VmRSS") -> float:
    """Resident memory of this process in MiB, mapped files included; `VmHWM` is the maximum so far."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name)) / 1024.0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.speed", description=__doc__)
    parser.add_argument("--prints", default="10000,100000", help="comma-separated sizes of the gallery")
    parser.add_argument("--probes", type=int, default=PROBES, help="searches of each gallery")
    parser.add_argument("--quick", action="store_true", help="2,000 prints")
    parser.add_argument("--fresh", action="store_true", help="enrol anew")
    parser.add_argument("--read", type=Path, help="used by the benchmark itself: search this gallery")
    parser.add_argument("--folder", type=Path, default=RESULTS / "search_speed", help="where galleries are kept")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
