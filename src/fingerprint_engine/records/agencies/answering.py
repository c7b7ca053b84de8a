"""`answer`: another agency asks; it gets hit or no hit and an opaque reference, and no identity.

A question of a bundle is answered once, however often the bundle is taken up again.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence, Set
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.records.agencies.post import Posted
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.documents import canonical, parsed
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.searching import lock_candidates, near, outcome_of_visible, search
from fingerprint_engine.records.following import Findings
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import text_of
from fingerprint_engine.records.opaque import ANSWER as ANSWER_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.people.captures import Capture, captures_of, probes_of
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import answers
from fingerprint_engine.records.texts import check_text, check_word
from fingerprint_engine.records.words import ANSWER, CATEGORIES, EXCHANGE
from fingerprint_engine.template import Template

REFUSED = "refused"
"""Outcome of a question that the policy does not let one search for, or whose prints cannot be used."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What another agency gets.

    Attributes
    ----------
    outcome
        hit, possible, no hit, incomplete, rejected for quality, or refused.
    reference
        Opaque; it stands for the candidate, who is not named.
    their_reference
        As they gave it.
    reason
        Why it was refused; empty otherwise.
    receipt
        What was searched, without identifiers of people.
    """

    outcome: str
    reference: str
    their_reference: str
    reason: str
    receipt: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """One request of a bundle, as it was read.

    Attributes
    ----------
    place
        Of the record in its bundle.
    reference
        The asker's.
    purpose, legal_basis, categories, expires_at
        As it states; nothing of it is believed.
    captures
        The prints.
    trouble
        Why the prints cannot be used; then there are none.
    is_poor
        Whether it is their quality.
    """

    place: int
    reference: str
    purpose: str
    legal_basis: str
    categories: tuple[str, ...]
    expires_at: str
    captures: Sequence[Capture] = ()
    trouble: str = ""
    is_poor: bool = False


def answer(
    session: Session,
    prints: Iterable[Template | Capture],
    *,
    agency: str,
    their_reference: str,
    expires: datetime.datetime | None = None,
) -> Answer:
    """Answer a request of another agency; a hit opens a case, and only its confirmation lets the identity out.

    When it expires, `retain` forgets the answer and what its case holds of the request.
    """
    session.require_permission(ANSWER)
    captures = captures_of(prints)
    columns = {
        "agency": check_word(agency, "agency", required=True),
        "their_reference": check_word(their_reference, "their_reference", required=True),
        "purpose": session.context.purpose,
        "expires_at": None if expires is None else text_of(expires),
    }
    if expires is not None and text_of(expires) <= session.moment:
        raise RecordsError("expires: expected a moment to come")
    findings = search(session, captures)
    return session.write(lambda transaction: _record(transaction, session, captures, findings, columns))


def answer_question(session: Session, posted: Posted, question: Question) -> Answer:
    """Answer one question of a bundle that was taken, under the purpose that it states.

    Parameters
    ----------
    session
        Of whoever answers; its purpose must be allowed to.
    posted
        The bundle, open.
    question
        One of its records.

    Returns
    -------
    Answer
        The one of before, when it was answered before.
    """
    session.require_permission(ANSWER)
    known = session.read(lambda connection: _known(connection, posted, question.place))
    if known is not None:
        return known
    columns = {
        "agency": posted.agency,
        "their_reference": check_word(question.reference, "reference", required=True),
        "bundle_id": posted.id,
        "place": question.place,
        "purpose": check_word(question.purpose, "purpose"),
        "legal_basis": check_text(question.legal_basis, "legal_basis"),
        "expires_at": question.expires_at,
    }
    refused = question.trouble or _why_not(session, question)
    findings = None
    stated = session if refused else session.under(question.purpose)
    if not refused:
        findings = search(stated, question.captures, among=_asked_for(question))

    def work(transaction: Transaction) -> Answer:
        transaction.last_change()  # from here to the commit nobody else answers
        known = _known(transaction.connection, posted, question.place)
        if known is not None:
            return known
        if findings is None:
            poor = Outcome.REJECTED_FOR_QUALITY.value
            return _record_refusal(transaction, stated, poor if question.is_poor else REFUSED, refused, columns)
        return _record(transaction, stated, question.captures, findings, columns)

    return stated.write(work)


def answered(session: Session, posted: Posted) -> dict[int, str]:
    """Outcomes of the questions of a bundle that are answered already, by place."""
    query = sa.select(answers.c.place, answers.c.outcome).where(answers.c.bundle_id == posted.id)
    return {row.place: row.outcome for row in session.read(lambda connection: connection.execute(query).fetchall())}


def _asked_for(question: Question) -> Set[str]:
    return frozenset(question.categories) & frozenset(CATEGORIES)


def _why_not(session: Session, question: Question) -> str:
    """Why a question is not searched for; empty when it is."""
    if not session.policy.permits(question.purpose, ANSWER):
        return "purpose: the policy does not answer other agencies for it"
    if not session.policy.searchable(question.purpose, _asked_for(question))[0]:
        return "categories: the policy searches none of these for other agencies"
    if question.expires_at <= session.moment:
        return "expires_at: the request has expired"
    if not any(one.template is not None for one in question.captures):
        return "prints: expected at least one"
    return ""


def _known(connection: sa.Connection, posted: Posted, place: int) -> Answer | None:
    mine = (answers.c.bundle_id == posted.id, answers.c.place == place)
    row = connection.execute(sa.select(answers).where(*mine)).first()
    return None if row is None else answer_of(row)


def answer_of(row: Any) -> Answer:
    """An answer from its row."""
    return Answer(row.outcome, row.id, row.their_reference, row.reason, parsed(row.receipt))


def _record_refusal(
    transaction: Transaction, session: Session, outcome: str, why: str, columns: dict[str, Any]
) -> Answer:
    reference = new_id(ANSWER_ID)
    log_event(transaction, session.policy, EXCHANGE, outcome, person=None, facts={"answer": reference, "why": why})
    row = columns | {"id": reference, "outcome": outcome, "reason": why, "at": transaction.at}
    transaction.connection.execute(answers.insert(), row)
    return Answer(outcome, reference, columns["their_reference"], why, {})


def _record(
    transaction: Transaction,
    session: Session,
    captures: Sequence[Capture],
    findings: Findings,
    columns: dict[str, Any],
) -> Answer:
    found = near(lock_candidates(transaction, session, findings.candidates).values(), findings)
    outcome = outcome_of_visible(findings, found)
    person = found[0].person if found else None
    reference = new_id(ANSWER_ID)
    event, _ = log_event(
        transaction,
        session.policy,
        EXCHANGE,
        outcome.value,
        person=person,
        facts={"answer": reference, "search": findings.receipt},
        about=(reference,),
    )
    case = None
    if outcome in (Outcome.HIT, Outcome.POSSIBLE, Outcome.INCOMPLETE):
        case = open_case(transaction, EXCHANGE, event, person, found, probes_of(captures), answer=reference)
    told = {key: value for key, value in findings.receipt.items() if key != "candidates"} | {"outcome": outcome.value}
    row = columns | {
        "id": reference,
        "person_id": person,
        "case_id": case if found else None,  # nobody can be confirmed where nobody came near
        "outcome": outcome.value,
        "receipt": canonical(told),
        "at": transaction.at,
    }
    transaction.connection.execute(answers.insert(), row)
    return Answer(outcome.value, reference, columns["their_reference"], "", told)
