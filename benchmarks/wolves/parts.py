"""The four parts of a search for wolves, a quarter of the time each; each may be run alone, and is kept."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np

from benchmarks.wolves.forgery import Forgery
from benchmarks.wolves.making import Wolf, climb, random_search
from benchmarks.wolves.prints import Prints
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE

PARTS = ("search", "climb", "below", "whole")
"""Random search, climbing from its best, the same below the plateau too, and from a whole print below it."""
MOST, SHOWN = 16, 3
"""Chosen: minutiae of a wolf of random search, and how many of these are judged."""


def wolves(against: Prints, seconds: float, seed: int, folder: Path, parts: tuple[str, ...]) -> list[Wolf]:
    """The best wolves of some parts of a search of so many seconds; parts found in the folder are not made again."""
    found = []
    for part in parts:
        path = folder / f"{against.name}-{part}.wolves"
        if not path.exists():
            rng = np.random.default_rng([seed, 1 + PARTS.index(part)])
            made = _made(part, against, seconds / len(PARTS), rng, folder)
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pickle.dumps(made))
        found += pickle.loads(path.read_bytes())[:SHOWN]
    return found


def _made(part: str, against: Prints, seconds: float, rng: np.random.Generator, folder: Path) -> list[Wolf]:
    floor = MIN_MATCH_MINUTIAE
    if part == "search":
        return random_search(against, seconds, rng, fewest=floor, most=MOST)
    if part == "whole":
        large = [template for template in against.templates if len(template) >= 40] or against.templates
        whole = Forgery.of(large[int(rng.integers(len(large)))])
        return [climb(whole, against, seconds, rng, "climb from whole, from below", floor, is_below=True)]
    path = folder / f"{against.name}-search.wolves"
    if not path.exists():
        raise SystemExit(f"{path}: run the part 'search' first")
    best = pickle.loads(path.read_bytes())[0].forgery
    if part == "climb":
        return [climb(best, against, seconds, rng, "climb from search", floor)]
    return [climb(best, against, seconds, rng, "climb from search, from below", floor, is_below=True)]
