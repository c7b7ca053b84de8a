"""Which prints may be mates of some others: by votes in cells and by sketches, one block after another.

A search asks all blocks for one probe. Here a block is asked for all probes in turn: so its lists and sketches are
still in the machine's cache, and reading them, most of what all pairs cost, takes half the time. Each block passes on
its share of the prints with most votes, whatever the others have.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.kernels.levels import COUNTERS, voted_rows
from fingerprint_engine.index.cells.weighed_bits import WeighedBits, weighed_bits
from fingerprint_engine.index.columns.block import BlockView, PrintColumns, Rows
from fingerprint_engine.index.columns.cell_lists import MAX_LISTED_PRINTS
from fingerprint_engine.index.search.kernels import NO_GLANCE, WEIGHTS, scan_sketches
from fingerprint_engine.index.search.parameters import ALL_PAIRS, FAISS
from fingerprint_engine.index.search.scan import EXACT
from fingerprint_engine.index.search.search import wants_cells
from fingerprint_engine.index.search.shortlist_cells import Voting, voting_of
from fingerprint_engine.index.search.shortlists import SketchScan, halfway_of, near_bits_of
from fingerprint_engine.index.search.staged_scan import best_places
from fingerprint_engine.template import Template
from fingerprint_engine.threads import in_order

_STAGES = ALL_PAIRS.stages
_VOTING = 16
"""Measured: so many minutiae vote; with twelve, or half the cells, a mate in a hundred more is lost."""
_LEVELS = 1 << 11
"""Chosen: more votes than nearly all shares of a block have that are passed on."""


class LikelyPrints(NamedTuple):
    """Blocks and rows of prints that may be mates of one, and how they were chosen; exact: all there are."""

    block: Rows
    row: Rows
    shortlist: str


class _Room(NamedTuple):
    """Votes, all 0, and rows of a block: new memory for each block and probe costs as much as its votes."""

    votes: NDArray[np.int32]
    rows: NDArray[np.int32]


class _Sought(NamedTuple):
    """A print that is searched for: its sketches, those that vote, and which share is passed on."""

    bits: WeighedBits
    near: NDArray[np.int64]
    weight: NDArray[np.int64]
    halfway: tuple[int, int]
    voting: Voting | None
    share: float
    shortlist: str


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
    found: list[list[tuple[Rows, NDArray[np.int32]]]] = [[] for _ in probes]
    room = _Room(np.zeros(MAX_LISTED_PRINTS, np.int32), np.empty(MAX_LISTED_PRINTS, np.int32))
    for number, (view, mask) in enumerate(zip(views, usable, strict=True)):
        at = np.flatnonzero(limits[:, number]).tolist()
        choose = functools.partial(_chosen, view.columns, mask, np.flatnonzero(mask).astype(np.int32), room)
        # First the lists of the block for all probes, then its sketches: both do not fit into a cache together.
        rows = list(in_order(choose, [(sought[one], int(limits[one, number])) for one in at], workers=1))
        for one, row in zip(at, rows, strict=True):
            best, score = _best_of(sought[one], view.columns, row)
            found[one].append(((np.int64(number) << 32) | best, score))
    return [_best(one.shortlist, parts) for one, parts in zip(sought, found, strict=True)]


def _sought(
    probe: Template, views: Sequence[BlockView], usable: Sequence[NDArray[np.bool_]], limits: Sequence[int]
) -> _Sought:
    counts = [int(np.count_nonzero(mask[:limit])) for mask, limit in zip(usable, limits, strict=True)]
    in_cells = sum(count for count, view in zip(counts, views, strict=True) if view.columns.cells is not None)
    bits = weighed_bits(probe, _STAGES.probe_minutiae)
    near = near_bits_of(bits, _STAGES)
    weight = np.full(near.size, WEIGHTS)  # all alike: what else they could count was measured for searches alone
    halfway = halfway_of(bits, near, weight, _STAGES)
    if not wants_cells(ALL_PAIRS, in_cells):
        is_small = sum(counts) <= ALL_PAIRS.exact_prints
        return _Sought(bits, near, weight, halfway, None, 1.0, EXACT if is_small else SketchScan.name)
    voting = voting_of(probe, bits.first(_VOTING), near[:_VOTING], _STAGES)
    return _Sought(bits, near, weight, halfway, voting, _STAGES.voted(in_cells) / in_cells, FAISS)


def _chosen(
    columns: PrintColumns,
    mask: NDArray[np.bool_],
    usable: NDArray[np.int32],
    room: _Room,
    asked: tuple[_Sought, int],
) -> NDArray[np.int32]:
    """Rows of the prints of a block, of the usable ones among the first so many, whose sketches are looked at."""
    sought, limit = asked
    if sought.voting is None or columns.cells is None:
        return usable[: np.searchsorted(usable, limit)]  # of the same rows for all probes, which may be millions
    sought.voting.cast(columns.cells, room.votes)
    counted = np.zeros((COUNTERS, _LEVELS), np.int32)
    count = voted_rows(room.votes, mask[:limit], sought.share, counted, room.rows)  # type: ignore[no-untyped-call]
    return room.rows[:count].copy()


def _best_of(sought: _Sought, columns: PrintColumns, row: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
    """Those of some rows whose sketches are best, and their scores."""
    scores = np.zeros(row.size, np.int32)
    if sought.shortlist == EXACT:
        return row.astype(np.int64), scores
    asked = (*sought.bits, sought.near, sought.weight, columns.sketches, row, NO_GLANCE, sought.halfway)
    scan_sketches(*asked, scores)  # type: ignore[no-untyped-call]
    best = best_places(_STAGES.screened, scores.astype(np.float32))
    return row[best].astype(np.int64), scores[best]


def _best(shortlist: str, parts: Sequence[tuple[Rows, NDArray[np.int32]]]) -> LikelyPrints:
    place = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in parts)])
    if shortlist != EXACT:
        score = np.concatenate([np.zeros(0, np.int32), *(scores for _, scores in parts)])
        place = place[best_places(_STAGES.screened, score.astype(np.float32))]
    return LikelyPrints(place >> 32, place & 0xFFFFFFFF, shortlist)
