"""`CellShortlist`: a shortlist through FAISS's cells, whose minutiae vote for their prints.

FAISS says how far each cell is from each minutia of the probe. What lies in the best of them votes by its nearness; the
sketches of the prints with most votes are scanned whole. Prints of blocks without lists are all scanned.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.kernels.levels import COUNTERS, count_levels
from fingerprint_engine.index.cells.kernels.votes import count_votes
from fingerprint_engine.index.cells.visits import Visits, visits_of
from fingerprint_engine.index.cells.weighed_bits import WeighedBits, weighed_bits
from fingerprint_engine.index.columns.block import PrintColumns
from fingerprint_engine.index.columns.cell_lists import MAX_LISTED_PRINTS, CellLists
from fingerprint_engine.index.search.parameters import FAISS, StageParameters
from fingerprint_engine.index.search.shortlists import Rated, SketchScan, near_bits_of, widened
from fingerprint_engine.index.search.work_pieces import LEVEL_MS, VOTE_MS, threads_worth
from fingerprint_engine.template import Template
from fingerprint_engine.threads import done_in_time

_DEFAULT_PARAMETERS = StageParameters()
LEVELS, STEP_BITS = 1 << 12, 4
"""Votes are ranked in steps of 16, up to more than prints of other fingers get."""
_Room = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Votes and counters of levels, all 0."""
Votes = dict[int, NDArray[np.uint16]]
"""Of blocks, by number: which level the votes of each print reach."""


class Voting(NamedTuple):
    """What votes of a probe: its minutiae, how near is near to each, and which cells are looked at for it."""

    bits: WeighedBits
    near: NDArray[np.int64]
    visits: Visits

    def cast(self, lists: CellLists, votes: NDArray[np.int32]) -> None:
        """Add what the prints of a block are given."""
        count_votes(*self.bits, self.near, *self.visits, *lists, votes)  # type: ignore[no-untyped-call]


class CellShortlist:
    """Votes of minutiae in near cells, then the scan of what has most; see `shortlists.Shortlist` for the port.

    Parameters are those for the number of enrolled prints (`StageParameters.among`), which the blocks do not tell: they
    may be those of one shard of many.
    """

    name = FAISS

    def __init__(self, blocks: Sequence[PrintColumns], parameters: StageParameters = _DEFAULT_PARAMETERS) -> None:
        self._blocks = list(blocks)
        self._parameters = parameters

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> list[Rated | None]:
        """As `Shortlist.scores`; prints with too few votes are not looked at."""
        votes, levels = self.votes(probe, eligible, deadline, workers)
        floor = floor_of(levels, widened(self._parameters, probe))
        return self.scores_above(floor, votes, probe, eligible, deadline, workers)

    def votes(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> tuple[Votes, NDArray[np.int64]]:
        """The votes in the blocks that were done in time, and how many eligible prints there reach which level."""
        parameters = widened(self._parameters, probe)
        bits = weighed_bits(probe, parameters.voting(len(probe)))
        voting = voting_of(probe, bits, near_bits_of(bits, parameters), parameters.listed)
        listed = {number: block.cells for number, block in enumerate(self._blocks) if block.cells is not None}
        ends = np.cumsum([0, *(len(self._blocks[number]) for number in listed)]).tolist()
        level = np.empty(ends[-1], np.uint16)
        level_of = {
            number: level[begin:end] for number, (begin, end) in zip(listed, itertools.pairwise(ends), strict=True)
        }
        room: list[_Room] = []  # one for each thread: new memory for each block costs more than its votes

        def vote(number: int) -> NDArray[np.int64]:
            try:
                votes, counted = room.pop()
            except IndexError:
                votes, counted = np.zeros(MAX_LISTED_PRINTS, np.int32), np.zeros((COUNTERS, LEVELS), np.int32)
            reached = np.empty(LEVELS, np.int64)
            voting.cast(listed[number], votes)
            count_levels(votes, eligible[number], STEP_BITS, level_of[number], counted, reached)  # type: ignore[no-untyped-call]
            room.append((votes, counted))
            return reached

        work = ends[-1] * parameters.listed / 1000 * VOTE_MS
        done = done_in_time(vote, list(listed), workers=threads_worth(work, workers), deadline=deadline)
        levels = sum(done, np.zeros(LEVELS, np.int64))
        return {number: level_of[number] for number, _ in zip(listed, done, strict=False)}, levels

    def scores_above(
        self,
        floor: int,
        votes: Votes,
        probe: Template,
        eligible: Sequence[NDArray[np.bool_]],
        deadline: float = math.inf,
        workers: int = 1,
    ) -> list[Rated | None]:
        """`scores` of the prints whose votes reach a level, and of all in blocks without lists."""

        def chosen(number: int) -> NDArray[np.int64]:
            mask = eligible[number]
            return np.flatnonzero(((votes[number] >= floor) & mask) if number in votes else mask)

        work = sum(map(len, votes.values())) * LEVEL_MS
        rows = done_in_time(chosen, range(len(eligible)), workers=threads_worth(work, workers))
        scan = SketchScan(self._blocks, self._parameters.looking(len(probe)))
        found = scan.scores_of(rows, probe, deadline, workers)
        late = {number for number, block in enumerate(self._blocks) if block.cells is not None} - set(votes)
        return [None if number in late else block for number, block in enumerate(found)]


def voting_of(probe: Template, bits: WeighedBits, near: NDArray[np.int64], listed: int) -> Voting:
    """What votes of a probe: those of its minutiae, the best first, whose bits and nearness these are.

    So many minutiae of a thousand prints are read for it, as in `visits_of`.
    """
    quality = probe.minutiae.quality[: near.size]
    return Voting(bits, near, visits_of(bits, near, quality, listed))


def floor_of(levels: NDArray[np.int64], parameters: StageParameters) -> int:
    """The level of the last print that is passed on, and of what ties with it."""
    return level_of_best(levels, parameters.voted(int(levels.sum())))


def level_of_best(levels: NDArray[np.int64], count: int) -> int:
    """The highest level that so many prints reach, of at most all of them."""
    at_least = np.cumsum(levels[::-1])[::-1]  # prints that reach a level
    wanted = min(count, int(at_least[0]))
    return int(np.flatnonzero(at_least >= wanted)[-1]) if wanted else 0
