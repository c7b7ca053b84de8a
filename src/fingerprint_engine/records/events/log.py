"""What every identity event leaves behind: a row with its receipt, and an audit entry with the receipt's digest."""

from __future__ import annotations

from typing import Any

from fingerprint_engine.records.documents import canonical, digest_of
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import EVENT, new_id
from fingerprint_engine.records.policy import Policy
from fingerprint_engine.records.storage.column_seals import seals_of
from fingerprint_engine.records.storage.schema import events


def log_event(
    transaction: Transaction,
    policy: Policy,
    kind: str,
    outcome: str,
    *,
    person: str | None,
    facts: dict[str, Any],
    about: tuple[str, ...] = (),
) -> tuple[str, dict[str, Any]]:
    """Write an event.

    Parameters
    ----------
    transaction, policy
        In force.
    kind, outcome
        What happened, and what was answered.
    person
        Whose file it concerns; None for nobody's.
    facts
        The evidence: plain data of identifiers and numbers, no names.
    about
        Further identifiers for the audit entry.

    Returns
    -------
    tuple
        Identifier of the event, and its receipt.
    """
    event = new_id(EVENT)
    receipt = {
        "event": event,
        "kind": kind,
        "outcome": outcome,
        "at": transaction.at,
        "purpose": transaction.context.purpose,
        "site": transaction.context.site,
        "policy": policy.digest,
        "key_ids": list(seals_of(transaction.connection).key_ids),
        **facts,
    }
    digest = digest_of(receipt)
    row = {
        "id": event,
        "kind": kind,
        "person_id": person,
        "actor": transaction.context.actor,
        "purpose": transaction.context.purpose,
        "site": transaction.context.site,
        "outcome": outcome,
        "receipt": canonical(receipt),
        "receipt_digest": digest,
        "at": transaction.at,
    }
    transaction.connection.execute(events.insert(), row)
    things = " ".join(dict.fromkeys(one for one in (event, person, *about) if one))
    transaction.note(f"{kind}: {outcome}", things, digest)
    return event, receipt
