"""The exact shortlist: every eligible print is compared, nothing is left out."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptTemplate
from fingerprint_engine.index.print_block import BlockView
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template, TemplateBatch

LEAST_COMPARABLE_MINUTIAE = 2
"""Fewer give no local structure: such prints score 0 against everything (see `matching.compare`)."""
EXACT = "exact"
TOO_FEW_MINUTIAE = f"fewer than {LEAST_COMPARABLE_MINUTIAE} minutiae"
OUT_OF_TIME, DAMAGED = "deadline", "damaged"
_PIECE = 1024


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


def exact_scan(probe: Template, views: Sequence[BlockView], masks: Sequence[NDArray[np.bool_]], until: float) -> Scan:
    """Compare the probe with every eligible print, until a moment of `time.monotonic`."""
    matcher = Matcher(probe)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    excluded = {TOO_FEW_MINUTIAE: 0, OUT_OF_TIME: 0, DAMAGED: 0}
    searched, answered = 0, []
    for number, (view, mask) in enumerate(zip(views, masks, strict=True)):
        usable = view.traits.minutiae >= LEAST_COMPARABLE_MINUTIAE
        excluded[TOO_FEW_MINUTIAE] += int((mask & ~usable).sum())
        rows = np.flatnonzero(mask & usable)
        for begin in range(0, rows.size, _PIECE):
            if time.monotonic() >= until:
                excluded[OUT_OF_TIME] += rows.size - begin
                answered.append(False)
                break
            kept, batch = decoded(view, rows[begin : begin + _PIECE])
            excluded[DAMAGED] += min(_PIECE, rows.size - begin) - kept.size
            searched += kept.size
            scores = matcher.scores(batch)
            hits = np.flatnonzero(scores > 0.0)
            found.append((np.full(hits.size, number), kept[hits], scores[hits]))
        else:
            answered.append(True)
    block, row, score = (np.concatenate(column) for column in zip(*found, strict=True)) if found else _NOTHING
    return Scan(block, row, score, searched, searched, {k: n for k, n in excluded.items() if n}, tuple(answered))


def decoded(view: BlockView, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], TemplateBatch]:
    """Templates of some rows, less those that are damaged, packed; and the rows."""
    templates, kept = [], []
    for row in rows.tolist():
        try:
            templates.append(Template.from_bytes(view.columns.template_bytes(row)))
        except CorruptTemplate:
            continue
        kept.append(row)
    return np.array(kept, np.int64), TemplateBatch.of(templates)


_NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
