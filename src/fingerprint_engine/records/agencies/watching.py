"""Standing watches, both ways: ours at other agencies, and theirs against our prisoners and whoever comes in.

A watch of another agency keeps its prints in a file of category *wanted* that belongs to that agency. When it expires
or is withdrawn, the file goes, with proof, and so does all that it led to.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import PolicyDenied, RecordConflict, RecordsError, UnknownRecord
from fingerprint_engine.matching import Matcher
from fingerprint_engine.records.agencies.answering import REFUSED, Question
from fingerprint_engine.records.agencies.asking import Terms, open_requests
from fingerprint_engine.records.agencies.post import Posted, get_posted, open_outgoing
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.documents import canonical, parsed
from fingerprint_engine.records.events.notifying import add_notice
from fingerprint_engine.records.events.searching import lock_candidates, search
from fingerprint_engine.records.events.watching import Watch, end_watch, near_candidates, renew_watch, watch, watch_of
from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.following.searching import FingerMatch
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import moment_of, text_of
from fingerprint_engine.records.opaque import ANSWER as ANSWER_ID
from fingerprint_engine.records.opaque import REQUEST as REQUEST_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.people.best_set import Reference, best_set
from fingerprint_engine.records.people.captures import captures_of
from fingerprint_engine.records.retention.erasure import ErasureProof, erase_all
from fingerprint_engine.records.retention.expiry import drop_ended_watches, files_of_ended_watches
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import answers, bundles, notices, persons, requests, watches
from fingerprint_engine.records.texts import check_text, check_word, one_of
from fingerprint_engine.records.words import (
    ASK,
    BEGIN,
    CATEGORIES,
    EXCHANGE,
    NOTICES,
    RENEW,
    SEARCH,
    WATCH_ORDER,
    WATCH_STEPS,
    WATCHED,
    WATCHING,
    WITHDRAW,
)
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest


def watch_abroad(session: Session, people: Iterable[str], terms: Terms, *, agency: str, bundle: str) -> Posted:
    """Decide to have another agency watch for people of ours; the bundle is written from `asked`."""
    return open_requests(
        session, people, terms, agency=agency, bundle=bundle, kind=WATCHED, posted_as=WATCH_ORDER, step=BEGIN
    )


def change_watches_abroad(
    session: Session,
    references: Iterable[str],
    *,
    agency: str,
    bundle: str,
    expires: datetime.datetime | None,
) -> Posted:
    """Let watches at another agency run on, or withdraw them.

    Parameters
    ----------
    session
        Its purpose must be allowed to ask.
    references
        Of the watches, as `list_requests` tells them.
    agency, bundle
        Where they are, and the bundle that says so.
    expires
        Until when; None withdraws them.

    Raises
    ------
    UnknownRecord
        When there is no such watch.
    RecordConflict
        When it was withdrawn before.
    """
    session.require_permission(ASK)
    other, wanted = check_word(agency, "agency", required=True), list(dict.fromkeys(references))
    until = session.moment if expires is None else text_of(expires)
    if not wanted or (expires is not None and until <= session.moment):
        raise RecordsError("watches: expected at least one, and a moment to come")

    def work(transaction: Transaction) -> str:
        transaction.last_change()
        connection = transaction.connection
        in_force = max(until, text_of(moment_of(transaction.at) + datetime.timedelta(days=30)))
        entry = open_outgoing(transaction, other, WATCH_ORDER, bundle, in_force)
        for place, reference in enumerate(wanted, start=1):
            steps = sa.select(requests).where(
                requests.c.agency == other, requests.c.reference == reference, requests.c.kind == WATCHED
            )
            last = connection.execute(steps.order_by(requests.c.at.desc(), requests.c.id.desc())).first()
            if last is None:
                raise UnknownRecord("watch: there is none of ours with this reference")
            if last.step == WITHDRAW:
                raise RecordConflict("watch: it was withdrawn")
            changed = {
                "id": new_id(REQUEST_ID),
                "step": WITHDRAW if expires is None else RENEW,
                "bundle_id": entry,
                "place": place,
                "at": transaction.at,
                "expires_at": until,
            }
            connection.execute(requests.insert(), dict(last._mapping) | changed)
            if expires is not None:  # what expires later is forgotten later
                mine = requests.c.reference == reference
                connection.execute(requests.update().where(mine).values(expires_at=until))
            transaction.note(f"{changed['step']} watch abroad", f"{reference} {last.person_id} {other}")
        return entry

    return get_posted(session, session.write(work))


def hear_order(session: Session, posted: Posted, step: str, order: Question) -> Watch | None:
    """Do what another agency says of a watch of its own; None when it is refused, and that is told with the notices.

    Parameters
    ----------
    session
        Of whoever takes the bundle.
    posted
        The bundle, open.
    step
        begin, renew or withdraw.
    order
        The record; a watch that begins brings prints.
    """
    session.require_permission(WATCHING)
    one_of(step, "step", WATCH_STEPS)
    theirs = check_word(order.reference, "reference", required=True)
    known = session.read(lambda connection: watch_of(connection, posted.agency, theirs))
    if session.read(lambda connection: _was_heard(connection, posted, order.place)):
        return known
    try:
        made = _done(session, posted, step, order, known)
        why = ""
    except (PolicyDenied, RecordsError) as error:
        made, why = None, str(error)
    if why or (step == BEGIN and made is not None and not made.candidates):
        session.write(lambda transaction: _acknowledge(transaction, posted, order, made, why))
    return made


def _done(session: Session, posted: Posted, step: str, order: Question, known: Watch | None) -> Watch | None:
    if step == BEGIN:
        if not session.policy.permits(order.purpose, WATCHING):
            raise PolicyDenied("policy: it keeps no watch for this purpose")
        if order.trouble:
            raise RecordsError(order.trouble)
        categories = frozenset(order.categories) & frozenset(CATEGORIES)
        return watch(
            session.under(order.purpose),
            order.captures,
            agency=posted.agency,
            expires=moment_of(order.expires_at),
            categories=categories,
            their_reference=order.reference,
            legal_basis=check_text(order.legal_basis, "legal_basis"),
        )
    if step == WITHDRAW and known is None:
        return None  # it was withdrawn before, or has expired
    if known is None:
        raise UnknownRecord("watch: there is none in force with this reference")
    if step == RENEW:
        return renew_watch(session, known.id, moment_of(order.expires_at))
    return end_watch(session, known.id)


def _was_heard(connection: sa.Connection, posted: Posted, place: int) -> bool:
    mine = (answers.c.bundle_id == posted.id, answers.c.place == place)
    return connection.execute(sa.select(answers.c.id).where(*mine)).first() is not None


def _acknowledge(transaction: Transaction, posted: Posted, order: Question, made: Watch | None, why: str) -> None:
    """Note that a watch found nobody when it began, or why it was refused; whom it resembles is told as notices.

    A watch that was made by a process which was then stopped says *incomplete*: its search is not at hand any more.
    """
    transaction.last_change()
    if _was_heard(transaction.connection, posted, order.place):
        return
    found = made.receipt.get("search", {}) if made is not None else {}
    outcome = REFUSED if why else str(found.get("outcome", "incomplete"))
    told = {key: value for key, value in found.items() if key != "candidates"}
    row = {
        "id": new_id(ANSWER_ID),
        "agency": posted.agency,
        "their_reference": order.reference,
        "bundle_id": posted.id,
        "place": order.place,
        "watch_id": None if made is None else made.id,
        "outcome": outcome,
        "reason": why,
        "receipt": canonical(told),
        "purpose": order.purpose,
        "legal_basis": order.legal_basis,
        "expires_at": order.expires_at,
        "at": transaction.at,
    }
    transaction.connection.execute(answers.insert(), row)


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
    wanted = [one.template for one in best_set(connection, [notice.wanted])]
    matches = _matches(wanted, best_set(connection, [notice.person_id]))
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
    wanted = session.read(lambda connection: best_set(connection, [row.person_id]))
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
        new = [one for one in near_candidates(found, visible) if one.person not in known]
        for one in new:
            add_notice(transaction, row.id, one.person, one)
        transaction.note(f"run watch: {found.outcome.value}", row.id, found.digest)
        return len(new)

    return session.write(work)


def forget_watches(session: Session) -> ErasureProof | None:
    """Erase what watches that expired or were withdrawn leave behind; None when there are none.

    Returns
    -------
    ErasureProof or None
        What there was of the files that were kept for them alone, and that nothing of it is left.
    """
    session.require_permission(WATCHING)
    files = session.read(lambda connection: files_of_ended_watches(connection, session.moment))
    proof = erase_all(session, files) if files else None
    session.write(lambda transaction: drop_ended_watches(transaction, transaction.at))
    return proof
