"""What watches of other agencies find here, and the bundle that tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.matching import Matcher
from fingerprint_engine.records.agencies.post import Posted, get_posted, open_outgoing
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.documents import canonical, parsed
from fingerprint_engine.records.events.notifying import add_notice
from fingerprint_engine.records.events.searching import lock_candidates, near, search
from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.following.searching import FingerMatch
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import ANSWER as ANSWER_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.people.best_set import Reference, best_set
from fingerprint_engine.records.people.captures import captures_of
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import answers, bundles, notices, persons, watches
from fingerprint_engine.records.texts import check_word
from fingerprint_engine.records.words import (
    EXCHANGE,
    NOTICES,
    SEARCH,
    WATCH_ORDER,
    WATCHING,
)
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest


def run_watches(session: Session, *, agency: str) -> int:
    """Search for everybody whom an agency watches for, and note whom no notice was given of; gives how many.

    Admissions notify by themselves; this finds who came in by other ways, such as an import.
    """
    session.require_permission(WATCHING)
    other = check_word(agency, "agency", required=True)
    in_force = sa.select(watches).where(
        watches.c.agency == other, watches.c.ended_at.is_(None), watches.c.expires_at > session.moment
    )
    rows = session.read(lambda connection: connection.execute(in_force.order_by(watches.c.id)).fetchall())
    return sum(_run(session, row) for row in rows)


def _run(session: Session, row: Any) -> int:
    wanted = session.read(lambda connection: best_set(connection, [row.person_id], session.moment))
    if not wanted:
        return 0
    captures = captures_of([one.template for one in wanted])
    found = search(session, captures, among=frozenset(parsed(row.categories)))

    def work(transaction: Transaction) -> int:
        transaction.last_change()
        connection = transaction.connection
        if connection.execute(sa.select(watches.c.id).where(watches.c.id == row.id)).first() is None:
            return 0
        known = set(
            connection.execute(sa.select(notices.c.person_id).where(notices.c.watch_id == row.id)).scalars()
        ) | {row.person_id}
        visible = lock_candidates(transaction, session, found.candidates)
        new = [one for one in near(visible.values(), found) if one.person not in known]
        for one in new:
            add_notice(transaction, row.id, one.person, one)
        transaction.note(f"run watch: {found.outcome.value}", row.id, found.digest)
        return len(new)

    return session.write(work)


def give_notices(session: Session, *, agency: str, bundle: str, expires_at: str) -> Posted | None:
    """Open a bundle with what watches of an agency found and what became of its orders; None when there is nothing.

    Each find opens a case for an examiner of ours, as a hit that was asked for does.
    """
    session.require_permission(WATCHING)
    other = check_word(agency, "agency", required=True)

    def work(transaction: Transaction) -> str | None:
        transaction.last_change()
        connection = transaction.connection
        due = (
            sa.select(notices, watches.c.their_reference, watches.c.person_id.label("wanted"), watches.c.legal_basis)
            .add_columns(watches.c.expires_at.label("until"), persons.c.category, persons.c.status)
            .join(watches, notices.c.watch_id == watches.c.id)
            .join(persons, notices.c.person_id == persons.c.id)
            .where(
                watches.c.agency == other,
                watches.c.their_reference != "",
                watches.c.ended_at.is_(None),
                watches.c.expires_at > transaction.at,
                notices.c.delivered_at.is_(None),
            )
            .order_by(notices.c.at, notices.c.id)
        )
        purpose = session.context.purpose
        found = [
            row
            for row in connection.execute(due).fetchall()
            if session.policy.allows(purpose, SEARCH, row.category, row.status)  # it may have been restricted since
        ]
        told = sa.and_(answers.c.agency == other, answers.c.sent_in.is_(None), answers.c.bundle_id.in_(_orders(other)))
        waiting = list(connection.execute(sa.select(answers.c.id).where(told)).scalars())
        if not found and not waiting:
            return None
        entry = open_outgoing(transaction, other, NOTICES, bundle, expires_at)
        connection.execute(answers.update().where(answers.c.id.in_(waiting)).values(sent_in=entry))
        for notice in found:
            _give(transaction, notice, other, entry)
        ids = [notice.id for notice in found]
        connection.execute(notices.update().where(notices.c.id.in_(ids)).values(delivered_at=transaction.at))
        return entry

    entry = session.write(work)
    return None if entry is None else get_posted(session, entry)


def _orders(agency: str) -> Any:
    return sa.select(bundles.c.id).where(bundles.c.agency == agency, bundles.c.kind == WATCH_ORDER)


def _give(transaction: Transaction, notice: Any, agency: str, entry: str) -> None:
    connection = transaction.connection
    wanted = [one.template for one in best_set(connection, [notice.wanted], transaction.at)]
    matches = _matches(wanted, best_set(connection, [notice.person_id], transaction.at))
    finding = Finding(notice.person_id, notice.score, notice.outcome == "hit", matches)
    reference = new_id(ANSWER_ID)
    case = open_case(transaction, EXCHANGE, None, notice.person_id, [finding], wanted, answer=reference)
    row = {
        "id": reference,
        "agency": agency,
        "their_reference": notice.their_reference,
        "person_id": notice.person_id,
        "case_id": case,
        "watch_id": notice.watch_id,
        "outcome": notice.outcome,
        "receipt": canonical({"outcome": notice.outcome, "score": round(notice.score, 3), "at": notice.at}),
        "purpose": transaction.context.purpose,
        "legal_basis": notice.legal_basis,
        "expires_at": notice.until,
        "sent_in": entry,
        "at": transaction.at,
    }
    connection.execute(answers.insert(), row)
    transaction.note("give notice", f"{reference} {notice.id} {notice.person_id} {agency}")


def _matches(wanted: Sequence[Template], on_file: Sequence[Reference]) -> tuple[FingerMatch, ...]:
    """Each finger beside the one of the same position on file."""
    found = []
    for probe in wanted:
        same = [
            one
            for one in on_file
            if one.finger is probe.finger and template_digest(one.template) == template_digest(probe)
        ]
        if same:
            scores = Matcher(probe).scores([one.template for one in same])
            best = int(scores.argmax())
            found.append(FingerMatch(probe.finger, same[best].print_id, same[best].finger, float(scores[best])))
    return tuple(sorted(found, key=lambda one: -one.score))
