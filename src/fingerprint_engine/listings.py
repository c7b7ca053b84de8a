"""Lists that people write, such as one of files to enrol: CSV files with known columns in, rows out, within limits."""

from __future__ import annotations

import codecs
import contextlib
import csv
import difflib
import io
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from fingerprint_engine.errors import EmptyInput, FingerprintEngineWarning, InputError, LimitExceeded
from fingerprint_engine.limits import LIST_LIMITS, Budget, Limits
from fingerprint_engine.regular_files import open_regular, read_input
from fingerprint_engine.text.tables import unguarded

MAX_LINE_CHARACTERS = 1 << 16
"""Of a table that is read line by line."""


def read_table(
    path: Path,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    may_be_empty: bool = False,
    limits: Limits = LIST_LIMITS,
) -> list[tuple[int, dict[str, str]]]:
    """Rows of a CSV file by column, each with the number of its line; absent columns are absent.

    Parameters
    ----------
    path
        Of the file; ``-`` is standard input. In UTF-8, or UTF-16 with its mark; fields separated by commas, or by
        semicolons or tabulators where the first line has no comma.
    required, optional
        The columns that it must and may have, in any order.
    may_be_empty
        Whether there may be no row.
    limits
        What it may cost: its rows are counted as prints, its fields as items.

    Raises
    ------
    LimitExceeded
        When it has more bytes, rows or fields than `limits` allow.
    InputError
        When the file is no such table: a column is missing, unknown or there twice, or a row has more or fewer fields.
    EmptyInput
        When there is no row.
    NotARegularFile, OSError
        When the file cannot be read.

    Warns
    -----
    FingerprintEngineWarning
        When it is in neither encoding and was read as Windows-1252.
    """
    budget = Budget(limits)
    rows: list[tuple[int, dict[str, str]]] = []
    data = read_input(path, limits.file_bytes)
    try:
        with io.TextIOWrapper(io.BytesIO(data), encoding=_encoding_of(path, data), newline="") as file:
            separator = _separator_of(file)
            lines = csv.reader(_counted(file, budget, separator), strict=True, delimiter=separator)
            columns = next(lines, [])
            _check_columns(path, columns, required, optional)
            for fields in lines:
                if not fields:
                    continue
                if len(fields) != len(columns):
                    raise InputError(
                        f"{path}: line {lines.line_num}: expected {len(columns)} fields as in line 1, got {len(fields)}"
                    )
                cells = [unguarded(field) for field in fields]
                budget.spend("prints")
                rows.append((lines.line_num, dict(zip(columns, cells, strict=True))))
    except LimitExceeded as error:
        raise error.at(str(path)) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: expected a CSV file: {error}") from None
    if not rows and not may_be_empty:
        raise EmptyInput(f"{path}: expected at least one row below the columns, found none")
    return rows


@contextlib.contextmanager
def opened_table(path: Path, limits: Limits = LIST_LIMITS) -> Iterator[Iterator[str]]:
    """The lines of a CSV file in UTF-8, for the reader of `csv`: as they are read, however large the file is.

    Parameters
    ----------
    path
        Of the file. A mark of the byte order at its beginning is no text.
    limits
        What it may cost: its lines are counted as prints, its fields as items.

    Raises
    ------
    LimitExceeded
        When it has more bytes, lines or fields than `limits` allow, also while lines are taken.
    InputError
        When a line is longer than `MAX_LINE_CHARACTERS`.
    NotARegularFile, OSError
        As `open_regular`.
    """
    budget = Budget(limits)
    try:
        with open_regular(path) as file:
            budget.need("file_bytes", os.fstat(file.fileno()).st_size)
            with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
                yield _counted(_rows_of(text, budget), budget, ",")
    except LimitExceeded as error:
        raise error.at(str(path)) from error


def _rows_of(text: TextIO, budget: Budget) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE_CHARACTERS):
        number += 1
        if len(line) == MAX_LINE_CHARACTERS and not line.endswith(("\n", "\r")):
            raise InputError(f"line {number}: expected at most {MAX_LINE_CHARACTERS} characters")
        budget.spend("prints")
        yield line


def _encoding_of(path: Path, data: bytes) -> str:
    """UTF-8 or what a mark at the beginning says; otherwise Windows-1252, which old spreadsheets write, with a warning.

    A null byte is no text in either.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            raise error from None
        warnings.warn(
            f"{path}: not in UTF-8; read as Windows-1252: look at the letters with accents, or save it as UTF-8",
            FingerprintEngineWarning,
            stacklevel=3,
        )
        return "cp1252"
    return "utf-8-sig"


def _separator_of(file: TextIO) -> str:
    """What stands between the columns of the first line: a comma, or what some spreadsheets write in its place."""
    first = file.readline()
    file.seek(0)
    return next((mark for mark in ";\t" if mark in first and "," not in first), ",")


def _counted(lines: Iterable[str], budget: Budget, separator: str) -> Iterator[str]:
    """The lines of a table, whose fields are counted before they are made."""
    for line in lines:
        budget.spend("items", 1 + line.count(separator))
        yield line


def _check_columns(path: Path, columns: list[str], required: Sequence[str], optional: Sequence[str]) -> None:
    known = [*required, *optional]
    complaints = []
    for name in columns:
        if name not in known:
            near = difflib.get_close_matches(name.strip().lower(), known, n=1, cutoff=0.5)
            complaints.append(f"column {name!r} is unknown" + (f", the nearest is {near[0]!r}" if near else ""))
    complaints += [f"column {name!r} is there twice" for name in known if columns.count(name) > 1]
    complaints += [f"column {name!r} is missing" for name in required if name not in columns]
    if complaints:
        wanted = ", ".join(required) + (f" and, if wanted, {', '.join(optional)}" if optional else "")
        raise InputError(f"{path}: line 1: expected the columns {wanted}; {'; '.join(complaints)}")
