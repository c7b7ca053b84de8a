"""What is asked of a shard, round by round: pure functions of a shard, probes and options.

1 `foreseen`   which prints may be looked at, and what the next rounds will probably ask (`cluster.foreseen`)
2 `voted`      how many votes they have in cells
3 `listed`     the prints with the best shortlist scores, and whether like minutiae lie alike in them
4 `screened`   the mutual support of the best of all shards
5 `compared`   full scores of the best of these, or of all prints
6 `fused`      with several probes: subjects compared with all of them

Between the rounds `sharded_search` chooses among the prints of all shards, as a search in one gallery does.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.cluster.shard import Shard
from fingerprint_engine.index.columns.block import TRAIT_TYPES, BlockView, PrintColumns, Rows, Traits
from fingerprint_engine.index.columns.memory_block import MemoryNames
from fingerprint_engine.index.search.candidates import Fused, fuse_subjects
from fingerprint_engine.index.search.eligibility import Eligible
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.index.search.parameters import StageSizes
from fingerprint_engine.index.search.scan import exact_scan
from fingerprint_engine.index.search.search import Snapshot, eligible_for, subjects_among, usable_rows
from fingerprint_engine.index.search.shortlist_cells import CellShortlist
from fingerprint_engine.index.search.shortlists import Rated, SketchScan
from fingerprint_engine.index.search.staged_scan import (
    are_sealed,
    best_prints,
    compare_prints,
    place_prints,
    screen_prints,
)
from fingerprint_engine.template import Template

NEVER = math.inf
"""The deadline of a round: who asks for it waits no longer than its own."""
Places = tuple[Rows, Rows]
"""Blocks and rows of prints of a shard."""


class Asked(NamedTuple):
    """A search, as it is sent to shards: the options have no deadline, which is a moment of one machine's clock."""

    probes: tuple[Template, ...]
    options: SearchOptions


class Opened(NamedTuple):
    """A shard as it is during a round: its prints, which of them may be looked at, and which can be compared."""

    snapshot: Snapshot
    eligible: Eligible
    usable: list[NDArray[np.bool_]]

    @property
    def columns(self) -> list[PrintColumns]:
        """What a search reads of the prints."""
        return [view.columns for view in self.snapshot.views]

    @property
    def in_cells(self) -> int:
        """Prints that can be compared and lie in cells."""
        listed = (one.cells is not None for one in self.columns)
        return sum(
            int(np.count_nonzero(mask)) for mask, is_listed in zip(self.usable, listed, strict=True) if is_listed
        )


class Begun(NamedTuple):
    """What a shard may look at: counts as in a receipt; prints that can be compared, in all and in cells; if sealed."""

    eligible: Eligible
    lost: int
    lost_segments: int
    segments: int
    measurements: dict[str, Any]
    index_problems: tuple[str, ...]
    key_ids: tuple[str, ...]
    format_version: int
    subjects: int
    usable: int
    in_cells: int
    sealed: bool


class Listed(NamedTuple):
    """Places and shortlist scores; how many were looked at; and what placing says of each, None if none is placed."""

    places: Places
    score: NDArray[np.float32]
    visited: int
    worth: NDArray[np.float32] | None


class Compared(NamedTuple):
    """Prints with a score above 0, each a row of `named`, and how many were compared or are damaged."""

    score: NDArray[np.float64]
    row: Rows
    named: BlockView
    compared: int
    damaged: int


def begun_in(found: Opened, probes: int) -> Begun:
    """What a shard may look at; subjects, which take long to count, with several probes only."""
    snapshot, eligible, usable = found
    return Begun(
        dataclasses.replace(eligible, masks=[]),
        snapshot.lost,
        snapshot.lost_segments,
        len({view.segment for view in snapshot.views}),
        dict(snapshot.measurements),
        tuple(snapshot.index_problems),
        snapshot.key_ids,
        snapshot.format_version,
        subjects_among(snapshot.views, eligible) if probes > 1 else 0,
        sum(int(np.count_nonzero(mask)) for mask in usable),
        found.in_cells,
        are_sealed(found.columns),
    )


def voted(shard: Shard, asked: Asked) -> list[NDArray[np.int64]]:
    """Round 2, of each probe: how many prints reach which level of votes."""
    found = opened(shard, asked)
    shortlist = CellShortlist(found.columns, asked.options.parameters.stages)
    return [shortlist.votes(probe, found.usable, workers=asked.options.workers)[1] for probe in asked.probes]


def listed(shard: Shard, asked: Asked, sizes: Sequence[StageSizes], floors: Sequence[int] | None) -> list[Listed]:
    """Round 3, of each probe: the best that are placed, by cells above a level of votes or by the scan of all."""
    found = opened(shard, asked)
    stages, workers = asked.options.parameters.stages, asked.options.workers
    answers = []
    for number, probe in enumerate(asked.probes):
        if floors is None:
            rated = SketchScan(found.columns, stages).scores(probe, found.usable, workers=workers)
        else:
            shortlist = CellShortlist(found.columns, stages)
            votes, _ = shortlist.votes(probe, found.usable, workers=workers)
            rated = shortlist.scores_above(floors[number], votes, probe, found.usable, workers=workers)
        size = sizes[number]
        answers.append(best_of(probe, found, rated, asked, size.placed, is_placed=size.has_placing))
    return answers


def keys_of(block: Rows, row: Rows) -> NDArray[np.int64]:
    """A number for each print, rising as prints are listed."""
    return (block << 32) | row


def best_of(
    probe: Template, found: Opened, rated: Sequence[Rated | None], asked: Asked, count: int, *, is_placed: bool
) -> Listed:
    """The `count` best prints of a shard."""
    block, row, score, visited = best_prints(count, rated)
    options, worth = asked.options, None
    if is_placed:
        columns, stages = found.columns, options.parameters.stages
        worth = place_prints(probe, columns, block, row, NEVER, options.workers, stages)[2]
    return Listed((block, row), score, visited, worth)


def at_places(columns: Sequence[Any], block: Rows, row: Rows, kind: type[np.generic]) -> NDArray[Any]:
    """Values of some prints, of a column of each block."""
    return np.array([columns[b][r] for b, r in zip(block.tolist(), row.tolist(), strict=True)], kind)


def screened(shard: Shard, asked: Asked, places: Sequence[Places]) -> list[NDArray[np.float64]]:
    """Round 4, of each probe: the supports of some prints."""
    columns = [view.columns for view in shard.snapshot(asked.probes).views]
    pairs, workers = asked.options.parameters.stages.screening_pairs, asked.options.workers
    return [
        screen_prints(probe, columns, block, row, NEVER, workers, pairs)[2]
        for probe, (block, row) in zip(asked.probes, places, strict=True)
    ]


def compared(shard: Shard, asked: Asked, places: Sequence[Places] | None) -> list[Compared]:
    """Round 5, of each probe: the scores of some prints, or of all that may be looked at."""
    opened_shard = opened(shard, asked)
    if places is None:
        return [all_compared(probe, opened_shard, asked.options.workers) for probe in asked.probes]
    views, columns, found = opened_shard.snapshot.views, opened_shard.columns, []
    for probe, wanted in zip(asked.probes, places, strict=True):
        block, row, score, damaged = compare_prints(probe, columns, *wanted, NEVER, asked.options.workers)
        found.append(compared_prints(views, block, row, score, block.size, damaged))
    return found


def all_compared(probe: Template, found: Opened, workers: int) -> Compared:
    """The scores of all prints that may be looked at."""
    scan = exact_scan(probe, found.columns, found.usable, workers=workers)
    damaged = sum(scan.excluded.values())
    return compared_prints(found.snapshot.views, scan.block, scan.row, scan.score, scan.compared, damaged)


def compared_prints(
    views: Sequence[BlockView], block: Rows, row: Rows, score: NDArray[np.float64], count: int, damaged: int
) -> Compared:
    """What candidates are made of: scores above 0 and whose they are."""
    hits = np.flatnonzero(score > 0.0)
    named = named_prints(views, block[hits], row[hits])
    return Compared(score[hits], np.arange(hits.size), named, count, damaged)


def fused(shard: Shard, asked: Asked, subjects: Sequence[str]) -> list[Fused]:
    """Round 6: subjects of the shard compared with all probes."""
    snapshot, eligible, _ = opened(shard, asked)
    options = asked.options
    found, _ = fuse_subjects(
        asked.probes,
        subjects,
        snapshot.views,
        eligible.masks,
        same_finger=options.same_finger,
        min_minutiae=options.parameters.min_hit_minutiae,
        deadline=NEVER,
    )
    return found


def opened(shard: Shard, asked: Asked) -> Opened:
    """A shard as it is now."""
    snapshot = shard.snapshot(asked.probes)
    eligible = eligible_for(asked.probes, snapshot, asked.options)
    return Opened(snapshot, eligible, usable_rows(snapshot.views, eligible.masks))


def named_prints(views: Sequence[BlockView], block: Rows, row: Rows) -> BlockView:
    """What candidates are made of: keys, subjects and traits of some prints, as a block of their own."""
    places = list(zip(block.tolist(), row.tolist(), strict=True))
    traits = Traits(
        *(np.array([getattr(views[b].traits, name)[r] for b, r in places], kind) for name, kind in TRAIT_TYPES.items())
    )
    names = MemoryNames(
        [views[b].key(r) for b, r in places],
        [views[b].names.stored_subject(r) for b, r in places],
        [""],
        traits.subject,
    )
    nothing = PrintColumns(np.zeros((0, 0), np.uint64), np.zeros(0, np.uint8), np.zeros(1, np.int64))
    return BlockView(names, nothing, traits, np.ones(len(places), np.bool_), 0)
