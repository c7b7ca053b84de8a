"""`CellShortlist`: a shortlist through FAISS's cells, whose minutiae vote for their prints.

FAISS finds the cells that are nearest to each minutia of the probe. What lies in them votes by its nearness; the
sketches of the prints with most votes are scanned whole. Prints of blocks without lists are all scanned.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.centres import BITS, nearest_cells
from fingerprint_engine.index.cells.kernels import count_levels, count_votes
from fingerprint_engine.index.columns.block import PrintColumns
from fingerprint_engine.index.search.parameters import FAISS, StageParameters
from fingerprint_engine.index.search.shortlists import SketchScan, probe_words
from fingerprint_engine.template import Template
from fingerprint_engine.threads import in_order

_DEFAULT_PARAMETERS = StageParameters()
LEVELS, STEP = 1 << 12, 16
"""Votes are ranked in steps of 16, up to more than prints of other fingers get."""
Votes = dict[int, NDArray[np.int32]]
"""Of blocks, by number: the votes of their prints."""


class CellShortlist:
    """Votes of minutiae in near cells, then the scan of what has most; see `shortlists.Shortlist` for the port."""

    name = FAISS

    def __init__(self, blocks: Sequence[PrintColumns], parameters: StageParameters = _DEFAULT_PARAMETERS) -> None:
        self._blocks = list(blocks)
        self._parameters = parameters
        self._scan = SketchScan(blocks, dataclasses.replace(parameters, glance_passes=100))  # few are left: no glance

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> list[NDArray[np.float32] | None]:
        """As `Shortlist.scores`; prints with too few votes have none, as those that may not be looked at."""
        votes, levels = self.votes(probe, eligible, deadline, workers)
        floor = floor_of(levels, self._parameters)
        return self.scores_above(floor, votes, probe, eligible, deadline, workers)

    def votes(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> tuple[Votes, NDArray[np.int64]]:
        """The votes in the blocks that were done in time, and how many eligible prints there reach which level."""
        words = np.ascontiguousarray(probe_words(probe, self._parameters).T)
        listed = {number: block.cells for number, block in enumerate(self._blocks) if block.cells is not None}
        worth = np.square(np.maximum(self._parameters.near_bits - np.arange(BITS + 1), 0)).astype(np.int32)
        cells = nearest_cells(words, max(1, self._parameters.cells // max(1, words.shape[0])))[0]

        def vote(number: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
            votes, levels = np.zeros(len(self._blocks[number]), np.int32), np.zeros(LEVELS, np.int64)
            count_votes(words, cells, *listed[number], worth, votes)  # type: ignore[no-untyped-call]
            count_levels(votes, eligible[number], STEP, levels)  # type: ignore[no-untyped-call]
            return votes, levels

        done = list(in_order(vote, listed, workers=workers, ahead=len(listed), deadline=deadline))
        levels = sum((found for _, found in done), np.zeros(LEVELS, np.int64))
        return dict(zip(listed, (votes for votes, _ in done), strict=False)), levels

    def scores_above(
        self,
        floor: int,
        votes: Votes,
        probe: Template,
        eligible: Sequence[NDArray[np.bool_]],
        deadline: float = math.inf,
        workers: int = 1,
    ) -> list[NDArray[np.float32] | None]:
        """`scores` of the prints whose votes reach a level, and of all in blocks without lists."""
        chosen = [
            mask & (votes[number] >= floor * STEP) if number in votes else mask for number, mask in enumerate(eligible)
        ]
        found = self._scan.scores(probe, chosen, deadline, workers)
        late = {number for number, block in enumerate(self._blocks) if block.cells is not None} - set(votes)
        return [None if number in late else block for number, block in enumerate(found)]


def floor_of(levels: NDArray[np.int64], parameters: StageParameters) -> int:
    """The level of the last print that is passed on, and of what ties with it."""
    return level_of_best(levels, parameters.voted(int(levels.sum())))


def level_of_best(levels: NDArray[np.int64], count: int) -> int:
    """The highest level that so many prints reach, of at most all of them."""
    at_least = np.cumsum(levels[::-1])[::-1]  # prints that reach a level
    wanted = min(count, int(at_least[0]))
    return int(np.flatnonzero(at_least >= wanted)[-1]) if wanted else 0
