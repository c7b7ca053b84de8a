"""What is to be enrolled under which key: from files and folders, or from a CSV file."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import PrintDetails
from fingerprint_engine.intake.files import files_in, with_resolution
from fingerprint_engine.limits import LIST_LIMITS, Limits
from fingerprint_engine.listings import read_table
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.text.tables import csv_bytes

COLUMNS = ("key", "path")
MORE_COLUMNS = ("subject", "finger", "category", "site", "expires", "ppi")


class Entry(NamedTuple):
    """One print to enrol.

    Where `finger` is None, the template's own position stands; where `ppi` is None, the resolution of all images does.
    """

    key: str
    path: Path
    details: PrintDetails = PrintDetails()
    finger: Finger | None = None
    ppi: float | None = None


def entries_of(paths: Iterable[str | os.PathLike[str]], *, recursive: bool = False) -> list[Entry]:
    """Files to enrol, the key of each its name without the suffix; folders and patterns as `files_in` takes them."""
    found = (with_resolution(file) for file in files_in(paths, recursive=recursive))
    return [Entry(file.stem, file, ppi=ppi) for file, ppi in found]


def read_enrolment_list(path: str | os.PathLike[str], *, limits: Limits = LIST_LIMITS) -> list[Entry]:
    """Read a CSV file with the columns key and path, and others of `MORE_COLUMNS`; paths are relative to its folder.

    Parameters
    ----------
    path
        Of the list; ``-`` is standard input, and paths in it are relative to the working folder.
    limits
        What it may cost: its lines are counted as prints, its fields as items.

    Raises
    ------
    LimitExceeded
        When it has more bytes, lines or fields than `limits` allow.
    InputError
        When the list lacks a column or a value, has a column that is not known, or is not text. The message names the
        line.
    EmptyInput
        When it lists nothing.
    OSError
        When the list cannot be read.
    """
    listing = path_of(path, "path")
    rows = read_table(listing, COLUMNS, MORE_COLUMNS, limits=limits)
    return [_entry(listing, line, row) for line, row in rows]


def enrolment_list(entries: Iterable[Entry]) -> bytes:
    """The CSV file of entries that `read_enrolment_list` reads; paths are written as they are."""
    rows = []
    for key, path, details, finger, ppi in entries:
        expires = details.expires.isoformat() if details.expires else ""
        position = "" if finger is None else finger.name.lower().replace("_", "-")
        row = (details.subject or "", position, details.category or "", details.site or "", expires)
        rows.append((key, str(path), *row, "" if ppi is None else f"{ppi:g}"))
    return csv_bytes((*COLUMNS, *MORE_COLUMNS), rows)


def _entry(listing: Path, line: int, row: dict[str, str]) -> Entry:
    key, path = row["key"], row["path"]
    if not key or not path:
        raise InputError(f"{listing}: line {line}: expected a key and a path, found none")
    try:
        expires = row.get("expires") or None
        details = PrintDetails(
            row.get("subject") or None,
            row.get("category") or None,
            row.get("site") or None,
            datetime.date.fromisoformat(expires) if expires else None,
        )
        return Entry(key, listing.parent / path, details, _finger(row.get("finger")), _ppi(row.get("ppi")))
    except ValueError as error:
        raise InputError(f"{listing}: line {line}: {error}") from None


def _ppi(text: str | None) -> float | None:
    """A resolution, if there is one; whether it is plausible is seen when the image is read."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise InputError(f"ppi: expected pixels per inch, got {text!r}") from None


def _finger(text: str | None) -> Finger | None:
    """A position by its name, or by its code of 1 to 10."""
    if not text:
        return None
    name = text.strip().upper().replace(" ", "_").replace("-", "_")
    if name in Finger.__members__:
        return Finger[name]
    if text.isascii() and text.isdigit() and int(text) <= max(Finger):
        return Finger(int(text))
    raise InputError(f"finger: expected a position as right-index, or 0 to {max(Finger):d}, got {text!r}")
