"""All pairs of prints that match: subjects enrolled twice, and records that contradict themselves."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptTemplate
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.duplicates.groups import (
    DuplicateGroup,
    PrintPair,
    RecordProblem,
    groups_of,
    problems_of,
)
from fingerprint_engine.index.duplicates.journal import DuplicateJournal
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
    with DuplicateJournal(journal, snapshot, min_score) as kept:
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
    recall, source = recall_of(snapshot.measurements, name, ALL_PAIRS.stages)
    count = len(places)
    return Duplicates(
        groups=groups_of(pairs),
        problems=problems_of(pairs, snapshot),
        pairs=tuple(pairs),
        prints=count - skipped,
        skipped=skipped,
        max_fmr=max_fmr,
        expected_false_pairs=max_fmr * count * (count - 1) / 2.0,
        shortlist=name,
        recall=recall,
        recall_source=source,
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
        scan = scan_for(probe, snapshot.views[: number + 1], masks, ALL_PAIRS)
        piece.shortlist = scan.name
        for place in np.flatnonzero(scan.score >= min_score).tolist():
            other = snapshot.views[int(scan.block[place])].traits.minutiae[int(scan.row[place])]
            if min(len(probe), int(other)) < ALL_PAIRS.min_hit_minutiae:
                continue
            piece.pairs.append((int(scan.block[place]), int(scan.row[place]), number, row, float(scan.score[place])))
    return piece


def _named(snapshot: Snapshot, found: list[tuple[int, int, int, int, float]]) -> list[PrintPair]:
    pairs = []
    for *first, number, row, score in found:
        sides = []
        for block, place in ((first[0], first[1]), (number, row)):
            view = snapshot.views[block]
            sides.append((view.key(place), view.subject(place), Finger(int(view.traits.finger[place]))))
        sides.sort()
        (key, subject, finger), (other_key, other_subject, other_finger) = sides
        pairs.append(PrintPair(key, other_key, subject, other_subject, finger, other_finger, score))
    return sorted(pairs, key=lambda pair: (-pair.score, pair.key, pair.other_key))
