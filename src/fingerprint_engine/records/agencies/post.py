"""The log of bundles: what went to each agency and what came, in whose order, and whether it is done with.

Each side numbers what it sends to the other one. What comes has to be the next number: one that came before is replayed
or rolled back, one too many says that something got lost. A bundle that was begun and not finished, because a process
was stopped, is taken up again.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import BundleRefused, RecordConflict, RecordsError, Refusal, UnknownRecord
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import BUNDLE, new_id
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import bundles
from fingerprint_engine.records.texts import check_id, check_word, one_of
from fingerprint_engine.records.words import ASK, BUNDLE_KINDS, INCOMING, OUTGOING

PASSED_OVER = "passed over"
"""Kind of the entry that stands for numbers whose bundles are not in the log."""
MAX_NUMBER = 2**53


@dataclasses.dataclass(frozen=True, slots=True)
class Posted:
    """A bundle in the log.

    Attributes
    ----------
    id
        Of the entry.
    bundle
        Identifier of the bundle, as its sender gave it.
    agency, direction
        The other side, and whether it sent or gets it.
    kind, number, count
        As its head states; the count of what is not written yet is 0.
    digest
        Of its records, as its head states; empty while it is not written.
    reply_to
        Entry of the bundle that it answers; empty for none.
    at, expires_at
        When it was logged, and when it expires.
    done_at
        When all of it was dealt with, or written; None while it is open.
    """

    id: str
    bundle: str
    agency: str
    direction: str
    kind: str
    number: int
    count: int
    digest: str
    reply_to: str
    at: str
    expires_at: str
    done_at: str | None


def take_bundle(
    session: Session,
    *,
    agency: str,
    bundle: str,
    kind: str,
    number: int,
    count: int,
    digest: str,
    expires_at: str,
    reply_to: str = "",
    accept_gap: bool = False,
) -> Posted:
    """Log a bundle of another agency whose signature and records were checked.

    Parameters
    ----------
    session
        Of whoever takes it.
    agency, bundle, kind, number, count, digest, expires_at
        As its head states.
    reply_to
        Identifier of the bundle of ours that it answers.
    accept_gap
        Whether it is taken although one before it did not come; that one will be refused when it comes.

    Returns
    -------
    Posted
        Open; also when it was taken before and not finished.

    Raises
    ------
    BundleRefused
        When it was finished before, is out of its order, or answers a bundle that was never sent.
    """
    sender, kind = check_word(agency, "agency", required=True), one_of(kind, "kind", BUNDLE_KINDS)

    def work(transaction: Transaction) -> Posted | BundleRefused:
        transaction.last_change()  # from here to the commit nobody else logs anything
        connection = transaction.connection
        mine = sa.and_(bundles.c.agency == sender, bundles.c.direction == INCOMING)
        known = connection.execute(sa.select(bundles).where(mine, bundles.c.bundle == bundle)).first()
        if known is not None:
            if known.digest == digest and known.done_at is None:
                return _posted(known)
            return _refused(transaction, sender, Refusal.REPLAYED, f"expected a new one, {bundle} was taken before")
        last = connection.execute(sa.select(sa.func.max(bundles.c.number)).where(mine)).scalar() or 0
        if number <= last:
            detail = f"expected number {last + 1} of this sender, found {number}"
            return _refused(transaction, sender, Refusal.ROLLED_BACK, detail)
        if number > last + 1 and not accept_gap:
            detail = f"expected number {last + 1} of this sender first, found {number}"
            return _refused(transaction, sender, Refusal.MISSING_BEFORE, detail)
        answered = None
        if reply_to:
            ours = (bundles.c.agency == sender, bundles.c.direction == OUTGOING, bundles.c.bundle == reply_to)
            answered = connection.execute(sa.select(bundles.c.id).where(*ours)).scalar()
            if answered is None:
                return _refused(transaction, sender, Refusal.UNASKED, "expected an answer to a bundle of ours")
        row = _row(transaction, INCOMING, sender, kind, bundle, number, expires_at, answered) | {
            "count": count,
            "digest": digest,
        }
        connection.execute(bundles.insert(), row)
        transaction.note(f"take {kind}", f"{row['id']} {bundle} {sender}", digest)
        return Posted(**(row | {"reply_to": answered or "", "done_at": None}))

    taken = session.write(work)
    if isinstance(taken, BundleRefused):
        raise taken
    return taken


def open_outgoing(
    transaction: Transaction, agency: str, kind: str, bundle: str, expires_at: str, reply_to: str | None = None
) -> str:
    """Give an outgoing bundle its number, in the transaction that decides what is in it; gives its entry."""
    transaction.last_change()  # from here to the commit nobody else takes a number
    connection = transaction.connection
    mine = sa.and_(bundles.c.agency == agency, bundles.c.direction == OUTGOING)
    last = connection.execute(sa.select(sa.func.max(bundles.c.number)).where(mine)).scalar() or 0
    row = _row(transaction, OUTGOING, agency, kind, bundle, last + 1, expires_at, reply_to)
    connection.execute(bundles.insert(), row)
    transaction.note(f"make {kind}", f"{row['id']} {bundle} {agency}")
    return str(row["id"])


def pass_over_numbers(session: Session, agency: str, number: int) -> int:
    """Go on behind a number that the other side has seen: after a backup was restored; gives the next number.

    Bundles that were sent after the backup was made are not in the log. Their numbers are passed over by an entry that
    says so; what they asked or answered is asked or answered again.

    Raises
    ------
    RecordConflict
        When the log has come so far already.
    """
    session.require_permission(ASK)
    other = check_word(agency, "agency", required=True)
    if type(number) is not int or not 1 <= number <= MAX_NUMBER:
        raise RecordsError(f"number: expected 1 to {MAX_NUMBER}, got {number!r}")

    def work(transaction: Transaction) -> int:
        transaction.last_change()
        connection = transaction.connection
        mine = sa.and_(bundles.c.agency == other, bundles.c.direction == OUTGOING)
        last = connection.execute(sa.select(sa.func.max(bundles.c.number)).where(mine)).scalar() or 0
        if number <= last:
            raise RecordConflict(f"number: expected one above {last}, the last in the log, got {number}")
        row = _row(transaction, OUTGOING, other, PASSED_OVER, new_id(BUNDLE), number, transaction.at, None)
        connection.execute(bundles.insert(), row | {"done_at": transaction.at})
        transaction.note("pass over bundle numbers", f"{last + 1} to {number} {other}")
        return number + 1

    return session.write(work)


def finish_bundle(session: Session, posted: Posted, *, count: int | None = None, digest: str = "") -> None:
    """Say that all of a bundle was dealt with; of an outgoing one, that its file is written."""

    def work(transaction: Transaction) -> None:
        values: dict[str, Any] = {"done_at": transaction.at}
        if posted.direction == OUTGOING:
            values |= {"count": count or 0, "digest": digest}
        waiting = bundles.update().where(bundles.c.id == posted.id, bundles.c.done_at.is_(None))
        if not transaction.connection.execute(waiting.values(**values)).rowcount:
            raise RecordConflict("bundle: expected an open one, it is done with")
        what = "finish" if posted.direction == INCOMING else "write"
        transaction.note(f"{what} {posted.kind}", f"{posted.id} {posted.bundle} {posted.agency}", digest)

    session.write(work)


def note_refusal(session: Session, posted: Posted, refused: BundleRefused) -> None:
    """Log that one record of a bundle was not taken, and the rest was."""
    action = f"refuse record: {refused.reason.value}"
    session.write(lambda transaction: transaction.note(action, f"{posted.id} {posted.agency} {refused.place}"))


def list_bundles(
    session: Session, *, agency: str | None = None, direction: str | None = None, open_only: bool = False
) -> tuple[Posted, ...]:
    """The log, oldest first."""
    query = sa.select(bundles).order_by(bundles.c.agency, bundles.c.direction, bundles.c.number)
    if agency is not None:
        query = query.where(bundles.c.agency == check_word(agency, "agency"))
    if direction is not None:
        query = query.where(bundles.c.direction == check_word(direction, "direction"))
    if open_only:
        query = query.where(bundles.c.done_at.is_(None))
    return session.read(lambda connection: tuple(_posted(row) for row in connection.execute(query)))


def get_posted(session: Session, entry: str) -> Posted:
    """One entry of the log.

    Raises
    ------
    UnknownRecord
    """
    query = sa.select(bundles).where(bundles.c.id == check_id(entry, "bundle"))
    row = session.read(lambda connection: connection.execute(query).first())
    if row is None:
        raise UnknownRecord("bundle: there is none with this identifier")
    return _posted(row)


def _row(
    transaction: Transaction,
    direction: str,
    agency: str,
    kind: str,
    bundle: str,
    number: int,
    expires_at: str,
    reply_to: str | None,
) -> dict[str, Any]:
    return {
        "id": new_id(BUNDLE),
        "bundle": bundle,
        "agency": agency,
        "direction": direction,
        "kind": kind,
        "number": number,
        "count": 0,
        "digest": "",
        "reply_to": reply_to,
        "at": transaction.at,
        "expires_at": expires_at,
    }


def _posted(row: Any) -> Posted:
    return Posted(**(dict(row._mapping) | {"reply_to": row.reply_to or ""}))


def _refused(transaction: Transaction, agency: str, reason: Refusal, detail: str) -> BundleRefused:
    """Log a refusal; it is raised after the commit, so that the log keeps it."""
    transaction.note(f"refuse bundle: {reason.value}", agency)
    return BundleRefused(reason, detail)
