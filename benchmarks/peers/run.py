"""Run jobs: one process for each set and extractor, one after another."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from benchmarks.peers.catalogue import Environment
from benchmarks.peers.environments import Installed, clean_environment
from benchmarks.peers.work import DRIVERS, SetWork, Task

JOB_S = 3600.0


def run_job(
    work: SetWork, tasks: Sequence[Task], installed: Installed, temporary: Path, label: str, limit_s: float = JOB_S
) -> str:
    """Extract a set once and compare it by each of the tasks; returns why it failed, or nothing.

    All tasks must have the same environment and extractor.
    """
    engine = tasks[0].engine
    folder = tasks[0].scores.parent
    folder.mkdir(parents=True, exist_ok=True)
    job = {
        "adapter": engine.environment.adapter,
        "extractor": engine.extractor,
        "images": str(work.write_images(temporary, not engine.environment.requirements)),
        "templates": str(folder / f"templates_{engine.environment.name}_{engine.extractor}.json"),
        "key": tasks[0].extraction_key,
        "tasks": [
            {
                "matcher": task.engine.matcher,
                "pairs": str(work.write_pairs(temporary, task.engine.max_non_mated)),
                "scores": str(task.scores),
                "times": str(task.times),
                "key": task.key,
            }
            for task in tasks
        ],
    }
    path = temporary / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    return _drive(installed, engine.environment, path, folder / "errors.log", label, limit_s)


def _drive(installed: Installed, environment: Environment, job: Path, log: Path, label: str, limit_s: float) -> str:
    extra = {"AFIS_LFS_LIB": str(installed.native)} if installed.native else {}
    start = time.monotonic()
    command = [str(installed.python), str(DRIVERS / "drive.py"), str(job)]
    variables = clean_environment(extra)
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=variables) as process,
    ):
        timer = threading.Timer(limit_s, process.kill)
        timer.start()
        try:
            _follow(process.stdout, label, start)
            status = process.wait()
        finally:
            timer.cancel()
            process.kill()
    if status == 0:
        print(f"\r{label}: {time.monotonic() - start:.0f} s{' ' * 30}", flush=True)
        return ""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    over = time.monotonic() - start >= limit_s
    reason = f"stopped after {limit_s:.0f} s" if over else (lines[-1][:300] if lines else f"exit status {status}")
    print(f"\r{label}: {environment.name} does not run: {reason}", flush=True)
    return reason


def _follow(output: IO[str] | None, label: str, start: float) -> None:
    """Turn the driver's progress into one line that is written over; what a peer prints by itself is dropped."""
    for line in output or ():
        if line.startswith("@progress ") and sys.stdout.isatty():
            _, stage, done, total = line.split()
            print(f"\r{label}: {stage} {done}/{total}, {time.monotonic() - start:.0f} s   ", end="", flush=True)
