"""`biography`: where and why a person was met before, and under which names."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.persons import Encounter, Person, allowed_row, encounters_of, load_person
from fingerprint_engine.records.people.tags import Relation, Tag, relations_of, tags_of
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import encounters, prints
from fingerprint_engine.records.words import READ


@dataclasses.dataclass(frozen=True, slots=True)
class Stay:
    """One encounter with the number of prints that were taken at it."""

    encounter: Encounter
    prints: int


@dataclasses.dataclass(frozen=True, slots=True)
class Biography:
    """What the registry knows of a person's way: stays oldest first, names, tags, links."""

    person: Person
    stays: tuple[Stay, ...]
    tags: tuple[Tag, ...]
    relations: tuple[Relation, ...]


def biography(session: Session, person: str) -> Biography:
    """Read the way of a person through the registry.

    Raises
    ------
    UnknownRecord, RecordConflict, PolicyDenied
        As `get_person`.
    """
    row = allowed_row(session, person, READ)
    counted = (
        sa.select(encounters.c.id, sa.func.count(prints.c.id))
        .outerjoin(prints, prints.c.encounter_id == encounters.c.id)
        .where(encounters.c.person_id == row.id)
        .group_by(encounters.c.id)
    )

    def work(transaction: Transaction) -> Biography:
        connection = transaction.connection
        counts = {one: int(count) for one, count in connection.execute(counted)}
        stays = tuple(Stay(one, counts.get(one.id, 0)) for one in encounters_of(connection, row.id))
        transaction.note("read biography", row.id)
        return Biography(
            load_person(connection, row.id),
            stays,
            tags_of(connection, row.id, ended=True),
            relations_of(connection, row.id),
        )

    return session.write(work)
