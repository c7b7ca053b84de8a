"""How long a tenprint transaction of 14 images takes to be read, written, built and described.

    python -m benchmarks.exchange.speed

By default the transaction is made here: ten rolled prints with minutiae, two slaps, two thumbs, of noise of the size
that WSQ gives a real print (0.75 bits per pixel). ``--file`` takes another. Times are processor time; the limits are
20 ms to read and 20 ms to write, images not compressed anew.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1
from fingerprint_engine.exchange import ansi_nist
from fingerprint_engine.exchange.ansi_nist import Block, Header, ImageRecord, RidgeFeatures
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.minutiae import Minutiae, SingularPoints

LIMIT_MS = 20.0
MINUTIAE = 80
WSQ_BITS_PER_PIXEL = 0.75
DAY = datetime.date(2026, 1, 2)


def _image(position: int, impression: int, cols: int, rows: int, rng: np.random.Generator) -> ImageRecord:
    noise = rng.integers(0, 256, int(cols * rows * WSQ_BITS_PER_PIXEL / 8), dtype=np.uint8).tobytes()
    features = None
    if impression == 1:
        minutiae = Minutiae(
            rng.uniform(0, cols - 1, MINUTIAE),
            rng.uniform(0, rows - 1, MINUTIAE),
            rng.uniform(0, 6.28, MINUTIAE),
            rng.integers(1, 3, MINUTIAE),
            rng.integers(1, 101, MINUTIAE),
        )
        features = RidgeFeatures(Block.INCITS_378, minutiae, SingularPoints.empty())
    payload = b"\xff\xa0\xff" + noise
    return ImageRecord(payload, Compression.WSQ, position, impression, cols, rows, 500, DAY, features=features)


def card() -> tuple[Header, list[ImageRecord]]:
    """A tenprint card of 14 images."""
    rng = np.random.default_rng(20260101)
    created = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    header = Header("CAR", "DESTINATION", "ORIGIN", "TCN-1", created, ("NORAM", "1"))
    rolled = [_image(finger, 1, 800, 750, rng) for finger in range(1, 11)]
    slaps = [_image(position, 0, 1600, 1000, rng) for position in (13, 14)]
    thumbs = [_image(position, 0, 400, 1000, rng) for position in (11, 12)]
    return header, [*rolled, *slaps, *thumbs]


def measure(task: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median and largest processor time in milliseconds."""
    task()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        task()
        times.append((time.process_time() - start) * 1000.0)
    return statistics.median(times), max(times)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange.speed", description=__doc__)
    parser.add_argument("--file", type=Path, help="a transaction to read and write instead")
    parser.add_argument("--repeats", type=AT_LEAST_1, default=50)
    options = parser.parse_args(arguments)
    header, images = card()
    tasks: dict[str, Callable[[], object]] = {}
    if options.file is None:
        transaction = ansi_nist.build_transaction(header, images)
        tasks["build from images and minutiae"] = lambda: ansi_nist.build_transaction(header, images)
        data = ansi_nist.dumps(transaction)
    else:
        data = options.file.read_bytes()
        transaction = ansi_nist.loads(data)
    tasks["read"] = lambda: ansi_nist.loads(data)
    as_read = ansi_nist.loads(data)
    tasks["write"] = lambda: ansi_nist.dumps(transaction)
    tasks["write what was read"] = lambda: ansi_nist.dumps(as_read)
    tasks["change a field and write"] = lambda: ansi_nist.dumps(ansi_nist.edit(as_read, 0, PRY=2))
    tasks["read all minutiae of Type-9"] = lambda: ansi_nist.features_in(transaction)
    tasks["describe"] = lambda: ansi_nist.describe(transaction)
    count = sum(record.type in (4, 13, 14, 15) for record in transaction.records)
    lines = [
        f"code {source_digest()}, {machine_name()}",
        f"{len(data)} bytes, {len(transaction.records)} records, {count} of them images of prints",
        f"\n{'processor time [ms]':<34}{'median':>9}{'largest':>9}",
    ]
    failed = False
    for name, task in tasks.items():
        median, largest = measure(task, options.repeats)
        lines.append(f"{name:<34}{median:>9.2f}{largest:>9.2f}")
        failed |= name in ("read", "write") and median > LIMIT_MS
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "exchange_speed.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
