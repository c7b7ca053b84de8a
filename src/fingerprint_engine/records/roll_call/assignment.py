"""`solve`: all captures at once, each of one person at most, and the probability of every statement.

The most probable whole is an assignment problem (H. W. Kuhn, "The Hungarian method for the assignment problem", 1955).
How sure each part of it is comes from the other wholes: where captures and people that compete are few, all of them
are counted; where they are many, the best whole without that part stands for the others.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fingerprint_engine.records.roll_call.options import Fate, Option
from fingerprint_engine.records.roll_call.parameters import RollCallParameters

MAX_WHOLES = 20_000
"""Chosen: so many wholes of people that compete are counted one by one."""
_IMPOSSIBLE = 1e9


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """A roll-call: `options` of each capture, and the number of people on the roster."""

    options: Sequence[Sequence[Option]]
    roster_size: int


@dataclasses.dataclass(frozen=True, slots=True)
class Solution:
    """The most probable whole.

    Attributes
    ----------
    chosen
        For each capture what is true of it in the most probable whole.
    capture_probability
        That this is so.
    person_probability
        For each person of the roster that some capture is his.
    """

    chosen: tuple[Option, ...]
    capture_probability: NDArray[np.float64]
    person_probability: NDArray[np.float64]


def solve(problem: Problem, parameters: RollCallParameters) -> Solution:
    """Find the most probable whole and how sure each part of it is."""
    gain = math.log1p(-parameters.absent) - math.log(parameters.absent)
    unaccounted = _unaccounted(problem) / problem.roster_size
    options = [[_with_gain(option, gain, unaccounted) for option in one] for one in problem.options]
    chosen: list[Option] = [Option(Fate.STRANGER, -1, 0.0)] * len(options)
    certainty = np.zeros(len(options))
    present, somebody = np.zeros(problem.roster_size), 0.0
    for captures in _competing(options):
        part = [options[capture] for capture in captures]
        best = _best(part)
        is_exact = math.prod(len(one) for one in part) <= MAX_WHOLES
        marginals = _counted(part) if is_exact else _by_second_best(part)
        for place, capture in enumerate(captures):
            chosen[capture] = part[place][best[place]]
            certainty[capture] = marginals[place][best[place]]
            for option, probability in zip(part[place], marginals[place], strict=True):
                if option.fate is Fate.OF_UNIT:
                    present[option.target] += probability
                elif option.fate is Fate.SOMEBODY:
                    somebody += probability
        if not is_exact:  # then parts may add up to more than the whole: whoever is counted is by one capture
            for place, number in enumerate(best):
                if part[place][number].fate is Fate.OF_UNIT:
                    present[part[place][number].target] = marginals[place][number]
    return Solution(tuple(chosen), certainty, _with_unnamed(np.minimum(present, 1.0), somebody))


def _with_unnamed(present: NDArray[np.float64], somebody: float) -> NDArray[np.float64]:
    """Captures that may be of people whom nothing points at are of those of whom no other capture is."""
    absent = 1.0 - present
    expected = absent.sum()
    return present if expected <= 0.0 else np.minimum(present + somebody * absent / expected, 1.0)


def _with_gain(option: Option, gain: float, unaccounted: float = 1.0) -> Option:
    """Whoever is counted is not absent; somebody who is not named is one of those who are unaccounted for."""
    if option.fate is Fate.SOMEBODY:
        return option._replace(log_weight=option.log_weight + gain + math.log(unaccounted))
    return option._replace(log_weight=option.log_weight + gain) if option.fate is Fate.OF_UNIT else option


def _unaccounted(problem: Problem) -> int:
    """People of the roster of whom no capture is most probable; at least one."""
    best = (max(one, key=lambda option: option.log_weight) for one in problem.options)
    return max(1, problem.roster_size - len({option.target for option in best if option.fate is Fate.OF_UNIT}))


def _competing(options: Sequence[Sequence[Option]]) -> list[list[int]]:
    """Captures in groups, such that no person can be counted by captures of two groups."""
    group = list(range(len(options)))

    def root(capture: int) -> int:
        while group[capture] != capture:
            group[capture] = group[group[capture]]
            capture = group[capture]
        return capture

    first: dict[int, int] = {}
    for capture, one in enumerate(options):
        for option in one:
            if option.fate is Fate.OF_UNIT:
                group[root(capture)] = root(first.setdefault(option.target, capture))
    found: dict[int, list[int]] = {}
    for capture in range(len(options)):
        found.setdefault(root(capture), []).append(capture)
    return list(found.values())


def _best(part: Sequence[Sequence[Option]], banned: tuple[int, int] | None = None) -> list[int]:
    """For each capture the number of its option in the most probable whole, without one option that is banned."""
    people = sorted({option.target for one in part for option in one if option.fate is Fate.OF_UNIT})
    column = {person: place for place, person in enumerate(people)}
    cost = np.full((len(part), len(people) + len(part)), _IMPOSSIBLE)
    choice = np.zeros(cost.shape, np.int64)
    for capture, one in enumerate(part):
        for number, option in enumerate(one):
            if (capture, number) == banned:
                continue
            place = column[option.target] if option.fate is Fate.OF_UNIT else len(people) + capture
            if -option.log_weight < cost[capture, place]:
                cost[capture, place], choice[capture, place] = -option.log_weight, number
    rows, columns = linear_sum_assignment(cost)
    return [int(choice[row, place]) for row, place in zip(rows, columns, strict=True)]


def _counted(part: Sequence[Sequence[Option]]) -> list[list[float]]:
    """Probability of each option, from all wholes of a group."""
    mass = [[0.0] * len(one) for one in part]
    top = sum(max(option.log_weight for option in one) for one in part)
    picked: list[int] = []
    taken: set[int] = set()
    total = 0.0

    def go_on(weight: float) -> None:
        nonlocal total
        capture = len(picked)
        if capture == len(part):
            share = math.exp(weight - top)
            total += share
            for place, number in enumerate(picked):
                mass[place][number] += share
            return
        for number, option in enumerate(part[capture]):
            is_counted = option.fate is Fate.OF_UNIT
            if is_counted and option.target in taken:
                continue
            picked.append(number)
            if is_counted:
                taken.add(option.target)
            go_on(weight + option.log_weight)
            picked.pop()
            if is_counted:
                taken.discard(option.target)

    go_on(0.0)
    return [[one / total if total else 0.0 for one in row] for row in mass]


def _by_second_best(part: Sequence[Sequence[Option]]) -> list[list[float]]:
    """Probability of the best whole's options, from the best whole without each; the rest is shared by weight."""
    best = _best(part)
    top = _weight(part, best)
    found = []
    for capture, one in enumerate(part):
        other = _weight(part, _best(part, (capture, best[capture]))) if len(one) > 1 else -math.inf
        alternatives = max(1, len(one) - 1)
        kept = 1.0 / (1.0 + alternatives * math.exp(min(0.0, other - top)))
        weights = np.exp([option.log_weight - max(o.log_weight for o in one) for option in one])
        weights[best[capture]] = 0.0
        rest = weights / weights.sum() if weights.sum() else weights
        row = ((1.0 - kept) * rest).tolist()
        row[best[capture]] = kept
        found.append(row)
    return found


def _weight(part: Sequence[Sequence[Option]], picked: Sequence[int]) -> float:
    weights = [part[capture][number].log_weight for capture, number in enumerate(picked)]
    targets = [part[c][n].target for c, n in enumerate(picked) if part[c][n].fate is Fate.OF_UNIT]
    return -math.inf if len(set(targets)) < len(targets) else sum(weights)
