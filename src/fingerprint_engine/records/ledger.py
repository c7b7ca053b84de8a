"""`Transaction`: rows, changes for the galleries and audit entries that become visible together, in one order.

The single row of the table `ledger` holds the last numbers of feed and audit trail. It is locked at the end of a
transaction, when numbers are given, and let go by the commit. So numbers follow the order of commits on either
database, and whoever sees change 11 has seen change 10.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import ClockWentBack
from fingerprint_engine.records.audit.chain import digest_of_entry
from fingerprint_engine.records.moments import Clock, moment_of, text_of
from fingerprint_engine.records.opaque import new_mark
from fingerprint_engine.records.storage.column_seals import require_mark, seals_of
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import audit, feed, ledger
from fingerprint_engine.records.words import DROP, PUT

Result = TypeVar("Result")
TOLERANCE_S = 30.0
"""Chosen: machines that share a database may differ by so much; entries then carry the later time."""


class Context(NamedTuple):
    """Who acts, why and where: what audit entries and receipts quote."""

    actor: str
    purpose: str
    site: str


class Transaction:
    """What one call writes.

    Attributes
    ----------
    connection
        For rows.
    context
        Of the session.
    at
        The moment, as a text.
    """

    def __init__(self, connection: Connection, context: Context, at: str) -> None:
        self.connection = connection
        self.context = context
        self.at = at
        self._changes: list[tuple[str, str]] = []
        self._notes: list[tuple[str, str, str]] = []
        self._number: int | None = None

    def put(self, prints: Iterable[str]) -> None:
        """Let galleries take these prints as they will be after this transaction."""
        self._changes += [(PUT, one) for one in prints]

    def drop(self, prints: Iterable[str]) -> None:
        """Let galleries remove these prints."""
        self._changes += [(DROP, one) for one in prints]

    def note(self, action: str, thing: str = "", receipt: str = "") -> None:
        """Add an audit entry."""
        self._notes.append((action, thing, receipt))

    def last_change(self) -> int:
        """Number of the last change so far. From here to the commit nobody else adds one."""
        if self._number is None:
            row = self.connection.execute(sa.select(ledger.c.feed_number).with_for_update())
            self._number = int(row.scalar_one())
        return self._number

    def finish(self) -> None:
        """Give numbers and write feed and audit trail: the last thing before the commit."""
        row = self.connection.execute(sa.select(ledger).with_for_update()).one()
        require_mark(seals_of(self.connection), row.wrapped_key)
        at = _not_before(self.at, row.audited_at)
        number = row.feed_number
        if self._changes:
            unique = list(dict.fromkeys(self._changes))
            rows = [
                {"number": number + place, "action": action, "print_id": one, "mark": new_mark()}
                for place, (action, one) in enumerate(unique, start=1)
            ]
            self.connection.execute(feed.insert(), rows)
            number += len(rows)
        entries, digest = [], row.audit_digest
        for place, (action, thing, receipt) in enumerate(self._notes, start=row.audit_number + 1):
            previous, digest = digest, digest_of_entry(place, at, *self.context, action, thing, receipt, digest)
            entries.append((place, at, *self.context, action, thing, receipt, previous, digest))
        if entries:
            names = [column.name for column in audit.columns]
            self.connection.execute(audit.insert(), [dict(zip(names, entry, strict=True)) for entry in entries])
        self.connection.execute(
            ledger.update().values(
                feed_number=number,
                audit_number=row.audit_number + len(entries),
                audit_digest=digest,
                audited_at=at,
            )
        )


def transact(database: Database, context: Context, clock: Clock, work: Callable[[Transaction], Result]) -> Result:
    """Do work in a transaction, and again when the database gave way to another writer."""

    def whole(connection: Connection) -> Result:
        require_mark(seals_of(connection), connection.execute(sa.select(ledger.c.wrapped_key)).scalar_one())
        transaction = Transaction(connection, context, text_of(clock()))
        result = work(transaction)
        transaction.finish()
        return result

    return database.write(whole)


def _not_before(at: str, last: str) -> str:
    """The moment of an entry: never before the last one."""
    if at >= last:
        return at
    behind = moment_of(last) - moment_of(at)
    if behind > datetime.timedelta(seconds=TOLERANCE_S):
        raise ClockWentBack(
            f"clock: expected a time from {last} on, when the last entry was written, got {at}; "
            f"at most {TOLERANCE_S:.0f} s behind are accepted"
        )
    return last
