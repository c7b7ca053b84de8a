"""Watches of ours at other agencies: begun, renewed and withdrawn in bundles."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import sqlalchemy as sa

from fingerprint_engine.errors import RecordConflict, RecordsError, UnknownRecord
from fingerprint_engine.records.agencies.asking import Terms, open_requests
from fingerprint_engine.records.agencies.post import Posted, get_posted, open_outgoing
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import moment_of, text_of
from fingerprint_engine.records.opaque import REQUEST as REQUEST_ID
from fingerprint_engine.records.opaque import new_id
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import requests
from fingerprint_engine.records.texts import check_word
from fingerprint_engine.records.words import (
    ASK,
    BEGIN,
    RENEW,
    WATCH_ORDER,
    WATCHED,
    WITHDRAW,
)


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
