"""`Proposal`: a repair that waits for a decision."""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, RecordsError, UnknownRecord
from fingerprint_engine.records.cases.reading import Decision, decisions_of
from fingerprint_engine.records.documents import parsed
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.repair.patches import swapping
from fingerprint_engine.records.repair.proposing import add_proposal
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import decisions, encounters, prints, proposals
from fingerprint_engine.records.texts import check_id, check_text, one_of
from fingerprint_engine.records.words import DECIDE, MERGE, MOVE, PROPOSAL_KINDS, SPLIT, SWAP

_SUBJECTS: dict[str, dict[str, type]] = {
    MERGE: {"persons": list},
    MOVE: {"encounter": str, "from": str, "to": str},
    SWAP: {"prints": list},
    SPLIT: {"person": str, "encounters": list},
}
"""What a proposal of each kind is about."""


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """A repair that waits for a decision.

    Attributes
    ----------
    id, kind
        merge, move, swap or split.
    subject
        Identifiers of what it is about.
    evidence
        Scores by finger, or the reason that somebody gave.
    expected_error
        How often such evidence turns up by chance.
    verdict
        Empty while it is open; accepted or refused.
    decisions
        Oldest first.
    """

    id: str
    kind: str
    subject: dict[str, Any]
    evidence: dict[str, Any]
    expected_error: float
    proposed_at: str
    verdict: str
    decisions: tuple[Decision, ...]


def propose(session: Session, kind: str, *, reason: str, **subject: Any) -> Proposal:
    """Propose a repair that somebody noticed.

    Parameters
    ----------
    session
        Who noticed it.
    kind
        With it what it is about: ``merge`` (persons=[a, b]), ``move`` (encounter=, to=), ``swap`` (prints=[a, b]),
        ``split`` (person=, encounters=[...]).
    reason
        Why.

    Raises
    ------
    RecordConflict
        When an open proposal says the same, or an examiner refused it.
    UnknownRecord, RecordsError
        When the subject is not there or not complete.
    """
    session.require_permission(DECIDE)
    one_of(kind, "kind", PROPOSAL_KINDS)
    why = check_text(reason, "reason", required=True)

    def work(transaction: Transaction) -> Proposal:
        checked = _checked(transaction.connection, kind, dict(subject))
        made = add_proposal(transaction, kind, checked, {"reason": why}, 1.0)
        if made is None:
            raise RecordConflict("proposal: there is such a one, open or refused")
        return load_proposal(transaction.connection, made)

    return session.write(work)


def get_proposal(session: Session, proposal: str) -> Proposal:
    """Read a proposal."""
    session.require_permission(DECIDE)

    def work(transaction: Transaction) -> Proposal:
        found = load_proposal(transaction.connection, proposal)
        transaction.note("read proposal", proposal)
        return found

    return session.write(work)


def list_proposals(session: Session, *, open_only: bool = True, limit: int = 1000) -> tuple[Proposal, ...]:
    """Proposals, surest first."""
    session.require_permission(DECIDE)
    query = sa.select(proposals).order_by(proposals.c.expected_error, proposals.c.proposed_at, proposals.c.id)
    if open_only:
        query = query.where(proposals.c.verdict == "")

    def work(transaction: Transaction) -> tuple[Proposal, ...]:
        connection = transaction.connection
        rows = connection.execute(query.limit(limit)).fetchall()
        made = decisions_of(connection, decisions.c.proposal_id, [row.id for row in rows])
        transaction.note("list proposals")
        return tuple(_proposal_of(row, made.get(row.id, ())) for row in rows)

    return session.write(work)


def load_proposal(connection: Connection, proposal: str, *, lock: bool = False) -> Proposal:
    """A proposal with its decisions."""
    query = sa.select(proposals).where(proposals.c.id == check_id(proposal, "proposal"))
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise UnknownRecord("proposal: there is none with this identifier")
    return _proposal_of(row, decisions_of(connection, decisions.c.proposal_id, [proposal]).get(proposal, ()))


def people_of(connection: Connection, proposal: Proposal) -> list[Any]:
    """Rows of the persons that a proposal concerns."""
    subject = proposal.subject
    if proposal.kind == MERGE:
        return [person_row(connection, one) for one in subject["persons"]]
    if proposal.kind == MOVE:
        return [person_row(connection, subject[name]) for name in ("from", "to")]
    if proposal.kind == SPLIT:
        return [person_row(connection, subject["person"])]
    query = sa.select(encounters.c.person_id).join(prints).where(prints.c.id.in_(subject["prints"])).distinct()
    return [person_row(connection, one) for one in connection.execute(query).scalars().all()]


def _checked(connection: Connection, kind: str, subject: dict[str, Any]) -> dict[str, Any]:
    if kind == MOVE and "from" not in subject:
        given = check_id(subject.get("encounter"), "encounter")
        query = sa.select(encounters.c.person_id).where(encounters.c.id == given)
        subject["from"] = connection.execute(query).scalar()
        if subject["from"] is None:
            raise UnknownRecord("encounter: there is none with this identifier")
    expected = _SUBJECTS[kind]
    if set(subject) != set(expected) or any(not isinstance(subject[name], expected[name]) for name in expected):
        raise RecordsError(f"{kind}: expected {', '.join(expected)}")
    for name, value in subject.items():
        for one in value if isinstance(value, list) else [value]:
            check_id(one, name)
    if kind == MERGE:
        subject["persons"] = sorted(person_row(connection, one).id for one in subject["persons"])
    if kind in (MERGE, SWAP) and len(set(subject["persons" if kind == MERGE else "prints"])) != 2:
        raise RecordsError(f"{kind}: expected two different ones")
    if kind == SPLIT and not subject["encounters"]:
        raise RecordsError("split: expected at least one encounter")
    _require_there(connection, kind, subject)
    return subject


def _require_there(connection: Connection, kind: str, subject: dict[str, Any]) -> None:
    """See that what a proposal is about is on record now; whether it can be done is seen when it is decided."""
    if kind == MOVE:
        subject["from"], subject["to"] = (person_row(connection, subject[name]).id for name in ("from", "to"))
    if kind == SPLIT:
        subject["person"] = person_row(connection, subject["person"]).id
        there = set(
            connection.execute(sa.select(encounters.c.id).where(encounters.c.id.in_(subject["encounters"]))).scalars()
        )
        if there != set(subject["encounters"]):
            raise UnknownRecord("encounter: there is none with this identifier")
    if kind == SWAP:
        swapping(connection, *subject["prints"])


def _proposal_of(row: Any, made: tuple[Decision, ...]) -> Proposal:
    return Proposal(
        row.id,
        row.kind,
        parsed(row.subject),
        parsed(row.evidence),
        row.expected_error,
        row.proposed_at,
        row.verdict,
        made,
    )
