"""What a search misses with few fingers: a table that a benchmark measured, kept as data with its source."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any, NamedTuple

SUBJECTS = 1_000_000
"""Of the searches that warnings speak of."""


class Missed(NamedTuple):
    """Share of mates that a search misses, with good prints and with poor ones."""

    good: float
    poor: float


def missed_by(fingers: int, subjects: int = SUBJECTS) -> Missed:
    """What a search with so many fingers among so many subjects misses; all where there is no finger.

    Parameters
    ----------
    fingers
        Usable ones; between two numbers of the table the lower one counts.
    subjects
        One of the table's sizes.
    """
    rows = [row for row in _table()["rows"] if row["subjects"] == subjects and row["fingers"] <= fingers]
    last = max(rows, key=lambda row: int(row["fingers"]), default={"good": 1.0, "poor": 1.0})
    return Missed(float(last["good"]), float(last["poor"]))


def source() -> str:
    """Where the table comes from."""
    return str(_table()["source"])


@functools.cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.files(__package__).joinpath("finger_counts.json").read_text("utf-8"))
    return found
