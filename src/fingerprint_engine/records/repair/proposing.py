"""Writing proposals: what to repair, why, and how often such evidence misleads."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fingerprint_engine.matching.comparison import fmr_of_score
from fingerprint_engine.records.cases.opening import candidate_document
from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import PROPOSAL, new_id
from fingerprint_engine.records.storage.schema import proposals, relations
from fingerprint_engine.records.words import MERGE

NOT_THE_SAME = "not the same person"
"""Kind of the relation that an examiner's refusal leaves, so that nobody is asked again."""


def propose_merge(transaction: Transaction, first: str, second: str, finding: Finding) -> str | None:
    """Propose that two files are of one person; see `add_proposal`."""
    keep, other = sorted((first, second))
    refused = sa.select(relations.c.id).where(
        relations.c.person_a == keep, relations.c.person_b == other, relations.c.kind == NOT_THE_SAME
    )
    if transaction.connection.execute(refused).first() is not None:
        return None
    evidence = candidate_document(finding)
    return add_proposal(
        transaction,
        MERGE,
        {"persons": [keep, other]},
        {"fingers": evidence["matches"], "score": evidence["score"]},
        fmr_of_score(finding.score),
    )


def add_proposal(
    transaction: Transaction, kind: str, subject: dict[str, Any], evidence: dict[str, Any], expected_error: float
) -> str | None:
    """Write a proposal, unless an open one says the same; gives its identifier, or None.

    Parameters
    ----------
    transaction
        In force.
    kind
        merge, move, swap or split.
    subject
        What it is about: identifiers.
    evidence
        Scores by finger, and what else speaks for it.
    expected_error
        How often such evidence would turn up by chance.
    """
    document = canonical(subject)
    connection = transaction.connection
    same = sa.select(proposals.c.id).where(
        proposals.c.kind == kind, proposals.c.subject == document, proposals.c.verdict.in_(("", "refused"))
    )
    if connection.execute(same).first() is not None:
        return None
    row = {
        "id": new_id(PROPOSAL),
        "kind": kind,
        "subject": document,
        "evidence": canonical(evidence),
        "expected_error": expected_error,
        "proposed_at": transaction.at,
    }
    connection.execute(proposals.insert(), row)
    transaction.note(f"propose {kind}", str(row["id"]))
    return str(row["id"])
