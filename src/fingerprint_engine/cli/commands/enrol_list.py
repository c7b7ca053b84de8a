"""What is to be enrolled under which key: from files and folders, or from a CSV file."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import NamedTuple

from fingerprint_engine.cli.arguments import UsageError
from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import PrintDetails

COLUMNS = ("key", "path")
MORE_COLUMNS = ("subject", "finger", "category", "site", "expires")


class Entry(NamedTuple):
    """One print to enrol; without a finger that of the template stands."""

    key: str
    path: Path
    details: PrintDetails = PrintDetails()
    finger: Finger | None = None


def entries_of(files: list[Path], listing: Path | None) -> list[Entry]:
    """Keys with their files, those of the command line first.

    Parameters
    ----------
    files
        The key of each is its name without the suffix; of a folder all files are taken, by name.
    listing
        CSV file with the columns key and path, and others of `MORE_COLUMNS`; paths are relative to its folder.

    Raises
    ------
    UsageError
        When there is nothing to enrol.
    InputError
        When the list lacks a column or a value, or is not text.
    OSError
        When the list cannot be read.
    """
    entries = [Entry(file.stem, file) for file in files_in(files)]
    if listing is not None:
        entries += _read_list(listing)
    if not entries:
        raise UsageError("expected files to enrol or --list CSV, got neither; see 'fingerprint-engine enrol --help'")
    return entries


def files_in(paths: list[Path]) -> list[Path]:
    """Files as they are, and in place of a folder the files in it, by name."""
    found = []
    for path in paths:
        found += sorted(inner for inner in path.iterdir() if inner.is_file()) if path.is_dir() else [path]
    return found


def _read_list(listing: Path) -> list[Entry]:
    entries = []
    try:
        with listing.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                found = ", ".join(reader.fieldnames or ()) or "nothing"
                raise InputError(f"{listing}: expected the columns key and path in the first line, found {found}")
            for row in reader:
                entries.append(_entry(listing, reader.line_num, row))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{listing}: expected a CSV file in UTF-8: {error}") from error
    return entries


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
        return Entry(key, listing.parent / path, details, _finger(row.get("finger")))
    except ValueError as error:
        raise InputError(f"{listing}: line {line}: {error}") from None


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
