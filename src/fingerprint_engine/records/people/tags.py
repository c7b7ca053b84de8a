"""Tags inform and filter, and never alter a score; relations link people whose identity is settled."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, UnknownRecord
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import RELATION, TAG, new_id
from fingerprint_engine.records.people.persons import allowed_row, person_row
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import cases, relations, tags
from fingerprint_engine.records.texts import check_id, check_text, check_word
from fingerprint_engine.records.words import CHANGE


@dataclasses.dataclass(frozen=True, slots=True)
class Tag:
    """A circuit or classification of a person, such as ``high security``."""

    id: str
    person: str
    circuit: str
    given_by: str
    valid_from: str
    valid_to: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Relation:
    """A link between two people, such as ``co-accused`` or ``not the same person``."""

    id: str
    persons: tuple[str, str]
    kind: str
    evidence: str


def tag(session: Session, person: str, circuit: str) -> Tag:
    """Put a person into a circuit."""
    allowed_row(session, person, CHANGE)
    word = check_word(circuit, "circuit", required=True)

    def work(transaction: Transaction) -> Tag:
        held = person_row(transaction.connection, person, lock=True)
        made = Tag(new_id(TAG), held.id, word, transaction.context.actor, transaction.at, None)
        values = dataclasses.asdict(made)
        transaction.connection.execute(tags.insert(), {**values, "person_id": values.pop("person")})
        transaction.note("tag person", held.id)
        return made

    return session.write(work)


def untag(session: Session, tag_id: str) -> None:
    """End a tag."""
    known = sa.select(tags).where(tags.c.id == check_id(tag_id, "tag"))
    found = session.read(lambda connection: connection.execute(known).first())
    if found is None:
        raise UnknownRecord("tag: there is none with this identifier")
    allowed_row(session, found.person_id, CHANGE)

    def work(transaction: Transaction) -> None:
        open_tag = tags.update().where(tags.c.id == tag_id, tags.c.valid_to.is_(None))
        if not transaction.connection.execute(open_tag.values(valid_to=transaction.at)).rowcount:
            raise RecordConflict("tag: it has ended already")
        transaction.note("untag person", found.person_id)

    session.write(work)


def tags_of(connection: Connection, person: str, *, ended: bool = False) -> tuple[Tag, ...]:
    """Tags of a person, oldest first."""
    query = sa.select(tags).where(tags.c.person_id == person).order_by(tags.c.valid_from, tags.c.id)
    rows = connection.execute(query if ended else query.where(tags.c.valid_to.is_(None)))
    return tuple(Tag(row.id, row.person_id, row.circuit, row.given_by, row.valid_from, row.valid_to) for row in rows)


def link(session: Session, first: str, second: str, kind: str, evidence: str = "") -> Relation:
    """Link two people whose identity is settled.

    Raises
    ------
    RecordConflict
        When both are one, or a case about one of them is still open.
    """
    for given in (first, second):
        allowed_row(session, given, CHANGE)
    word, text = check_word(kind, "kind", required=True), check_text(evidence, "evidence")

    def work(transaction: Transaction) -> Relation:
        connection = transaction.connection
        one, other = sorted(person_row(connection, given, lock=True).id for given in sorted((first, second)))
        if one == other:
            raise RecordConflict("link: both are the same person")
        undecided = sa.select(cases.c.id).where(cases.c.person_id.in_((one, other)), cases.c.closed_at.is_(None))
        if connection.execute(undecided).first() is not None:
            raise RecordConflict("link: expected settled identities, a case about one of them is open")
        made = Relation(new_id(RELATION), (one, other), word, text)
        add_relation(transaction, made)
        transaction.note("link persons", f"{one} {other}")
        return made

    return session.write(work)


def add_relation(transaction: Transaction, relation: Relation) -> None:
    """Write a relation."""
    row = {
        "id": relation.id,
        "person_a": relation.persons[0],
        "person_b": relation.persons[1],
        "kind": relation.kind,
        "evidence": relation.evidence,
        "recorded_at": transaction.at,
    }
    transaction.connection.execute(relations.insert(), row)


def relations_of(connection: Connection, person: str) -> tuple[Relation, ...]:
    """Links of a person."""
    query = sa.select(relations).where(sa.or_(relations.c.person_a == person, relations.c.person_b == person))
    rows = connection.execute(query.order_by(relations.c.recorded_at, relations.c.id))
    return tuple(Relation(row.id, (row.person_a, row.person_b), row.kind, row.evidence) for row in rows)
