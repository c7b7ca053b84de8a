"""Reading the audit trail, and its head, which is exported."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.records.audit.chain import AuditEntry, AuditHead
from fingerprint_engine.records.storage.schema import audit, ledger


def head_of(connection: Connection) -> AuditHead:
    """The last entry, to be kept elsewhere."""
    row = connection.execute(sa.select(ledger)).one()
    return AuditHead(row.registry, row.audit_number, row.audit_digest)


def read_entries(
    connection: Connection, *, about: str | None = None, limit: int | None = None
) -> tuple[AuditEntry, ...]:
    """The latest entries, oldest first, or all; only those about an opaque identifier when it is given."""
    query = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
    if about is not None:
        query = query.where(audit.c.object.contains(about, autoescape=True))
    return tuple(AuditEntry(*row) for row in reversed(connection.execute(query).fetchall()))
