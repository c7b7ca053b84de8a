"""`verify_audit`: walk the chain and name the first entry that does not fit."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from fingerprint_engine.records.audit.chain import CHECKPOINT, GENESIS, AuditEntry, AuditHead, digest_of_entry
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import audit, ledger

_PIECE = 20_000


@dataclasses.dataclass(frozen=True, slots=True)
class AuditReport:
    """What came of looking at the audit trail.

    Attributes
    ----------
    entries
        Entries that were looked at.
    first
        Number of the first one that is still there; entries before were dropped by a checkpoint.
    head
        The last one.
    problem
        What is wrong with the first entry that is; empty when the trail is whole.
    is_compared
        Whether the trail still holds the entry of the exported head, or a checkpoint with its digest. An older head,
        whose entry was dropped at the end of its term, says nothing any more: export a new one after each `retain`.
    """

    entries: int
    first: int
    head: AuditHead
    problem: str
    is_compared: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing was altered, removed or cut off."""
        return not self.problem


def verify_audit(database: Database, exported: AuditHead | None = None) -> AuditReport:
    """Look at every entry.

    Parameters
    ----------
    database
        Of the registry.
    exported
        A head that was kept elsewhere: the trail must hold that very entry, or a checkpoint that covers it.
    """
    with database.reading() as connection:
        row = connection.execute(sa.select(ledger)).one()
        head = AuditHead(row.registry, row.audit_number, row.audit_digest)
        walk = _Walk(exported)
        last = 0
        while not walk.problem:
            piece = connection.execute(
                sa.select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(_PIECE)
            ).fetchall()
            if not piece:
                break
            for entry in piece:
                if not walk.take(AuditEntry(*entry)):
                    break
            last = piece[-1][0]
    problem = walk.problem or walk.ending(head)
    return AuditReport(walk.entries, walk.first, head, problem, walk.is_compared)


class _Walk:
    """The state of a walk along the chain."""

    def __init__(self, exported: AuditHead | None) -> None:
        self.exported = exported
        self.entries = self.first = self.number = 0
        self.digest = GENESIS
        self.start = GENESIS
        self.checkpoints: dict[int, str] = {}
        self.problem = ""
        self.is_compared = False

    def take(self, entry: AuditEntry) -> bool:
        number, previous, digest = entry.number, entry.previous, entry.digest
        if not self.entries:
            self.first = number
            self.number, self.digest = number - 1, previous
            self.start = self.digest
        if number != self.number + 1:
            self.problem = f"entry {self.number + 1}: it is missing"
        elif previous != self.digest:
            self.problem = f"entry {self.number}: it is not the one that entry {number} follows"
        elif not _fits(entry):
            self.problem = f"entry {number}: it was altered"
        else:
            self.entries, self.number, self.digest = self.entries + 1, number, digest
            if entry.action == CHECKPOINT and entry.object.isdecimal():
                self.checkpoints[int(entry.object)] = entry.receipt
            if self.exported and self.exported.number == number:
                self.is_compared = True
                if self.exported.digest != digest:
                    self.problem = f"entry {number}: it is not the one of the exported head"
        return not self.problem

    def ending(self, head: AuditHead) -> str:
        """What only the end shows."""
        dropped = self.first - 1
        if self.first > 1 and self.checkpoints.get(dropped) != self.start:
            return f"entry {dropped}: it is missing, and no checkpoint covers it"
        if self.first == 1 and self.start != GENESIS:
            return "entry 1: it does not begin the trail"
        if (self.number, self.digest) != (head.number, head.digest if head.number else GENESIS):
            return f"entry {self.number + 1}: it is missing; the registry wrote {head.number}"
        if self.exported:
            if self.exported.registry != head.registry:
                return "exported head: it is of another registry"
            if self.exported.number > self.number:
                return f"entry {self.number + 1}: it is missing; the exported head is entry {self.exported.number}"
            carried = self.checkpoints.get(self.exported.number)
            if not self.is_compared and carried is not None:
                self.is_compared = True
                if carried != self.exported.digest:
                    return f"entry {self.exported.number}: its checkpoint is not of the exported head"
        return ""


def _fits(entry: AuditEntry) -> bool:
    """Whether an entry has its own digest; whatever a database can be made to hold is only not the same."""
    try:
        return digest_of_entry(*entry[:-1]) == entry.digest
    except (TypeError, ValueError):
        return False
