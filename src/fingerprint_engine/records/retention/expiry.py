"""What other agencies gave and got on terms: when a request, an answer or a watch expires, it is forgotten here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.storage.schema import (
    answers,
    cases,
    decisions,
    encounters,
    notices,
    persons,
    requests,
    watches,
)
from fingerprint_engine.records.words import ERASED, WATCH

EXPIRED = "expired"


def ended(at: str) -> Any:
    """Watches that expired, or were withdrawn."""
    return sa.or_(watches.c.expires_at <= at, watches.c.ended_at.is_not(None))


def files_of_ended_watches(connection: Connection, at: str) -> tuple[str, ...]:
    """Files that were kept for watches that have ended, and for nothing else."""
    lasting = sa.select(watches.c.person_id).where(sa.not_(ended(at)))
    other = sa.select(encounters.c.person_id).where(encounters.c.kind != WATCH)
    merged = persons.alias("merged")
    query = (
        sa.select(persons.c.id)
        .where(
            persons.c.id.in_(sa.select(watches.c.person_id).where(ended(at))),
            persons.c.id.not_in(lasting),
            persons.c.id.not_in(other),
            persons.c.status != ERASED,
            persons.c.merged_into.is_(None),
            persons.c.id.not_in(sa.select(merged.c.merged_into).where(merged.c.merged_into.is_not(None))),
        )
        .order_by(persons.c.id)
    )
    return tuple(connection.execute(query).scalars())


def drop_ended_watches(transaction: Transaction, at: str) -> int:
    """Delete the rows of watches that have ended and whose files stay for other reasons; gives their number."""
    connection = transaction.connection
    gone = list(connection.execute(sa.select(watches.c.id).where(ended(at))).scalars())
    if gone:
        _forget(connection, answers, list(_ids(connection, answers, answers.c.watch_id.in_(gone))), at)
        connection.execute(notices.delete().where(notices.c.watch_id.in_(gone)))
        connection.execute(watches.delete().where(watches.c.id.in_(gone)))
        transaction.note("forget watches", " ".join(gone))
    return len(gone)


def count_expired(connection: Connection, at: str) -> int:
    """Requests and answers that have expired."""
    return sum(
        int(connection.execute(sa.select(sa.func.count()).select_from(t).where(t.c.expires_at <= at)).scalar_one())
        for t in (requests, answers)
    )


def forget_expired(transaction: Transaction, at: str) -> int:
    """Delete requests and answers that have expired, with what their cases hold of them; gives their number."""
    connection = transaction.connection
    count = 0
    for table in (requests, answers):
        ids = _ids(connection, table, table.c.expires_at <= at)
        _forget(connection, table, ids, at)
        count += len(ids)
    if count:
        transaction.note("forget exchanges", f"{count} requests and answers")
    return count


def _ids(connection: Connection, table: sa.Table, condition: Any) -> Sequence[str]:
    return list(connection.execute(sa.select(table.c.id).where(condition)).scalars())


def _forget(connection: Connection, table: sa.Table, ids: Sequence[str], at: str) -> None:
    """Delete rows; their cases stay, closed and blank, as the audit trail names them."""
    for begin in range(0, len(ids), 500):
        some = list(ids[begin : begin + 500])
        concerned = sa.select(table.c.case_id).where(table.c.id.in_(some), table.c.case_id.is_not(None))
        found = list(connection.execute(concerned).scalars())
        blank = {"evidence": canonical({EXPIRED: True})}
        connection.execute(table.delete().where(table.c.id.in_(some)))
        connection.execute(
            cases.update()
            .where(cases.c.id.in_(found), cases.c.closed_at.is_(None))
            .values(closed_at=at, verdict=EXPIRED)
        )
        connection.execute(cases.update().where(cases.c.id.in_(found)).values(**blank))
        connection.execute(decisions.update().where(decisions.c.case_id.in_(found)).values(reason=""))
