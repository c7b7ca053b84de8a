"""Scores as they are made, so that a killed run goes on where it stopped.

Each line of the journal is ``row,score``. A line that was cut off, or damaged, ends what is believed: it and all after
it are made again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.shared_files.journal import Journal

MAX_DIGITS = 18
HEADING = "fingerprint_engine scores"


class ScoreJournal:
    """Scores of one run on disk.

    Parameters
    ----------
    path
        Of the file; made if absent.
    run
        Digest of everything that the scores depend on.
    count
        Number of comparisons of the run.
    overwrite
        Whether the journal of another run is begun anew.

    Attributes
    ----------
    score
        float64, shape (count,); NaN where there is no score yet.
    dropped
        Lines that were damaged or cut off.
    goes_on
        Whether the file was the journal of this run already.
    """

    def __init__(self, path: Path, run: str, count: int, *, overwrite: bool = False) -> None:
        self.score: NDArray[np.float64] = np.full(count, np.nan)
        self._journal = Journal(path, f"{HEADING} {run} {count}".encode(), begin_anew=overwrite)
        self.goes_on = not self._journal.is_new
        found = len(self._journal.lines)
        self._journal.keep(self._read(self._journal.lines))
        self.dropped = found - len(self._journal.lines) + self._journal.was_torn

    @property
    def waiting(self) -> NDArray[np.int64]:
        """int64: the rows without a score."""
        return np.flatnonzero(np.isnan(self.score))

    def add(self, rows: Iterable[int], scores: Iterable[float]) -> None:
        """Note scores and hand them to the system at once, so that ending this process loses none."""
        pairs = [(int(row), float(score)) for row, score in zip(rows, scores, strict=True)]
        for row, score in pairs:
            self.score[row] = score
        self._journal.append(f"{row},{score!r}".encode() for row, score in pairs)

    def _read(self, lines: list[bytes]) -> int:
        """Take the believable lines; returns how many they are."""
        for number, line in enumerate(lines):
            row, _, text = line.partition(b",")
            score = _number(text)
            if not row.isdigit() or len(row) > MAX_DIGITS or not int(row) < len(self.score) or score is None:
                return number
            self.score[int(row)] = score
        return len(lines)

    def __enter__(self) -> ScoreJournal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._journal.__exit__(kind, error, trace)


def _number(text: bytes) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0.0 else None
