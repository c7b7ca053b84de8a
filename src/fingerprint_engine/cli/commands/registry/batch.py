"""Lists: one line of a CSV file is one call, and every line is reported, done or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.listings import read_table

Row = tuple[int, Mapping[str, str], Path]


def rows_of(path: Path, known: Sequence[str], needed: Sequence[str]) -> list[Row]:
    """Lines of a CSV file with a header; files in them are relative to it.

    Raises
    ------
    InputError
        When the header is not what it should be.
    EmptyInput
        When there are no lines.
    """
    rows = read_table(path, needed, [name for name in known if name not in needed])
    return [(line, row, path.parent) for line, row in rows]


def report(
    rows: Sequence[Row], call: Callable[[Mapping[str, str], Path], dict[str, Any]], console: Console
) -> ExitCode:
    """Do every line and tell what came of it; a line that cannot be done does not stop the others."""
    failed = 0
    for document in _done(rows, call):
        failed += "error" in document
        console.document(document)
        console.text("  ".join(f"{name}={value}" for name, value in document.items() if value != ""))
    console.text(f"{len(rows) - failed} of {len(rows)} lines done")
    return ExitCode.BAD_INPUT if failed else ExitCode.SUCCESS


def _done(rows: Sequence[Row], call: Callable[[Mapping[str, str], Path], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line, row, folder in rows:
        try:
            yield {"line": line, **call(row, folder)}
        except (FingerprintEngineError, OSError) as error:
            yield {"line": line, "error": type(error).__name__, "message": str(error)}
