"""One search over many shards: rounds of questions, and between them the choices that a search in one gallery makes.

Mostly one round is asked: the shards foresee the others (`cluster.foreseen`).

A shard that gives no answer in time is left out from then on; the receipt names it and how many prints it holds.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.cluster import rounds
from fingerprint_engine.cluster.executors import LATE, Executor, Lost
from fingerprint_engine.cluster.foreseen import Foreseen, foreseen
from fingerprint_engine.cluster.rounds import Asked, Begun, Compared, Listed, Places, keys_of
from fingerprint_engine.index.search.candidates import best_fused, candidates_of_one, subjects_to_fuse
from fingerprint_engine.index.search.decision import NON_MATED
from fingerprint_engine.index.search.eligibility import Eligible
from fingerprint_engine.index.search.identification import Exclusion, Identification
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.index.search.parameters import FAISS, StageSizes
from fingerprint_engine.index.search.scan import DAMAGED, EXACT, Scan
from fingerprint_engine.index.search.search import (
    TOO_FEW_MINUTIAE,
    Snapshot,
    coverage_of,
    decided,
    looks_at_all,
    wants_cells,
)
from fingerprint_engine.index.search.shortlist_cells import LEVELS, floor_of
from fingerprint_engine.index.search.shortlists import SketchScan, widened
from fingerprint_engine.index.search.staged_scan import best_places
from fingerprint_engine.template import Template

Valued = dict[int, list[tuple[Places, NDArray[np.floating]]]]
"""Of shards, for each probe: places of prints and their values."""


class ShardedSearch:
    """A search in progress.

    Parameters
    ----------
    executor, shards
        Where shards are, and what stands for them there.
    names, prints
        Of each shard: its name, and how many prints it holds.
    probes, options
        As those of `index.search.search`.
    """

    def __init__(
        self,
        executor: Executor,
        shards: Sequence[Any],
        names: Sequence[str],
        prints: Sequence[int],
        probes: Sequence[Template],
        options: SearchOptions,
    ) -> None:
        self._executor, self._handles, self._names, self._prints = executor, shards, names, prints
        self._options = options
        parameters = options.parameters.among(sum(prints))
        self._asked = Asked(tuple(probes), dataclasses.replace(options, deadline=math.inf, parameters=parameters))
        self._left = list(range(len(shards)))
        self._lost: dict[int, str] = {}
        self._foreseen: dict[int, Foreseen] = {}

    def run(self) -> Identification:
        """Ask all rounds, and answer."""
        options = self._asked.options
        stages = [widened(options.parameters.stages, probe) for probe in self._asked.probes]
        self._foreseen = self._round_of(foreseen, {shard: (self._parts(shard),) for shard in self._left})
        begun = {shard: one.begun for shard, one in self._foreseen.items()}
        usable = sum(one.usable for one in begun.values())
        if looks_at_all(options.parameters, usable, exhaustive=options.exhaustive):
            compared = self._round(rounds.compared, None, known=Foreseen.compared_at)
            return self._answer(begun, compared, EXACT, [0] * len(self._numbers))
        floors = None
        if wants_cells(options.parameters, sum(one.in_cells for one in begun.values())):
            levels = self._round(rounds.voted, known=Foreseen.voted)
            nothing = np.zeros(LEVELS, np.int64)
            floors = [
                floor_of(sum((found[number] for found in levels.values()), nothing), stages[number])
                for number in self._numbers
            ]
        is_sealed = any(one.sealed for one in begun.values())
        sizes = [one.sizes(usable, is_sealed=is_sealed) for one in stages]
        listed, places = self._listed(sizes, floors)
        if self._exceeds([one.screened for one in sizes], places):
            placed = {s: list(zip(found, map(_worth_at, listed[s], found), strict=True)) for s, found in places.items()}
            places = self._best([one.screened for one in sizes], placed)[0]
        visited = [sum(one[number].visited for one in listed.values()) for number in self._numbers]
        if self._exceeds([one.compared for one in sizes], places):
            asked = {shard: (found,) for shard, found in places.items()}
            supports = self._round_of(rounds.screened, asked, known=Foreseen.screened)
            pairs = {s: list(zip(places[s], found, strict=True)) for s, found in supports.items()}
            places = self._best([one.compared for one in sizes], pairs)[0]
        asked = {shard: (found,) for shard, found in places.items()}
        compared = self._round_of(rounds.compared, asked, known=Foreseen.compared_at)
        name = SketchScan.name if floors is None else FAISS
        return self._answer(begun, compared, name, visited)

    def _exceeds(self, counts: Sequence[int], places: dict[int, list[Places]]) -> bool:
        """Whether there are more prints of any probe than so many."""
        return any(sum(one[n][0].size for one in places.values()) > counts[n] for n in self._numbers)

    def _parts(self, shard: int) -> float:
        """How many times the prints of a shard all shards hold."""
        return sum(self._prints) / max(1, self._prints[shard])

    def _listed(
        self, sizes: Sequence[StageSizes], floors: Sequence[int] | None
    ) -> tuple[dict[int, list[Listed]], dict[int, list[Places]]]:
        """The best prints of each shard, and the best of all."""
        listed, counts = self._round(rounds.listed, sizes, floors, known=Foreseen.listed), [one.placed for one in sizes]
        places, cuts = self._best(counts, _valued(listed))
        short = {
            shard: (sizes, floors)
            for shard in listed
            if self._foreseen[shard].listed(sizes, floors) is not None
            and not all(map(self._foreseen[shard].holds_all, self._numbers, cuts))
        }
        if short:  # the best of all can only become better
            more = self._round_of(rounds.listed, short)
            listed = {shard: more.get(shard, found) for shard, found in listed.items() if shard in self._left}
            places, _ = self._best(counts, _valued(listed))
        return listed, places

    @property
    def _numbers(self) -> range:
        return range(len(self._asked.probes))

    def _round(
        self, function: Callable[..., Any], *arguments: Any, known: Callable[..., Any] | None = None
    ) -> dict[int, Any]:
        """The answers of the shards that are left, all asked the same."""
        return self._round_of(function, dict.fromkeys(self._left, arguments), known)

    def _round_of(
        self,
        function: Callable[..., Any],
        arguments: dict[int, tuple[Any, ...]],
        known: Callable[..., Any] | None = None,
    ) -> dict[int, Any]:
        """The answers of some shards; those are asked of which `known`, called with what they foresaw, gives none."""
        left = [shard for shard in self._left if shard in arguments]
        answers = {} if known is None else {one: known(self._foreseen[one], *arguments[one]) for one in left}
        missing = [one for one in left if answers.get(one) is None]
        answers |= self._asked_of(function, {shard: arguments[shard] for shard in missing}) if missing else {}
        return {shard: answers[shard] for shard in left if shard in self._left}

    def _asked_of(self, function: Callable[..., Any], arguments: dict[int, tuple[Any, ...]]) -> dict[int, Any]:
        left = list(arguments)
        seconds = max(0.0, self._options.deadline - time.monotonic())
        asked = [(self._asked, *arguments[shard]) for shard in left]
        answers = [Lost(LATE)] * len(left)
        if seconds > 0.0:  # what ends by chance before a deadline that has passed does not count
            answers = self._executor.call(function, [self._handles[shard] for shard in left], asked, seconds)
        found = dict(zip(left, answers, strict=True))
        for shard, answer in found.items():
            if isinstance(answer, Lost):
                self._lost[shard] = answer.reason
                self._left.remove(shard)
        return found

    def _best(self, counts: Sequence[int], valued: Valued) -> tuple[dict[int, list[Places]], list[float]]:
        """Of each probe the places with the best values in all shards, with what ties with the last; its value."""
        places: dict[int, list[Places]] = {shard: [] for shard in valued}
        cuts = []
        for number, count in enumerate(counts):
            values = [found[number][1] for found in valued.values()]
            together = np.concatenate([np.zeros(0), *values])
            best = best_places(count, together)
            cuts.append(float(together[best].min()) if together.size > count > 0 else -math.inf)
            begin = 0
            for shard, found in valued.items():
                (block, row), value = found[number]
                own = best[(best >= begin) & (best < begin + value.size)] - begin
                places[shard].append((block[own], row[own]))
                begin += value.size
        return places, cuts

    def _answer(
        self, begun: dict[int, Begun], compared: dict[int, list[Compared]], name: str, visited: list[int]
    ) -> Identification:
        probes, options = self._asked.probes, self._options
        subjects_of = {shard: one.subjects for shard, one in begun.items()}
        views = [found[number].named for number in self._numbers for found in compared.values()]
        scans = [self._scan(number, begun, compared, name, visited) for number in self._numbers]
        if len(probes) == 1:
            best = candidates_of_one(
                probes[0], scans[0], views, options.max_candidates, min_minutiae=options.parameters.min_hit_minutiae
            )
        else:
            fused = self._round(rounds.fused, subjects_to_fuse(scans, views, options.max_candidates))
            best = best_fused(itertools.chain.from_iterable(fused.values()), 0, options.max_candidates)
            scans = [self._scan(number, begun, compared, name, visited) for number in self._numbers]
        answered = [begun[shard] for shard in self._left if shard in begun]
        searched = scans[0].searched
        if len(probes) > 1:
            searched = sum(subjects_of[shard] for shard in self._left if shard in subjects_of)
        measured = [one.measurements[NON_MATED] for one in answered if NON_MATED in one.measurements]
        measurements = {NON_MATED: max(measured, key=lambda one: float(one["shift"]))} if measured else {}
        snapshot = Snapshot(
            [],
            sum(one.lost for one in answered),
            sum(one.lost_segments for one in answered),
            measurements,
            max((one.format_version for one in answered), default=0),
            [problem for one in answered for problem in one.index_problems],
            tuple(dict.fromkeys(key_id for one in answered for key_id in one.key_ids)),
        )
        coverage = coverage_of(probes, snapshot, options.parameters, self._eligible(begun), scans)
        segments = sum(one.segments for one in begun.values()) + len(self._lost.keys() - begun.keys())
        coverage["segments"] += segments
        coverage["segments_answered"] += sum(one.segments for one in answered)
        return decided(probes, options, best, searched, measurements, coverage)

    def _scan(
        self, number: int, begun: dict[int, Begun], compared: dict[int, list[Compared]], name: str, visited: list[int]
    ) -> Scan:
        """What came of one probe, as of a search in one gallery whose blocks are the answers of shards."""
        answers = [found[number] for found in compared.values()]
        left = [begun[shard] for shard in self._left if shard in begun]
        damaged, usable = sum(one.damaged for one in answers), sum(one.usable for one in left)
        excluded = {TOO_FEW_MINUTIAE: sum(one.eligible.eligible - one.usable for one in left), DAMAGED: damaged}
        for shard, reason in self._lost.items():
            excluded[f"shard {self._names[shard]}: {reason}"] = self._prints[shard]
        sizes = [one.score.size for one in answers]
        done = sum(one.compared for one in answers)
        return Scan(
            np.repeat(np.arange(len(answers)), sizes) + number * len(answers),
            np.concatenate([np.zeros(0, np.int64), *(one.row for one in answers)]),
            np.concatenate([np.zeros(0), *(one.score for one in answers)]),
            usable - damaged,
            done,
            {reason: count for reason, count in excluded.items() if count},
            (),
            name,
            visited=visited[number] or done,
        )

    def _eligible(self, begun: dict[int, Begun]) -> Eligible:
        """The counts of all shards; of a lost one all its prints are eligible."""
        left = [begun[shard].eligible for shard in self._left if shard in begun]
        lost = sum(self._prints[shard] for shard in self._lost)
        filtered: dict[str, int] = {}
        for exclusion in (exclusion for one in left for exclusion in one.filtered):
            filtered[exclusion.reason] = filtered.get(exclusion.reason, 0) + exclusion.count
        absent = [one.absent for one in left]
        named = [{sentence.partition(";")[0] for sentence in sentences} for sentences in absent]
        return Eligible(
            [],
            sum(one.enrolled for one in left) + lost,
            sum(one.eligible for one in left) + lost,
            tuple(Exclusion(reason, count) for reason, count in sorted(filtered.items())),
            tuple(s for s in absent[0] if all(s.partition(";")[0] in names for names in named)) if absent else (),
        )


def _valued(listed: dict[int, list[Listed]]) -> Valued:
    return {shard: [(one.places, one.score) for one in found] for shard, found in listed.items()}


def _worth_at(listed: Listed, places: Places) -> NDArray[np.float32]:
    """What placing says of some of the listed prints, or what they are listed by."""
    worth = listed.score if listed.worth is None else listed.worth
    return worth[np.searchsorted(keys_of(*listed.places), keys_of(*places))]
