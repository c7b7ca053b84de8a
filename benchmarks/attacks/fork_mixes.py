"""A process that writes to a gallery forks, in many orders: children use what they inherited, the parent goes on.

What was acknowledged to anybody is there afterwards; a child is refused with a typed error; the lock stays with the
parent for as long as it lives and is free afterwards.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import pickle
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.attacks.templates.craft import sound_template
from benchmarks.attacks.verdicts import Lie, check
from fingerprint_engine.errors import FingerprintEngineError, GalleryError, GalleryLocked
from fingerprint_engine.index import Gallery

CHILD_S = 30
STEPS = 12
TEMPLATES = 6
State = dict[str, int]
"""Keys with the numbers of their templates."""


@dataclasses.dataclass
class Told:
    """What a child says: changes that were acknowledged to it, and faults."""

    acknowledged: list[str]
    refused: int
    faults: list[str]


def run_mixes(folder: Path, mixes: int, seed: int) -> Iterator[str]:
    """Play mixes; gives one line for each fault."""
    for number in range(mixes):
        rng = np.random.default_rng([seed, number])
        shutil.rmtree(folder, ignore_errors=True)
        try:
            yield from (f"mix {number}: {fault}" for fault in _mix(folder, rng))
        except (Lie, FingerprintEngineError) as error:
            yield f"mix {number}: {type(error).__name__}: {error}"


def _mix(folder: Path, rng: np.random.Generator) -> Iterator[str]:
    state: State = {}
    gallery: Gallery | None = Gallery.open(folder)
    for step in range(STEPS):
        assert gallery is not None
        if rng.random() < 0.6:
            _change(gallery, state, f"parent {step}", rng)
            continue
        told = _forked(gallery, folder, step, int(rng.integers(2**31)))
        yield from told.faults
        for key in told.acknowledged:
            yield f"a child was told that {key} is enrolled"
        _check_locked(folder)
        if rng.random() < 0.3:  # the owner goes, a child that it had does not keep the lock
            gallery.close()
            gallery = Gallery.open(folder)
    assert gallery is not None
    gallery.close()
    with Gallery.open(folder) as again:
        found = {key: again.get(key).to_bytes() for key in again}
    expected = {key: sound_template(number).to_bytes() for key, number in state.items()}
    lost = [key for key in expected if found.get(key) != expected[key]]
    if found != expected:
        yield f"{len(lost)} of {len(expected)} acknowledged prints are lost, {len(found)} are there"


def _change(gallery: Gallery, state: State, key: str, rng: np.random.Generator) -> None:
    number = int(rng.integers(TEMPLATES))
    choice = rng.random()
    if choice < 0.6 or not state:
        gallery.enrol(key, sound_template(number))
        state[key] = number
    elif choice < 0.75:
        known = sorted(state)[int(rng.integers(len(state)))]
        gallery.replace(known, sound_template(number))
        state[known] = number
    elif choice < 0.9:
        known = sorted(state)[int(rng.integers(len(state)))]
        gallery.remove(known)
        del state[known]
    else:
        gallery.compact()


def _forked(gallery: Gallery, folder: Path, step: int, seed: int) -> Told:
    """What a child does with what it inherited, and says of it; it always ends, one way or another."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _end_child(writing, lambda: _inherited(gallery, folder, step, np.random.default_rng(seed)))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return Told([], 0, [f"a child ended by signal {os.WTERMSIG(status)}"])
    return pickle.loads(said) if said else Told([], 0, ["a child said nothing"])  # type: ignore[no-any-return]


def _end_child(writing: int, act: Callable[[], Told]) -> None:
    signal.alarm(CHILD_S)
    try:
        told = act()
    except BaseException as error:
        told = Told([], 0, [f"a child met {type(error).__name__}: {error}"])
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(pickle.dumps(told))
    gc.collect()
    os._exit(0)


def _inherited(gallery: Gallery, folder: Path, step: int, rng: np.random.Generator) -> Told:
    told = Told([], 0, [])
    probe = sound_template(0)
    uses: dict[str, Callable[[], Any]] = {
        "enrol": lambda: gallery.enrol(f"child {step}", probe),
        "enrol_many": lambda: gallery.enrol_many([(f"child {step}", probe)]),
        "remove": lambda: gallery.remove(next(iter(sorted(gallery)), "none")),
        "replace": lambda: gallery.replace(next(iter(sorted(gallery)), "none"), probe),
        "compact": gallery.compact,
        "identify": lambda: gallery.identify(probe),
        "get": lambda: gallery.get(next(iter(sorted(gallery)), "none")),
        "open to write": lambda: Gallery.open(folder).close(),
    }
    for name in rng.permutation(list(uses))[: int(rng.integers(1, 6))]:
        try:
            uses[str(name)]()
        except FingerprintEngineError:
            told.refused += 1
        except Exception as error:
            told.faults.append(f"{name} in a child: {type(error).__name__}: {error}")
        else:
            told.acknowledged += [f"child {step}"] if str(name).startswith("enrol") else []
            told.faults.append(f"{name} in a child is not refused")
    with contextlib.suppress(GalleryError), Gallery.open(folder, read_only=True) as own:
        own.identify(probe)
    if rng.random() < 0.5:
        gallery.close()
    return told


def _check_locked(folder: Path) -> None:
    try:
        Gallery.open(folder).close()
    except GalleryLocked:
        return
    check(False, "a second writer, while the first has the gallery open")
