"""Grow a pool of master fingers once: growing is what costs, impressions of a finger are cheap.

    python -m training.masters --count 1200

Fingers are kept in ``training/cache/masters``, which git ignores; the same seed and number give the same finger, so the
pool can be grown in pieces and by several processes.
"""

from __future__ import annotations

import argparse
import dataclasses
import pickle
from pathlib import Path

import numpy as np
from benchmarks.options import AT_LEAST_0, AT_LEAST_1

from fingerprint_engine.synthesis import FingerParameters, MasterFinger, make_finger

CACHE = Path(__file__).resolve().parent / "cache" / "masters"
SEED = 5_000_005
MAPS = ("ridges", "orientation", "period")


def grow(number: int, seed: int = SEED) -> MasterFinger:
    """Finger `number` of the pool: adults and children, few and many minutiae, smooth and creased skin."""
    rng = np.random.default_rng([seed, number])
    parameters = FingerParameters(
        period_px=float(np.clip(rng.normal(8.7, 1.0), 6.2, 12.0)),
        period_variation=float(rng.uniform(0.03, 0.11)),
        sway_px=float(rng.uniform(2.0, 11.0)),
        iterations=int(rng.integers(11, 26)),
        creases=float(rng.choice([0.5, 2.0, 5.0, 9.0], p=[0.35, 0.35, 0.2, 0.1])),
    )
    return make_finger(rng, parameters)


def path_of(number: int, folder: Path = CACHE) -> Path:
    """File of a finger."""
    return folder / f"{number:05d}.pickle"


def store(finger: MasterFinger, path: Path) -> None:
    """Write a finger with its maps as float16, at once or not at all."""
    small = dataclasses.replace(finger, **{name: getattr(finger, name).astype(np.float16) for name in MAPS})
    temporary = path.with_suffix(f".{np.random.default_rng().integers(1 << 40)}.tmp")
    temporary.write_bytes(pickle.dumps(small, protocol=5))
    temporary.replace(path)


def restore(path: Path) -> MasterFinger:
    """Read a finger; only files that `store` wrote here may be read, a pickle runs code."""
    small = pickle.loads(path.read_bytes())
    return dataclasses.replace(small, **{name: getattr(small, name).astype(np.float32) for name in MAPS})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=AT_LEAST_1, default=1200, help="fingers in the pool")
    parser.add_argument("--first", type=AT_LEAST_0, default=0, help="start at this number (several processes)")
    parser.add_argument("--step", type=AT_LEAST_1, default=1, help="grow every so many-th (several processes)")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    for number in range(options.first, options.count, options.step):
        if not path_of(number).is_file():
            store(grow(number), path_of(number))
            if number % 100 < options.step:
                print(f"finger {number} of {options.count}", flush=True)


if __name__ == "__main__":
    main()
