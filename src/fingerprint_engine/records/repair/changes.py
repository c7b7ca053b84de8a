"""`Change`: what was done to records by decision, in one transaction, and how to take it back."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, UndoRefused, UnknownRecord
from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import moment_of, text_of
from fingerprint_engine.records.opaque import CHANGE as CHANGE_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.people.recording import prints_of_person
from fingerprint_engine.records.repair.patches import Patch, Step, apply_patch, check_undoable, people_in
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import changes, encounters, persons, prints
from fingerprint_engine.records.texts import check_id
from fingerprint_engine.records.words import CHANGE, DECIDE

UNDO = "undo"


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What was done to records.

    Attributes
    ----------
    id, kind
        merge, move, swap, split or undo.
    proposal
        The proposal that it followed; None for the outcome of a case.
    patch
        Values before and after.
    made_by, at
        Who and when.
    undone_by
        The change that took it back; None while it stands.
    """

    id: str
    kind: str
    proposal: str | None
    patch: Patch
    made_by: str
    at: str
    undone_by: str | None

    @property
    def people(self) -> tuple[str, ...]:
        """Identifiers of the persons that it concerns."""
        return people_in(self.patch)


def make_change(transaction: Transaction, kind: str, patch: Patch, proposal: str | None = None) -> str:
    """Apply a patch and keep it; galleries look at all prints concerned anew. Gives the identifier of the change."""
    connection = transaction.connection
    concerned = set(_prints_in(connection, patch))
    apply_patch(connection, patch)
    transaction.put(sorted(concerned | set(_prints_in(connection, patch))))
    row = {
        "id": new_id(CHANGE_ID),
        "kind": kind,
        "proposal_id": proposal,
        "patch": canonical([list(step) for step in patch]),
        "made_by": transaction.context.actor,
        "at": _after_all(connection, transaction.at),
    }
    connection.execute(changes.insert(), row)
    transaction.note(kind, " ".join((str(row["id"]), *people_in(patch))))
    return str(row["id"])


def undo(session: Session, change: str) -> Change:
    """Take a change back; also an undo can be undone.

    Raises
    ------
    UndoRefused
        When others built on it, or what it did was erased; the message names what stands in the way.
    RecordConflict
        When it was taken back already.
    """
    session.require_permission(DECIDE)
    known = session.read(lambda connection: load_change(connection, change))
    rows = session.read(lambda connection: _rows(connection, known.people))
    session.require(CHANGE, [(row.category, row.status) for row in rows if row.status != "erased"])

    def work(transaction: Transaction) -> Change:
        connection = transaction.connection
        _rows(connection, known.people, lock=True)
        held = load_change(connection, change, lock=True)
        if held.undone_by is not None:
            raise RecordConflict(f"undo: {change} was taken back by {held.undone_by}")
        check_undoable(connection, held.patch)
        _check_last(connection, held)
        made = make_change(transaction, UNDO, tuple(step.inverse() for step in reversed(held.patch)))
        connection.execute(changes.update().where(changes.c.id == change).values(undone_by=made))
        return load_change(connection, made)

    return session.write(work)


def list_changes(session: Session, *, limit: int = 1000) -> tuple[Change, ...]:
    """Changes, oldest first."""
    session.require_permission(DECIDE)
    query = sa.select(changes).order_by(changes.c.at, changes.c.id).limit(limit)

    def work(transaction: Transaction) -> tuple[Change, ...]:
        transaction.note("list changes")
        return tuple(_change_of(row) for row in transaction.connection.execute(query))

    return session.write(work)


def load_change(connection: Connection, change: str, *, lock: bool = False) -> Change:
    """A change by its identifier."""
    query = sa.select(changes).where(changes.c.id == check_id(change, "change"))
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise UnknownRecord("change: there is none with this identifier")
    return _change_of(row)


def _after_all(connection: Connection, at: str) -> str:
    """The moment of a change, later than those of all before: whatever clocks say, it gives their order."""
    last = connection.execute(sa.select(sa.func.max(changes.c.at))).scalar()
    return at if last is None or at > last else text_of(moment_of(last) + datetime.timedelta(microseconds=1))


def _check_last(connection: Connection, held: Change) -> None:
    """See that no change that stands has touched the same values since.

    They may have come back to what this change left: moved on and returned. Taken back now, what came between could
    not be taken back any more.
    """
    query = sa.select(changes).where(changes.c.at > held.at).order_by(changes.c.at)
    later = {row.id: _change_of(row) for row in connection.execute(query)}
    values = {step[:3] for step in held.patch}
    undoing = {one.undone_by for one in later.values()}
    for first in (one for one in later.values() if one.id not in undoing):
        chain = [first]
        while (undo_of_it := later.get(chain[-1].undone_by or "")) is not None:
            chain.append(undo_of_it)
        touched = [step.id for step in first.patch if step[:3] in values]
        if touched and len(chain) % 2:
            raise UndoRefused(f"undo: {touched[0]} was changed since by {chain[-1].id}; undo that change first")


def _change_of(row: Any) -> Change:
    patch = tuple(Step(*step) for step in json.loads(row.patch))
    return Change(row.id, row.kind, row.proposal_id, patch, row.made_by, row.at, row.undone_by)


def _rows(connection: Connection, people: Iterable[str], *, lock: bool = False) -> list[Any]:
    query = sa.select(persons).where(persons.c.id.in_(list(people))).order_by(persons.c.id)
    return list(connection.execute(query.with_for_update() if lock else query))


def _prints_in(connection: Connection, patch: Patch) -> list[str]:
    """Prints that a patch concerns."""
    found = {step.id for step in patch if step.table == prints.name}
    for person in people_in(patch):
        found.update(prints_of_person(connection, person))
    moved = [step.id for step in patch if step.table == encounters.name]
    query = sa.select(prints.c.id).where(prints.c.encounter_id.in_(moved))
    return sorted(found.union(connection.execute(query).scalars()))
