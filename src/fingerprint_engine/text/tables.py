"""CSV files whose cells no spreadsheet takes for formulas.

A key or a label may begin with ``=``; a spreadsheet that opens a list would run it. Such a cell is written with an
apostrophe before it, which reading takes away again, so that nothing changes on the way.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from fingerprint_engine.errors import InputError

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
