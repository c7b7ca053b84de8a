"""What is to be enrolled under which key: from files and folders, or from a CSV file."""

from __future__ import annotations

import csv
import datetime
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import PrintDetails

COLUMNS = ("key", "path")
MORE_COLUMNS = ("subject", "finger", "category", "site", "expires")


class Entry(NamedTuple):
    """One print to enrol; where `finger` is None, the template's own position stands."""

    key: str
    path: Path
    details: PrintDetails = PrintDetails()
    finger: Finger | None = None


def entries_of(paths: Iterable[str | os.PathLike[str]]) -> list[Entry]:
    """Files to enrol, the key of each its name without the suffix; of a folder all files are taken, by name."""
    return [Entry(file.stem, file) for file in files_in(paths)]


def files_in(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Files as they are, and in place of a folder the files in it, by name."""
    found = []
    for path in map(Path, paths):
        found += sorted(inner for inner in path.iterdir() if inner.is_file()) if path.is_dir() else [path]
    return found


def read_enrolment_list(path: str | os.PathLike[str]) -> list[Entry]:
    """Read a CSV file with the columns key and path, and others of `MORE_COLUMNS`; paths are relative to its folder.

    Raises
    ------
    InputError
        When the list lacks a column or a value, or is not text. The message names the line.
    OSError
        When the list cannot be read.
    """
    listing = Path(path)
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


def enrolment_list(entries: Iterable[Entry]) -> bytes:
    """The CSV file of entries that `read_enrolment_list` reads; paths are written as they are."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, *MORE_COLUMNS))
    for key, path, details, finger in entries:
        expires = details.expires.isoformat() if details.expires else ""
        position = "" if finger is None else finger.name.lower().replace("_", "-")
        row = (details.subject or "", position, details.category or "", details.site or "", expires)
        writer.writerow((key, path, *row))
    return text.getvalue().encode("utf-8")


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
