"""`hear_answer`: what another agency answered is noted with the request, once; a hit opens a case for an examiner."""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import BundleRefused, Refusal, UnknownRecord
from fingerprint_engine.records.agencies.post import Posted
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.documents import canonical, parsed
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import REQUEST as REQUEST_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import seals_of
from fingerprint_engine.records.storage.schema import requests
from fingerprint_engine.records.texts import check_id, check_text, check_word
from fingerprint_engine.records.words import ASK, ASKED_ONCE, EXCHANGE, NOTICES, SIGHTED, WATCHED, WITHDRAW

NEAR = ("hit", "possible")


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """One answer of a bundle, as it was read.

    Attributes
    ----------
    place
        Of the record in its bundle.
    reference, answer
        Ours, and the one of the side that answers.
    outcome, reason, receipt, evidence
        As they state; nothing of it is believed.
    """

    place: int
    reference: str
    answer: str
    outcome: str
    reason: str
    receipt: dict[str, Any]
    evidence: dict[str, Any] | None


@dataclasses.dataclass(frozen=True, slots=True)
class AskedAbout:
    """A request of ours and what came of it.

    Attributes
    ----------
    id, reference, agency, person
        The request, how it is called in bundles, whom it asks, about which file of ours.
    kind
        Once, watch, or sighting: what a watch found.
    purpose, at, expires_at
        As it was asked.
    outcome, answer, reason, receipt
        As answered; empty while it is not.
    evidence
        Of a hit; None without one.
    case
        In which an examiner of ours confirms a hit; empty where there is none.
    core_data
        Who it is, after both sides confirmed it; empty before.
    """

    id: str
    reference: str
    agency: str
    person: str
    kind: str
    purpose: str
    at: str
    expires_at: str
    outcome: str
    answer: str
    reason: str
    receipt: dict[str, Any]
    evidence: dict[str, Any] | None
    case: str
    core_data: dict[str, Any]


def hear_answer(session: Session, posted: Posted, heard: Heard) -> AskedAbout:
    """Note an answer of a bundle that was taken.

    Raises
    ------
    BundleRefused
        When it answers nothing that was asked of its sender, or something that was answered otherwise before.
    """
    session.require_permission(ASK)
    check_text(heard.reason, "reason")
    check_word(heard.answer, "answer")

    def work(transaction: Transaction) -> AskedAbout:
        transaction.last_change()
        connection = transaction.connection
        mine = sa.and_(requests.c.agency == posted.agency, requests.c.reference == heard.reference)
        known = connection.execute(
            sa.select(requests).where(mine, requests.c.answer == heard.answer, requests.c.answered_at.is_not(None))
        ).first()
        if known is not None:
            if known.outcome != heard.outcome:
                raise BundleRefused(Refusal.UNASKED, "expected each request to be answered once", heard.place)
            return _asked_about(connection, known)
        row = _waiting(transaction, posted, heard, mine)
        values: dict[str, Any] = {
            "outcome": heard.outcome,
            "answer": heard.answer,
            "reason": heard.reason,
            "receipt": canonical(heard.receipt),
            "evidence": "" if heard.evidence is None else _sealed(connection, row.id, heard.evidence),
            "answered_at": transaction.at,
        }
        if heard.outcome in NEAR:
            facts = {"request": row.id, "answer": heard.answer, "agency": posted.agency}
            values["case_id"] = open_case(transaction, EXCHANGE, None, row.person_id, (), **facts)
        connection.execute(requests.update().where(requests.c.id == row.id).values(**values))
        transaction.note(f"answered: {heard.outcome}", f"{row.id} {row.person_id} {heard.answer}")
        return _asked_about(connection, connection.execute(sa.select(requests).where(requests.c.id == row.id)).one())

    return session.write(work)


def _waiting(transaction: Transaction, posted: Posted, heard: Heard, mine: Any) -> Any:
    """The request that waits for this answer; of a watch, a new row for what it found."""
    connection = transaction.connection
    if posted.kind != NOTICES:
        asked = sa.and_(mine, requests.c.kind == ASKED_ONCE, requests.c.bundle_id == posted.reply_to)
        row = connection.execute(sa.select(requests).where(asked)).first()
        if row is None or row.answered_at is not None:
            raise BundleRefused(Refusal.UNASKED, "expected an answer to a request that waits for one", heard.place)
        return row
    steps = sa.select(requests).where(mine, requests.c.kind == WATCHED)
    watch = connection.execute(steps.order_by(requests.c.at.desc(), requests.c.id.desc())).first()
    if watch is None or watch.step == WITHDRAW or watch.expires_at <= transaction.at:
        raise BundleRefused(Refusal.UNASKED, "expected news of a watch of ours that is in force", heard.place)
    values = dict(watch._mapping) | {"id": new_id(REQUEST_ID), "kind": SIGHTED, "at": transaction.at}
    connection.execute(requests.insert(), values)
    return connection.execute(sa.select(requests).where(requests.c.id == values["id"])).one()


def list_requests(
    session: Session, *, agency: str | None = None, person: str | None = None, near_only: bool = False
) -> tuple[AskedAbout, ...]:
    """Requests of ours and what came of them, oldest first."""
    session.require_permission(ASK)
    query = sa.select(requests).order_by(requests.c.at, requests.c.place, requests.c.id)
    if agency is not None:
        query = query.where(requests.c.agency == check_word(agency, "agency"))
    if person is not None:
        query = query.where(requests.c.person_id == check_id(person, "person"))
    if near_only:
        query = query.where(requests.c.outcome.in_(NEAR))

    def work(transaction: Transaction) -> tuple[AskedAbout, ...]:
        connection = transaction.connection
        found = tuple(_asked_about(connection, row) for row in connection.execute(query).fetchall())
        transaction.note("list requests")
        return found

    return session.write(work)


def get_request(session: Session, request: str) -> AskedAbout:
    """One request and what came of it.

    Raises
    ------
    UnknownRecord
    """
    session.require_permission(ASK)

    def work(transaction: Transaction) -> AskedAbout:
        connection = transaction.connection
        row = connection.execute(sa.select(requests).where(requests.c.id == check_id(request, "request"))).first()
        if row is None:
            raise UnknownRecord("request: there is none with this identifier")
        transaction.note("read request", f"{row.id} {row.person_id}")
        return _asked_about(connection, row)

    return session.write(work)


def _sealed(connection: Connection, request: str, evidence: dict[str, Any]) -> str:
    return seals_of(connection).seal_text(requests.c.evidence, request, canonical(evidence))


def _asked_about(connection: Connection, row: Any) -> AskedAbout:
    seals = seals_of(connection)
    return AskedAbout(
        row.id,
        row.reference,
        row.agency,
        row.person_id,
        row.kind,
        row.purpose,
        row.at,
        row.expires_at,
        row.outcome,
        row.answer,
        row.reason,
        parsed(row.receipt),
        parsed(seals.open_text(requests.c.evidence, row.id, row.evidence)) or None,
        row.case_id or "",
        parsed(seals.open_text(requests.c.core_data, row.id, row.core_data)),
    )
