"""A journal of an all-pairs run, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from fingerprint_engine.errors import GalleryError
from fingerprint_engine.index.search.search import Snapshot

Found = tuple[int, int, int, int, float]
"""Block and row of two prints, and their score."""


class DuplicateJournal:
    """Pieces that are done, one a line; without a path nothing is kept.

    Raises
    ------
    GalleryError
        When the file is the journal of another gallery, of another state of it or of another threshold, or cannot be
        written.
    """

    def __init__(self, path: Path | None, snapshot: Snapshot, least_score: float) -> None:
        self.pieces, self.skipped, self.shortlist = 0, 0, ""
        self.pairs: list[Found] = []
        self._path = path
        self._file: IO[bytes] | None = None
        if path is None:
            return
        head = {"duplicates": 1, "gallery": state_digest(snapshot), "least_score": least_score}
        try:
            self._file = path.open("a+b")
            self._file.seek(0)
            size = self._read(self._file.read(), head)
            self._file.truncate(size)
            if size == 0:
                self._write(head)
        except BaseException as error:
            if self._file is not None:
                self._file.close()
            if isinstance(error, OSError):
                raise GalleryError(f"{path}: cannot keep a journal ({error.strerror})") from error
            raise

    def add(self, pairs: list[Found], skipped: int, shortlist: str) -> None:
        """Keep a piece."""
        if self._file is not None:
            self._write({"pairs": pairs, "skipped": skipped, "shortlist": shortlist})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
            self._file.flush()

    def _read(self, data: bytes, head: dict[str, Any]) -> int:
        """Take what an earlier run kept; returns the bytes of whole lines."""
        end = 0
        for number, line in enumerate(data.splitlines(keepends=True)):
            if not line.endswith(b"\n"):
                break  # cut short when the run was stopped
            try:
                found = json.loads(line)
                if number == 0:
                    if found != head:
                        raise GalleryError(f"{self._path}: the journal of another gallery, state or threshold")
                else:
                    pairs = [(int(a), int(b), int(c), int(d), float(score)) for a, b, c, d, score in found["pairs"]]
                    self.pairs += pairs
                    self.skipped += int(found["skipped"])
                    self.shortlist = str(found["shortlist"])
                    self.pieces += 1
            except (ValueError, KeyError, TypeError):
                raise GalleryError(f"{self._path}: line {number + 1} is none of a journal of duplicates") from None
            end += len(line)
        return end


def state_digest(snapshot: Snapshot) -> str:
    """A digest of all prints of a gallery in their order; the same after opening it again, another after a change."""
    digest = hashlib.blake2b(digest_size=16)
    for view in snapshot.views:
        rows = np.flatnonzero(view.alive)
        digest.update(np.ascontiguousarray(view.traits.subject[rows]).tobytes())
        digest.update(np.ascontiguousarray(view.columns.sketches[rows]).tobytes())
        digest.update(rows.tobytes())
    return digest.hexdigest()
