"""The list of erasures: kept apart from backups, it erases again what a restored backup brings back."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import sqlalchemy as sa

from fingerprint_engine.errors import LimitExceeded, RecordConflict, RecordsError, UnknownRecord
from fingerprint_engine.records.documents import canonical, digest_of
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.retention.erasure import erase_all, finish_erasures
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import erasures
from fingerprint_engine.records.words import ERASE
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.whole_files import write_whole

_MAX_BYTES = 500_000_000


def export_erasures(session: Session, path: Path) -> int:
    """Write the list of all erasures, identifiers and moments, to be kept apart from backups; gives its length."""
    session.require_permission(ERASE)
    query = sa.select(erasures.c.person_id, erasures.c.at).order_by(erasures.c.at, erasures.c.person_id)
    rows = [list(row) for row in session.read(lambda connection: connection.execute(query).fetchall())]
    document = {"registry": session.registry, "erased": rows}
    write_whole(path, canonical(document | {"digest": digest_of(document)}).encode(), overwrite=True)
    session.write(lambda transaction: transaction.note("export erasures"))
    return len(rows)


def replay_erasures(session: Session, path: Path) -> tuple[str, ...]:
    """Erase again whoever is on a list and in the registry, after a backup was restored; gives their identifiers.

    Raises
    ------
    RecordsError
        When the file is not the list of this registry, or was altered.
    """
    session.require_permission(ERASE)
    again = []
    for person, _ in _read(path, session.registry):
        try:
            again.append(str(session.read(functools.partial(person_row, person=person)).id))
        except (UnknownRecord, RecordConflict):
            continue  # not in this backup, or erased in it already
    again = list(dict.fromkeys(again))
    finish_erasures(session)
    if again:
        erase_all(session, again)
    session.write(lambda transaction: transaction.note("replay erasures", f"{len(again)}"))
    return tuple(again)


def _read(path: Path, registry: str) -> list[tuple[str, str]]:
    try:
        document = json.loads(read_regular(path, _MAX_BYTES))
        digest = document.pop("digest")
        rows = [(str(person), str(at)) for person, at in document["erased"]]
        found = digest_of(document)
    except LimitExceeded as error:
        raise RecordsError(f"{path}: expected a list of erasures, it is too large for one") from error
    except OSError as error:
        raise RecordsError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RecordsError(f"{path}: expected a list of erasures, found something else") from None
    if document.get("registry") != registry:
        raise RecordsError(f"{path}: expected the list of this registry, found that of another one")
    if found != digest:
        raise RecordsError(f"{path}: the list was altered")
    return rows
