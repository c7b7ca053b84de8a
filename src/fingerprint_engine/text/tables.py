"""CSV files: tables with known columns in, and out with cells that no spreadsheet takes for formulas.

A key or a label may begin with ``=``; a spreadsheet that opens a list would run it. Such a cell is written with an
apostrophe before it, which reading takes away again, so that nothing changes on the way.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from fingerprint_engine.errors import EmptyInput, InputError
from fingerprint_engine.regular_files import open_regular

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile("'" + _FORMULA.pattern)


def guarded(cell: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text of a cell that `guarded` made."""
    return cell[1:] if _GUARDED.match(cell) else cell


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8; texts are guarded, other values written as they are.

    Raises
    ------
    InputError
        When a text cannot be written as UTF-8.
    """
    text = io.StringIO(newline="")
    plain = csv.writer(text, lineterminator="\n")
    quoting = csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL
    )  # `plain` takes a carriage return for plain text
    plain.writerow(columns)
    for row in rows:
        cells = [guarded(cell) if isinstance(cell, str) else str(cell) for cell in row]
        (quoting if any("\r" in cell for cell in cells) else plain).writerow(cells)
    try:
        return text.getvalue().encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("CSV file: expected texts that can be written as UTF-8, got a lone surrogate") from None


def opened_table(path: Path) -> TextIO:
    """A CSV file in UTF-8, open for the reader of `csv`; a mark of the byte order at its beginning is no text.

    Raises
    ------
    NotARegularFile, OSError
        As `open_regular`.
    """
    return io.TextIOWrapper(open_regular(path), encoding="utf-8-sig", newline="")


def read_table(
    path: Path, required: Sequence[str], optional: Sequence[str] = (), *, may_be_empty: bool = False
) -> list[tuple[int, dict[str, str]]]:
    """Rows of a CSV file by column, each with the number of its line; absent columns are absent.

    Parameters
    ----------
    path
        Of the file, in UTF-8.
    required, optional
        The columns that it must and may have, in any order.
    may_be_empty
        Whether there may be no row.

    Raises
    ------
    InputError
        When the file is no such table: a column is missing, unknown or there twice, or a row has more or fewer fields.
    EmptyInput
        When there is no row.
    NotARegularFile, OSError
        When the file cannot be read.
    """
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        with opened_table(path) as file:
            lines = csv.reader(file, strict=True)
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
                rows.append((lines.line_num, dict(zip(columns, cells, strict=True))))
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: expected a CSV file in UTF-8: {error}") from None
    if not rows and not may_be_empty:
        raise EmptyInput(f"{path}: expected at least one row below the columns, found none")
    return rows


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
