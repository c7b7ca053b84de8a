"""Watches: an agency's wanted persons against our admissions, now and until the watch expires."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterable, Set
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import RecordConflict, RecordsError, UnknownRecord
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.notifying import add_notice
from fingerprint_engine.records.events.searching import is_up_to_date, lock_candidates, near, outcome_of_visible, search
from fingerprint_engine.records.following import Finding, Findings
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import text_of
from fingerprint_engine.records.opaque import WATCH as WATCH_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.people.captures import Capture, captures_of
from fingerprint_engine.records.people.identifiers import Claim, add_claims, claims_of
from fingerprint_engine.records.people.recording import add_encounter, add_person
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import notices as notices_table
from fingerprint_engine.records.storage.schema import watches
from fingerprint_engine.records.texts import check_id, check_text, check_word
from fingerprint_engine.records.words import ACTIVE, CATEGORIES, ENROL, WATCH, WATCHING
from fingerprint_engine.template import Template

WANTED = "wanted"
BOTH, INCOMING = "both", "incoming"


@dataclasses.dataclass(frozen=True, slots=True)
class Watch:
    """A standing request of an agency.

    Attributes
    ----------
    id, agency, person
        Identifiers; the person is a file of category *wanted* that belongs to the agency.
    categories
        Of our people whose admission it hears of.
    expires_at
        When it ends, unless it is renewed.
    candidates
        Who of our people resembles already; empty when it was only read.
    case
        Opened when that search said anything but *no hit*; empty otherwise.
    receipt
        Of that search.
    """

    id: str
    agency: str
    person: str
    categories: tuple[str, ...]
    expires_at: str
    candidates: tuple[Finding, ...] = ()
    case: str = ""
    receipt: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Notice:
    """Somebody who was admitted may be whom an agency watches for."""

    id: str
    watch: str
    person: str
    outcome: str
    score: float
    at: str


def watch(
    session: Session,
    prints: Iterable[Template | Capture],
    *,
    agency: str,
    expires: datetime.datetime,
    categories: Set[str] = frozenset({"remand", "convicted"}),
    identifiers: Iterable[Claim] = (),
    reason: str = "",
    their_reference: str = "",
    legal_basis: str = "",
) -> Watch:
    """Watch for a person that an agency wants: search now, and tell of later admissions.

    A reference of the agency's makes one watch, however often it is given.

    Raises
    ------
    PolicyDenied
        When the purpose may not watch, enrol wanted persons or search these categories.
    """
    session.require_permission(WATCHING)
    session.require(ENROL, [(WANTED, ACTIVE)])
    captures = captures_of(prints)
    owner = check_word(agency, "agency", required=True)
    unknown = set(categories) - set(CATEGORIES)
    if unknown or not categories:
        raise RecordsError(f"categories: expected some of {', '.join(CATEGORIES)}")
    until = text_of(expires)
    if until <= session.moment:
        raise RecordsError("expires: expected a moment to come")
    claims, why = claims_of(identifiers), check_text(reason, "reason")
    theirs, basis = check_word(their_reference, "their_reference"), check_text(legal_basis, "legal_basis")
    while True:
        findings = search(session, captures, among=frozenset(categories))

        def work(transaction: Transaction, found: Findings = findings) -> Watch | None:
            visible = lock_candidates(transaction, session, found.candidates)
            if not is_up_to_date(transaction, captures, found.change):
                return None
            known = watch_of(transaction.connection, owner, theirs) if theirs else None
            if known is not None:
                return known
            person = add_person(transaction, WANTED, agency=owner, site="", unit="")
            add_claims(transaction, person, claims)
            encounter = add_encounter(
                transaction,
                session.policy,
                person,
                WATCH,
                captures,
                agency=owner,
                site=session.context.site,
                reason=why,
                captured_at=transaction.at,
            )
            made = Watch(new_id(WATCH_ID), owner, person, tuple(sorted(categories)), until)
            _add_watch(transaction, made, their_reference=theirs, legal_basis=basis)
            here = near(visible.values(), found)
            for one in here:
                add_notice(transaction, made.id, one.person, one)
            outcome = outcome_of_visible(found, here)
            event, receipt = log_event(
                transaction,
                session.policy,
                WATCH,
                outcome.value,
                person=person,
                facts={"watch": made.id, "search": found.receipt},
                about=(made.id,),
            )
            case = ""
            if outcome is not Outcome.NO_HIT:
                case = open_case(transaction, "watch", event, person, here, encounter=encounter)
            return dataclasses.replace(made, candidates=here, case=case, receipt=receipt)

        written = session.write(work)
        if written is not None:
            return written


def _add_watch(transaction: Transaction, made: Watch, *, their_reference: str, legal_basis: str) -> None:
    """Write the row of a watch that begins."""
    row = {
        "id": made.id,
        "agency": made.agency,
        "person_id": made.person,
        "direction": BOTH,
        "categories": canonical(list(made.categories)),
        "created_at": transaction.at,
        "expires_at": made.expires_at,
        "their_reference": their_reference,
        "legal_basis": legal_basis,
    }
    transaction.connection.execute(watches.insert(), row)


def watch_of(connection: sa.Connection, agency: str, their_reference: str) -> Watch | None:
    """The watch that an agency calls so; None when there is none that has not ended."""
    mine = (watches.c.agency == agency, watches.c.their_reference == their_reference, watches.c.ended_at.is_(None))
    row = connection.execute(sa.select(watches).where(*mine)).first()
    if row is None:
        return None
    return Watch(row.id, row.agency, row.person_id, tuple(json.loads(row.categories)), row.expires_at)


def renew_watch(session: Session, watch_id: str, expires: datetime.datetime) -> Watch:
    """Let a watch run on."""
    until = text_of(expires)
    if until <= session.moment:
        raise RecordsError("expires: expected a moment to come")
    return _change(session, watch_id, "renew watch", expires_at=until)


def end_watch(session: Session, watch_id: str) -> Watch:
    """End a watch before it expires."""
    return _change(session, watch_id, "end watch", ended_at=session.moment)


def notices(session: Session, agency: str) -> tuple[Notice, ...]:
    """What an agency has not been told yet; it counts as told from now on."""
    session.require_permission(WATCHING)
    owner = check_word(agency, "agency", required=True)

    def work(transaction: Transaction) -> tuple[Notice, ...]:
        query = (
            sa.select(notices_table)
            .join(watches)
            .where(watches.c.agency == owner, notices_table.c.delivered_at.is_(None))
            .order_by(notices_table.c.at, notices_table.c.id)
        )
        rows = transaction.connection.execute(query).fetchall()
        told = notices_table.update().where(notices_table.c.id.in_([row.id for row in rows]))
        transaction.connection.execute(told.values(delivered_at=transaction.at))
        transaction.note("deliver notices", " ".join(row.id for row in rows))
        return tuple(Notice(row.id, row.watch_id, row.person_id, row.outcome, row.score, row.at) for row in rows)

    return session.write(work)


def _change(session: Session, watch_id: str, action: str, **values: str) -> Watch:
    session.require_permission(WATCHING)

    def work(transaction: Transaction) -> Watch:
        connection = transaction.connection
        row = connection.execute(
            sa.select(watches).where(watches.c.id == check_id(watch_id, "watch")).with_for_update()
        ).first()
        if row is None:
            raise UnknownRecord("watch: there is none with this identifier")
        if row.ended_at is not None:
            raise RecordConflict(f"watch: {row.id} has ended")
        connection.execute(watches.update().where(watches.c.id == watch_id).values(**values))
        transaction.note(action, watch_id)
        until = values.get("expires_at", row.expires_at)
        return Watch(row.id, row.agency, row.person_id, tuple(json.loads(row.categories)), until)

    return session.write(work)
