"""`import_people`: an old register comes in as it is, many people at a time, without a search.

Who is in it twice is found afterwards, by `find_duplicates`.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import RecordConflict, RecordsError
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.captures import Capture, captures_of
from fingerprint_engine.records.people.identifiers import Claim, claims_of, identifier_row
from fingerprint_engine.records.people.recording import (
    encounter_values,
    image_values,
    person_values,
    print_values,
)
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import seals_of
from fingerprint_engine.records.storage.schema import encounters, identifiers, images, persons, prints
from fingerprint_engine.records.texts import check_text, check_word, one_of
from fingerprint_engine.records.words import ACTIVE, CATEGORIES, ENROL, IMPORT, UNIQUE_KINDS
from fingerprint_engine.template import Template

BATCH = 500
"""Chosen: a second or less between two commits."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewPerson:
    """One person of an old register."""

    prints: Sequence[Template | Capture]
    category: str
    identifiers: Sequence[Claim] = ()
    agency: str = ""
    site: str = ""
    unit: str = ""
    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: files in the order given, None where one was refused, and why by place."""

    persons: tuple[str | None, ...]
    refused: tuple[tuple[int, RecordsError], ...]


def import_people(
    session: Session,
    people: Iterable[NewPerson],
    *,
    progress: Callable[[int], object] | None = None,
) -> Imported:
    """Record many people without a search; those that cannot be are listed, and the rest goes on.

    Each group is written as a whole; a run that was stopped has written the groups before.

    Parameters
    ----------
    session
        Its purpose must be allowed to enrol the categories.
    people
        May be endless.
    progress
        Called after each group with the number of people done.

    Raises
    ------
    PolicyDenied
        When the purpose may not enrol a category; the groups before are written.
    """
    done: list[str | None] = []
    refused: list[tuple[int, RecordsError]] = []
    waiting = iter(people)
    while group := list(itertools.islice(waiting, BATCH)):
        checked: list[tuple[int, NewPerson, Sequence[Capture], Sequence[Claim]]] = []
        for place, one in enumerate(group, start=len(done)):
            try:
                checked.append((place, *_checked(one)))
            except RecordsError as error:
                refused.append((place, error.with_traceback(None)))
        session.require(ENROL, sorted({(one.category, ACTIVE) for _, one, *_ in checked}))

        def work(
            transaction: Transaction,
            group: Sequence[Any] = tuple(checked),
            first: int = len(done),
            size: int = len(group),
        ) -> tuple[list[str | None], list[tuple[int, RecordsError]]]:
            return _write(transaction, group, first, size)

        made, more = session.write(work)
        done += made
        refused += more
        if progress is not None:
            progress(len(done))
    return Imported(tuple(done), tuple(sorted(refused, key=lambda item: item[0])))


def _checked(one: NewPerson) -> tuple[NewPerson, Sequence[Capture], Sequence[Claim]]:
    one_of(one.category, "category", CATEGORIES)
    for name in ("agency", "site", "unit"):
        check_word(getattr(one, name), name)
    check_text(one.reason, "reason")
    return one, captures_of(one.prints), claims_of(one.identifiers)


def _write(
    transaction: Transaction, group: Sequence[Any], first: int, size: int
) -> tuple[list[str | None], list[tuple[int, RecordsError]]]:
    taken = _taken(transaction.connection, [claims for *_, claims in group])
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        table: [] for table in (persons, encounters, identifiers, prints, images)
    }
    made: list[str | None] = [None] * size
    refused: list[tuple[int, RecordsError]] = []
    for place, one, captures, claims in group:
        numbers = {(claim.kind, claim.value, claim.issuer) for claim in claims if claim.kind in UNIQUE_KINDS}
        if numbers & taken:
            refused.append((place, RecordConflict("identifier: this issuer gave it already")))
            continue
        taken |= numbers
        person = person_values(one.category, one.agency, one.site, one.unit, transaction.at)
        encounter = encounter_values(
            transaction,
            person["id"],
            IMPORT,
            agency=one.agency,
            site=one.site,
            reason=one.reason,
            captured_at=transaction.at,
        )
        fingers = [print_values(transaction, encounter["id"], capture) for capture in captures]
        rows[persons].append(person)
        rows[encounters].append(encounter)
        rows[identifiers] += [identifier_row(transaction, person["id"], claim.kind, claim) for claim in claims]
        rows[prints] += fingers
        rows[images] += [
            image_values(transaction, row["id"], capture)
            for row, capture in zip(fingers, captures, strict=True)
            if capture.image is not None or capture.image_reference
        ]
        made[place - first] = person["id"]
        transaction.put(row["id"] for row in fingers if row["template"] is not None)
        transaction.note("import person", person["id"])
    for table, values in rows.items():
        if values:
            transaction.connection.execute(table.insert(), values)
    return made, refused


def _taken(connection: sa.Connection, claims: Sequence[Sequence[Claim]]) -> set[tuple[str, str, str]]:
    """Numbers of a group that stand in a file already."""
    seals = seals_of(connection)
    values = {seals.lookup(claim.value): claim.value for some in claims for claim in some if claim.kind in UNIQUE_KINDS}
    query = sa.select(identifiers.c.kind, identifiers.c.value, identifiers.c.issuer).where(
        identifiers.c.is_unique, identifiers.c.value.in_(sorted(values)), identifiers.c.kind.in_(UNIQUE_KINDS)
    )
    return {(row.kind, values[row.value], row.issuer) for row in connection.execute(query)} if values else set()
