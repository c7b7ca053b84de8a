"""Rows of a long run, each kept as it is made: a run that was stopped goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from benchmarks.code_version import RESULTS

Row = dict[str, Any]


def kept_rows(name: str, count: int, make: Callable[[int], Row], *, until: float) -> list[Row]:
    """Rows 0 to `count` of a run, or the first of them where time is up.

    Parameters
    ----------
    name
        Of the file below `benchmarks/results/`; names all that the rows depend on.
    count
        How many rows.
    make
        Makes a row of its number.
    until
        By `time.monotonic`: no row is begun after that.
    """
    path = RESULTS / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text().splitlines()[:count] if path.is_file() else []
    rows: list[Row] = [json.loads(line) for line in lines]
    with path.open("a") as file:
        while len(rows) < count and time.monotonic() < until:
            row = make(len(rows))
            file.write(json.dumps(row) + "\n")
            file.flush()
            rows.append(row)
    return rows
