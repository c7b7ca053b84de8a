"""Nothing left: clean the files of database and galleries, and look for what was erased in every one of them."""

from __future__ import annotations

import contextlib
import dataclasses
import mmap
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from fingerprint_engine.records.following import GalleryShelf
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import (
    answers,
    cases,
    decisions,
    encounters,
    events,
    identifiers,
    images,
    notices,
    persons,
    prints,
    proposals,
    relations,
    requests,
    tags,
    watches,
)
from fingerprint_engine.regular_files import open_regular

PIECE = 32
MIN_DISTINCT = 12
"""Chosen: a piece with fewer different bytes, such as the rim of a map, is in other people's templates as well."""
PERSONAL = (
    persons,
    identifiers,
    encounters,
    prints,
    images,
    tags,
    relations,
    events,
    cases,
    decisions,
    proposals,
    watches,
    notices,
    answers,
    requests,
)
"""Tables that hold something of a person; what keeps numbers and digests alone is left out."""
SERVER = "files of the database server: tables were written anew; old files of its log go when the server drops them"
MAX_PIECES = 64
"""Chosen: pieces of a template that are looked for, spread over its length; all of it for templates up to 2 kB."""


@dataclasses.dataclass(frozen=True, slots=True)
class Residue:
    """What was looked for, and where something was found.

    Attributes
    ----------
    pieces
        Pieces of 32 bytes that were looked for.
    files
        Files that were looked through.
    found
        Names of files that hold one; empty when the erasure is complete.
    not_seen
        What could not be looked through from here; empty when nothing.
    """

    pieces: int
    files: int
    found: tuple[str, ...]
    not_seen: str = ""


def scrub(
    database: Database, galleries: GalleryShelf, templates: Sequence[bytes], *, anew: bool = False
) -> tuple[Residue, int]:
    """Let galleries drop and forget, write the database anew where it must be, and look for what was erased.

    Parameters
    ----------
    database, galleries
        Of the registry.
    templates
        What was erased.
    anew
        Write the file of SQLite anew in any case.

    Returns
    -------
    tuple
        What was found, and the number of the last change that every gallery took.
    """
    change = galleries.catch_up()
    for follower in galleries.followers:
        follower.gallery.compact()
    clean(database)
    residue = search_files(list(files_of(database, galleries)), templates)
    if (residue.found or anew) and database.is_sqlite:
        write_anew(database)
        residue = search_files(list(files_of(database, galleries)), templates)
    if not database.is_sqlite:
        residue = dataclasses.replace(residue, not_seen=SERVER)
    return residue, change


def write_anew(database: Database) -> None:
    """Write all that holds something of a person anew, and so without what was there before."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("VACUUM")
    clean(database)


def clean(database: Database) -> None:
    """Empty the write-ahead log; PostgreSQL writes the tables that held templates and names anew."""
    engine = database.engine
    if database.is_sqlite:
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # a checkpoint cannot run inside of a transaction
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in PERSONAL:
            connection.execute(sa.text(f"VACUUM (FULL) {table.name}"))
        with contextlib.suppress(
            DBAPIError
        ):  # needs a right that an ordinary account lacks; the server does it in time
            for statement in ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"):
                connection.execute(sa.text(statement))


def files_of(database: Database, galleries: GalleryShelf) -> Iterator[Path]:
    """Files of the database, when it is one of this machine, and of the galleries."""
    path = database.path
    if path is not None:
        yield from (one for one in path.parent.glob(f"{path.name}*") if one.is_file())
    if galleries.folder is not None:
        yield from (one for one in galleries.folder.rglob("*") if one.is_file())


def search_files(files: Sequence[Path], templates: Sequence[bytes]) -> Residue:
    """Look for pieces of templates in files, at any place."""
    pieces = [piece for template in templates for piece in pieces_of(template)]
    found, looked = [], 0
    for path in files:
        with contextlib.suppress(FileNotFoundError):  # it went away meanwhile, so it holds nothing any more
            found += [path.name] if _holds(path, pieces) else []
            looked += 1
    return Residue(len(pieces), looked, tuple(found))


def _holds(path: Path, pieces: Sequence[bytes]) -> bool:
    with open_regular(path) as file:
        if not os.fstat(file.fileno()).st_size or not pieces:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return any(data.find(piece) >= 0 for piece in pieces)


def pieces_of(template: bytes) -> list[bytes]:
    """Pieces that tell a template from others, spread over its length."""
    cut = [template[begin : begin + PIECE] for begin in range(0, len(template) - PIECE + 1, PIECE)]
    telling = [piece for piece in cut if len(set(piece)) >= MIN_DISTINCT]
    step = max(1, -(-len(telling) // MAX_PIECES))
    return telling[::step]
