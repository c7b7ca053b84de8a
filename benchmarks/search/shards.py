"""What a cluster adds to a search: shards on threads and on Dask workers of this machine, beside one gallery.

Point prints with synthetic fingers among them are enrolled in one gallery, which is split. Every probe is searched for
in the gallery and in its shards, whose candidates have to be the same. Then a worker is killed, again and again, in the
middle of searches: each has to give the same answer or an incomplete one.

    python -m benchmarks.search.shards --prints 20000 --shards 4
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from benchmarks.search.galleries import SYNTHETIC_FINGERS, fill, synthetic_fingers
from fingerprint_engine.cluster import ShardedGallery, load_shard, split
from fingerprint_engine.cluster.foreseen import foreseen
from fingerprint_engine.cluster.rounds import Asked
from fingerprint_engine.index import Gallery, Identification, Outcome, SearchFilter, SearchParameters
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.template import Template

DEADLINE_S = 5.0
DEFAULT = {"max_candidates": 20, "max_fpir": 1e-3, "parameters": SearchParameters(), "where": SearchFilter()}


def measured(search: Callable[[Template], Any], probes: list[Template]) -> tuple[list[Any], float]:
    """Answers, and the median time of one by the clock in ms."""
    answers, times = [], []
    search(probes[0])
    for probe in probes:
        start = time.perf_counter()
        answers.append(search(probe))
        times.append(time.perf_counter() - start)
    return answers, float(np.median(times)) * 1e3


def same(found: list[Identification], expected: list[Identification]) -> bool:
    """Whether candidates and outcomes are the same."""
    return [(one.outcome, one.candidates) for one in found] == [(one.outcome, one.candidates) for one in expected]


def kills(sharded: ShardedGallery, client: Any, probes: list[Template], expected: list[Identification]) -> list[str]:
    """Kill a worker during the search of each probe, and say what came of it."""
    lines = []
    for number, (probe, wanted) in enumerate(zip(probes, expected, strict=True)):
        client.wait_for_workers(2, timeout=60)
        sharded.identify(probe)  # both workers have their shards open
        victim = sorted(client.run(os.getpid).values())[number % 2]
        timer = threading.Timer(0.003 * number, os.kill, (victim, signal.SIGKILL))
        timer.start()
        start = time.perf_counter()
        found = sharded.identify(probe, deadline_s=DEADLINE_S)
        seconds = time.perf_counter() - start
        timer.join()
        is_same = (found.outcome, found.candidates) == (wanted.outcome, wanted.candidates)
        what = "same answer" if is_same else found.outcome.value
        if not is_same and found.outcome is not Outcome.INCOMPLETE:
            raise SystemExit(f"kill {number}: another answer that does not say so")
        lines.append(f"worker killed after {3 * number} ms: {what} in {seconds:.2f} s")
    return lines


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.shards", description=__doc__)
    parser.add_argument("--prints", type=AT_LEAST_1, default=20_000)
    parser.add_argument("--shards", type=AT_LEAST_1, default=4)
    parser.add_argument("--workers", type=AT_LEAST_1, default=2)
    parser.add_argument("--probes", type=AT_LEAST_1, default=30)
    parser.add_argument("--kills", type=AT_LEAST_0, default=6)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    mated = synthetic_fingers(SYNTHETIC_FINGERS)
    probes = [probe.template for probe in mated.probes[:: max(1, len(mated.probes) // options.probes)]][
        : options.probes
    ]
    with tempfile.TemporaryDirectory(dir=RESULTS) as folder:
        fill(Path(folder) / "one.gallery", options.prints, mated)
        paths = split(Path(folder) / "one.gallery", Path(folder) / "shards", options.shards)
        with Gallery.open(Path(folder) / "one.gallery", read_only=True) as one:
            expected, of_one = measured(one.identify, probes)
        lines, figures = run(options, paths, probes, expected)
    figures = {"one gallery": of_one, **figures}
    heading = f"{options.prints:,} prints in {options.shards} shards, {len(probes)} probes; code {source_digest()}"
    lines = [heading, machine_name(), "", *(f"  {name:<52}{ms:9.1f} ms" for name, ms in figures.items()), *lines]
    print("\n".join(lines))
    (options.output / "shards.json").write_text(json.dumps(figures, indent=1) + "\n")


def run(
    options: argparse.Namespace, paths: tuple[Path, ...], probes: list[Template], expected: list[Identification]
) -> tuple[list[str], dict[str, float]]:
    """Search the shards every way."""
    from distributed import Client, LocalCluster

    from fingerprint_engine.cluster.dask_executor import DaskExecutor

    figures, alone = {}, []
    for path in paths:
        shard = load_shard(str(path))
        asked = SearchOptions(**DEFAULT)  # type: ignore[arg-type]
        alone.append(measured(lambda probe, s=shard, a=asked: foreseen(s, Asked((probe,), a), len(paths)), probes)[1])
    figures["slowest shard, alone"] = max(alone)
    figures["shards of one worker, one after another"] = sum(alone) / options.workers
    found, figures["threads"] = measured(ShardedGallery(paths).identify, probes)
    equal = [same(found, expected)]
    cluster = LocalCluster(n_workers=options.workers, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as client:
        sharded = ShardedGallery(paths, load_shard, DaskExecutor(client))
        found, figures["Dask"] = measured(sharded.identify, probes)
        equal.append(same(found, expected))
        lines = ["", f"candidates equal those of one gallery: threads {equal[0]}, Dask {equal[1]}"]
        lines += kills(sharded, client, probes[: options.kills], expected[: options.kills])
    figures["Dask over the slowest shard"] = figures["Dask"] - figures["slowest shard, alone"]
    figures["Dask over the shards of one worker"] = figures["Dask"] - figures["shards of one worker, one after another"]
    return lines, figures


if __name__ == "__main__":
    main()
