"""Lists: one line of a CSV file is one call, and every line is reported, done or not."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fingerprint_engine.cli.arguments import day
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.listings import read_table

Row = tuple[int, Mapping[str, str], Path]
Call = Callable[[Mapping[str, str], Path], dict[str, Any]]


class Columns(NamedTuple):
    """Columns of a list: those that every line must fill, and those that it may."""

    needed: tuple[str, ...]
    more: tuple[str, ...] = ()


def add_batch(parser: argparse.ArgumentParser, columns: Columns) -> None:
    """Declare ``--batch``."""
    words = ", ".join("prints (files with ; between)" if name == "prints" else name for name in columns.needed)
    more = f"; if wanted {', '.join(columns.more)}" if columns.more else ""
    text = f"CSV file instead, one call a line, with a header: {words}{more}"
    parser.add_argument("--batch", type=Path, metavar="CSV", help=text)


def rows_of(path: Path, columns: Columns) -> list[Row]:
    """Lines of a CSV file with a header; files in them are relative to it.

    Raises
    ------
    InputError
        When the header is not what it should be.
    EmptyInput
        When there are no lines.
    """
    return [(line, row, path.parent) for line, row in read_table(path, columns.needed, columns.more)]


def print_words(row: Mapping[str, str]) -> list[str]:
    """The files of a line."""
    return [word for word in row["prints"].split(";") if word]


def day_of(word: str, column: str) -> datetime.date:
    """A day that was written.

    Raises
    ------
    UsageError
    """
    try:
        return day(word)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{column}: {error}") from None


def required(arguments: argparse.Namespace, *names: str) -> None:
    """See that a call which is not a list has its arguments.

    Raises
    ------
    UsageError
    """
    for name in names:
        if not getattr(arguments, name):
            word = name.upper() if name in ("person", "prints", "agency", "circuit") else f"--{name.replace('_', '-')}"
            raise UsageError(f"{word.removesuffix('S')}: expected one, or --batch")


def report(path: Path, columns: Columns, call: Call, console: Console) -> ExitCode:
    """Do every line and tell what came of it; a line that cannot be done does not stop the others."""
    rows = rows_of(path, columns)
    failed = 0
    for document in _done(rows, call):
        failed += "error" in document
        console.document(document)
        console.text("  ".join(f"{name}={value}" for name, value in document.items() if value != ""))
    console.text(f"{len(rows) - failed} of {len(rows)} lines done")
    return ExitCode.BAD_INPUT if failed else ExitCode.SUCCESS


def _done(rows: Sequence[Row], call: Call) -> Iterator[dict[str, Any]]:
    for line, row, folder in rows:
        try:
            yield {"line": line, **call(row, folder)}
        except (FingerprintEngineError, UsageError, OSError) as error:
            yield {"line": line, "error": type(error).__name__, "message": str(error)}
