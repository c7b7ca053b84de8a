"""All pairs of prints in shards: the prints of each shard are searched for in it and in half of the others.

Pure functions of a shard, as those of a search; prints travel from the shard that holds them to those that look for
them. Pieces are done in one order, so that a journal can say how far a run had come.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.cluster.executors import Executor, Lost
from fingerprint_engine.cluster.shard import Shard
from fingerprint_engine.errors import CorruptTemplate, GalleryError
from fingerprint_engine.index import Duplicates
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.duplicates.all_pairs import (
    PIECE_PRINTS,
    NamedPrint,
    in_order_of_score,
    matching_prints,
    pair_of,
    print_of,
    summed_up,
)
from fingerprint_engine.index.duplicates.groups import PrintPair, RecordProblem, problems_of
from fingerprint_engine.index.duplicates.journal import DuplicateJournal, Found, state_digest
from fingerprint_engine.index.search.decision import recall_of
from fingerprint_engine.index.search.parameters import ALL_PAIRS, FAISS
from fingerprint_engine.index.search.scan import EXACT
from fingerprint_engine.index.search.shortlists import SketchScan
from fingerprint_engine.matching import score_of_fmr
from fingerprint_engine.template import Template

_PIECES_AT_ONCE = 2
"""Chosen: of each shard; a call of all of them ends with some workers idle."""


class Piece(NamedTuple):
    """Prints of a shard, by their numbers in the order of enrolment."""

    shard: int
    begin: int
    end: int


class Matched(NamedTuple):
    """Number of a print in the shard that was searched, number in the piece, score; damaged prints of the piece."""

    pairs: list[tuple[int, int, float]]
    skipped: int
    shortlist: str


def state(shard: Shard) -> tuple[str, int]:
    """A digest of the prints of a shard in their order, and how many there are."""
    snapshot = shard.snapshot()
    return state_digest(snapshot), sum(int(view.alive.sum()) for view in snapshot.views)


def natives(shard: Shard, begin: int, end: int) -> list[bytes]:
    """The templates of a piece."""
    return [view.columns.template_bytes(row) for view, row in _places(shard.snapshot().views, range(begin, end))]


def matches(shard: Shard, probes: Sequence[bytes], before: int | None, min_score: float) -> Matched:
    """Prints of a shard that match some; of its own, only those before each, the first of which has a number."""
    views = shard.snapshot().views
    starts = _starts(views)
    found, skipped = [], 0
    for at, native in enumerate(probes):
        try:
            found.append((at, Template.from_bytes(native)))
        except CorruptTemplate:
            skipped += before is not None  # counted where a print is at home
    limits = np.zeros((len(found), len(views)), np.int64)
    for limit, (at, _) in zip(limits, found, strict=True):
        limit[:] = _limits(views, starts, None if before is None else before + at)
    name, matching = matching_prints([probe for _, probe in found], views, limits, min_score)
    pairs = [
        (int(starts[block]) + int(views[block].alive[:row].sum()), at, score)
        for (at, _), some in zip(found, matching, strict=True)
        for block, row, score in some
    ]
    return Matched(pairs, skipped, name)


def named(shard: Shard, numbers: Sequence[int]) -> list[NamedPrint]:
    """Key, subject and finger of some prints."""
    return [print_of(view, row) for view, row in _places(shard.snapshot().views, numbers)]


def problems(shard: Shard, pairs: Sequence[PrintPair]) -> tuple[RecordProblem, ...]:
    """Contradictions that pairs show in the records of a shard."""
    return problems_of(pairs, shard.snapshot())


class ShardedDuplicates:
    """A run over all pairs.

    Parameters
    ----------
    executor, shards, names
        Where shards are, what stands for them there, and what they are called.
    max_fmr, journal, progress
        As in `Gallery.duplicates`.
    """

    def __init__(
        self,
        executor: Executor,
        shards: Sequence[Any],
        names: Sequence[str],
        max_fmr: float,
        journal: Path | None,
        progress: Callable[[int, int], object],
    ) -> None:
        self._executor, self._shards, self._names = executor, shards, names
        self._max_fmr, self._min_score = max_fmr, score_of_fmr(max_fmr)
        self._path, self._progress = journal, progress

    def run(self) -> Duplicates:
        """Compare all prints with each other."""
        every = range(len(self._shards))
        states = self._call(state, every, [()] * len(every))
        counts = [count for _, count in states]
        pieces = list(_pieces(counts))
        rows = [np.ones(count, np.bool_) for count in counts]
        digest = hashlib.blake2b(repr([digest for digest, _ in states]).encode(), digest_size=16).hexdigest()
        with DuplicateJournal(self._path, lambda: digest, rows, self._min_score) as kept:
            found, skipped, name = list(kept.pairs), kept.skipped, kept.shortlist
            done = sum(piece.end - piece.begin for piece in pieces[: kept.pieces])
            self._progress(done, sum(counts))
            with contextlib.closing(self._matched(pieces[kept.pieces :])) as matched:
                for piece, (more, missed, shortlist) in matched:
                    name = less_exact(name, shortlist)
                    kept.add(more, missed, name)
                    found, skipped = found + more, skipped + missed
                    done += piece.end - piece.begin
                    self._progress(done, sum(counts))
        pairs = self._named(found)
        contradictions = self._call(problems, every, [(pairs,)] * len(every))
        together = sorted(set().union(*contradictions), key=lambda one: (one.kind.value, one.subjects, one.keys))
        return summed_up(
            pairs, tuple(together), sum(counts), skipped, self._max_fmr, name, recall_of({}, name, ALL_PAIRS.stages)
        )

    def _matched(self, pieces: Sequence[Piece]) -> Generator[tuple[Piece, tuple[list[Found], int, str]]]:
        """Of each piece, in their order: matching pairs, damaged prints, and how prints were chosen."""
        size = _PIECES_AT_ONCE * len(self._shards)
        for begin in range(0, len(pieces), size):
            batch = pieces[begin : begin + size]
            sent = self._call(natives, [one.shard for one in batch], [(one.begin, one.end) for one in batch])
            calls = [
                (at, other)
                for at, piece in enumerate(batch)
                for other in range(len(self._shards))
                if looks_for(piece.shard, other)
            ]
            asked = [
                (sent[at], batch[at].begin if other == batch[at].shard else None, self._min_score)
                for at, other in calls
            ]
            answers: dict[int, list[tuple[int, Matched]]] = {}
            for (at, other), one in zip(calls, self._call(matches, [o for _, o in calls], asked), strict=True):
                answers.setdefault(at, []).append((other, one))
            for at, piece in enumerate(batch):
                pairs = [
                    (other, number, piece.shard, piece.begin + place, score)
                    for other, one in answers[at]
                    for number, place, score in one.pairs
                ]
                shortlist = functools.reduce(less_exact, (one.shortlist for _, one in answers[at]))
                yield piece, (pairs, sum(one.skipped for _, one in answers[at]), shortlist)

    def _named(self, found: Sequence[Found]) -> list[PrintPair]:
        places = [(pair[side], pair[side + 1]) for pair in found for side in (0, 2)]
        numbers = [sorted({number for shard, number in places if shard == one}) for one in range(len(self._shards))]
        answers = self._call(named, range(len(self._shards)), [(one,) for one in numbers])
        of = [dict(zip(asked, one, strict=True)) for asked, one in zip(numbers, answers, strict=True)]
        return in_order_of_score([pair_of(of[a][i], of[b][j], score) for a, i, b, j, score in found])

    def _call(self, function: Callable[..., Any], shards: Sequence[int], arguments: Sequence[tuple[Any, ...]]) -> Any:
        answers = self._executor.call(function, [self._shards[shard] for shard in shards], arguments, float("inf"))
        for shard, answer in zip(shards, answers, strict=True):
            if isinstance(answer, Lost):
                raise GalleryError(f"shard {self._names[shard]}: {answer.reason}; with a journal, the run can go on")
        return answers


_RISING = ("", EXACT, SketchScan.name, FAISS)
"""Names of ways in which prints are chosen, each of which claims less than those before it."""


def less_exact(name: str, other: str) -> str:
    """Of two ways in which prints were chosen, the one that claims less; empty: nothing was looked for."""
    return max(name, other, key=lambda one: _RISING.index(one) if one in _RISING else len(_RISING))


def looks_for(shard: int, other: int) -> bool:
    """Whether the prints of a shard are searched for in another: of two shards one way, and of each in half of them."""
    return shard == other or ((shard + other) % 2 == 1) == (shard < other)


def _pieces(counts: Sequence[int]) -> Iterator[Piece]:
    """Pieces of all shards in turn, so that all workers have work."""
    for begin in range(0, max(counts, default=0), PIECE_PRINTS):
        for shard, count in enumerate(counts):
            if begin < count:
                yield Piece(shard, begin, min(begin + PIECE_PRINTS, count))


def _starts(views: Sequence[BlockView]) -> NDArray[np.int64]:
    """The number of the first print of each block."""
    return np.concatenate([[0], np.cumsum([int(view.alive.sum()) for view in views])]).astype(np.int64)


def _places(views: Sequence[BlockView], numbers: Sequence[int]) -> Iterator[tuple[BlockView, int]]:
    """Block and row of prints with some numbers."""
    starts = _starts(views)
    rows: dict[int, NDArray[np.int64]] = {}
    for number in numbers:
        block = int(np.searchsorted(starts, number, side="right")) - 1
        if block not in rows:
            rows[block] = np.flatnonzero(views[block].alive)
        yield views[block], int(rows[block][number - int(starts[block])])


def _limits(views: Sequence[BlockView], starts: NDArray[np.int64], number: int | None) -> list[int]:
    """How many rows of each block hold prints with lower numbers than this; None: all."""
    limits = []
    for view, start, end in zip(views, starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if number is None or end <= number:
            limits.append(len(view.columns))
        else:
            limits.append(int(np.flatnonzero(view.alive)[number - start]) if start < number else 0)
    return limits
