"""Watches of other agencies here: taken, kept for as long as they last, and forgotten with proof.

A watch keeps its prints in a file of category *wanted* that belongs to its agency. When it expires or is withdrawn, the
file goes, and so does all that it led to.
"""

from __future__ import annotations

import sqlalchemy as sa

from fingerprint_engine.errors import PolicyDenied, RecordsError, UnknownRecord
from fingerprint_engine.records.agencies.answering import REFUSED, Question
from fingerprint_engine.records.agencies.post import Posted
from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.events.watching import Watch, end_watch, renew_watch, watch, watch_of
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import moment_of
from fingerprint_engine.records.opaque import ANSWER as ANSWER_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.retention.erasure import ErasureProof, erase_all
from fingerprint_engine.records.retention.expiry import drop_ended_watches, files_of_ended_watches
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import answers
from fingerprint_engine.records.texts import check_text, check_word, one_of
from fingerprint_engine.records.words import (
    BEGIN,
    CATEGORIES,
    RENEW,
    WATCH_STEPS,
    WATCHING,
    WITHDRAW,
)


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
