"""``kill -9`` at random moments of enrolling, removing, sealing and compacting: what was acknowledged is there.

One gallery is written to by a process that is killed, again and again. Each time the gallery is verified byte by byte,
opened for reading and for writing, and compared with what was acknowledged: every print, byte by byte. Only the change
in progress may have happened or not, and then as a whole. Segments are sealed far more often than usual, so that most
kills meet one.

Run ``python -m benchmarks.search.crash --help``.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.killed_work import kill_during
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0
from fingerprint_engine.index import Gallery, check_gallery
from fingerprint_engine.index.storage import folder as gallery_folder
from fingerprint_engine.index.storage.log.frames import MAX_LOG_BYTES
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import build_template

SEAL_SHARE = 150_000 / MAX_LOG_BYTES
TEMPLATES = 8
MAX_PRINTS = 400
MAX_S = 0.25

State = dict[str, int]
"""Enrolled keys, each with the number of its template."""


@dataclasses.dataclass(frozen=True)
class Change:
    """What the writer is about to do: keys with the numbers of their new templates, or None to remove."""

    name: str
    keys: tuple[tuple[str, int | None], ...]

    def applied(self, state: State) -> State:
        """The state after it; enrolling and replacing put a key at the end."""
        after = dict(state)
        for key, template in self.keys:
            after.pop(key, None)
            if template is not None:
                after[key] = template
        return after


@dataclasses.dataclass(frozen=True)
class Kill:
    """One kill: when, during what, and what was found."""

    after_s: float
    during: str
    acknowledged: int
    prints: int
    segments: int
    found: str


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    print(f"kill -9 of a writer, {options.kills} times, seed {options.seed}; code {source_digest()}")
    print(machine_name())
    kills: list[Kill] = []
    for kill in run_kills(options.folder, options.kills, options.seed):
        kills.append(kill)
        print(
            f"  {len(kills):4d}  after {1e3 * kill.after_s:6.1f} ms  during {kill.during:<12}"
            f"{kill.acknowledged:4d} acknowledged, {kill.prints:4d} prints, {kill.segments:2d} segments: {kill.found}",
            flush=True,
        )
    shutil.rmtree(options.folder)
    print()
    for name, count in sorted(collections.Counter(kill.during for kill in kills).items()):
        print(f"  {count:4d} killed during {name}")
    for name, count in sorted(collections.Counter(kill.found for kill in kills).items()):
        print(f"  {count:4d} {name}")
    print(f"  {sum(kill.acknowledged for kill in kills)} changes were acknowledged, none is lost; every file opened")


def run_kills(folder: Path, kills: int, seed: int, max_s: float = MAX_S) -> Iterator[Kill]:
    """Kill a writer so many times.

    Raises
    ------
    RuntimeError
        When anything acknowledged is lost, or a file cannot be read.
    """
    if folder.exists():
        shutil.rmtree(folder)
    templates = _templates()
    rng = random.Random(seed)
    state: State = {}
    with Gallery.open(folder) as gallery:  # kernels are compiled here and not in each writer
        gallery.enrol("warm up", templates[0])
        gallery.remove("warm up")
    for _ in range(kills):
        after_s = rng.uniform(0.0, max_s)
        changes, during = _killed_writer(folder, state, templates, rng.randrange(2**32), after_s)
        for change in changes:
            state = change.applied(state)
        found, state = _check(folder, state, during, templates)
        report = check_gallery(folder)
        if not report.is_sound:
            raise RuntimeError(f"damaged: {report.files}")
        name = during.name if during is not None else "opening"
        yield Kill(after_s, name, len(changes), len(state), len(report.files) - 2, found)


def _killed_writer(
    folder: Path, state: State, templates: list[bytes], seed: int, after_s: float
) -> tuple[list[Change], Change | None]:
    """Acknowledged changes of a writer that was killed, and the one it was at."""
    reading, writing = os.pipe()
    kill_during(lambda: _write(folder, dict(state), templates, random.Random(seed), writing), after_s)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        lines = pipe.read().decode().split("\n")[:-1]
    changes: list[Change] = []
    during: Change | None = None
    for line in lines:
        if line == "done" and during is not None:
            changes.append(during)
            during = None
        else:
            name, *words = line.split(" ")
            keys = tuple((word.split("=")[0], int(word.split("=")[1]) if "=" in word else None) for word in words)
            during = Change(name, keys)
    if during is None and changes:
        during = Change("nothing", ())
    return changes, during


def _write(folder: Path, state: State, templates: list[bytes], rng: random.Random, pipe: int) -> None:
    """Change a gallery until killed; says each change before and after."""
    gallery_folder.SEAL_SHARE = SEAL_SHARE
    with Gallery.open(folder) as gallery:
        number = 1 + max((int(key[1:]) for key in state), default=0)
        while True:
            change = _draw(state, number, rng)
            number += len(change.keys)
            words = [f"{key}={template}" if template is not None else key for key, template in change.keys]
            os.write(pipe, f"{' '.join([change.name, *words])}\n".encode())
            _do(gallery, change, templates)
            os.write(pipe, b"done\n")
            state = change.applied(state)


def _draw(state: State, number: int, rng: random.Random) -> Change:
    names = ["enrol", "enrol_many", "replace", "remove", "remove_many", "compact"]
    name = rng.choices(names, (6, 3, 3, 3, 1, 1))[0]
    if len(state) > MAX_PRINTS:
        name = "remove_many"
    if not state and name in ("replace", "remove", "remove_many"):
        name = "enrol"
    if name in ("enrol", "enrol_many"):
        count = 1 if name == "enrol" else 30
        keys = tuple((f"k{number + place}", rng.randrange(TEMPLATES)) for place in range(count))
    elif name == "replace":
        keys = ((rng.choice(list(state)), rng.randrange(TEMPLATES)),)
    elif name == "compact":
        keys = ()
    else:
        chosen = rng.sample(list(state), 1 if name == "remove" else max(1, len(state) // 2))
        keys = tuple((key, None) for key in chosen)
    return Change(name, keys)


def _do(gallery: Gallery, change: Change, templates: list[bytes]) -> None:
    prints = [(key, templates[number]) for key, number in change.keys if number is not None]
    actions: dict[str, Callable[[], object]] = {
        "enrol": lambda: gallery.enrol(*prints[0]),
        "enrol_many": lambda: gallery.enrol_many(prints, workers=1),
        "replace": lambda: gallery.replace(*prints[0]),
        "remove": lambda: gallery.remove(change.keys[0][0]),
        "remove_many": lambda: gallery.remove_many(key for key, _ in change.keys),
        "compact": gallery.compact,
    }
    actions[change.name]()


def _check(folder: Path, state: State, during: Change | None, templates: list[bytes]) -> tuple[str, State]:
    """Whether the gallery holds what was acknowledged, or that and the change in progress as a whole."""
    after = state if during is None else during.applied(state)
    for read_only in (True, False):
        with Gallery.open(folder, read_only=read_only) as gallery:
            keys = list(gallery)
            if keys not in (list(state), list(after)):
                lost = [key for key in state if key not in keys and key in after]
                raise RuntimeError(f"lost {len(lost)} of {len(state)} prints; {len(keys)} are there")
            found = after if keys == list(after) else state
            for candidate in (after, state):  # a replaced last print is under the same key
                if keys == list(candidate) and all(
                    gallery.get(key).to_bytes() == templates[n] for key, n in candidate.items()
                ):
                    found = candidate
                    break
            else:
                raise RuntimeError("a print is another than was acknowledged")
    if list(after.items()) == list(state.items()):
        return "as acknowledged", state
    return ("as acknowledged, and the change in progress" if found is after else "as acknowledged"), found


def _templates() -> list[bytes]:
    """Templates of random minutiae."""
    made = []
    for seed in range(TEMPLATES):
        rng = np.random.default_rng(seed)
        columns = [rng.uniform(40, 320, 40), rng.uniform(40, 360, 40), rng.uniform(0, 6.28, 40)]
        minutiae = Minutiae(*columns, rng.integers(1, 3, 40), rng.integers(30, 100, 40))
        made.append(build_template(minutiae, shape=(400, 360)).to_bytes())
    return made


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.crash", description=__doc__)
    parser.add_argument("--kills", type=AT_LEAST_0, default=200)
    parser.add_argument("--seed", type=AT_LEAST_0, default=1)
    parser.add_argument("--folder", type=Path, default=RESULTS / "crash.gallery", help="where; replaced")
    return parser


if __name__ == "__main__":
    main()
