"""Return from the visiting room, transfer and release: a check, and what follows from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from fingerprint_engine.errors import RecordConflict
from fingerprint_engine.records.events.check import Check, CheckOutcome, check
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.captures import Capture, captures_of
from fingerprint_engine.records.people.persons import allowed_row, person_row
from fingerprint_engine.records.people.recording import add_encounter, change_person
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.texts import check_text, check_word
from fingerprint_engine.records.words import CHANGE, RELEASE, RETURN, TRANSFER
from fingerprint_engine.template import Template


@dataclasses.dataclass(frozen=True, slots=True)
class Movement:
    """What came of a movement: it is done only when the check said *same*; otherwise nothing changed."""

    is_done: bool
    check: Check
    encounter: str


def return_from_visit(session: Session, person: str, prints: Iterable[Template | Capture]) -> Check:
    """See that who goes back to the cells is who came: the swap at the visiting room."""
    return check(session, person, prints, kind=RETURN)


def transfer(
    session: Session, person: str, prints: Iterable[Template | Capture], *, site: str, unit: str = "", reason: str = ""
) -> Movement:
    """Hand a person over to another site or unit, if he is who he should be.

    Raises
    ------
    UnknownRecord, RecordConflict, PolicyDenied
        As `check`.
    """
    place = {"site": check_word(site, "site", required=True), "unit": check_word(unit, "unit")}
    return _move(session, person, prints, TRANSFER, check_text(reason, "reason"), place)


def release(session: Session, person: str, prints: Iterable[Template | Capture], *, reason: str = "") -> Movement:
    """Let a person go, if he is who he should be; his terms begin to run.

    Raises
    ------
    RecordConflict
        When he was released already.
    UnknownRecord, PolicyDenied
        As `check`.
    """
    return _move(session, person, prints, RELEASE, check_text(reason, "reason"), {"unit": ""})


def _move(
    session: Session,
    person: str,
    prints: Iterable[Template | Capture],
    kind: str,
    reason: str,
    place: dict[str, str],
) -> Movement:
    captures = captures_of(prints)
    row = allowed_row(session, person, CHANGE)
    if kind == RELEASE and row.released_at is not None:
        raise RecordConflict(f"release: {row.id} was released at {row.released_at}")
    found = check(session, row.id, captures, kind=kind)
    if found.outcome is not CheckOutcome.SAME:
        return Movement(False, found, "")

    def work(transaction: Transaction) -> str:
        held = person_row(transaction.connection, row.id, lock=True)
        if (held.released_at, held.site, held.unit) != (row.released_at, row.site, row.unit):
            raise RecordConflict(f"{kind}: {held.id} was moved or released meanwhile; check again")
        encounter = add_encounter(
            transaction,
            session.policy,
            held.id,
            kind,
            (),  # the prints of a check are not kept: those on file are enough
            agency=held.agency,
            site=session.context.site,
            reason=reason,
            captured_at=transaction.at,
        )
        values: dict[str, str] = dict(place)
        if kind == RELEASE:
            values |= {"category": "released", "released_at": transaction.at}
        change_person(transaction, held.id, **values)
        transaction.note(kind, f"{held.id} {encounter} {found.event}")
        return encounter

    return Movement(True, found, session.write(work))
