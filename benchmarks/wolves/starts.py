"""Where a search begins: parts of prints, parts put together, what two prints share, and drawn minutiae."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from benchmarks.wolves.forgery import Forgery
from benchmarks.wolves.statements import Area, Flow, Period, Quality
from fingerprint_engine.geometry import TWO_PI
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template

PITCHES_PX = (12.0, 16.0, 20.0, 24.0, 32.0, 40.0)
"""Spacings of drawn minutiae, from the densest that is seen to an ordinary one."""


def random_statements(rng: np.random.Generator) -> dict[str, int]:
    """Anything of area, quality, period, flow and what was seen around."""
    return {
        "area": Area(int(rng.integers(len(Area)))),
        "quality": list(Quality)[int(rng.integers(len(Quality)))],
        "period": Period(int(rng.integers(len(Period)))),
        "flow": Flow(int(rng.integers(len(Flow)))),
        "is_seen_all_around": bool(rng.integers(2)),
    }


def random_fragment(
    template: Template, rng: np.random.Generator, fewest: int = 4, most: int = 12, owners: tuple[str, ...] = ()
) -> Forgery:
    """Some neighbouring minutiae of a print under random statements."""
    found = template.minutiae
    centre = rng.integers(len(found))
    distance = np.hypot(found.x - found.x[centre], found.y - found.y[centre])
    near = np.argsort(distance, kind="stable")
    count = int(rng.integers(fewest, most + 1))
    pool = near[: int(rng.integers(count, 2 * count + 1))]
    chosen = rng.permutation(pool)[:count]
    return Forgery.of(template, np.sort(chosen), owners, **random_statements(rng))


def put_together(
    first: Template, second: Template, rng: np.random.Generator, fewest: int, most: int, owners: tuple[str, ...] = ()
) -> Forgery:
    """Parts of two prints beside or over each other, the flow that of the first."""
    one, other = (random_fragment(donor, rng, max(fewest // 2, 2), max(most // 2, 2)) for donor in (first, second))
    turn = rng.uniform(0.0, TWO_PI)
    moved = _turned(other.columns, turn)
    moved[:2] += one.columns[:2].mean(axis=1, keepdims=True) + rng.normal(0.0, 60.0, (2, 1))
    columns = np.column_stack([one.columns, moved])
    columns[:2] = np.maximum(columns[:2], 0.0)
    return dataclasses.replace(one, columns=columns, owners=owners)


def shared(first: Template, second: Template, rng: np.random.Generator, owners: tuple[str, ...] = ()) -> Forgery | None:
    """The minutiae of one print that found a partner in another finger's, and some of those around."""
    pairs = Matcher(first).compare(second).pairs
    if len(pairs) < 2:
        return None
    found = first.minutiae
    middle = np.median(found.x[pairs[:, 0]]), np.median(found.y[pairs[:, 0]])
    others = np.setdiff1d(np.argsort(np.hypot(found.x - middle[0], found.y - middle[1])), pairs[:, 0])
    added = others[: int(rng.integers(0, 5))]
    return Forgery.of(first, np.sort(np.concatenate([pairs[:, 0], added])), owners, **random_statements(rng))


def drawn(like: Template, rng: np.random.Generator, fewest: int, most: int) -> Forgery:
    """Minutiae on a grid, on a few rows or anywhere, of one direction, of two opposite ones or along an arch."""
    count, pitch = int(rng.integers(fewest, most + 1)), float(rng.choice(PITCHES_PX))
    across = max(int(rng.integers(1, count + 1)), 1) if rng.integers(2) else max(round(count**0.5), 1)
    places = np.array([(at % across, at // across) for at in range(count)], np.float64).T * pitch
    if rng.integers(3) == 0:
        places = rng.uniform(0.0, pitch * count**0.5, (2, count))
    places += rng.normal(0.0, rng.choice([0.0, 2.0, 6.0]), places.shape)
    direction = np.full(count, rng.uniform(0.0, TWO_PI))
    if rng.integers(2):
        middle = places.mean(axis=1)
        direction = np.arctan2(places[0] - middle[0], places[1] - middle[1] + rng.uniform(50.0, 400.0))
    direction += np.pi * (rng.random(count) < rng.choice([0.0, 0.3, 0.5])) + rng.normal(0.0, 0.1, count)
    base = Forgery.of(like, np.arange(1), **random_statements(rng))
    columns = np.stack([*places, direction % TWO_PI, rng.integers(1, 3, count).astype(float), np.full(count, 80.0)])
    columns[:2] += 96.0 - columns[:2].min(axis=1, keepdims=True)
    return dataclasses.replace(base, columns=columns)


def any_start(
    donors: list[Template], fingers: NDArray[np.str_], rng: np.random.Generator, fewest: int, most: int
) -> Forgery | None:
    """One of all kinds of beginnings; None where two prints share nothing."""
    at, other = (int(number) for number in rng.integers(len(donors), size=2))
    owners, kind = (str(fingers[at]), str(fingers[other])), int(rng.integers(6))
    if kind == 5:
        return drawn(donors[at], rng, fewest, most)
    if kind == 4:
        return shared(donors[at], donors[other], rng, owners) if owners[0] != owners[1] else None
    if len(donors[at]) < most or len(donors[other]) < most:
        return None
    if kind == 3:
        return put_together(donors[at], donors[other], rng, fewest, most, owners)
    return random_fragment(donors[at], rng, fewest, most, owners[:1])


def _turned(columns: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    """Minutiae about their middle, counter-clockwise."""
    made = columns.copy()
    middle = made[:2].mean(axis=1, keepdims=True)
    x, y = made[:2] - middle
    made[0], made[1] = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    made[2] = (made[2] + turn) % TWO_PI
    return made
