"""All pairs of prints that match: subjects enrolled twice, and records that contradict themselves."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptTemplate, IncompatibleTemplates
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView, PrintColumns, Rows, batch_of, sound_batch_of
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
from fingerprint_engine.index.search.staged_scan import best_places, supports_in
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
"""Chosen: for so many probes prints are unpacked together, some hundreds at a time."""


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
    chosen, found = likely_prints(probes, views, limits), []
    for begin in range(0, len(probes), _TOGETHER):
        some = slice(begin, begin + _TOGETHER)
        supported = _supported(probes[some], columns, chosen[some], min_score)
        found += _matching(probes[some], columns, supported, min_score)
    return chosen[-1].shortlist if chosen else "", found


_Prints = tuple[Rows, Rows]
"""Blocks and rows."""


def _supported(
    probes: Sequence[Template], columns: Sequence[PrintColumns], chosen: Sequence[LikelyPrints], min_score: float
) -> list[_Prints]:
    """Of each probe those of the chosen prints that are compared in full."""
    prints = [(likely.block, likely.row) for likely in chosen]
    wanted = []
    for likely, support in zip(chosen, _supports(probes, columns, prints), strict=True):
        if likely.shortlist == EXACT:
            kept = np.arange(support.size)
        elif min_score >= SUPPORTED_SCORE:
            kept = np.flatnonzero(support >= MIN_SUPPORT)
        else:
            kept = best_places(ALL_PAIRS.stages.compared, support)
        wanted.append((likely.block[kept], likely.row[kept]))
    return wanted


def _supports(
    probes: Sequence[Template], columns: Sequence[PrintColumns], prints: Sequence[_Prints]
) -> list[NDArray[np.float64]]:
    """Of each probe the supports of its prints, which are unpacked for all probes together."""
    pairs, templates = MatchingParameters(max_pairs=ALL_PAIRS.stages.screening_pairs), MappedTemplates(columns)
    matchers = [Matcher(probe, pairs) for probe in probes]
    block, row = _asked_for(templates, prints)
    try:
        runs = _runs(batch_of(columns, block, row, complete=False), [rows.size for _, rows in prints])
        supports = [matcher.supports(run) for matcher, run in zip(matchers, runs, strict=True)]
    except IncompatibleTemplates:  # maybe of a damaged one
        supports = [supports_in(matcher, columns, *some) for matcher, some in zip(matchers, prints, strict=True)]
    templates.give_back_if_many()
    return supports


def _matching(
    probes: Sequence[Template], columns: Sequence[PrintColumns], prints: Sequence[_Prints], min_score: float
) -> list[list[tuple[int, int, float]]]:
    """Of each probe block, row and score of those of its prints that match it; damaged ones never do."""
    templates = MappedTemplates(columns)
    block, row = _asked_for(templates, prints)
    sound, batch = sound_batch_of(columns, block, row)
    block, row = block[sound], row[sound]
    ends = np.searchsorted(sound, np.cumsum([rows.size for _, rows in prints]))
    sizes = np.diff(ends, prepend=0).tolist()

    def match(asked: tuple[Template, TemplateBatch, int]) -> list[tuple[int, int, float]]:
        probe, run, end = asked
        score, some = Matcher(probe).scores(run), slice(end - len(run), end)
        matches = (score >= min_score) & (len(probe) >= ALL_PAIRS.min_hit_minutiae)
        blocks, rows = block[some][matches].tolist(), row[some][matches].tolist()
        return list(zip(blocks, rows, score[matches].tolist(), strict=True))

    # One after another, in a way that ends between two where nobody wants the rest any more.
    found = list(in_order(match, zip(probes, _runs(batch, sizes), ends.tolist(), strict=True), workers=1))
    templates.give_back_if_many()
    return found


def _asked_for(templates: MappedTemplates, prints: Sequence[_Prints]) -> _Prints:
    """The prints of all probes, one probe's after another's, whose templates are asked for."""
    block = np.concatenate([np.zeros(0, np.int64), *(blocks for blocks, _ in prints)])
    row = np.concatenate([np.zeros(0, np.int64), *(rows for _, rows in prints)])
    order = np.lexsort((row, block))
    templates.ask_for(block[order], row[order])
    return block, row


def _runs(batch: TemplateBatch, sizes: Sequence[int]) -> Iterator[TemplateBatch]:
    """Batches of so many templates each, which follow each other in one."""
    begin = 0
    for size in sizes:
        yield batch_of_columns(batch.columns.rows(slice(begin, begin + size)), batch.making if size else None)
        begin += size


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
