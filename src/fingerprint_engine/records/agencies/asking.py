"""`ask`: are these people of ours known to another agency? And what goes into the bundle that asks it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.records.agencies.post import Posted, get_posted, open_outgoing
from fingerprint_engine.records.documents import canonical, parsed
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import text_of
from fingerprint_engine.records.opaque import REQUEST as REQUEST_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.people.best_set import best_set
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import opened_rows
from fingerprint_engine.records.storage.schema import images, persons, requests
from fingerprint_engine.records.texts import check_text, check_word
from fingerprint_engine.records.words import (
    ACTIVE,
    ASK,
    ASKED_ONCE,
    CATEGORIES,
    READ,
    RENEW,
    REQUEST,
    WATCHED,
    WITHDRAW,
)
from fingerprint_engine.template import Template

CHUNK = 100
"""Chosen: so many people are held in memory at once while a bundle is written."""


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """On which terms another agency is asked.

    Attributes
    ----------
    purpose, legal_basis
        Why, and under which law; the other side's policy has to know the purpose.
    categories
        Of the other side's people.
    expires
        When both sides have to forget it.
    answer_by
        When an answer is wanted; None when it may take its time.
    """

    purpose: str
    legal_basis: str
    categories: Set[str]
    expires: datetime.datetime
    answer_by: datetime.datetime | None = None

    def checked(self, session: Session) -> dict[str, str]:
        """The columns of a request.

        Raises
        ------
        RecordsError
            When a term is none.
        """
        if not self.categories or set(self.categories) - set(CATEGORIES):
            raise RecordsError(f"categories: expected some of {', '.join(CATEGORIES)}")
        until = text_of(self.expires)
        if until <= session.moment:
            raise RecordsError("expires: expected a moment to come")
        return {
            "purpose": check_word(self.purpose, "purpose", required=True),
            "legal_basis": check_text(self.legal_basis, "legal_basis", required=True),
            "categories": canonical(sorted(self.categories)),
            "expires_at": until,
            "answer_by": "" if self.answer_by is None else text_of(self.answer_by),
        }


@dataclasses.dataclass(frozen=True, slots=True)
class AskedFinger:
    """A finger as it is sent: a template, and the image it was made of where that is kept."""

    finger: Finger
    template: Template
    image: bytes | None
    ppi: float


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One request of a bundle; of a watch, one step of it, and only where it begins with fingers."""

    reference: str
    step: str
    purpose: str
    legal_basis: str
    categories: tuple[str, ...]
    expires_at: str
    answer_by: str
    fingers: tuple[AskedFinger, ...]


def ask(session: Session, people: Iterable[str], terms: Terms, *, agency: str, bundle: str) -> Posted:
    """Decide to ask another agency about people of ours; the bundle that asks is written from `asked`.

    Parameters
    ----------
    session
        Its purpose must be allowed to ask, and to read these people.
    people
        Files; one or all of a prison.
    terms
        On which terms.
    agency
        Whom.
    bundle
        Identifier of the bundle.

    Returns
    -------
    Posted
        The bundle, open until it is written.
    """
    return open_requests(session, people, terms, agency=agency, bundle=bundle, kind=ASKED_ONCE, posted_as=REQUEST)


def open_requests(
    session: Session,
    people: Iterable[str],
    terms: Terms,
    *,
    agency: str,
    bundle: str,
    kind: str,
    posted_as: str,
    step: str = "",
) -> Posted:
    """Open a bundle with a request for each person."""
    session.require_permission(ASK)
    other, columns = check_word(agency, "agency", required=True), terms.checked(session)
    wanted = list(dict.fromkeys(people))
    rows = session.read(lambda connection: [person_row(connection, one) for one in wanted])
    session.require(READ, sorted({(row.category, row.status) for row in rows}))
    ids = list(dict.fromkeys(row.id for row in rows))
    if not ids:
        raise RecordsError("people: expected at least one")

    def work(transaction: Transaction) -> str:
        entry = open_outgoing(transaction, other, posted_as, bundle, columns["expires_at"])
        made = []
        for place, person in enumerate(ids, start=1):
            reference = new_id(REQUEST_ID)
            row = {"id": reference, "reference": reference, "agency": other, "person_id": person, "bundle_id": entry}
            made.append(row | columns | {"place": place, "kind": kind, "step": step, "at": transaction.at})
            transaction.note(f"ask: {kind}", f"{reference} {person} {other}")
        transaction.connection.execute(requests.insert(), made)
        return entry

    return get_posted(session, session.write(work))


def people_to_ask_about(session: Session, *, categories: Set[str], site: str | None = None) -> tuple[str, ...]:
    """Files of some categories, of one site or all, that the purpose may read: a prison's whole list."""
    allowed = [one for one in sorted(categories) if session.policy.allows(session.context.purpose, READ, one, ACTIVE)]
    if len(allowed) < len(categories):
        session.deny(READ, f"purpose {session.context.purpose!r} may not read all of these categories")
    query = sa.select(persons.c.id).where(
        persons.c.category.in_(allowed), persons.c.status == ACTIVE, persons.c.merged_into.is_(None)
    )
    if site is not None:
        query = query.where(persons.c.site == check_word(site, "site"))
    return session.read(lambda connection: tuple(connection.execute(query.order_by(persons.c.id)).scalars()))


def asked(session: Session, posted: Posted, *, with_images: bool = False) -> Iterator[Asked]:
    """What a bundle of requests, or of watches, holds, a person at a time; who was erased meanwhile is left out."""
    session.require_permission(ASK)
    after, at = 0, session.moment
    while rows := session.read(lambda connection, first=after: _rows(connection, posted, first)):  # type: ignore[misc]
        after = rows[-1].place
        yield from session.read(lambda connection, some=rows: _asked(connection, some, at, with_images))  # type: ignore[misc]


def _rows(connection: Connection, posted: Posted, after: int) -> Sequence[Any]:
    mine = (requests.c.bundle_id == posted.id, requests.c.place > after, requests.c.kind.in_((ASKED_ONCE, WATCHED)))
    return connection.execute(sa.select(requests).where(*mine).order_by(requests.c.place).limit(CHUNK)).fetchall()


def _asked(connection: Connection, rows: Sequence[Any], at: str, with_images: bool) -> list[Asked]:
    people = {row.id: person_row(connection, row.person_id).id for row in rows}
    prints: dict[str, list[Any]] = {}
    for one in best_set(connection, sorted(set(people.values())), at):
        prints.setdefault(one.person, []).append(one)
    kept: dict[str, Any] = {}
    if with_images:
        ids = [one.print_id for some in prints.values() for one in some]
        query = sa.select(images).where(images.c.print_id.in_(ids), images.c.content.is_not(None))
        kept = {row.print_id: row for row in opened_rows(connection, query, images.c.content)}
    found = []
    for row in rows:
        fingers = []
        shown = () if row.step in (RENEW, WITHDRAW) else prints.get(people[row.id], ())
        for one in shown:
            image = kept.get(one.print_id)
            content = None if image is None else bytes(image.content) or None  # an altered one is not sent
            fingers.append(AskedFinger(one.finger, one.template, content, 500.0 if image is None else image.ppi))
        found.append(
            Asked(
                row.reference,
                row.step,
                row.purpose,
                row.legal_basis,
                tuple(parsed(row.categories)),
                row.expires_at,
                row.answer_by,
                tuple(fingers),
            )
        )
    return found
