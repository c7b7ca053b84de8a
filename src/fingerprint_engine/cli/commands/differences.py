"""``differences A B``: whether two systems differ, from their score files of the same pairs."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fingerprint_engine.cli.arguments import whole_number
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.evaluation import paired_differences, read_scores, report
from fingerprint_engine.evaluation.report import HEADINGS

SEED = 19795


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("first", type=Path, metavar="A", help="scores.csv of one system or version")
    parser.add_argument("second", type=Path, metavar="B", help="scores.csv of the other, of the same pairs")
    text = "replicates of the bootstrap over fingers (default 500)"
    parser.add_argument("--replicates", type=whole_number(2, 100_000), default=500, metavar="N", help=text)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Compare the rates of two score files, drawing the same fingers for both."""
    first, second = read_scores(arguments.first), read_scores(arguments.second)
    found = paired_differences(first, second, np.random.default_rng(SEED), replicates=arguments.replicates)
    rates = [report("", table).rates for table in (first, second)]
    console.text(f"{len(first)} comparisons; second less first, 95 % interval over fingers, in %")
    rows = []
    for field, difference in found.items():
        before, after = (100.0 * getattr(rate, field) for rate in rates)
        low, high = 100.0 * difference.interval.low, 100.0 * difference.interval.high
        verdict = "no clear difference"
        if difference.is_clear:
            verdict = "the second is better" if difference.value < 0.0 else "the first is better"
        rows.append(
            (HEADINGS[field], f"{before:.2f}", f"{after:.2f}", f"{100.0 * difference.value:+.2f}",
             f"[{low:+.2f}, {high:+.2f}]", verdict)
        )  # fmt: skip
    console.table(("rate", "first", "second", "difference", "interval", ""), rows)
    console.document(
        {
            "comparisons": len(first),
            "first": str(arguments.first),
            "second": str(arguments.second),
            "differences": {
                field: {
                    "value": item.value,
                    "low": item.interval.low,
                    "high": item.interval.high,
                    "is_clear": bool(item.is_clear),
                }
                for field, item in found.items()
            },
        }
    )
    return ExitCode.SUCCESS
