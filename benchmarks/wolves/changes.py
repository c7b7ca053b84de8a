"""Small changes of a forgery, of which a climb keeps those that make it stronger."""

from __future__ import annotations

import dataclasses

import numpy as np

from benchmarks.wolves.forgery import MAX_MINUTIAE, Forgery
from benchmarks.wolves.statements import Area, Flow, Period, Quality
from fingerprint_engine.template import Template


def changed(forgery: Forgery, donor: Template, rng: np.random.Generator) -> Forgery:
    """A forgery with one to three small changes."""
    for _ in range(int(rng.integers(1, 4))):
        forgery = _changed_once(forgery, donor, rng)
    return forgery


def _changed_once(forgery: Forgery, donor: Template, rng: np.random.Generator) -> Forgery:
    columns, count = forgery.columns, len(forgery)
    kind = int(rng.integers(12))
    if kind <= 2 and count > 2:
        gone = rng.permutation(count)[: 1 if rng.integers(2) else int(rng.integers(1, max(2, count // 3)))]
        return dataclasses.replace(forgery, columns=np.delete(columns, gone, axis=1))
    if kind <= 5:
        return dataclasses.replace(forgery, columns=_moved(columns, rng))
    if kind <= 8 and count < MAX_MINUTIAE and len(donor):
        return dataclasses.replace(forgery, columns=np.column_stack([columns, _added(columns, donor, rng)]))
    return dataclasses.replace(forgery, **_restated(forgery, rng))


def _moved(columns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One minutia elsewhere, or all of them closer together or farther apart."""
    moved = columns.copy()
    if rng.integers(6) == 0:
        middle = moved[:2].mean(axis=1, keepdims=True)
        moved[:2] = middle + (moved[:2] - middle) * rng.uniform(0.9, 1.1)
    else:
        at = int(rng.integers(columns.shape[1]))
        moved[:3, at] += rng.normal(0.0, (8.0, 8.0, 0.2))
        if rng.integers(4) == 0:  # points as a neighbour does, or the other way
            moved[2, at] = moved[2, int(rng.integers(columns.shape[1]))] + np.pi * rng.integers(2)
    moved[:2] = np.maximum(moved[:2], 0.0)
    return moved


def _added(columns: np.ndarray, donor: Template, rng: np.random.Generator) -> np.ndarray:
    """One minutia more, of any direction or of a neighbour's."""
    other, near = int(rng.integers(len(donor))), int(rng.integers(columns.shape[1]))
    found = donor.minutiae
    place = np.maximum(columns[:2, near] + rng.normal(0.0, 50.0, 2), 0.0)
    direction = found.direction[other] if rng.integers(2) else columns[2, near]
    return np.array([*place, direction, found.kind[other], found.quality[other]])


def _restated(forgery: Forgery, rng: np.random.Generator) -> dict[str, int]:
    """Another statement."""
    choices: list[tuple[str, list[int]]] = [
        ("area", list(Area)), ("quality", list(Quality)), ("period", list(Period)), ("flow", list(Flow)),
        ("is_seen_all_around", [not forgery.is_seen_all_around]),
    ]  # fmt: skip
    name, values = choices[int(rng.integers(len(choices)))]
    return {name: values[int(rng.integers(len(values)))]}
