"""An examiner of the asker, and one of the side that answered, confirm a hit; then the identity goes out, once.

Each side decides its own case with `decide_case`. What the asker's examiner said goes out as a confirmation; when both
said *same*, the other side sends core data.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import BundleRefused, RecordConflict, Refusal, UnknownRecord
from fingerprint_engine.records.agencies.post import Posted, get_posted, open_outgoing
from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.identifiers import Claim
from fingerprint_engine.records.people.persons import Person, load_person, person_row
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import seals_of
from fingerprint_engine.records.storage.schema import answers, cases, decisions, requests
from fingerprint_engine.records.texts import check_id, check_word, one_of
from fingerprint_engine.records.words import ANSWER, ASK, CONFIRMATION, CORE_DATA, ERASED, READ

SAME = "same"
VERDICTS = (SAME, "different", "cannot tell")


@dataclasses.dataclass(frozen=True, slots=True)
class Confirmed:
    """What an examiner of ours said about an answer of another agency."""

    reference: str
    answer: str
    verdict: str


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """Who the candidate behind an answer of ours is."""

    reference: str
    answer: str
    category: str
    identifiers: tuple[Claim, ...]


def confirm(session: Session, *, agency: str, bundle: str, expires_at: str) -> Posted | None:
    """Open a bundle with what examiners of ours decided since the last one; None when there is nothing."""
    session.require_permission(ASK)
    other = check_word(agency, "agency", required=True)

    def work(transaction: Transaction) -> str | None:
        transaction.last_change()
        connection = transaction.connection
        decided = sa.select(cases.c.id).where(cases.c.verdict.in_(VERDICTS))
        due = sa.select(requests.c.id).where(
            requests.c.agency == other,
            requests.c.confirmed_in.is_(None),
            requests.c.expires_at > transaction.at,
            requests.c.case_id.in_(decided),
        )
        ids = list(connection.execute(due).scalars())
        if not ids:
            return None
        entry = open_outgoing(transaction, other, CONFIRMATION, bundle, expires_at)
        connection.execute(requests.update().where(requests.c.id.in_(ids)).values(confirmed_in=entry))
        return entry

    entry = session.write(work)
    return None if entry is None else get_posted(session, entry)


def confirmations_of(session: Session, posted: Posted) -> Iterator[Confirmed]:
    """What a bundle of confirmations holds."""
    session.require_permission(ASK)
    query = (
        sa.select(requests.c.reference, requests.c.answer, cases.c.verdict)
        .join(cases, requests.c.case_id == cases.c.id)
        .where(requests.c.confirmed_in == posted.id, cases.c.verdict.in_(VERDICTS))
        .order_by(requests.c.id)
    )
    rows = session.read(lambda connection: connection.execute(query).fetchall())
    return (Confirmed(row.reference, row.answer, row.verdict) for row in rows)


def hear_confirmation(session: Session, posted: Posted, place: int, found: Confirmed) -> None:
    """Note what an examiner of the asker said.

    Raises
    ------
    BundleRefused
        When it is about no answer that its sender got, or they said otherwise before.
    """
    session.require_permission(ANSWER)
    verdict = one_of(found.verdict, "verdict", VERDICTS)

    def work(transaction: Transaction) -> None:
        connection = transaction.connection
        mine = sa.and_(
            answers.c.id == found.answer,
            answers.c.agency == posted.agency,
            answers.c.their_reference == found.reference,
            answers.c.case_id.is_not(None),
        )
        row = connection.execute(sa.select(answers).where(mine).with_for_update()).first()
        if row is None or row.their_verdict not in ("", verdict):
            raise BundleRefused(Refusal.UNASKED, "expected a confirmation of an answer with a hit, once", place)
        if not row.their_verdict:
            connection.execute(answers.update().where(mine).values(their_verdict=verdict))
            transaction.note(f"confirmed by {posted.agency}: {verdict}", f"{row.id} {row.person_id}")

    session.write(work)


def release(session: Session, *, agency: str, bundle: str, expires_at: str) -> Posted | None:
    """Open a bundle with the identities behind answers that both sides confirmed; None when there is none.

    Those that the purpose may not read stay where they are.
    """
    session.require_permission(ANSWER)
    other = check_word(agency, "agency", required=True)

    def work(transaction: Transaction) -> str | None:
        transaction.last_change()
        connection = transaction.connection
        due = sa.select(answers).where(
            answers.c.agency == other, answers.c.their_verdict == SAME, answers.c.released_in.is_(None)
        )
        found = {row.id: _confirmed_person(connection, row) for row in connection.execute(due).fetchall()}
        ready = {one: person for one, person in found.items() if person and _may_read(connection, session, person)}
        if not ready:
            return None
        entry = open_outgoing(transaction, other, CORE_DATA, bundle, expires_at)
        values = {"released_in": entry, "identity_released_at": transaction.at}
        connection.execute(answers.update().where(answers.c.id.in_(ready)).values(**values))
        for reference, person in ready.items():
            transaction.note("release identity", f"{reference} {person} {other}")
        return entry

    entry = session.write(work)
    return None if entry is None else get_posted(session, entry)


def released(session: Session, posted: Posted) -> Iterator[Told]:
    """What a bundle of core data holds; who was erased meanwhile is left out."""
    session.require_permission(ANSWER)

    def find(connection: Connection) -> list[Told]:
        rows = connection.execute(
            sa.select(answers).where(answers.c.released_in == posted.id).order_by(answers.c.id)
        ).fetchall()
        told = []
        for row in rows:
            person = _confirmed_person(connection, row)
            if person is not None:
                found = load_person(connection, person)
                known = [one for one in found.identifiers if one.valid_to is None]
                claims = tuple(Claim(one.kind, one.value, one.issuer) for one in known)
                told.append(Told(row.their_reference, row.id, found.category, claims))
        return told

    return iter(session.read(find))


def hear_core_data(session: Session, posted: Posted, place: int, told: Told) -> None:
    """Note who somebody is, as another agency says; it is forgotten when the request expires.

    Raises
    ------
    BundleRefused
        When it is about nothing that we confirmed to its sender.
    """
    session.require_permission(ASK)
    content = canonical(
        {"category": told.category, "identifiers": [dataclasses.asdict(one) for one in told.identifiers]}
    )

    def work(transaction: Transaction) -> None:
        connection = transaction.connection
        mine = sa.and_(
            requests.c.agency == posted.agency,
            requests.c.reference == told.reference,
            requests.c.answer == told.answer,
            requests.c.confirmed_in.is_not(None),
        )
        row = connection.execute(sa.select(requests).where(mine).with_for_update()).first()
        seals = seals_of(connection)
        known = "" if row is None else seals.open_text(requests.c.core_data, row.id, row.core_data)
        if row is None or known not in ("", content):
            raise BundleRefused(Refusal.UNASKED, "expected core data of a hit that we confirmed, once", place)
        if not known:
            sealed = seals.seal_text(requests.c.core_data, row.id, content)
            connection.execute(
                requests.update().where(requests.c.id == row.id).values(core_data=sealed, told_at=transaction.at)
            )
            transaction.note("core data", f"{row.id} {row.person_id} {told.answer}")

    session.write(work)


def release_identity(session: Session, reference: str) -> Person:
    """Tell the identity behind an answer at once, once an examiner of ours confirmed it.

    For agencies that ask without bundles, whose own confirmation is on paper.

    Raises
    ------
    UnknownRecord
        When there is no such answer.
    RecordConflict
        When nobody confirmed it yet, an examiner refused it, or it was no hit.
    PolicyDenied
        When the purpose may not read that file.
    """

    def find(connection: Connection) -> Any:
        row = connection.execute(sa.select(answers).where(answers.c.id == check_id(reference, "answer"))).first()
        if row is None:
            raise UnknownRecord("answer: there is none with this reference")
        if row.case_id is None:
            raise RecordConflict("answer: it was no hit, so there is no identity")
        person = _confirmed_person(connection, row)
        if person is None:
            verdict = connection.execute(sa.select(cases.c.verdict).where(cases.c.id == row.case_id)).scalar_one()
            raise RecordConflict(
                f"answer: expected an examiner's confirmation, the case says {verdict or 'nothing yet'}"
            )
        if row.bundle_id is not None and row.their_verdict != SAME:
            raise RecordConflict("answer: expected the confirmation of the other side as well, there is none")
        return person_row(connection, person)

    person = session.read(find)
    session.require(READ, [(person.category, person.status)])

    def work(transaction: Transaction) -> Person:
        connection = transaction.connection
        row = find(connection)
        connection.execute(
            answers.update().where(answers.c.id == reference).values(identity_released_at=transaction.at)
        )
        found = load_person(connection, row.id)
        transaction.note("release identity", f"{reference} {found.id}")
        return found

    return session.write(work)


def _confirmed_person(connection: Connection, row: Any) -> str | None:
    """Whom an examiner of ours found behind an answer; None while nobody did."""
    query = (
        sa.select(decisions.c.person)
        .join(cases, decisions.c.case_id == cases.c.id)
        .where(cases.c.id == row.case_id, cases.c.verdict == SAME, decisions.c.verdict == SAME)
        .order_by(decisions.c.at.desc(), decisions.c.id.desc())
    )
    chosen = connection.execute(query).scalars().first()
    if not chosen:
        return None
    try:
        return str(person_row(connection, chosen).id)
    except (RecordConflict, UnknownRecord):
        return None


def _may_read(connection: Connection, session: Session, person: str) -> bool:
    row = person_row(connection, person)
    return row.status != ERASED and session.policy.allows(session.context.purpose, READ, row.category, row.status)
