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

from fingerprint_engine.errors import CorruptTemplate, IncompatibleTemplates
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView, PrintColumns
from fingerprint_engine.index.columns.mapped_pages import MappedTemplates
from fingerprint_engine.index.duplicates.groups import (
    DuplicateGroup,
    PrintPair,
    RecordProblem,
    groups_of,
    problems_of,
)
from fingerprint_engine.index.duplicates.journal import DuplicateJournal, state_digest
from fingerprint_engine.index.duplicates.likely_prints import LikelyPrints, likely_prints
from fingerprint_engine.index.search.decision import recall_of
from fingerprint_engine.index.search.parameters import ALL_PAIRS
from fingerprint_engine.index.search.scan import EXACT
from fingerprint_engine.index.search.search import Snapshot
from fingerprint_engine.index.search.staged_scan import best_places, compare_prints, supports_in
from fingerprint_engine.matching import Matcher, MatchingParameters, score_of_fmr
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import TemplateBatch, batch_of_columns
from fingerprint_engine.text.plain import plain
from fingerprint_engine.threads import in_order

PIECE_PRINTS = 256
"""Chosen: so many are done again at most when a run was stopped."""
SUPPORTED_SCORE, MIN_SUPPORT = 60.0, 0.05
"""Measured: of 1,200 mates that score at least so much none has a support below 0.079; most non-mated prints have less.
Where lower scores count the best few are compared instead."""
_TOGETHER = 32
"""Chosen: for so many probes prints are unpacked together, a thousand at a time."""


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
    probes, sound = [], []
    for number, row in places:
        try:
            probes.append(Template.from_bytes(snapshot.views[number].columns.template_bytes(row)))
            sound.append((number, row))
        except CorruptTemplate:
            piece.skipped += 1
    limits = np.zeros((len(probes), len(snapshot.views)), np.int64)
    for limit, (number, row) in zip(limits, sound, strict=True):
        limit[:number] = [len(view.columns) for view in snapshot.views[:number]]
        limit[number] = row
    piece.shortlist, matching = matching_prints(probes, snapshot.views, limits, min_score)
    for (number, row), found in zip(sound, matching, strict=True):
        piece.pairs += [(other, place, number, row, score) for other, place, score in found]
    return piece


def matching_prints(
    probes: Sequence[Template], views: Sequence[BlockView], limits: NDArray[np.int64], min_score: float
) -> tuple[str, list[list[tuple[int, int, float]]]]:
    """How prints were chosen for full comparison; of each probe block, row and score of those that match it.

    `limits` as in `likely_prints`. Prints with few minutiae never match.
    """
    columns = [view.columns for view in views]
    chosen, supports = likely_prints(probes, views, limits), []
    for begin in range(0, len(probes), _TOGETHER):
        some = slice(begin, begin + _TOGETHER)
        supports += _supports(probes[some], columns, chosen[some])
    found = []
    for probe, likely, support in zip(probes, chosen, supports, strict=True):
        block, row = likely.block, likely.row
        if likely.shortlist != EXACT:
            supported = best_places(ALL_PAIRS.stages.compared, support)
            if min_score >= SUPPORTED_SCORE:
                supported = np.flatnonzero(support >= MIN_SUPPORT)
            block, row = block[supported], row[supported]
        block, row, score, _ = compare_prints(probe, columns, block, row, math.inf, 1)
        matches = (score >= min_score) & (len(probe) >= ALL_PAIRS.min_hit_minutiae)
        found.append(list(zip(block[matches].tolist(), row[matches].tolist(), score[matches].tolist(), strict=True)))
    return chosen[-1].shortlist if chosen else "", found


def _supports(
    probes: Sequence[Template], columns: Sequence[PrintColumns], chosen: Sequence[LikelyPrints]
) -> list[NDArray[np.float64]]:
    """Of each probe the supports of what was chosen; the prints of a block are unpacked for all probes together."""
    pairs, templates = MatchingParameters(max_pairs=ALL_PAIRS.stages.screening_pairs), MappedTemplates(columns)
    matchers = [Matcher(probe, pairs) for probe in probes]
    supports = [np.zeros(likely.row.size) for likely in chosen]
    for number, block in enumerate(columns):
        inside = [slice(*np.searchsorted(likely.block, (number, number + 1))) for likely in chosen]
        rows = [likely.row[part] for likely, part in zip(chosen, inside, strict=True)]
        wanted = np.concatenate([np.zeros(0, np.int64), *rows])
        asked = np.unique(wanted)
        templates.ask_for(np.full(asked.size, number), asked)
        try:
            found = _together(matchers, block.batch(wanted, complete=False), [some.size for some in rows])
        except IncompatibleTemplates:  # maybe of a damaged one
            found = [
                supports_in(matcher, columns, np.full(some.size, number), some)
                for matcher, some in zip(matchers, rows, strict=True)
            ]
        for support, part, some in zip(supports, inside, found, strict=True):
            support[part] = some
        templates.give_back_if_many()
    return supports


def _together(matchers: Sequence[Matcher], unpacked: TemplateBatch, sizes: Sequence[int]) -> list[NDArray[np.float64]]:
    """Of each probe the supports of so many prints, which stand one probe's after another's."""
    ends = np.cumsum(sizes).tolist()
    runs = [unpacked.columns.rows(slice(end - size, end)) for end, size in zip(ends, sizes, strict=True)]
    return [
        matcher.supports(batch_of_columns(run, unpacked.making)) if size else np.zeros(0)
        for matcher, run, size in zip(matchers, runs, sizes, strict=True)
    ]


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
