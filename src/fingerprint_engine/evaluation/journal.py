"""Scores as they are made, so that a killed run goes on where it stopped.

A journal's first line says of which run it is; each further line is ``row,score`` and ends in a line feed. A line that
was cut off, or damaged, ends what is believed: it and all after it are made again.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

HEADING = "fingerprint_engine scores"


class Journal:
    """Scores of one run on disk.

    Parameters
    ----------
    path
        Of the file; made if absent, begun anew if it is of another run.
    run
        Digest of everything that the scores depend on.
    count
        Number of comparisons of the run.

    Attributes
    ----------
    score
        float64, shape (count,); NaN where there is no score yet.
    dropped
        Lines that were damaged or cut off.
    """

    def __init__(self, path: Path, run: str, count: int) -> None:
        self.score: NDArray[np.float64] = np.full(count, np.nan)
        self.dropped = 0
        self._file: BinaryIO
        heading = f"{HEADING} {run} {count}\n".encode()
        data = path.read_bytes() if path.is_file() else b""
        whole = len(heading)
        if data.startswith(heading):
            whole += self._read(data[whole:])
            self._file = path.open("r+b")
            self._file.truncate(whole)
            self._file.seek(whole)
        else:
            self._file = path.open("wb")
            self._file.write(heading)
            self._file.flush()

    @property
    def waiting(self) -> NDArray[np.int64]:
        """int64: the rows without a score."""
        return np.flatnonzero(np.isnan(self.score))

    def add(self, rows: Iterable[int], scores: Iterable[float]) -> None:
        """Note scores and hand them to the system at once, so that ending this process loses none."""
        pairs = [(int(row), float(score)) for row, score in zip(rows, scores, strict=True)]
        for row, score in pairs:
            self.score[row] = score
        self._file.write("".join(f"{row},{score!r}\n" for row, score in pairs).encode())
        self._file.flush()

    def _read(self, data: bytes) -> int:
        """Take the believable lines; returns how many bytes they fill."""
        taken = 0
        lines = data.splitlines(keepends=True)
        for number, line in enumerate(lines):
            row, _, text = line.rstrip(b"\n").partition(b",")
            score = _number(text)
            if not line.endswith(b"\n") or not row.isdigit() or not int(row) < len(self.score) or score is None:
                self.dropped = len(lines) - number
                break
            self.score[int(row)] = score
            taken += len(line)
        return taken

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def _number(text: bytes) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0.0 else None
