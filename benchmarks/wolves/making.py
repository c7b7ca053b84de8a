"""Random search and hill climbing: wolves made against a set of prints."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from benchmarks.wolves.changes import changed
from benchmarks.wolves.forgery import Forgery
from benchmarks.wolves.prints import Prints
from benchmarks.wolves.range import Range
from benchmarks.wolves.starts import any_start
from fingerprint_engine.template import Template


@dataclasses.dataclass
class Wolf:
    """A forgery, its template, and how well it does on the prints it was made against."""

    forgery: Forgery
    template: Template
    strength: float
    how: str


def random_search(
    prints: Prints,
    seconds: float | None,
    rng: np.random.Generator,
    fewest: int = 4,
    most: int = 12,
    keep: int = 8,
    candidates: int | None = None,
) -> list[Wolf]:
    """The strongest of so many beginnings of all kinds, or of all that there is time for."""
    against, best = Range(prints, rng), list[Wolf]()
    clock = _Clock(seconds, candidates)
    while clock.goes_on():
        forgery = any_start(against.donors, against.fingers, rng, fewest, most)
        if forgery is None or len(forgery) < fewest:
            continue
        made = forgery.template(against.donors[0])
        weakest = best[-1].strength if len(best) == keep else 0.0
        strength = against.strength(made, forgery.owners, weakest)
        if strength > weakest:
            best = sorted([*best, Wolf(forgery, made, strength, "search")], key=lambda wolf: -wolf.strength)[:keep]
    return best


def climb(
    start: Forgery,
    prints: Prints,
    seconds: float,
    rng: np.random.Generator,
    how: str,
    floor: int = 2,
    *,
    is_below: bool = False,
) -> Wolf:
    """Change a forgery as long as there is time, and keep every change that makes it stronger; see `Range`."""
    against = Range(prints, rng, is_below=is_below)
    like = against.donors[0]
    template = start.template(like)
    best = Wolf(start, template, against.strength(template, start.owners, 0.0), how)
    clock = _Clock(seconds)
    while clock.goes_on():
        forgery = changed(best.forgery, against.donors[int(rng.integers(len(against.donors)))], rng)
        if len(forgery) < floor:
            continue
        made = forgery.template(like)
        strength = against.strength(made, forgery.owners, best.strength)
        if strength > best.strength:
            best = Wolf(forgery, made, strength, how)
    return best


class _Clock:
    """Ends after some processor time or a number of rounds."""

    def __init__(self, seconds: float | None, rounds: int | None = None) -> None:
        self._end = None if seconds is None else time.process_time() + seconds
        self._left = rounds

    def goes_on(self) -> bool:
        if self._left is not None:
            self._left -= 1
            return self._left >= 0
        return self._end is None or time.process_time() < self._end
