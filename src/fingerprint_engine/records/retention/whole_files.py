"""All files of one person: the one that stands, and those that were merged into it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.storage.schema import persons


def file_ids(connection: Connection, person: str, *, lock: bool = False) -> list[str]:
    """Identifiers of all files of one person, the one that stands first.

    Raises
    ------
    UnknownRecord, RecordConflict
        When there is none, or it was erased.
    """
    found = [person_row(connection, person, lock=lock).id]
    wave = list(found)
    while wave:
        query = sa.select(persons.c.id).where(persons.c.merged_into.in_(wave)).order_by(persons.c.id)
        wave = [one for one in connection.execute(query).scalars() if one not in found]
        found += wave
    return found
