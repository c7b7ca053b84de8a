"""Opening a case: what an examiner has to look at, and why."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from fingerprint_engine.errors import TemplateError
from fingerprint_engine.keys.errors import NotAuthentic
from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import CASE, new_id
from fingerprint_engine.records.storage.column_seals import ColumnSeals, seals_of
from fingerprint_engine.records.storage.schema import cases
from fingerprint_engine.template import Template

CAPTURED = "captured"
"""Name of the templates in question among the evidence."""
MAX_CANDIDATES = 10
"""Chosen: an examiner looks at no more."""


def open_case(
    transaction: Transaction,
    kind: str,
    event: str | None,
    person: str | None,
    candidates: Sequence[Finding],
    captured: Sequence[Template] = (),
    **facts: Any,
) -> str:
    """Write a case; gives its identifier.

    Parameters
    ----------
    transaction
        In force.
    kind
        Of the event.
    event, person
        What led to it, and whose file it concerns.
    candidates
        Whom the prints may be of.
    captured
        Templates in question that are not on record: kept with the case until it is decided.
    facts
        Plain data for the examiner: identifiers and numbers.
    """
    case = new_id(CASE)
    evidence = {"candidates": [candidate_document(one) for one in candidates[:MAX_CANDIDATES]], **facts}
    if captured:
        evidence[CAPTURED] = kept_templates(seals_of(transaction.connection), case, [q.to_bytes() for q in captured])
    row = {
        "id": case,
        "kind": kind,
        "event_id": event,
        "person_id": person,
        "evidence": canonical(evidence),
        "opened_at": transaction.at,
    }
    transaction.connection.execute(cases.insert(), row)
    transaction.note("open case", case)
    return case


def kept_templates(seals: ColumnSeals, case: str, templates: Sequence[bytes]) -> list[str]:
    """Templates in question as the evidence holds them."""
    sealed = (seals.seal(cases.c.evidence, _place(case, place), data) for place, data in enumerate(templates))
    return [base64.b64encode(data or b"").decode() for data in sealed]


def template_bytes(seals: ColumnSeals, case: str, kept: Sequence[str]) -> list[bytes]:
    """What `kept_templates` was given.

    Raises
    ------
    NotAuthentic, ValueError
        When it was altered.
    """
    opened = (
        seals.open(cases.c.evidence, _place(case, place), base64.b64decode(data)) for place, data in enumerate(kept)
    )
    return [data or b"" for data in opened]


def captured_templates(connection: Connection, case: str, evidence: dict[str, Any]) -> list[Template]:
    """The templates in question that a case keeps; none when they were altered."""
    try:
        kept = template_bytes(seals_of(connection), case, evidence.get(CAPTURED, ()))
        return [Template.from_bytes(one) for one in kept]
    except (TemplateError, NotAuthentic, ValueError):
        return []


def _place(case: str, place: int) -> str:
    return f"{case} {CAPTURED} {place}"


def candidate_document(finding: Finding) -> dict[str, Any]:
    """A candidate as plain data."""
    return {
        "person": finding.person,
        "score": round(finding.score, 3),
        "is_hit": finding.is_hit,
        "matches": [
            {
                "finger": int(match.finger),
                "print": match.print_id,
                "enrolled_finger": int(match.enrolled_finger),
                "score": round(match.score, 3),
            }
            for match in finding.matches
        ],
    }
