"""What crafted files cost: seconds and peak memory of every public way in, each in a process of its own.

    python -m benchmarks.exchange.costs [--only NAME] [--sound]

Files are made here, as large as the limits let them be. A file is loaded as an image (with every rule that allows
most), read, outlined, its images and templates made. Required: no error but the engine's own, 1 GB, and the stated
seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.exchange.crafted_images import IMAGES, SOUND
from benchmarks.exchange.crafted_records import RECORDS, WITHIN
from fingerprint_engine import load_image
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.exchange import outline, read

MAX_BYTES = 10**9
MAX_SECONDS = 80.0
"""The default limit, and one decoder's overrun."""


def _load(path: str) -> object:
    return load_image(path, ppi=500, polarity="dark-ridges", colour="convert", alpha="white", depth="scale")


def _outline(path: str) -> object:
    return outline(read(path))


WAYS: dict[str, Callable[[str], object]] = {
    "load": _load,
    "outline": _outline,
    "images": lambda path: read(path).images(ppi=500),
    "templates": lambda path: read(path).templates(ppi=500),
}


def measure(way: str, path: str) -> None:
    """Go one way in this process and print outcome, seconds and bytes."""
    started = time.perf_counter()
    try:
        WAYS[way](path)
        outcome = "done"
    except FingerprintEngineError as error:
        outcome = f"{type(error).__name__} {getattr(error, 'limit', '')}".strip()
    except Exception as error:
        outcome = f"UNTYPED {type(error).__name__}: {error}"[:120]
    seconds = time.perf_counter() - started
    print(f"{outcome}\t{seconds:.1f}\t{_peak_bytes()}")


def _peak_bytes() -> int:
    """Peak memory of this program: that of ``getrusage`` counts the process that started it too."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(found.split()[1]) * 1024


def main() -> int:
    """Measure all files all ways; 1 where something is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="files whose names hold this")
    parser.add_argument("--sound", action="store_true", help="sound files of the largest size too")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, arguments.path)
        return 0
    makers: dict[str, Callable[[], bytes]] = {
        name: (lambda make=make: make(1.0)) for name, make in {**IMAGES, **RECORDS}.items()
    }
    makers |= WITHIN | (SOUND if arguments.sound else {})
    over = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crafted"
        for name, make in makers.items():
            if arguments.only not in name:
                continue
            path.write_bytes(make())
            for way in ("load", "images") if name in (*IMAGES, *SOUND) else ("outline", "images", "templates"):
                command = [sys.executable, "-m", "benchmarks.exchange.costs", "--way", way, "--path", str(path)]
                child = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
                fields = child.stdout.strip().split("\t")
                if len(fields) != 3:
                    fields = [f"ENDED with {child.returncode}: {child.stderr[-200:]}", "inf", "0"]
                outcome, seconds, peak = fields[0], float(fields[1]), int(fields[2])
                bad = outcome.startswith(("UNTYPED", "ENDED")) or seconds > MAX_SECONDS or peak > MAX_BYTES
                over += bad
                size = path.stat().st_size / 1e6
                print(
                    f"{name:32} {size:7.1f} MB  {way:9} {outcome:30} {seconds:6.1f} s {peak / 1e6:7.0f} MB"
                    f"{'  OVER' if bad else ''}",
                    flush=True,
                )
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
