"""What is to be enrolled under which key: from file names, or from a CSV file."""

from __future__ import annotations

import csv
from pathlib import Path

from fingerprint_engine.cli.parser import UsageError
from fingerprint_engine.errors import InputError

COLUMNS = ("key", "path")


def keys_and_files(files: list[Path], listing: Path | None) -> list[tuple[str, Path]]:
    """Keys with their files, those of the command line first.

    Parameters
    ----------
    files
        The key of each is its name without the suffix.
    listing
        CSV file with the columns key and path; paths are relative to its folder.

    Raises
    ------
    UsageError
        When there is nothing to enrol.
    InputError
        When the list lacks a column or a value, or is not text.
    OSError
        When the list cannot be read.
    """
    pairs = [(file.stem, file) for file in files]
    if listing is not None:
        pairs += _read_list(listing)
    if not pairs:
        raise UsageError("expected files to enrol or --list CSV, got neither; see 'fingerprint-engine enrol --help'")
    return pairs


def _read_list(listing: Path) -> list[tuple[str, Path]]:
    pairs = []
    try:
        with listing.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                found = ", ".join(reader.fieldnames or ()) or "nothing"
                raise InputError(f"{listing}: expected the columns key and path in the first line, found {found}")
            for row in reader:
                key, path = row["key"], row["path"]
                if not key or not path:
                    raise InputError(f"{listing}: line {reader.line_num}: expected a key and a path, found none")
                pairs.append((key, listing.parent / path))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{listing}: expected a CSV file in UTF-8: {error}") from error
    return pairs
