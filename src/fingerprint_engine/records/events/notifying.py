"""Notices: an agency that watches for somebody learns that he may be here."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import NOTICE, new_id
from fingerprint_engine.records.storage.schema import notices, persons, watches


def notify_watchers(transaction: Transaction, person: str, alerts: Sequence[Finding]) -> None:
    """Write a notice for each watch in force on a candidate whose prints those of a person resemble."""
    if not alerts:
        return
    scores = {one.person: one for one in alerts}
    connection = transaction.connection
    category = connection.execute(sa.select(persons.c.category).where(persons.c.id == person)).scalar_one()
    query = sa.select(watches).where(
        watches.c.person_id.in_(list(scores)), watches.c.ended_at.is_(None), watches.c.expires_at > transaction.at
    )
    for watch in connection.execute(query).fetchall():
        if category in json.loads(watch.categories):
            add_notice(transaction, watch.id, person, scores[watch.person_id])


def add_notice(transaction: Transaction, watch: str, person: str, finding: Finding) -> None:
    """Write a notice."""
    row = {
        "id": new_id(NOTICE),
        "watch_id": watch,
        "person_id": person,
        "outcome": "hit" if finding.is_hit else "possible",
        "score": finding.score,
        "at": transaction.at,
    }
    transaction.connection.execute(notices.insert(), row)
    transaction.note("notice", f"{watch} {person}")
