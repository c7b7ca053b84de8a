"""A journal of an all-pairs run, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import JournalError
from fingerprint_engine.index.search.parameters import ALL_PAIRS
from fingerprint_engine.index.search.search import Snapshot
from fingerprint_engine.shared_files.journal import Journal
from fingerprint_engine.version import __version__

MAX_NAME = 64
"""Characters of the name of a shortlist."""
Found = tuple[int, int, int, int, float]
"""Block and row of two prints, and their score."""


class DuplicateJournal:
    """Pieces that are done, one per line; without a path nothing is kept.

    Parameters
    ----------
    path
        Of the file.
    state
        Tells states of the gallery apart; called where there is a path.
    rows
        Of each block, which rows there are.
    min_score
        Threshold of the run.

    Raises
    ------
    JournalError
        When the file is the journal of another gallery, of another state of it, of another threshold or release, of
        stages with other sizes, or cannot be written.
    """

    def __init__(
        self, path: Path | None, state: Callable[[], str], rows: Sequence[NDArray[np.bool_]], min_score: float
    ) -> None:
        self.pieces, self.skipped, self.shortlist = 0, 0, ""
        self.pairs: list[Found] = []
        self._path = path
        self._rows = rows
        self._journal: Journal | None = None
        if path is None:
            return
        head = {
            "duplicates": 1,
            "gallery": state(),
            "min_score": min_score,
            "release": __version__,
            "parameters": ALL_PAIRS.digest().hex(),
        }
        self._journal = Journal.of_run(path, _line(head), "another gallery, state, threshold or release")
        try:
            for number, line in enumerate(self._journal.lines):
                self._read(line, number + 2)
        except BaseException as error:
            self._journal.__exit__(type(error), error, error.__traceback__)
            raise

    def add(self, pairs: list[Found], skipped: int, shortlist: str) -> None:
        """Keep a piece."""
        if self._journal is not None:
            self._journal.append([_line({"pairs": pairs, "skipped": skipped, "shortlist": shortlist})])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._journal is not None:
            self._journal.__exit__(kind, error, trace)

    def _read(self, line: bytes, number: int) -> None:
        """Take a piece that an earlier run kept."""
        try:
            found = json.loads(line)
            pairs = [self._pair(*pair) for pair in found["pairs"]]
            skipped, shortlist = found["skipped"], found["shortlist"]
            if type(skipped) is not int or not 0 <= skipped <= sum(rows.size for rows in self._rows):
                raise JournalError("a number of prints")
            if type(shortlist) is not str or len(shortlist) > MAX_NAME:
                raise JournalError("the name of a shortlist")
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            raise JournalError(f"{self._path}: line {number} is not a line of a journal of duplicates") from None
        self.pairs += pairs
        self.skipped += skipped
        self.shortlist = shortlist
        self.pieces += 1

    def _pair(self, block: int, row: int, other_block: int, other_row: int, score: float) -> Found:
        """A pair as a line states it, of prints that are there."""
        for number, place in ((block, row), (other_block, other_row)):
            if type(number) is not int or type(place) is not int or number < 0 or place < 0:
                raise JournalError("a place")
            if number >= len(self._rows) or place >= self._rows[number].size or not self._rows[number][place]:
                raise JournalError("the place of a print")
        if not 0.0 <= float(score) < math.inf:
            raise JournalError("a score")
        return block, row, other_block, other_row, float(score)


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def state_digest(snapshot: Snapshot) -> str:
    """A digest of all prints of a gallery in their order; the same after opening it again, another after a change."""
    digest = hashlib.blake2b(digest_size=16)
    for view in snapshot.views:
        rows = np.flatnonzero(view.alive)
        digest.update(np.ascontiguousarray(view.traits.subject[rows]).tobytes())
        digest.update(np.ascontiguousarray(view.columns.sketches[rows]).tobytes())
        digest.update(rows.tobytes())
    return digest.hexdigest()
