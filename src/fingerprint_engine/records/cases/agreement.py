"""When a decision stands: one examiner, or two who say the same where the policy wants two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fingerprint_engine.errors import RecordConflict
from fingerprint_engine.records.cases.reading import Decision
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import DECISION, new_id
from fingerprint_engine.records.storage.schema import decisions


def add_decision(
    transaction: Transaction,
    earlier: Sequence[Decision],
    *,
    needed: int,
    verdict: str,
    person: str,
    reason: str,
    **subject: Any,
) -> bool:
    """Write a decision; gives whether enough examiners agree with it now.

    Parameters
    ----------
    transaction
        In force; its actor is the examiner.
    earlier
        Decisions on the same subject.
    needed
        How many different examiners must say the same.
    verdict, person, reason
        What is decided.
    subject
        `case_id` or `proposal_id`.

    Raises
    ------
    RecordConflict
        When this examiner said so already: a second opinion is somebody else's.
    """
    examiner = transaction.context.actor
    latest = {one.examiner: (one.verdict, one.person) for one in earlier}
    if latest.get(examiner) == (verdict, person):
        raise RecordConflict("decision: this examiner said so already; another one is needed")
    row = {
        "id": new_id(DECISION),
        "examiner": examiner,
        "verdict": verdict,
        "person": person,
        "reason": reason,
        "at": transaction.at,
        **subject,
    }
    transaction.connection.execute(decisions.insert(), row)
    latest[examiner] = verdict, person
    return sum(one == (verdict, person) for one in latest.values()) >= needed
