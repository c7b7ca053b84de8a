"""A journal of an all-pairs run, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from fingerprint_engine.errors import JournalError
from fingerprint_engine.index.search.search import Snapshot
from fingerprint_engine.journal import Journal

Found = tuple[int, int, int, int, float]
"""Block and row of two prints, and their score."""


class DuplicateJournal:
    """Pieces that are done, one per line; without a path nothing is kept.

    Raises
    ------
    JournalError
        When the file is the journal of another gallery, of another state of it or of another threshold, or cannot be
        written.
    """

    def __init__(self, path: Path | None, snapshot: Snapshot, min_score: float) -> None:
        self.pieces, self.skipped, self.shortlist = 0, 0, ""
        self.pairs: list[Found] = []
        self._path = path
        self._journal: Journal | None = None
        if path is None:
            return
        head = {"duplicates": 1, "gallery": state_digest(snapshot), "min_score": min_score}
        try:
            self._journal = Journal(path, _line(head))
        except JournalError:
            raise JournalError(f"{path}: the journal of another gallery, state or threshold") from None
        except OSError as error:
            raise JournalError(f"{path}: cannot keep a journal ({error.strerror})") from error
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
            pairs = [(int(a), int(b), int(c), int(d), float(score)) for a, b, c, d, score in found["pairs"]]
            self.skipped += int(found["skipped"])
            self.shortlist = str(found["shortlist"])
        except (ValueError, KeyError, TypeError):
            raise JournalError(f"{self._path}: line {number} is not a line of a journal of duplicates") from None
        self.pairs += pairs
        self.pieces += 1


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
