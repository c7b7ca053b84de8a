"""All pairs of prints that match: subjects enrolled twice, and records that contradict themselves."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptTemplate
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.duplicates.groups import (
    DuplicateGroup,
    PrintPair,
    RecordProblem,
    groups_of,
    problems_of,
)
from fingerprint_engine.index.duplicates.journal import DuplicateJournal, state_digest
from fingerprint_engine.index.search.decision import recall_of
from fingerprint_engine.index.search.parameters import ALL_PAIRS
from fingerprint_engine.index.search.search import Snapshot, scan_for
from fingerprint_engine.matching import score_of_fmr
from fingerprint_engine.template import Template
from fingerprint_engine.text.plain import plain
from fingerprint_engine.threads import in_order

PIECE_PRINTS = 256
"""Chosen: so many are done again at most when a run was stopped."""


@dataclasses.dataclass(frozen=True, slots=True)
class Duplicates:
    """What `Gallery.duplicates` found.

    Attributes
    ----------
    groups
        Subjects that share fingers, largest first.
    problems
        Records that contradict themselves.
    pairs
        All matching pairs of prints, of different subjects and of the same one, falling score; as in a hit, both have
        `MIN_MATCH_MINUTIAE` minutiae.
    prints
        Prints that were compared, each with all others.
    skipped
        Prints that could not be: damaged ones.
    max_fmr
        The false match rate that was asked for.
    expected_false_pairs
        How many non-mated pairs would match by chance if all were compared: the number of pairs times that rate.
    shortlist, recall, recall_source
        How prints were chosen for full comparison, and what share of mates that keeps; see `SearchReceipt`.
    """

    groups: tuple[DuplicateGroup, ...]
    problems: tuple[RecordProblem, ...]
    pairs: tuple[PrintPair, ...]
    prints: int
    skipped: int
    max_fmr: float
    expected_false_pairs: float
    shortlist: str
    recall: float | None
    recall_source: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: groups, problems, pairs and what was compared."""
        found: dict[str, Any] = plain(self)
        return found


def find_duplicates(
    snapshot: Snapshot,
    max_fmr: float,
    journal: Path | None,
    workers: int,
    progress: Callable[[int, int], object],
) -> Duplicates:
    """Compare every print with all before it; arguments and errors as `Gallery.duplicates`."""
    min_score = score_of_fmr(max_fmr)
    places = [
        (number, row) for number, view in enumerate(snapshot.views) for row in np.flatnonzero(view.alive).tolist()
    ]
    pieces = [places[begin : begin + PIECE_PRINTS] for begin in range(0, len(places), PIECE_PRINTS)]
    found: list[tuple[int, int, int, int, float]] = []
    skipped, name = 0, ""
    rows = [view.alive for view in snapshot.views]
    with DuplicateJournal(journal, lambda: state_digest(snapshot), rows, min_score) as kept:
        found += kept.pairs
        skipped += kept.skipped
        name = kept.shortlist
        waiting = pieces[kept.pieces :]
        done = kept.pieces
        progress(min(done * PIECE_PRINTS, len(places)), len(places))
        matched = in_order(lambda part: _matches(snapshot, part, min_score), waiting, workers=workers)
        with contextlib.closing(matched):
            for piece in matched:
                kept.add(piece.pairs, piece.skipped, piece.shortlist)
                found += piece.pairs
                skipped += piece.skipped
                name = piece.shortlist or name
                done += 1
                progress(min(done * PIECE_PRINTS, len(places)), len(places))
    pairs = _named(snapshot, found)
    problems = problems_of(pairs, snapshot)
    return summed_up(
        pairs, problems, len(places), skipped, max_fmr, name, recall_of(snapshot.measurements, name, ALL_PAIRS.stages)
    )


def summed_up(
    pairs: Sequence[PrintPair],
    problems: tuple[RecordProblem, ...],
    count: int,
    skipped: int,
    max_fmr: float,
    shortlist: str,
    recall: tuple[float | None, str],
) -> Duplicates:
    """What was found among so many prints."""
    return Duplicates(
        groups=groups_of(pairs),
        problems=problems,
        pairs=tuple(pairs),
        prints=count - skipped,
        skipped=skipped,
        max_fmr=max_fmr,
        expected_false_pairs=max_fmr * math.comb(count, 2),
        shortlist=shortlist,
        recall=recall[0],
        recall_source=recall[1],
    )


@dataclasses.dataclass(slots=True)
class _Piece:
    pairs: list[tuple[int, int, int, int, float]]
    skipped: int
    shortlist: str


def _matches(snapshot: Snapshot, places: list[tuple[int, int]], min_score: float) -> _Piece:
    """Matches of some prints with those before them."""
    piece = _Piece([], 0, "")
    for number, row in places:
        view = snapshot.views[number]
        try:
            probe = Template.from_bytes(view.columns.template_bytes(row))
        except CorruptTemplate:
            piece.skipped += 1
            continue
        before: NDArray[np.bool_] = view.alive.copy()
        before[row:] = False
        masks = [other.alive for other in snapshot.views[:number]] + [before]
        piece.shortlist, matching = matching_prints(probe, snapshot.views[: number + 1], masks, min_score)
        piece.pairs += [(other, place, number, row, score) for other, place, score in matching]
    return piece


def matching_prints(
    probe: Template, views: Sequence[BlockView], masks: Sequence[NDArray[np.bool_]], min_score: float
) -> tuple[str, list[tuple[int, int, float]]]:
    """How prints were chosen for full comparison; block, row and score of those that match, few minutiae never do."""
    scan = scan_for(probe, views, masks, ALL_PAIRS)
    found = []
    for place in np.flatnonzero(scan.score >= min_score).tolist():
        block, row = int(scan.block[place]), int(scan.row[place])
        if min(len(probe), int(views[block].traits.minutiae[row])) >= ALL_PAIRS.min_hit_minutiae:
            found.append((block, row, float(scan.score[place])))
    return scan.name, found


def _named(snapshot: Snapshot, found: list[tuple[int, int, int, int, float]]) -> list[PrintPair]:
    pairs = [
        pair_of(print_of(snapshot.views[block], row), print_of(snapshot.views[other], place), score)
        for block, row, other, place, score in found
    ]
    return in_order_of_score(pairs)


NamedPrint = tuple[str, str, Finger]
"""Key, subject and finger."""


def print_of(view: BlockView, row: int) -> NamedPrint:
    """What pairs say of a print."""
    return view.key(row), view.subject(row), Finger(int(view.traits.finger[row]))


def pair_of(first: NamedPrint, second: NamedPrint, score: float) -> PrintPair:
    """A pair; the smaller key comes first."""
    (key, subject, finger), (other_key, other_subject, other_finger) = sorted((first, second))
    return PrintPair(key, other_key, subject, other_subject, finger, other_finger, score)


def in_order_of_score(pairs: Sequence[PrintPair]) -> list[PrintPair]:
    """Falling score, equal ones by key."""
    return sorted(pairs, key=lambda pair: (-pair.score, pair.key, pair.other_key))
