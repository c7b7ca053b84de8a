"""Round 1 of a search: a shard answers at once what it expects to be asked in all further rounds.

Shards are parts by hash of the subject, so each holds about its share of what a stage passes on. A shard takes that and
some more through all stages. What the choice among all shards needs beyond that is asked for in a round of its own, so
answers never depend on what was foreseen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.cluster.rounds import (
    NEVER,
    Asked,
    Begun,
    Compared,
    Listed,
    Opened,
    Places,
    all_compared,
    at_places,
    begun_in,
    best_of,
    keys_of,
    named_prints,
    opened,
)
from fingerprint_engine.cluster.shard import Shard
from fingerprint_engine.index.columns.block import BlockView, Rows
from fingerprint_engine.index.search.parameters import StageSizes
from fingerprint_engine.index.search.search import looks_at_all, wants_cells
from fingerprint_engine.index.search.shortlist_cells import LEVELS, CellShortlist, Votes, level_of_best
from fingerprint_engine.index.search.shortlists import SketchScan, widened
from fingerprint_engine.index.search.staged_scan import (
    are_sealed,
    best_places,
    compare_prints,
    screen_prints,
)
from fingerprint_engine.template import Template

SPARE_DEVIATIONS = 3.0
"""Chosen: beyond its share a shard looks at so many standard deviations of how many prints fall into it by chance."""


class Staged(NamedTuple):
    """What a shard took through all stages for one probe.

    Attributes
    ----------
    levels, floor
        How many prints have which level of votes in cells, and from which level on they are listed; None and 0 of the
        scan.
    listed, level, support
        The best prints of the shard, the level of each, and its support: not a number where it was not screened.
    numbers, score, named
        Which of the listed were compared; their scores, not a number of a damaged one; and those above 0.
    """

    levels: NDArray[np.int64] | None
    floor: int
    listed: Listed
    level: NDArray[np.int64]
    support: NDArray[np.float64]
    numbers: Rows
    score: NDArray[np.float64]
    named: BlockView


class Foreseen(NamedTuple):
    """What a shard may look at, and what it found: of each probe scores of all prints, or of stages."""

    begun: Begun
    compared: list[Compared] | None
    staged: list[Staged]

    def voted(self) -> list[NDArray[np.int64]] | None:
        """As `rounds.voted`; None: it was not foreseen. So with the others."""
        levels = [one.levels for one in self.staged if one.levels is not None]
        return levels if self.staged and len(levels) == len(self.staged) else None

    def listed(self, sizes: Sequence[StageSizes], floors: Sequence[int] | None) -> list[Listed] | None:
        """As `rounds.listed`, but maybe fewer: see `holds_all`."""
        if not self.lists(floors) or any(
            size.has_placing and one.listed.worth is None for size, one in zip(sizes, self.staged, strict=True)
        ):
            return None
        listed = [one.listed for one in self.staged]
        if floors is not None:
            listed = [_above(floor, one, self.begun) for floor, one in zip(floors, self.staged, strict=True)]
        # Placing may have been foreseen where the whole search places nothing.
        return [one if size.has_placing else one._replace(worth=None) for size, one in zip(sizes, listed, strict=True)]

    def lists(self, floors: Sequence[int] | None) -> bool:
        """Whether the prints of a shard from some levels on were foreseen, or with None those of a scan."""
        if not self.staged or any((one.levels is None) != (floors is None) for one in self.staged):
            return False
        return floors is None or all(floor >= one.floor for floor, one in zip(floors, self.staged, strict=True))

    def holds_all(self, number: int, score: float) -> bool:
        """Whether all prints of the shard that reach such a score of a probe are listed."""
        whole = self.staged[number].listed
        return whole.visited == whole.score.size or score > float(whole.score.min(initial=math.inf))

    def screened(self, places: Sequence[Places]) -> list[NDArray[np.float64]] | None:
        """As `rounds.screened`."""
        numbers = [_numbers_of(one, place) for one, place in zip(self.staged, places, strict=False)]
        if len(numbers) < len(places) or any(found is None for found in numbers):
            return None
        supports = [one.support[found] for one, found in zip(self.staged, numbers, strict=True)]
        return None if any(np.isnan(found).any() for found in supports) else supports

    def compared_at(self, places: Sequence[Places] | None) -> list[Compared] | None:
        """As `rounds.compared`."""
        if places is None:
            return self.compared
        answers = [_compared_at(one, place) for one, place in zip(self.staged, places, strict=False)]
        found = [answer for answer in answers if answer is not None]
        return found if len(found) == len(places) else None


def foreseen(shard: Shard, asked: Asked, parts: float) -> Foreseen:
    """Round 1: the prints of all shards are about `parts` times those of this one."""
    found = opened(shard, asked)
    begun, parameters = begun_in(found, len(asked.probes)), asked.options.parameters
    if looks_at_all(parameters, round(begun.usable * parts), exhaustive=asked.options.exhaustive):
        compared = [all_compared(probe, found, asked.options.workers) for probe in asked.probes]
        return Foreseen(begun, compared, [])
    is_in_cells = wants_cells(parameters, round(begun.in_cells * parts))
    staged = [_staged(probe, found, asked, begun.usable, parts, is_in_cells) for probe in asked.probes]
    return Foreseen(begun, None, staged)


def _staged(probe: Template, found: Opened, asked: Asked, usable: int, parts: float, is_in_cells: bool) -> Staged:
    stages, workers = asked.options.parameters.stages, asked.options.workers
    wide, total = widened(stages, probe), round(usable * parts)
    sizes = wide.sizes(total, is_sealed=are_sealed(found.columns))
    to_place, to_screen, to_compare = (_with_spare(size, parts) for size in sizes)
    levels, floor, votes = None, 0, Votes()
    if is_in_cells:
        cells = CellShortlist(found.columns, stages)
        votes, levels = cells.votes(probe, found.usable, workers=workers)
        wanted = wide.voted(round(int(levels.sum()) * parts))
        floor = level_of_best(levels, _with_spare(wanted, parts))
        rated = cells.scores_above(floor, votes, probe, found.usable, workers=workers)
    else:
        rated = SketchScan(found.columns, stages).scores(probe, found.usable, workers=workers)
    listed = best_of(probe, found, rated, asked, to_place, is_placed=sizes.has_placing)
    block, row = listed.places
    level_of = [_levels(votes.get(number), len(mask)) for number, mask in enumerate(found.usable)]
    level = at_places(level_of, block, row, np.int64)
    best = np.arange(row.size) if listed.worth is None else best_places(to_screen, listed.worth)
    some = screen_prints(probe, found.columns, block[best], row[best], NEVER, workers, stages.screening_pairs)[2]
    support = np.full(row.size, np.nan)
    support[best] = some
    numbers = best[best_places(to_compare, some)]
    done = compare_prints(probe, found.columns, block[numbers], row[numbers], NEVER, workers)
    score = np.full(numbers.size, np.nan)
    score[np.searchsorted(keys_of(block[numbers], row[numbers]), keys_of(done[0], done[1]))] = done[2]
    hits = numbers[score > 0.0]
    named = named_prints(found.snapshot.views, block[hits], row[hits])
    return Staged(levels, floor, listed, level, support, numbers, score, named)


def _with_spare(size: int, parts: float) -> int:
    """How many of so many prints to expect in one of so many shards, and some more."""
    share = size / parts
    return min(size, math.ceil(share + SPARE_DEVIATIONS * math.sqrt(share)))


def _levels(votes: NDArray[np.uint16] | None, rows: int) -> NDArray[np.int64]:
    """The level of each print of a block; the highest of those that are in no cells."""
    return np.full(rows, LEVELS - 1) if votes is None else votes.astype(np.int64)


def _above(floor: int, one: Staged, begun: Begun) -> Listed:
    """The listed prints from a level on; and how many prints there are from it on."""
    chosen = one.level >= floor
    (block, row), score, _, worth = one.listed
    counted = 0 if one.levels is None else int(one.levels[floor:].sum())
    worth = None if worth is None else worth[chosen]
    return Listed((block[chosen], row[chosen]), score[chosen], counted + begun.usable - begun.in_cells, worth)


def _numbers_of(one: Staged, places: Places) -> Rows | None:
    """Which of the listed prints some are; None: another one is among them."""
    keys, wanted = keys_of(*one.listed.places), keys_of(*places)
    numbers = np.searchsorted(keys, wanted)
    is_listed = numbers < keys.size
    if not is_listed.all() or not (keys[numbers] == wanted).all():
        return None
    return numbers


def _compared_at(one: Staged, places: Places) -> Compared | None:
    numbers = _numbers_of(one, places)
    if numbers is None or not np.isin(numbers, one.numbers).all():
        return None
    at = np.searchsorted(one.numbers, numbers)
    score = one.score[at]
    row = np.cumsum(one.score > 0.0) - 1
    hits, damaged = score > 0.0, int(np.isnan(score).sum())
    return Compared(score[hits], row[at][hits], one.named, numbers.size - damaged, damaged)
