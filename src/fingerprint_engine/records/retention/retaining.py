"""`retain`: restrict and erase what is due; a dry run unless it is told to apply."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.records.audit.chain import CHECKPOINT
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import text_of
from fingerprint_engine.records.people.recording import change_person
from fingerprint_engine.records.policy import Policy, Term
from fingerprint_engine.records.policy.due import due_dates
from fingerprint_engine.records.retention.erasure import ErasureProof, erase_all, finish_erasures
from fingerprint_engine.records.retention.expiry import (
    count_expired,
    drop_ended_watches,
    files_of_ended_watches,
    forget_expired,
)
from fingerprint_engine.records.retention.lapsing import (
    LapseProof,
    erase_encounters,
    lapsed_encounters,
    lapsed_files,
)
from fingerprint_engine.records.retention.residue import clean
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import audit, cases, encounters, events, images, persons
from fingerprint_engine.records.words import ACTIVE, ERASE, ERASED, RESTRICTED


@dataclasses.dataclass(frozen=True, slots=True)
class RetentionPlan:
    """What is due, and what was done about it.

    Attributes
    ----------
    restrict, erase
        Identifiers of people.
    encounters
        Identifiers of encounters whose giver lets the prints be kept no longer, in files that hold others.
    events, images, audit_entries
        How many are past their own terms.
    exchanges
        Requests of other agencies and to them, and answers, that have expired.
    is_applied
        Whether it was done.
    proof, lapse_proof
        Of the erasures of people and of encounters that were done.
    """

    restrict: tuple[str, ...]
    erase: tuple[str, ...]
    events: int
    images: int
    audit_entries: int
    exchanges: int
    is_applied: bool
    encounters: tuple[str, ...] = ()
    proof: ErasureProof | None = None
    lapse_proof: LapseProof | None = None


def retain(session: Session, now: datetime.datetime | None = None, *, apply: bool = False) -> RetentionPlan:
    """Find what is due, and do it when told to.

    Parameters
    ----------
    session
        Its purpose must be allowed to erase.
    now
        The moment that decides; a later one shows what will be due. The present one by default.
    apply
        Whether to do it; then `now` cannot be later than the clock says.

    Raises
    ------
    RecordsError
        When it is to be done as of a moment to come.
    """
    session.require_permission(ERASE)
    moment = now or session.now
    at = text_of(moment)
    if apply and at > session.moment:
        raise RecordsError(f"retain: expected a moment that has passed when it is applied, got {at}")
    policy = session.policy
    restrict, erase = session.read(lambda connection: _due(connection, policy, moment))
    plan = RetentionPlan(
        restrict,
        erase,
        session.read(lambda connection: _count_events(connection, policy, moment)),
        session.read(lambda connection: _count_images(connection, policy, moment)),
        session.read(lambda connection: _count_audit(connection, policy, moment)),
        session.read(lambda connection: count_expired(connection, at)),
        apply,
        session.read(lambda connection: lapsed_encounters(connection, at)),
    )
    if not apply:
        session.write(lambda transaction: transaction.note("retain: dry run"))
        return plan
    for person in restrict:
        session.write(functools.partial(_restrict, person=person))
    finish_erasures(session)
    proof = erase_all(session, erase) if erase else None
    lapse_proof = erase_encounters(session, plan.encounters) if plan.encounters else None
    session.write(lambda transaction: drop_ended_watches(transaction, at))
    if session.write(lambda transaction: forget_expired(transaction, at)):
        clean(session.database)
    session.write(lambda transaction: _drop_logs(transaction, policy, moment))
    return dataclasses.replace(plan, proof=proof, lapse_proof=lapse_proof)


def _due(connection: Connection, policy: Policy, now: datetime.datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    last = sa.select(sa.func.max(encounters.c.captured_at)).where(
        encounters.c.person_id == persons.c.id, encounters.c.active
    )
    query = sa.select(persons, last.scalar_subquery().label("last_encounter")).where(
        persons.c.status != ERASED, persons.c.merged_into.is_(None)
    )
    restrict, erase = [], []
    for row in connection.execute(query.order_by(persons.c.id)):
        due = due_dates(policy, row)
        if due.erased is not None and due.erased <= now:
            erase.append(row.id)
        elif row.status == ACTIVE and due.restricted is not None and due.restricted <= now:
            restrict.append(row.id)
    at = text_of(now)
    ended = (*files_of_ended_watches(connection, at), *lapsed_files(connection, at))
    return tuple(one for one in restrict if one not in ended), tuple(dict.fromkeys((*erase, *ended)))


def _restrict(transaction: Transaction, person: str) -> None:
    change_person(transaction, person, status=RESTRICTED)
    transaction.note("restrict person", person)


def _begun_before(term: Term, now: datetime.datetime) -> str:
    """What began before this moment is past a term."""
    begin = now.replace(day=1)
    months = begin.year * 12 + begin.month - 1 - term.months - 12 * term.years
    if months < 12:
        return ""
    first = begin.replace(year=months // 12, month=months % 12 + 1)
    candidate = first + datetime.timedelta(days=now.day - 1 - term.days)
    while term.end(candidate) > now:
        candidate -= datetime.timedelta(days=1)
    return text_of(candidate)


def _past(policy: Policy, now: datetime.datetime) -> Any:
    terms = [
        sa.and_(events.c.kind == kind, events.c.at <= _begun_before(term, now))
        for kind, term in policy.logs.events.items()
    ]
    return sa.or_(sa.false(), *terms)


def _count_events(connection: Connection, policy: Policy, now: datetime.datetime) -> int:
    return int(
        connection.execute(sa.select(sa.func.count()).select_from(events).where(_past(policy, now))).scalar_one()
    )


def _count_images(connection: Connection, policy: Policy, now: datetime.datetime) -> int:
    if policy.logs.images is None:
        return 0
    old = images.c.recorded_at <= _begun_before(policy.logs.images, now)
    return int(connection.execute(sa.select(sa.func.count()).select_from(images).where(old)).scalar_one())


def _count_audit(connection: Connection, policy: Policy, now: datetime.datetime) -> int:
    if policy.logs.audit is None:
        return 0
    old = audit.c.at <= _begun_before(policy.logs.audit, now)
    return int(connection.execute(sa.select(sa.func.count()).select_from(audit).where(old)).scalar_one())


def _drop_logs(transaction: Transaction, policy: Policy, now: datetime.datetime) -> None:
    """Delete events, images and audit entries that are past their own terms."""
    connection = transaction.connection
    gone = _past(policy, now)
    open_cases = sa.select(cases.c.event_id).where(cases.c.event_id.is_not(None), cases.c.closed_at.is_(None))
    gone = sa.and_(gone, events.c.id.not_in(open_cases))
    connection.execute(
        cases.update().where(cases.c.event_id.in_(sa.select(events.c.id).where(gone))).values(event_id=None)
    )
    dropped = connection.execute(events.delete().where(gone)).rowcount
    if policy.logs.images is not None:
        connection.execute(images.delete().where(images.c.recorded_at <= _begun_before(policy.logs.images, now)))
    transaction.note("retain: applied", f"{dropped} events")
    if policy.logs.audit is not None:
        drop_audit(transaction, _begun_before(policy.logs.audit, now))


def drop_audit(transaction: Transaction, until: str) -> int:
    """Drop all audit entries up to a moment; a checkpoint carries their chain on. Gives their number.

    The digest of the last dropped entry is kept as the receipt of the checkpoint, so that the first entry that is left
    still follows from it. Checkpoints themselves stay as long as nothing younger replaces them.
    """
    connection = transaction.connection
    # Entries are in order of time; the first that is young enough ends what goes, and the last one always stays.
    newest = connection.execute(sa.select(sa.func.max(audit.c.number))).scalar() or 0
    kept = connection.execute(sa.select(sa.func.min(audit.c.number)).where(audit.c.at > until)).scalar() or newest
    found = connection.execute(sa.select(audit.c.digest).where(audit.c.number == kept - 1)).scalar()
    if found is None:
        return 0
    dropped = connection.execute(audit.delete().where(audit.c.number < kept)).rowcount
    transaction.note(CHECKPOINT, str(kept - 1), found)
    return int(dropped)
