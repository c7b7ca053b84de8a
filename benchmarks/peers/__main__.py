"""Our engine beside the peers that can be installed today: error rates, speed and size on the same images and pairs.

Run ``python -m benchmarks.peers --help``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, find_sets
from benchmarks.machine import machine_name
from benchmarks.options import AMOUNT
from benchmarks.peers.catalogue import ENGINES, Engine, find_engines
from benchmarks.peers.environments import FOLDER, Installed, install
from benchmarks.peers.run import JOB_S, run_job
from benchmarks.peers.table import Row, as_document, cell_of, format_rows
from benchmarks.peers.work import SetWork, Task, set_work, task_of

QUICK_FINGERS = 4
TIMED_SET = "fvc2002_db1_b"


def main(arguments: list[str] | None = None) -> list[Row]:
    options = _parser().parse_args(arguments)
    engines = find_engines(options.engines.split(",") if options.engines else None)
    names = options.sets.split(",") if options.sets else None
    if names is None and (options.data / "datasets.csv").is_file():
        names = [TIMED_SET] if options.quick else list(FVC_SETS)
    sets = [set_work(item, QUICK_FINGERS if options.quick else None) for item in find_sets(options.data, names)]
    environments = {engine.environment.name: engine.environment for engine in engines}
    installed = {name: install(environment, options.environments) for name, environment in environments.items()}
    folder = options.output / ("peers_quick" if options.quick else "peers")
    code = source_digest()
    # Named once: their keys hold the code as it is now, whoever edits it meanwhile.
    tasks = {
        (engine.name, work.data_set.name): task_of(work, engine, installed[engine.environment.name], folder)
        for engine in engines
        for work in sets
    }
    reasons = _run_all(engines, sets, installed, tasks, options.limit)
    rows = [_row(engine, sets, tasks, reasons) for engine in engines]
    set_names = [work.data_set.name for work in sets]
    timed_set = TIMED_SET if TIMED_SET in set_names else set_names[0]
    head = (
        f"EER / FNMR at FMR 0.1 %, in %, all pairs unless non-mated ones were sampled; processor time of one core "
        f"and median sizes on {timed_set}; code {code}"
    )
    text = f"{head}\n{machine_name()}\n\n{format_rows(rows, set_names, timed_set)}\n"
    print("\n" + text)
    (options.output / f"{folder.name}.md").write_text(text, encoding="utf-8")
    document = {
        "code": code,
        "machine": machine_name(),
        "versions": {name: list(item.versions) for name, item in installed.items() if environments[name].requirements},
        "engines": as_document(rows),
    }
    (options.output / f"{folder.name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return rows


def _run_all(
    engines: Sequence[Engine],
    sets: Sequence[SetWork],
    installed: dict[str, Installed],
    tasks: dict[tuple[str, str], Task],
    limit_s: float,
) -> dict[tuple[str, str], str]:
    """Do what is not done yet; returns why an engine has no result on a set."""
    reasons: dict[tuple[str, str], str] = {}
    groups = list(_groups(engines))
    with tempfile.TemporaryDirectory(prefix="fingerprint-peers-") as temporary:
        for (position, group), work in itertools.product(enumerate(groups, 1), sets):
            place = installed[group[0].environment.name]
            waiting: list[Task] = []
            for engine in group:
                reason = place.failure or (place.native_failure if engine.needs_native and not place.native else "")
                task = tasks[engine.name, work.data_set.name]
                if reason:
                    reasons[engine.name, work.data_set.name] = reason
                elif task.times_document() is None:
                    waiting.append(task)
            if waiting:
                names = ", ".join(task.engine.name for task in waiting)
                label = f"[{position}/{len(groups)}] {work.data_set.name}: {names}"
                failure = run_job(work, waiting, place, Path(temporary), label, limit_s)
                for task in waiting:
                    if task.times_document() is None:
                        reasons[task.engine.name, work.data_set.name] = failure or "the driver wrote no result"
    return reasons


def _groups(engines: Sequence[Engine]) -> Iterator[list[Engine]]:
    """Engines that share their extractor, so that a slow one runs once."""
    for _, group in itertools.groupby(engines, key=lambda engine: (engine.environment.name, engine.extractor)):
        yield list(group)


def _row(
    engine: Engine,
    sets: Sequence[SetWork],
    tasks: dict[tuple[str, str], Task],
    reasons: dict[tuple[str, str], str],
) -> Row:
    cells, missing = {}, {}
    for work in sets:
        name = work.data_set.name
        if (engine.name, name) in reasons:
            missing[name] = reasons[engine.name, name]
        else:
            cells[name] = cell_of(tasks[engine.name, name], name)
    return Row(engine.name, engine.label, cells, missing)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--sets", help="comma-separated names; the six FVC sets by default")
    parser.add_argument("--engines", help=f"comma-separated, of {', '.join(engine.name for engine in ENGINES)}")
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK_FINGERS} fingers of one set")
    parser.add_argument("--limit", type=AMOUNT, default=JOB_S, help="seconds after which a job is stopped")
    parser.add_argument("--environments", type=Path, default=FOLDER, help="where the peers are installed")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    # A polite stop unwinds, so that the peer's process ends and the temporary copies of the images go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
