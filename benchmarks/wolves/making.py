"""Random search and hill climbing: wolves made against a set of prints."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from benchmarks.wolves.changes import changed
from benchmarks.wolves.forgery import Forgery
from benchmarks.wolves.prints import Prints
from benchmarks.wolves.starts import any_start
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template, TemplateBatch

STATED_FMR = 1e-4
SCORE = 40.0
FIRST_LOOK = 48
"""Prints that a candidate meets before all others."""


@dataclasses.dataclass
class Wolf:
    """A forgery, its template, and how well it does on the prints it was made against."""

    forgery: Forgery
    template: Template
    strength: float
    how: str


class Range:
    """The prints that wolves are made against; a forgery does not meet the finger that it was made of."""

    def __init__(self, prints: Prints, rng: np.random.Generator) -> None:
        order = rng.permutation(len(prints.templates))
        self.donors = [prints.templates[at] for at in order]
        self.fingers = np.array([prints.fingers[at] for at in order])
        self.first, self.rest = (
            TemplateBatch.of(self.donors[:FIRST_LOOK]), TemplateBatch.of(self.donors[FIRST_LOOK:])
        )  # fmt: skip

    def strength(self, template: Template, owners: tuple[str, ...], at_least: float) -> float:
        """Mean over the prints of ``FMR(40) / FMR(score)``, at most 2 each: a smooth share of acceptances.

        A candidate that does poorly on the first prints gets half of the strength that it has there.
        """
        matcher, other = Matcher(template), ~np.isin(self.fingers, owners)
        first = _shares(matcher.scores(self.first))[other[:FIRST_LOOK]]
        if first.mean() < 0.5 * at_least:
            return float(first.mean()) * 0.5
        rest = _shares(matcher.scores(self.rest))[other[FIRST_LOOK:]]
        return float(np.concatenate([first, rest]).mean())


def _shares(scores: np.ndarray) -> np.ndarray:
    # A little beyond the threshold is a margin for unseen fingers.
    return np.asarray(np.minimum(10.0 ** ((scores - SCORE) / 10.0), 2.0))


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


def climb(start: Forgery, prints: Prints, seconds: float, rng: np.random.Generator, how: str, floor: int = 2) -> Wolf:
    """Change a forgery as long as there is time, and keep every change that makes it stronger."""
    against = Range(prints, rng)
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
