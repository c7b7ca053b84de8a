"""`Scan`: what comes of looking for one probe, whichever way it was done; and the exact way, which compares all."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import PrintColumns, Rows
from fingerprint_engine.index.columns.mapped_pages import MappedTemplates
from fingerprint_engine.index.search.work_pieces import COMPARE_MS, threads_worth, work_of
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.work_pieces import pieces_by_work
from fingerprint_engine.template import Template
from fingerprint_engine.threads import done_in_time

EXACT = "exact"
OUT_OF_TIME, DAMAGED = "deadline", "damaged"
_PIECE = 256
NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
"""Block, row and score of no print."""


@dataclasses.dataclass(frozen=True, slots=True)
class Scan:
    """What came of looking for one probe in blocks of prints.

    Attributes
    ----------
    block, row, score
        Columns of the compared prints with a score above 0.
    searched, compared
        Prints that were looked at, and those that were fully compared.
    excluded
        Prints that were not looked at, by reason.
    answered
        Whether each block was searched to the end.
    name
        How prints were chosen for full comparison.
    screened
        Prints whose local structure was looked at before; 0 where all were compared at once.
    visited
        Prints of which more than single minutiae in cells was looked at.
    """

    block: NDArray[np.int64]
    row: NDArray[np.int64]
    score: NDArray[np.float64]
    searched: int
    compared: int
    excluded: dict[str, int]
    answered: tuple[bool, ...]
    name: str = EXACT
    screened: int = 0
    visited: int = 0


def exact_scan(
    probe: Template,
    blocks: Sequence[PrintColumns],
    eligible: Sequence[NDArray[np.bool_]],
    deadline: float = math.inf,
    workers: int = 1,
) -> Scan:
    """Compare the probe with every eligible print; arguments and answer as `staged_scan`."""
    matcher, templates = Matcher(probe), MappedTemplates(blocks)
    pieces = [
        (number, rows[piece])
        for number, rows in enumerate(np.flatnonzero(mask) for mask in eligible)
        for piece in pieces_by_work(work_of(len(probe), blocks[number], rows), _PIECE)
    ]

    def compare(piece: tuple[int, Rows]) -> tuple[Rows, Rows, NDArray[np.float64]]:
        number, wanted = piece
        rows, batch = blocks[number].kept_batch(wanted)
        templates.give_back_if_many()
        return np.full(rows.size, number), rows, matcher.scores(batch)

    work = sum(rows.size for _, rows in pieces) * COMPARE_MS
    found = done_in_time(compare, pieces, workers=threads_worth(work, workers), deadline=deadline)
    in_time, too_late = pieces[: len(found)], pieces[len(found) :]
    damaged = sum(wanted.size for _, wanted in in_time) - sum(rows.size for _, rows, _ in found)
    late = sum(wanted.size for _, wanted in too_late)
    answered = [True] * len(blocks)
    for number, _ in too_late:
        answered[number] = False
    block, row, score = (np.concatenate(column) for column in zip(*found, strict=True)) if found else NOTHING
    hits = score > 0.0
    excluded = reasons_with_counts(late, damaged)
    return Scan(block[hits], row[hits], score[hits], row.size, row.size, excluded, tuple(answered), visited=row.size)


def reasons_with_counts(late: int, damaged: int) -> dict[str, int]:
    """Prints that time or damage kept from being looked at, by reason."""
    return {reason: count for reason, count in ((OUT_OF_TIME, late), (DAMAGED, damaged)) if count}
