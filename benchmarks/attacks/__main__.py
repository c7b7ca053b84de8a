"""Crafted input through every public entry: ``python -m benchmarks.attacks``.

Inputs are made of sound ones, keep their structure and have right checksums. Each goes through every door in a child
process; what comes out is refused with a typed error, accepted and sound, or a fault: accepted although it lies
(WRONG), another error (UNTYPED), over 1 GB of memory (MEMORY), over its time (HANG), or the end of the process (CRASH).
Then galleries are used by processes that fork and by many threads, and by a writer that is killed. The exit status is
10 when there is any fault. One input alone: ``--kinds templates --only 17``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.attacks import campaign
from benchmarks.attacks.kinds import KINDS
from benchmarks.attacks.verdicts import Finding, Verdict
from benchmarks.code_version import source_digest, use_fresh_kernel_cache, use_one_thread
from benchmarks.machine import machine_name
from benchmarks.options import AMOUNT, AT_LEAST_0, AT_LEAST_1, words

SEED = 20261128
FULL = {"templates": 20_000, "galleries": 2_000, "records": 1_000, "images": 500, "forks": 100, "kills": 200}
THREADS_S = 600.0
QUICK_SHARE = 20
FAULTY = 10
_SHOWN = 30


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    use_fresh_kernel_cache()
    use_one_thread()
    print(f"attacks, seed {options.seed}; code {source_digest()}\n{machine_name()}", flush=True)
    faults = sum(_attack(name, options) for name in options.kinds)
    print(f"\n{faults} faults")
    return FAULTY if faults else 0


def _attack(name: str, options: argparse.Namespace) -> int:
    """Play one kind of attack and print what came of it; gives the number of faults."""
    started = time.monotonic()
    count = options.count or FULL.get(name, 0) // (QUICK_SHARE if options.quick else 1)
    if name in KINDS:
        numbers = [options.only] if options.only is not None else range(options.first, options.first + count)
        findings: list[Finding] = []
        for share in campaign.run_shares(KINDS[name], options.seed, numbers, options.workers):
            findings += share
            tried = len({finding.number for finding in findings})
            print(f"  {name}: {tried} of {len(numbers)} tried", flush=True)
        print(f"\n{len(numbers)} crafted {name}, {time.monotonic() - started:.0f} s")
        return show(findings)
    with tempfile.TemporaryDirectory(prefix="attacks-") as place:
        seconds = options.seconds or THREADS_S / (QUICK_SHARE if options.quick else 1)
        said, faults = _processes(name, Path(place) / "attacked.gallery", count, seconds, options.seed)
    print(f"\n{said}, {time.monotonic() - started:.0f} s: {len(faults)} faults")
    for fault in faults[:_SHOWN]:
        print(f"  {fault}", flush=True)
    return len(faults)


def _processes(name: str, folder: Path, count: int, seconds: float, seed: int) -> tuple[str, list[str]]:
    """Forks, threads or kills: what was done, and what was wrong."""
    if name == "forks":
        from benchmarks.attacks.fork_mixes import run_mixes

        return f"{count} mixes of forks", list(run_mixes(folder, count, seed))
    if name == "threads":
        from benchmarks.attacks.thread_mixes import run_threads

        done, faults = run_threads(folder, seconds, seed)
        return f"{seconds:.0f} s of threads, {', '.join(f'{n} {role}' for role, n in done.items())}", faults
    from benchmarks.search.crash import run_kills

    try:
        kills = list(run_kills(folder, count, seed))
    except RuntimeError as error:
        return f"{count} kills", [str(error)]
    return f"{count} kills, {sum(kill.acknowledged for kill in kills)} changes acknowledged", []


def show(findings: Iterable[Finding]) -> int:
    """Print the table of one kind, and each different fault; gives the number of faults."""
    found = list(findings)
    doors = list(dict.fromkeys(finding.door for finding in found))
    print(f"  {'door':<26}" + "".join(f"{verdict:>9}" for verdict in Verdict) + f"{'longest s':>11}{'peak MB':>9}")
    for door in doors:
        here = [finding for finding in found if finding.door == door]
        counts = Counter(finding.verdict for finding in here)
        longest, peak = max(finding.cpu_s for finding in here), max(finding.peak_mb for finding in here)
        print(f"  {door:<26}" + "".join(f"{counts[v]:>9}" for v in Verdict) + f"{longest:>11.2f}{peak:>9.0f}")
    faults = [finding for finding in found if finding.verdict.is_bad]
    kinds = Counter((fault.door, fault.verdict, fault.detail) for fault in faults)
    for (door, verdict, detail), count in kinds.most_common(_SHOWN):
        first = min(fault.number for fault in faults if (fault.door, fault.detail) == (door, detail))
        print(f"  {verdict} x {count}, {door}, first input {first}: {detail}")
    if len(kinds) > _SHOWN:
        print(f"  and {len(kinds) - _SHOWN} more")
    sys.stdout.flush()
    return len(faults)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attacks", description=__doc__)
    everything = (*KINDS, "forks", "threads", "kills")
    parser.add_argument(
        "--kinds", type=words(everything), default=",".join(everything), help="comma-separated; %(default)s"
    )
    parser.add_argument("--quick", action="store_true", help=f"one input of {QUICK_SHARE}, and as little time")
    parser.add_argument("--count", type=AT_LEAST_1, help="inputs, mixes or kills of each kind")
    parser.add_argument("--first", type=AT_LEAST_0, default=0, help="number of the first input")
    parser.add_argument("--only", type=AT_LEAST_0, help="this input alone")
    parser.add_argument("--seconds", type=AMOUNT, help=f"of threads; {THREADS_S:.0f} by default")
    parser.add_argument("--seed", type=AT_LEAST_0, default=SEED)
    parser.add_argument("--workers", type=AT_LEAST_1, default=2, help="processes side by side")
    return parser


if __name__ == "__main__":
    sys.exit(main())
