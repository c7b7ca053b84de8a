"""Threads of every mix on one gallery: no exception, and every answer is that of some moment.

Writers own their keys, and a history says what each key may have held between two readings of a counter. A search may
give a key the score of what it held while the search ran, must find what it held all that time, and sees a pair that is
written in one call whole or not at all.
"""

from __future__ import annotations

import functools
import itertools
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.attacks.templates.craft import sound_template
from benchmarks.attacks.verdicts import Lie, check
from fingerprint_engine.errors import UnknownKey
from fingerprint_engine.index import Gallery, Identification, check_gallery
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.matching import compare

TEMPLATES = 6
KEYS_PER_WRITER = 4
_SWITCH_S = 1e-5
"""Threads take turns five hundred times as often as usual, so that more can come between."""
MIXES = (
    ("change", "change", "pair", "search", "person", "look", "person", "many"),
    ("change", "pair", "compact", "search", "look", "many", "reader", "person"),
    ("change", "change", "pair", "compact", "check_files", "duplicates", "search", "reader"),
)


class History:
    """What every key may have held, by a counter that stands for time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counter = itertools.count(1)
        self._spans: dict[str, list[list[int | None]]] = {}

    def now(self) -> int:
        """A reading, later than all before."""
        return next(self._counter)

    def change(self, keys: list[str], template: int | None, act: Callable[[], object]) -> None:
        """Do a change, of keys that no other thread changes, and remember it."""
        began = self.now()
        with self._lock:
            for key in keys:
                self._spans.setdefault(key, [[0, None, None]]).append([began, None, template])
        act()
        ended = self.now()
        with self._lock:
            for key in keys:
                self._spans[key][-2][1] = ended

    def possible(self, key: str, begin: int, end: int) -> set[int | None]:
        """Templates that a key may have held between two readings; None: it was not enrolled."""
        with self._lock:
            spans = [tuple(span) for span in self._spans.get(key, [[0, None, None]])]
        return {
            template for began, ended, template in spans if (began or 0) <= end and (ended is None or ended >= begin)
        }

    def keys(self) -> list[str]:
        """All keys that were ever written."""
        with self._lock:
            return list(self._spans)


class Mix:
    """One gallery, its history, and what threads do with it."""

    def __init__(self, folder: Path, seed: int, goes_on: Callable[[], bool]) -> None:
        self.folder, self.seed, self._goes_on = folder, seed, goes_on
        self.history = History()
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self._is_stopped = threading.Event()
        shutil.rmtree(folder, ignore_errors=True)
        self.gallery = Gallery.open(folder)

    def play(self, roles: tuple[str, ...]) -> None:
        """Let one thread play each role for as long as it goes on, or until something is wrong."""
        threads = [threading.Thread(target=self._thread, args=(role, n)) for n, role in enumerate(roles)]
        interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
        self.gallery.close()
        with Gallery.open(self.folder) as again:
            moment = self.history.now()
            for key in self.history.keys():  # noqa: SIM118
                (template,) = self.history.possible(key, moment, moment)
                found = again.get(key) if key in again else None
                if found != (None if template is None else sound_template(template)):
                    self.faults.append(f"{key} is not what was acknowledged")

    def _thread(self, role: str, number: int) -> None:
        rng = np.random.default_rng([self.seed, number])
        act = getattr(self, f"_{role}")
        while self._goes_on() and not self._is_stopped.is_set():
            try:
                act(number, rng)
                self.done[role] += 1
            except (Exception, Lie) as error:
                self.faults.append(f"{role}: {type(error).__name__}: {error}")
                self._is_stopped.set()

    def _change(self, number: int, rng: np.random.Generator) -> None:
        key = f"writer {number} key {rng.integers(KEYS_PER_WRITER)}"
        template = int(rng.integers(TEMPLATES))
        if key not in self.gallery:
            self.history.change([key], template, lambda: self._enrol(key, template))
        elif rng.random() < 0.6:
            self.history.change([key], template, lambda: self.gallery.replace(key, sound_template(template)))
        else:
            self.history.change([key], None, lambda: self.gallery.remove(key))

    def _enrol(self, key: str, template: int) -> None:
        self.gallery.enrol(key, sound_template(template), subject=f"subject of {key}", site="here")

    def _pair(self, number: int, rng: np.random.Generator) -> None:
        keys = [f"pair {number} {side}" for side in "ab"]
        template = int(rng.integers(TEMPLATES))
        prints = [(key, sound_template(template)) for key in keys]
        self.history.change(keys, template, lambda: self.gallery.enrol_many(prints, workers=1))
        self.history.change(keys, None, lambda: self.gallery.remove_many(keys))

    def _search(self, _: int, rng: np.random.Generator) -> None:
        probe, exhaustive = int(rng.integers(TEMPLATES)), bool(rng.random() < 0.5)
        begin = self.history.now()
        found = self.gallery.identify(sound_template(probe), max_candidates=1000, exhaustive=exhaustive)
        self._check(probe, found, begin, self.history.now())

    def _many(self, _: int, rng: np.random.Generator) -> None:
        probes = [int(probe) for probe in rng.integers(0, TEMPLATES, 3)]
        begin = self.history.now()
        answers = list(self.gallery.identify_many(map(sound_template, probes), workers=2, max_candidates=1000))
        end = self.history.now()
        for probe, found in zip(probes, answers, strict=True):
            self._check(probe, found, begin, end)

    def _person(self, _: int, rng: np.random.Generator) -> None:
        """Two probes of one person, whose prints are looked up by subject."""
        probes = [int(probe) for probe in rng.choice(TEMPLATES, 2, replace=False)]
        begin = self.history.now()
        found = self.gallery.identify([sound_template(probe) for probe in probes], max_candidates=1000)
        end = self.history.now()
        there = {candidate.key for candidate in found.candidates}
        for key in self.history.keys():  # noqa: SIM118
            possible = self.history.possible(key, begin, end)
            if len(possible) == 1 and possible & set(probes):
                check(key in there, "a mate that was there all the time is not found")
                check(found.outcome is Outcome.HIT, "a mate that was there all the time is no hit")

    def _look(self, _: int, rng: np.random.Generator) -> None:
        keys = self.history.keys()
        if not keys:
            return
        key = str(rng.choice(keys))
        begin = self.history.now()
        try:
            found = self.gallery.get(key)
        except UnknownKey:
            found = None
        possible = self.history.possible(key, begin, self.history.now())
        allowed = [None if template is None else sound_template(template) for template in possible]
        check(found in allowed, "a key holds what it never held then")
        list(self.gallery)

    def _compact(self, _: int, __: np.random.Generator) -> None:
        self.gallery.compact()
        time.sleep(0.02)

    def _reader(self, _: int, rng: np.random.Generator) -> None:
        """Another opening of the same files, which is to see one moment of them."""
        probe = int(rng.integers(TEMPLATES))
        begin = self.history.now()
        with Gallery.open(self.folder, read_only=True) as gallery:
            end = self.history.now()
            found = gallery.identify(sound_template(probe), max_candidates=1000)
            self._check(probe, found, begin, end)

    def _duplicates(self, _: int, __: np.random.Generator) -> None:
        self.gallery.duplicates(workers=2)

    def _check(self, probe: int, found: Identification, begin: int, end: int) -> None:
        scores = {candidate.key: candidate.score for candidate in found.candidates}
        is_hit = max(scores.values(), default=0.0) >= found.receipt.hit_score
        check(is_hit == (found.outcome is Outcome.HIT), "an outcome that its candidates do not bear out")
        for key in self.history.keys():  # noqa: SIM118
            allowed = {_score(probe, template) for template in self.history.possible(key, begin, end)}
            check(scores.get(key, 0.0) in allowed, "a score that the key never had then")
            if key.endswith(" a"):
                check(scores.get(key) == scores.get(key[:-1] + "b"), "half of a pair that is written in one call")

    def _check_files(self, _: int, __: np.random.Generator) -> None:
        check_gallery(self.folder)


def run_threads(folder: Path, seconds: float, seed: int) -> tuple[Counter[str], list[str]]:
    """Play every mix for its share of the time; how often each thing was done, and what was wrong."""
    done: Counter[str] = Counter()
    faults: list[str] = []
    for number, roles in enumerate(MIXES):
        ends = time.monotonic() + seconds / len(MIXES)
        mix = Mix(folder, seed + number, lambda ends=ends: time.monotonic() < ends)  # type: ignore[misc]
        mix.play(roles)
        done += mix.done
        faults += [f"mix {number}: {fault}" for fault in mix.faults]
    return done, faults


@functools.cache
def _score(probe: int, template: int | None) -> float:
    return 0.0 if template is None else compare(sound_template(probe), sound_template(template)).score
