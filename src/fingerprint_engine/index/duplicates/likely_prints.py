"""Which prints may be mates of some others: by votes in cells and by sketches, one block after another.

A search asks all blocks for one probe. Here a block is asked for many probes in turn: so its lists and sketches are
still in the machine's cache, and threads seldom meet in Python. Each block passes on its share of the prints with most
votes, whatever the others have.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.kernels.levels import COUNTERS
from fingerprint_engine.index.cells.weighed_bits import WeighedBits, weighed_bits
from fingerprint_engine.index.columns.block import BlockView, PrintColumns, Rows
from fingerprint_engine.index.columns.cell_lists import MAX_LISTED_PRINTS
from fingerprint_engine.index.duplicates.kernels import TIED, look, vote
from fingerprint_engine.index.search.kernels import WEIGHTS
from fingerprint_engine.index.search.parameters import ALL_PAIRS, FAISS
from fingerprint_engine.index.search.scan import EXACT
from fingerprint_engine.index.search.search import wants_cells
from fingerprint_engine.index.search.shortlist_cells import Voting, voting_of
from fingerprint_engine.index.search.shortlists import Glance, SketchScan, nearness_of
from fingerprint_engine.index.search.staged_scan import best_places
from fingerprint_engine.template import Template
from fingerprint_engine.threads import done_in_time

_STAGES = ALL_PAIRS.stages
_VOTING = 16
"""Measured: so many minutiae vote; with twelve, or half the cells, a mate in a hundred more is lost."""
_LEVELS = 1 << 11
"""Chosen: more votes than nearly all shares of a block have that are passed on."""
_TOGETHER = 64
"""Chosen: for so many probes kernels look at a block before whoever waits can interrupt; with lists some 50 ms."""
_ROWS = 1 << 18
"""Chosen: rows that votes pass on before their sketches are looked at."""


class LikelyPrints(NamedTuple):
    """Blocks and rows of prints that may be mates of one, and how they were chosen; exact: all there are."""

    block: Rows
    row: Rows
    shortlist: str


class _Sought(NamedTuple):
    """A print that is searched for: its sketches, those that vote, and which share is passed on."""

    bits: WeighedBits
    near: NDArray[np.int64]
    glance: Glance
    voting: Voting | None
    share: float
    shortlist: str


class _Looking(NamedTuple):
    """What looks at sketches, of some probes, one's columns after another's; see `kernels.look`."""

    bits: NDArray[np.uint64]
    near: NDArray[np.int64]
    weight: NDArray[np.int64]
    ends: NDArray[np.int64]
    near_first: NDArray[np.int64]
    glanced: NDArray[np.int64]
    floor: NDArray[np.int64]


class _Voters(NamedTuple):
    """Which cells are visited for which minutiae of some probes, and the share that each passes on; `kernels.vote`."""

    cell: NDArray[np.int64]
    minutia: NDArray[np.int64]
    visited: NDArray[np.int64]
    share: NDArray[np.float64]


class _Asked(NamedTuple):
    """Some probes that are searched for alike; None votes where all prints are looked at."""

    looking: _Looking
    voters: _Voters | None

    @classmethod
    def of(cls, sought: Sequence[_Sought]) -> _Asked:
        """For probes that vote, all or none."""
        words = [np.stack([words.reshape(-1) for words in one.bits]) for one in sought]
        near, first = [one.near for one in sought], [one.glance.near for one in sought]
        looking = _Looking(
            np.concatenate(words, axis=1),
            np.concatenate(near),
            np.full(sum(map(len, near)), WEIGHTS),  # all alike: what else they could count was measured for searches
            _ends(near),
            np.concatenate(first),
            _ends(first),
            np.array([one.glance.floor for one in sought]),
        )
        visits = [one.voting.visits for one in sought if one.voting]
        if not visits:
            return cls(looking, None)
        cells, share = [one.cell for one in visits], np.array([one.share for one in sought])
        minutiae = np.concatenate([one.minutia for one in visits])
        return cls(looking, _Voters(np.concatenate(cells), minutiae, _ends(cells), share))


class _Best(NamedTuple):
    """The best rows of blocks for each probe and their scores, shape (blocks, probes, places); how many they are."""

    row: NDArray[np.int32]
    score: NDArray[np.int32]
    kept: NDArray[np.int64]

    @classmethod
    def of(cls, blocks: int, probes: int) -> _Best:
        """None yet."""
        row, score = np.empty((2, blocks, probes, TIED * _STAGES.screened), np.int32)
        return cls(row, score, np.zeros((blocks, probes), np.int64))

    def part(self, block: int, probes: slice) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        """Those of a block for some probes."""
        return self.row[block, probes], self.score[block, probes], self.kept[block, probes]

    def likely(self, probe: int, shortlist: str) -> LikelyPrints:
        """The best of all blocks."""
        is_kept = np.arange(self.row.shape[2]) < self.kept[:, probe, np.newaxis]
        score = self.score[:, probe][is_kept]
        best = best_places(_STAGES.screened, score.astype(np.float32))
        block = np.repeat(np.arange(len(self.kept)), self.kept[:, probe])[best]
        return LikelyPrints(block, self.row[:, probe][is_kept][best].astype(np.int64), shortlist)


class _Room:
    """What is used again for every block: new memory costs as much as the votes in it."""

    def __init__(self) -> None:
        self.counting = np.zeros(MAX_LISTED_PRINTS, np.int32), np.zeros((COUNTERS, _LEVELS), np.int32)
        self.found = np.empty(_TOGETHER + 1, np.int64), np.empty(_ROWS, np.int32)
        self.scores = np.empty(_ROWS, np.int32)


def likely_prints(
    probes: Sequence[Template], views: Sequence[BlockView], limits: NDArray[np.int64]
) -> list[LikelyPrints]:
    """Of each probe the prints whose sketches resemble it most.

    Parameters
    ----------
    probes
        What is searched for.
    views
        Where.
    limits
        Shape (probes, blocks): the first so many rows of a block are looked at.
    """
    usable = [view.alive & (view.traits.minutiae >= ALL_PAIRS.min_hit_minutiae) for view in views]
    sought = [_sought(probe, views, usable, limit.tolist()) for probe, limit in zip(probes, limits, strict=True)]
    groups = [(some, _Asked.of(sought[some])) for some in _alike(sought)]
    best, room = _Best.of(len(views), len(probes)), _Room()
    for number, (view, mask) in enumerate(zip(views, usable, strict=True)):
        rows = np.flatnonzero(mask).astype(np.int32)
        ask = functools.partial(_ask, view.columns, mask, rows, room)
        parts = [
            (asked, limits[some, number].copy(), best.part(number, some))
            for some, asked in groups
            if limits[some, number].any()
        ]
        done_in_time(ask, parts, workers=1)  # in a way that ends between two where nobody wants the rest any more
    return [
        _all_of(usable, limit.tolist()) if one.shortlist == EXACT else best.likely(number, one.shortlist)
        for number, (one, limit) in enumerate(zip(sought, limits, strict=True))
    ]


def _sought(
    probe: Template, views: Sequence[BlockView], usable: Sequence[NDArray[np.bool_]], limits: Sequence[int]
) -> _Sought:
    counts = [int(np.count_nonzero(mask[:limit])) for mask, limit in zip(usable, limits, strict=True)]
    in_cells = sum(count for count, view in zip(counts, views, strict=True) if view.columns.cells is not None)
    bits = weighed_bits(probe, _STAGES.probe_minutiae)
    near, glance = nearness_of(bits, _STAGES)
    if not wants_cells(ALL_PAIRS, in_cells):
        is_small = sum(counts) <= ALL_PAIRS.exact_prints
        return _Sought(bits, near, glance, None, 1.0, EXACT if is_small else SketchScan.name)
    voting = voting_of(probe, bits.first(_VOTING), near[:_VOTING], _STAGES.listed_among(in_cells))
    return _Sought(bits, near, glance, voting, _STAGES.voted(in_cells) / in_cells, FAISS)


def _alike(sought: Sequence[_Sought]) -> Iterator[slice]:
    """Runs of probes that are searched for alike; not of those that are compared with all prints."""
    begin = 0
    for shortlist, run in itertools.groupby(sought, lambda one: one.shortlist):
        end = begin + sum(1 for _ in run)
        if shortlist != EXACT:
            yield from (slice(first, min(first + _TOGETHER, end)) for first in range(begin, end, _TOGETHER))
        begin = end


_Part = tuple[_Asked, NDArray[np.int64], tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]]
"""Some probes, the first so many rows that are looked at for each, and where what is best of them belongs."""


def _ask(columns: PrintColumns, mask: NDArray[np.bool_], usable: NDArray[np.int32], room: _Room, part: _Part) -> None:
    """Look for some probes in a block, of which these rows may be used."""
    asked, limit, best = part
    looking, looked_at = asked.looking, (*asked.looking, columns.sketches)
    if asked.voters is None or columns.cells is None:
        for probe, count in enumerate(np.searchsorted(usable, limit).tolist()):
            whole = np.array([0, count]), usable[:count], np.empty(count, np.int32)
            look(probe, 1, *looked_at, *whole, *best)  # type: ignore[no-untyped-call]
        return
    voters = (looking.bits, looking.near, looking.ends, *asked.voters)
    begin, count = 0, limit.size
    while begin < count:
        done = vote(begin, count, *voters, *columns.cells, mask, limit, room.counting, room.found)  # type: ignore[no-untyped-call]
        look(begin, done, *looked_at, *room.found, room.scores, *best)  # type: ignore[no-untyped-call]
        begin += done


def _all_of(usable: Sequence[NDArray[np.bool_]], limits: Sequence[int]) -> LikelyPrints:
    rows = [np.flatnonzero(mask[:limit]) for mask, limit in zip(usable, limits, strict=True)]
    block = np.repeat(np.arange(len(rows)), [row.size for row in rows])
    return LikelyPrints(block, np.concatenate([np.zeros(0, np.int64), *rows]), EXACT)


def _ends(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Where each of some columns ends, after a 0."""
    return np.cumsum([0, *(column.size for column in columns)])
