"""What is said about one set of scores, and the table that says it of several."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.bootstrap import Interval, bootstrap_intervals
from fingerprint_engine.evaluation.metrics import ErrorRates, error_curve, error_rates
from fingerprint_engine.evaluation.score_table import ScoreTable

HEADINGS = {
    "eer": "EER",
    "fnmr_at_fmr_1_percent": "FNMR@FMR1%",
    "fnmr_at_fmr_01_percent": "FNMR@FMR0.1%",
    "zero_fmr": "ZeroFMR",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """Error rates of one set, with what they were counted on.

    Attributes
    ----------
    name
        Of the set.
    rates
        The rates.
    intervals
        95 % intervals by name of rate; empty when none were asked for.
    mated, non_mated
        Numbers of comparisons.
    samples, failures
        Numbers of samples, and of those from which no template could be made.
    """

    name: str
    rates: ErrorRates
    intervals: Mapping[str, Interval]
    mated: int
    non_mated: int
    samples: int
    failures: int

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain numbers, for JSON."""
        return dataclasses.asdict(self)


def report(name: str, table: ScoreTable, rng: np.random.Generator | None = None, *, replicates: int = 500) -> Report:
    """Compute the rates of a table; with `rng` also their bootstrap intervals."""
    is_mated = table.is_mated
    rates = error_rates(error_curve(table.score, is_mated))
    intervals = {} if rng is None else bootstrap_intervals(table, rng, replicates=replicates)
    mated = int(is_mated.sum())
    failures = int(table.has_failed.sum())
    return Report(name, rates, intervals, mated, len(table) - mated, len(table.samples), failures)


def mean_rates(reports: Sequence[Report]) -> ErrorRates:
    """The plain mean over sets of each rate."""
    if not reports:
        raise InputError("reports: expected at least one")
    rows = [dataclasses.astuple(item.rates) for item in reports]
    return ErrorRates(*(math.fsum(column) / len(rows) for column in zip(*rows, strict=True)))


def format_table(reports: Sequence[Report], means: Mapping[str, Sequence[Report]] | None = None) -> str:
    """A table in plain text, rates in per cent, intervals in brackets.

    Parameters
    ----------
    reports
        One per row.
    means
        Rows to add below: a label and the reports whose plain mean it shows.
    """
    rows = [["set", *HEADINGS.values(), "failed", "samples", "mated", "non-mated"]]
    for item in reports:
        cells = [_per_cent(getattr(item.rates, name), item.intervals.get(name)) for name in HEADINGS]
        rows.append([item.name, *cells, *map(str, (item.failures, item.samples, item.mated, item.non_mated))])
    for label, group in (means or {}).items():
        rates = mean_rates(group)
        totals = (sum(getattr(item, name) for item in group) for name in ("failures", "samples", "mated", "non_mated"))
        rows.append([label, *(_per_cent(getattr(rates, name), None) for name in HEADINGS), *map(str, totals)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(_padded(cell, width, column) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _per_cent(rate: float, interval: Interval | None) -> str:
    text = f"{100 * rate:.2f}"
    return text if interval is None else f"{text} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def _padded(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)
