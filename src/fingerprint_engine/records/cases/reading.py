"""`Case` and `Decision`: what waits for an examiner, and what was decided."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import UnknownRecord
from fingerprint_engine.records.documents import parsed
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import cases, decisions
from fingerprint_engine.records.texts import check_id
from fingerprint_engine.records.words import DECIDE


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What an examiner said, and why."""

    id: str
    examiner: str
    verdict: str
    person: str
    reason: str
    at: str


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """Something that the engine could not settle.

    Attributes
    ----------
    id, kind
        What it is, and which event led to it.
    event, person
        Identifiers; None where there is none.
    evidence
        Plain data: candidates with the scores of their fingers.
    verdict
        Empty while it is open.
    decisions
        Oldest first.
    """

    id: str
    kind: str
    event: str | None
    person: str | None
    evidence: dict[str, Any]
    opened_at: str
    closed_at: str | None
    verdict: str
    decisions: tuple[Decision, ...]

    @property
    def candidates(self) -> tuple[str, ...]:
        """Identifiers of the people that it may be."""
        return tuple(one["person"] for one in self.evidence.get("candidates", ()))


def list_cases(session: Session, *, open_only: bool = True, limit: int = 1000) -> tuple[Case, ...]:
    """Cases, oldest first."""
    session.require_permission(DECIDE)
    query = sa.select(cases).order_by(cases.c.opened_at, cases.c.id).limit(limit)
    if open_only:
        query = query.where(cases.c.closed_at.is_(None))

    def work(transaction: Transaction) -> tuple[Case, ...]:
        connection = transaction.connection
        rows = connection.execute(query).fetchall()
        made = decisions_of(connection, decisions.c.case_id, [row.id for row in rows])
        transaction.note("list cases")
        return tuple(_case_of(row, made.get(row.id, ())) for row in rows)

    return session.write(work)


def get_case(session: Session, case: str) -> Case:
    """Read a case.

    Raises
    ------
    UnknownRecord
        When there is none.
    """
    session.require_permission(DECIDE)

    def work(transaction: Transaction) -> Case:
        found = load_case(transaction.connection, case)
        transaction.note("read case", case)
        return found

    return session.write(work)


def load_case(connection: Connection, case: str, *, lock: bool = False) -> Case:
    """A case with its decisions."""
    query = sa.select(cases).where(cases.c.id == check_id(case, "case"))
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise UnknownRecord("case: there is none with this identifier")
    return _case_of(row, decisions_of(connection, decisions.c.case_id, [case]).get(case, ()))


def decisions_of(
    connection: Connection, column: sa.Column[Any], subjects: Sequence[str]
) -> dict[str, tuple[Decision, ...]]:
    """Decisions on cases or proposals, oldest first."""
    found: dict[str, list[Decision]] = {}
    query = sa.select(decisions).where(column.in_(subjects)).order_by(decisions.c.at, decisions.c.id)
    for row in connection.execute(query):
        made = Decision(row.id, row.examiner, row.verdict, row.person, row.reason, row.at)
        found.setdefault(row.case_id or row.proposal_id, []).append(made)
    return {subject: tuple(made) for subject, made in found.items()}


def _case_of(row: Any, made: Sequence[Decision]) -> Case:
    return Case(
        row.id,
        row.kind,
        row.event_id,
        row.person_id,
        parsed(row.evidence),
        row.opened_at,
        row.closed_at,
        row.verdict,
        tuple(made),
    )
