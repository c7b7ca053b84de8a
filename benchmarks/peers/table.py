"""The table: a row an engine, with error rates from score files, and times and sizes as the drivers measured them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.peers.work import Task
from fingerprint_engine.evaluation import Report, mean_rates, read_scores, report

SEED = 19795
REPLICATES = 200
SHORT = {"fvc2002_db": "02-", "fvc2004_db": "04-"}


@dataclasses.dataclass(frozen=True)
class Cell:
    """One engine on one set."""

    report: Report
    times: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Row:
    """One engine on all sets; what is missing has a reason."""

    name: str
    label: str
    cells: Mapping[str, Cell]
    missing: Mapping[str, str]


def cell_of(task: Task, set_name: str) -> Cell:
    """Rates from the score file of a finished task."""
    times = task.times_document()
    if times is None:
        raise FileNotFoundError(f"no results of {task.engine.name} on {set_name}")
    rng = np.random.default_rng(SEED)
    return Cell(report(set_name, read_scores(task.scores), rng, replicates=REPLICATES), times)


def format_rows(rows: Sequence[Row], sets: Sequence[str], timed_set: str) -> str:
    """A table in Markdown that reads as plain text too."""
    heading = [
        "engine", *(_short(name) for name in sets), f"mean of {len(sets)}", "failed", "non-mated per set",
        "extraction ms, median (p95)", "non-mated µs", "mated µs", "bytes", "import s",
    ]  # fmt: skip
    body = [_row(row, sets, timed_set) for row in rows]
    widths = [max(len(line[column]) for line in (heading, *body)) for column in range(len(heading))]
    rule = ["-" * width for width in widths]
    rule[1:] = [f"{'-' * (width - 1)}:" for width in widths[1:]]
    lines = [
        "| "
        + " | ".join(
            _padded(cell, width, column) for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in (heading, rule, *body)
    ]
    notes = [
        f"{row.label}, {', '.join(_short(name) for name in names)}: {reason}"
        for row in rows
        for reason, names in _by_reason(row.missing).items()
    ]
    notes += [
        f"{row.label}, {_short(name)}: {cell.times['failed_comparisons']} comparisons failed and count 0 "
        f"({cell.times['failed_comparison']})"
        for row in rows
        for name, cell in row.cells.items()
        if cell.times["failed_comparisons"]
    ]
    return "\n".join([*lines, *(["", *(f"- {note}" for note in notes)] if notes else [])])


def as_document(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """All of it as plain numbers, for JSON."""
    return [
        {
            "engine": row.name,
            "label": row.label,
            "missing": dict(row.missing),
            "mean": dataclasses.asdict(mean_rates([cell.report for cell in row.cells.values()])) if row.cells else None,
            "sets": [cell.report.as_dict() | {"measured": dict(cell.times)} for cell in row.cells.values()],
        }
        for row in rows
    ]


def _row(row: Row, sets: Sequence[str], timed_set: str) -> list[str]:
    rates = [_rates(row.cells[name].report.rates) if name in row.cells else "-" for name in sets]
    whole = len(row.cells) == len(sets)
    mean = _rates(mean_rates([cell.report for cell in row.cells.values()])) if whole else "-"
    failures = sum(cell.report.failures for cell in row.cells.values())
    counts = sorted({cell.report.non_mated for cell in row.cells.values()})
    samples = sum(cell.report.samples for cell in row.cells.values())
    line = [row.label, *rates, mean]
    line += [f"{failures} of {samples}", "-".join(f"{number:,}" for number in (counts[:1] + counts[1:][-1:]))]
    if timed_set not in row.cells:
        return [*line[:-2], *(line[-2:] if row.cells else ["-", "-"]), *["-"] * 5]
    times = row.cells[timed_set].times
    extraction = times["extraction_ms"]
    line.append(f"{extraction['median']:,.1f} ({extraction['p95']:,.1f})")
    packed = times["packed_non_mated_us"]
    non_mated = _median(times["non_mated_us"]) + (f" (packed {_median(packed)})" if packed["count"] else "")
    line += [non_mated, _median(times["mated_us"]), _median(times["bytes"])]
    return [*line, f"{times['import_ms'] / 1e3:.1f}"]


def _rates(rates: Any) -> str:
    return f"{100 * rates.eer:.2f} / {100 * rates.fnmr_at_fmr_01_percent:.1f}"


def _median(figures: Mapping[str, float]) -> str:
    return f"{figures['median']:,.0f}" if "median" in figures else "-"


def _by_reason(missing: Mapping[str, str]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for name, reason in missing.items():
        reasons.setdefault(reason, []).append(name)
    return reasons


def _short(name: str) -> str:
    for prefix, short in SHORT.items():
        if name.startswith(prefix):
            return short + name.removeprefix(prefix).removesuffix("_b")
    return name


def _padded(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)
