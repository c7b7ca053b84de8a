"""What a person may ask for: to see all that is held and who looked, and to have it corrected."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, UnknownRecord
from fingerprint_engine.records.audit.chain import AuditEntry
from fingerprint_engine.records.audit.trail import read_entries
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.identifiers import Claim, Identifier, check_free, identifier_row
from fingerprint_engine.records.people.persons import Encounter, Person, encounters_of, load_person, person_row
from fingerprint_engine.records.people.tags import Relation, Tag, relations_of, tags_of
from fingerprint_engine.records.retention.whole_files import file_ids
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import (
    answers,
    cases,
    encounters,
    events,
    identifiers,
    images,
    notices,
    prints,
    proposals,
    requests,
    watches,
)
from fingerprint_engine.records.texts import check_id
from fingerprint_engine.records.words import AUDIT, CHANGE, READ


@dataclasses.dataclass(frozen=True, slots=True)
class Holding:
    """All that a registry holds of one person.

    Attributes
    ----------
    person, encounters, tags, relations
        The file.
    files
        Identifiers of the files that were merged into it.
    prints
        Plain data of each print: position, quality, digest of the template, whether an image is kept.
    events
        Plain data of each identity check: kind, outcome, moment, purpose, site.
    exchanges
        Plain data of what other agencies were asked and told: who, when, why, outcome, and when the identity went out.
    further
        By kind (cases, proposals, watches, notices) plain data of whatever else names the person.
    looked
        Audit entries about the person: who looked, when and why.
    """

    person: Person
    files: tuple[str, ...]
    encounters: tuple[Encounter, ...]
    prints: tuple[dict[str, Any], ...]
    tags: tuple[Tag, ...]
    relations: tuple[Relation, ...]
    events: tuple[dict[str, Any], ...]
    exchanges: tuple[dict[str, Any], ...]
    further: Mapping[str, tuple[dict[str, Any], ...]]
    looked: tuple[AuditEntry, ...]


def access(session: Session, person: str) -> Holding:
    """Read all that is held of a person, for that person."""
    session.require_permission(AUDIT)
    row = session.read(lambda connection: person_row(connection, person))
    session.require(READ, [(row.category, row.status)])

    def work(transaction: Transaction) -> Holding:
        connection = transaction.connection
        ids = file_ids(connection, row.id)
        looked = [entry for one in ids for entry in read_entries(connection, about=one)]
        transaction.note("access", row.id)
        return Holding(
            load_person(connection, row.id),
            tuple(ids[1:]),
            encounters_of(connection, row.id),
            _prints(connection, row.id),
            tags_of(connection, row.id, ended=True),
            relations_of(connection, row.id),
            _events(connection, ids),
            _exchanges(connection, ids),
            _further(connection, ids),
            tuple(sorted(set(looked))),
        )

    return session.write(work)


def correct(session: Session, identifier: str, value: str | None) -> Identifier | None:
    """Correct a name or number, or withdraw it (None); the old value is deleted, the audit trail says that it was.

    Raises
    ------
    UnknownRecord
        When there is no such identifier.
    RecordConflict
        When the new number stands in another file.
    """
    known = sa.select(identifiers).where(identifiers.c.id == check_id(identifier, "identifier"))
    found = session.read(lambda connection: connection.execute(known).first())
    if found is None:
        raise UnknownRecord("identifier: there is none with this identifier")
    row = session.read(lambda connection: person_row(connection, found.person_id))
    session.require(CHANGE, [(row.category, row.status)])
    claim = None if value is None else Claim(found.kind, value, found.issuer)

    def work(transaction: Transaction) -> Identifier | None:
        connection = transaction.connection
        person_row(connection, row.id, lock=True)
        if not connection.execute(identifiers.delete().where(identifiers.c.id == identifier)).rowcount:
            raise RecordConflict("identifier: it was corrected meanwhile")
        transaction.note("correct identifier", f"{identifier} {row.id}")
        if claim is None:
            return None
        check_free(connection, row.id, [claim])
        values = identifier_row(transaction, row.id, claim.kind, claim)
        connection.execute(identifiers.insert(), values)
        return Identifier(values["id"], claim.kind, claim.value, claim.issuer, transaction.at, None)

    return session.write(work)


def _prints(connection: Connection, person: str) -> tuple[dict[str, Any], ...]:
    query = (
        sa.select(
            prints.c.id,
            prints.c.encounter_id,
            prints.c.finger,
            prints.c.quality,
            prints.c.missing,
            prints.c.template_digest,
            images.c.digest.label("image"),
        )
        .join(encounters, prints.c.encounter_id == encounters.c.id)
        .outerjoin(images, images.c.print_id == prints.c.id)
        .where(encounters.c.person_id == person)
        .order_by(encounters.c.captured_at, prints.c.finger, prints.c.id)
    )
    return tuple(dict(row._mapping) for row in connection.execute(query))


def _further(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[dict[str, Any], ...]]:
    mine = sa.select(watches.c.id).where(watches.c.person_id.in_(ids))
    named: dict[sa.Table, tuple[Sequence[sa.Column[Any]], Sequence[sa.ColumnElement[bool]]]] = {
        cases: (
            (cases.c.id, cases.c.kind, cases.c.opened_at, cases.c.closed_at, cases.c.verdict),
            [cases.c.person_id.in_(ids), *(cases.c.evidence.contains(one, autoescape=True) for one in ids)],
        ),
        proposals: (
            (proposals.c.id, proposals.c.kind, proposals.c.proposed_at, proposals.c.closed_at, proposals.c.verdict),
            [proposals.c.subject.contains(one, autoescape=True) for one in ids],
        ),
        watches: (
            (watches.c.id, watches.c.agency, watches.c.created_at, watches.c.expires_at, watches.c.ended_at),
            [watches.c.person_id.in_(ids)],
        ),
        notices: (
            (notices.c.id, notices.c.watch_id, notices.c.outcome, notices.c.at, notices.c.delivered_at),
            [notices.c.person_id.in_(ids), notices.c.watch_id.in_(mine)],
        ),
    }
    return {
        table.name: tuple(
            dict(row._mapping)
            for row in connection.execute(sa.select(*columns).where(sa.or_(*conditions)).order_by(table.c.id))
        )
        for table, (columns, conditions) in named.items()
    }


def _events(connection: Connection, ids: list[str]) -> tuple[dict[str, Any], ...]:
    columns = (
        events.c.id,
        events.c.kind,
        events.c.outcome,
        events.c.at,
        events.c.purpose,
        events.c.site,
        events.c.actor,
    )
    query = sa.select(*columns).where(events.c.person_id.in_(ids)).order_by(events.c.at, events.c.id)
    return tuple(dict(row._mapping) for row in connection.execute(query))


def _exchanges(connection: Connection, ids: list[str]) -> tuple[dict[str, Any], ...]:
    """What other agencies were asked about a person, and what they were told."""
    asked = sa.select(
        requests.c.id, requests.c.agency, requests.c.at, requests.c.purpose, requests.c.legal_basis, requests.c.outcome
    ).where(requests.c.person_id.in_(ids))
    told = sa.select(
        answers.c.id,
        answers.c.agency,
        answers.c.at,
        answers.c.purpose,
        answers.c.legal_basis,
        answers.c.outcome,
        answers.c.identity_released_at,
    ).where(answers.c.person_id.in_(ids))
    found = [dict(row._mapping) | {"way": "asked"} for row in connection.execute(asked)]
    found += [dict(row._mapping) | {"way": "told"} for row in connection.execute(told)]
    return tuple(sorted(found, key=lambda one: (one["at"], one["id"])))
