"""Many inputs of one kind, in child processes: one that ends is replaced, and what ended it is a finding."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.attacks.verdicts import Finding, Verdict

PER_CHILD = 250
"""Inputs for one process: fresh ones show what depends on what was tried before."""
_MEMORY_DISK = Path("/dev/shm")
_TRACE_LINES = 12


def run(module: str, seed: int, numbers: Sequence[int], workers: int = 1) -> Iterator[Finding]:
    """Try inputs; findings come in any order, one per input and door unless a process ended between."""
    for findings in run_shares(module, seed, numbers, workers):
        yield from findings


def run_shares(module: str, seed: int, numbers: Sequence[int], workers: int = 1) -> Iterator[list[Finding]]:
    """The findings of `run`, those of one process at a time."""
    shares = [numbers[begin : begin + PER_CHILD] for begin in range(0, len(numbers), PER_CHILD)]
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda share: list(_share(module, seed, share)), shares)


def _share(module: str, seed: int, numbers: Iterable[int]) -> Iterator[Finding]:
    waiting = list(numbers)
    disk = _MEMORY_DISK if _MEMORY_DISK.is_dir() else None  # files are synced often, and no machine fails here
    while waiting:
        with tempfile.TemporaryDirectory(prefix="attacks-", dir=disk) as place:
            found, at, trace, code = _child(module, seed, waiting, place)
        yield from found
        if at is None and code == 0:
            return
        if at is None:
            raise RuntimeError(f"{module}: the child process did not begin: {trace}")
        number, door = at
        verdict = Verdict.HANG if "Timeout (" in trace else Verdict.CRASH
        yield Finding(number, door, verdict, f"exit status {code}: {_essence(trace)}")
        waiting = waiting[waiting.index(number) + 1 :]


def _child(
    module: str, seed: int, numbers: list[int], place: str
) -> tuple[list[Finding], tuple[int, str] | None, str, int]:
    """Findings of one process, what it was at when it ended early, what it said then, and its exit status."""
    command = [sys.executable, "-m", "benchmarks.attacks.child", module, str(seed), place, *map(str, numbers)]
    found: list[Finding] = []
    at: tuple[int, str] | None = None
    with tempfile.TemporaryFile("w+") as trace:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=trace, text=True, cwd=_root()) as process:
            assert process.stdout is not None
            for line in process.stdout:
                said = json.loads(line)
                if "verdict" in said:
                    found.append(Finding(**{**said, "verdict": Verdict(said["verdict"])}))
                    at = None
                else:
                    at = (said["number"], said["door"])
        trace.seek(0)
        text = trace.read()
    if at is None and process.returncode != 0 and found:  # between two doors: the last one did it
        at = (found[-1].number, found[-1].door)
    return found, at, text, process.returncode


def _essence(trace: str) -> str:
    """The lines of a trace that name the engine."""
    lines = [line.strip() for line in trace.splitlines() if "fingerprint_engine" in line or "Fatal" in line]
    return " | ".join(lines[:_TRACE_LINES]) or trace[-300:]


def _root() -> Path:
    return Path(__file__).resolve().parents[2]
