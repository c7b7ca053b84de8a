"""`answer`: another agency asks; it gets hit or no hit and an opaque reference, and the identity after confirmation."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import RecordConflict, UnknownRecord
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.searching import lock_candidates, search
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import ANSWER, new_id
from fingerprint_engine.records.people.captures import Capture, captures_of
from fingerprint_engine.records.people.persons import Person, load_person, person_row
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import answers, cases
from fingerprint_engine.records.texts import check_word
from fingerprint_engine.records.words import EXCHANGE, READ
from fingerprint_engine.template import Template


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What another agency gets.

    Attributes
    ----------
    outcome
        hit, possible, no hit, incomplete or rejected for quality.
    reference
        Opaque; it stands for the candidate, who is not named.
    their_reference
        As they gave it.
    receipt
        What was searched, without identifiers of people.
    """

    outcome: Outcome
    reference: str
    their_reference: str
    receipt: dict[str, Any]


def answer(session: Session, prints: Iterable[Template | Capture], *, agency: str, their_reference: str) -> Answer:
    """Answer a request of another agency; a hit opens a case, and only its confirmation lets the identity out."""
    captures = captures_of(prints)
    asker = check_word(agency, "agency", required=True)
    theirs = check_word(their_reference, "their_reference", required=True)
    findings = search(session, captures)

    def work(transaction: Transaction) -> Answer:
        visible = list(lock_candidates(transaction, session, findings.candidates).values())
        is_near = findings.outcome in (Outcome.HIT, Outcome.POSSIBLE) and visible
        person = visible[0].person if is_near else None
        reference = new_id(ANSWER)
        event, _ = log_event(
            transaction,
            session.policy,
            EXCHANGE,
            findings.outcome.value,
            person=person,
            facts={"answer": reference, "search": findings.receipt},
            about=(reference,),
        )
        case = open_case(transaction, "exchange", event, person, visible, answer=reference) if person else None
        row = {
            "id": reference,
            "agency": asker,
            "their_reference": theirs,
            "person_id": person,
            "case_id": case,
            "outcome": findings.outcome.value,
            "at": transaction.at,
        }
        transaction.connection.execute(answers.insert(), row)
        told = {key: value for key, value in findings.receipt.items() if key != "candidates"}
        return Answer(findings.outcome, reference, theirs, told)

    return session.write(work)


def release_identity(session: Session, reference: str) -> Person:
    """Let another agency have the identity behind an answer, once an examiner confirmed it.

    Raises
    ------
    RecordConflict
        When nobody confirmed it yet, or an examiner refused it.
    """

    def find(connection: sa.Connection) -> Any:
        row = connection.execute(sa.select(answers).where(answers.c.id == reference)).first()
        if row is None:
            raise UnknownRecord("answer: there is none with this reference")
        if row.person_id is None:
            raise RecordConflict("answer: it was no hit, so there is no identity")
        return person_row(connection, row.person_id)

    person = session.read(find)
    session.require(READ, [(person.category, person.status)])

    def work(transaction: Transaction) -> Person:
        connection = transaction.connection
        row = connection.execute(sa.select(answers).where(answers.c.id == reference)).one()
        verdict = connection.execute(sa.select(cases.c.verdict).where(cases.c.id == row.case_id)).scalar_one()
        if verdict != "same":
            raise RecordConflict(
                f"answer: expected an examiner's confirmation, the case says {verdict or 'nothing yet'}"
            )
        connection.execute(
            answers.update().where(answers.c.id == reference).values(identity_released_at=transaction.at)
        )
        found = load_person(connection, row.person_id)
        transaction.note("release identity", f"{reference} {found.id}")
        return found

    return session.write(work)
