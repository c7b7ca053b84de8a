"""A patch: single values before and after. To be taken back, all of them have to be as it left them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, UndoRefused, UnknownRecord
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.storage.schema import (
    encounters,
    identifiers,
    metadata,
    persons,
    prints,
    relations,
    tags,
    watches,
)
from fingerprint_engine.records.words import ERASED

_OWNED = (encounters, identifiers, tags, watches)
"""Tables whose rows belong to a person."""


class Step(NamedTuple):
    """One value of one row."""

    table: str
    id: str
    column: str
    before: Any
    after: Any

    def inverse(self) -> Step:
        """The step back."""
        return Step(self.table, self.id, self.column, self.after, self.before)


Patch = tuple[Step, ...]


def apply_patch(connection: Connection, patch: Patch) -> None:
    """Set every value; each must be what the patch expects.

    Raises
    ------
    RecordConflict
        When one is not; the transaction must be given up.
    """
    for step in patch:
        table = metadata.tables[step.table]
        column = table.c[step.column]
        expected = column.is_(None) if step.before is None else column == step.before
        changed = connection.execute(
            table.update().where(table.c.id == step.id, expected).values({step.column: step.after})
        )
        if changed.rowcount != 1:
            raise RecordConflict(f"{step.table}: {step.id} was changed by others meanwhile")


def check_undoable(connection: Connection, patch: Patch) -> None:
    """See that a patch can be taken back.

    Raises
    ------
    UndoRefused
        Names what stands in the way: an erasure, or a record that others built on.
    """
    for person in people_in(patch):
        status = connection.execute(sa.select(persons.c.status).where(persons.c.id == person)).scalar()
        if status == ERASED:
            raise UndoRefused(f"undo: {person} was erased since; what is erased does not come back")
    for step in patch:
        table = metadata.tables[step.table]
        row = connection.execute(sa.select(table.c[step.column]).where(table.c.id == step.id)).first()
        if row is None:
            raise UndoRefused(f"undo: {step.id} was erased since; what is erased does not come back")
        if row[0] != step.after:
            raise UndoRefused(f"undo: {step.id} ({step.table}) was changed since; undo that change first")
        if step.table == persons.name and step.column == "merged_into" and step.after is None:
            _check_nothing_more(connection, step.id, patch)


def _check_nothing_more(connection: Connection, person: str, patch: Patch) -> None:
    """A file that goes back into another may hold only what it came out with."""
    known = {step.id for step in patch}
    for table in _OWNED:
        more = set(connection.execute(sa.select(table.c.id).where(table.c.person_id == person)).scalars()) - known
        if more:
            raise UndoRefused(f"undo: {person} holds {min(more)} ({table.name}), which came since; move it first")


def people_in(patch: Patch) -> tuple[str, ...]:
    """Identifiers of the persons that a patch concerns, sorted."""
    found = set()
    for step in patch:
        if step.table == persons.name:
            found.add(step.id)
        found.update(value for value in (step.before, step.after) if step.column in _PERSON_COLUMNS and value)
    return tuple(sorted(found))


_PERSON_COLUMNS = ("person_id", "merged_into", "person_a", "person_b")


def merging(connection: Connection, kept: str, merged: str) -> Patch:
    """The patch that puts one file into another."""
    first, second = person_row(connection, kept, lock=True).id, person_row(connection, merged, lock=True).id
    if first == second:
        raise RecordConflict("merge: both are one file already")
    steps = [
        Step(table.name, row, "person_id", second, first)
        for table in _OWNED
        for row in connection.execute(sa.select(table.c.id).where(table.c.person_id == second)).scalars()
    ]
    for column, other in (("person_a", relations.c.person_b), ("person_b", relations.c.person_a)):
        query = sa.select(relations.c.id).where(relations.c[column] == second, other != first)
        steps += [Step(relations.name, row, column, second, first) for row in connection.execute(query).scalars()]
    steps.append(Step(persons.name, second, "merged_into", None, first))
    return tuple(steps)


def moving(connection: Connection, encounter_ids: Sequence[str], source: str, target: str) -> Patch:
    """The patch that puts encounters into another file.

    Raises
    ------
    UnknownRecord, RecordConflict
        When an encounter is not there, or not in the file that it is to be taken from.
    """
    kept, goal = person_row(connection, source, lock=True).id, person_row(connection, target, lock=True).id
    if kept == goal:
        raise RecordConflict("move: both are one file already")
    for encounter in encounter_ids:
        holder = connection.execute(sa.select(encounters.c.person_id).where(encounters.c.id == encounter)).scalar()
        if holder is None:
            raise UnknownRecord(f"encounter: there is none with the identifier {encounter}")
        if holder != kept:
            raise RecordConflict(f"encounter: {encounter} is not in {kept} any more; it was moved")
    return tuple(Step(encounters.name, one, "person_id", kept, goal) for one in encounter_ids)


def swapping(connection: Connection, first: str, second: str) -> Patch:
    """The patch that exchanges the positions of two prints.

    Raises
    ------
    UnknownRecord, RecordConflict
    """
    query = sa.select(prints.c.id, prints.c.finger, prints.c.encounter_id).where(prints.c.id.in_((first, second)))
    rows = {row.id: row for row in connection.execute(query)}
    if len(rows) != 2:
        raise UnknownRecord("print: expected two prints that are on record")
    one, other = rows[first], rows[second]
    if one.encounter_id != other.encounter_id or one.finger == other.finger:
        raise RecordConflict("swap: expected two positions of one encounter")
    return (
        Step(prints.name, one.id, "finger", one.finger, other.finger),
        Step(prints.name, other.id, "finger", other.finger, one.finger),
    )
