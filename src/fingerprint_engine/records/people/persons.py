"""`Person` and `Encounter`: reading files, following merges, refusing what is erased or out of bounds."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, UnknownRecord
from fingerprint_engine.records.moments import moment_of
from fingerprint_engine.records.people.identifiers import Claim, Identifier, identifiers_of
from fingerprint_engine.records.policy.due import due_dates
from fingerprint_engine.records.policy.last_days import all_lapsed
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import seals_of
from fingerprint_engine.records.storage.schema import encounters, identifiers, persons
from fingerprint_engine.records.texts import check_id
from fingerprint_engine.records.words import ACTIVE, ALIAS, CUSTODY_NUMBER, ERASED, NAME, READ, RESTRICTED

_MAX_MERGES = 64


@dataclasses.dataclass(frozen=True, slots=True)
class Encounter:
    """One occasion on which prints of a person were taken."""

    id: str
    person: str
    kind: str
    agency: str
    site: str
    reason: str
    captured_at: str
    operator: str
    active: bool
    last_day: str | None = None
    """Until which whoever gave the prints lets them be kept; None: as long as the policy says."""


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """The file of a person.

    Attributes
    ----------
    id
        Opaque.
    category, status
        Whom it is about, and whether it is active, restricted or erased.
    agency, site, unit
        Who keeps it, and where the person is.
    identifiers
        Names and numbers, oldest first.
    """

    id: str
    category: str
    status: str
    agency: str
    site: str
    unit: str
    created_at: str
    released_at: str | None
    identifiers: tuple[Identifier, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Name and aliases."""
        return tuple(one.value for one in self.identifiers if one.kind in (NAME, ALIAS) and one.valid_to is None)


def get_person(session: Session, person: str) -> Person:
    """Read a file by its identifier; one that was merged gives the file that it went into.

    Raises
    ------
    UnknownRecord
        When there is none.
    RecordConflict
        When it was erased.
    PolicyDenied
        When the purpose may not read it.
    """
    row = allowed_row(session, person, READ)

    def work(transaction: Any) -> Person:
        found = load_person(transaction.connection, row.id)
        transaction.note("read person", row.id)
        return found

    return session.write(work)


def find_persons(
    session: Session, value: str, *, kind: str = CUSTODY_NUMBER, issuer: str | None = None
) -> tuple[Person, ...]:
    """Files that hold a number or a name, exactly as written; those that the purpose may not read are left out.

    A name finds aliases as well.
    """
    claim = Claim(kind, value, issuer or "")
    kinds = (NAME, ALIAS) if kind in (NAME, ALIAS) else (kind,)

    def work(transaction: Any) -> tuple[Person, ...]:
        connection = transaction.connection
        query = sa.select(identifiers.c.person_id).where(
            identifiers.c.kind.in_(kinds),
            identifiers.c.value == seals_of(connection).lookup(claim.value),
            identifiers.c.valid_to.is_(None),
        )
        if issuer is not None:
            query = query.where(identifiers.c.issuer == issuer)
        ids = sorted(set(connection.execute(query).scalars()))
        found = [load_person(connection, one) for one in ids]
        allowed = tuple(
            one for one in found if session.policy.allows(session.context.purpose, READ, one.category, one.status)
        )
        transaction.note("find person", " ".join(one.id for one in allowed))
        return allowed

    return session.write(work)


def person_row(connection: Connection, person: str, *, lock: bool = False) -> Any:
    """The row of a person after all merges.

    Parameters
    ----------
    connection
        Of a transaction.
    person
        The identifier.
    lock
        Whether nobody else may change the row before this transaction ends.

    Raises
    ------
    UnknownRecord, RecordConflict
    """
    wanted = check_id(person, "person")
    for _ in range(_MAX_MERGES):
        query = sa.select(persons).where(persons.c.id == wanted)
        row = connection.execute(query.with_for_update() if lock else query).first()
        if row is None:
            raise UnknownRecord("person: there is none with this identifier")
        if row.merged_into is None:
            if row.status == ERASED:
                raise RecordConflict(f"person: {row.id} was erased")
            return row
        wanted = row.merged_into
    raise RecordConflict("person: its file was merged in a circle")


def allowed_row(session: Session, person: str, action: str) -> Any:
    """The row of a person, if the policy allows an action on the file today.

    A term that is over counts from its day on, also when nobody has run `retain` since.

    Raises
    ------
    UnknownRecord, RecordConflict
        When there is none, or it was erased or is due to be.
    PolicyDenied
        When the purpose may not do it.
    """

    def find(connection: Connection) -> tuple[Any, Any, bool]:
        row = person_row(connection, person)
        last = sa.select(sa.func.max(encounters.c.captured_at).label("last_encounter")).where(
            encounters.c.person_id == row.id, encounters.c.active
        )
        columns = (persons.c.category, persons.c.created_at, persons.c.released_at, last.scalar_subquery())
        terms = connection.execute(sa.select(*columns).where(persons.c.id == row.id)).one()
        lapsed = sa.select(persons.c.id).where(persons.c.id == row.id, *all_lapsed(session.moment))
        return row, terms, connection.execute(lapsed).first() is not None

    row, terms, is_lapsed = session.read(find)
    due, now = due_dates(session.policy, _Terms(*terms)), moment_of(session.moment)
    if due.erased is not None and due.erased <= now:
        raise RecordConflict(f"person: the term of {row.id} was over on {due.erased:%Y-%m-%d}; it is to be erased")
    if is_lapsed:
        raise RecordConflict(f"person: who gave the prints of {row.id} let them be kept no longer; it is to be erased")
    is_restricted = row.status == ACTIVE and due.restricted is not None and due.restricted <= now
    session.require(action, [(row.category, RESTRICTED if is_restricted else row.status)])
    return row


class _Terms(NamedTuple):
    """What the terms of a person run from."""

    category: str
    created_at: str
    released_at: str | None
    last_encounter: str | None


def load_person(connection: Connection, person: str) -> Person:
    """The file of a person."""
    row = person_row(connection, person)
    return Person(
        row.id,
        row.category,
        row.status,
        row.agency,
        row.site,
        row.unit,
        row.created_at,
        row.released_at,
        identifiers_of(connection, row.id),
    )


def encounters_of(connection: Connection, person: str) -> tuple[Encounter, ...]:
    """The encounters of a person, oldest first."""
    query = sa.select(encounters).where(encounters.c.person_id == person)
    rows = connection.execute(query.order_by(encounters.c.captured_at, encounters.c.id))
    return tuple(encounter_of(row) for row in rows)


def encounter_of(row: Any) -> Encounter:
    """An encounter from its row."""
    return Encounter(
        row.id,
        row.person_id,
        row.kind,
        row.agency,
        row.site,
        row.reason,
        row.captured_at,
        row.operator,
        bool(row.active),
        row.last_day,
    )
