"""Lists: one line of a CSV file is one call, and every line is reported, done or not."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.errors import EmptyInput, FingerprintEngineError, InputError

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
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True, restval="")
            names = reader.fieldnames or []
            unknown = [name for name in names if name not in known]
            missing = [name for name in needed if name not in names]
            if unknown or missing or len(set(names)) < len(names):
                raise InputError(f"{path}: expected columns among {', '.join(known)}, with {', '.join(needed)}")
            found: list[Row] = [(reader.line_num, row, path.parent) for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: expected a CSV file in UTF-8: {error}") from None
    if any(len(row) != len(names) for _, row, _ in found):
        raise InputError(f"{path}: a line has more fields than the header")
    if not found:
        raise EmptyInput(f"{path}: expected at least one line after the header")
    return found


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
