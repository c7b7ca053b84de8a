"""Writing persons, encounters and prints; the galleries learn of them through the feed."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import ENCOUNTER, PERSON, PRINT, new_id
from fingerprint_engine.records.people.captures import Capture
from fingerprint_engine.records.policy import Anchor, Policy
from fingerprint_engine.records.storage.column_seals import seals_of
from fingerprint_engine.records.storage.schema import encounters, images, persons, prints
from fingerprint_engine.records.words import ACTIVE
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest


def person_values(category: str, agency: str, site: str, unit: str, at: str) -> dict[str, Any]:
    """The row of a new person."""
    return {
        "id": new_id(PERSON),
        "category": category,
        "status": ACTIVE,
        "agency": agency,
        "site": site,
        "unit": unit,
        "created_at": at,
    }


def encounter_values(
    transaction: Transaction,
    person: str,
    kind: str,
    *,
    agency: str,
    site: str,
    reason: str,
    captured_at: str,
    last_day: datetime.date | None = None,
) -> dict[str, Any]:
    """The row of a new encounter."""
    return {
        "id": new_id(ENCOUNTER),
        "person_id": person,
        "kind": kind,
        "agency": agency,
        "site": site,
        "reason": reason,
        "captured_at": captured_at,
        "recorded_at": transaction.at,
        "operator": transaction.context.actor,
        "active": True,
        "last_day": None if last_day is None else last_day.isoformat(),
    }


def print_values(transaction: Transaction, encounter: str, capture: Capture) -> dict[str, Any]:
    """The row of a print."""
    template, made = capture.template, new_id(PRINT)
    row: dict[str, Any] = {"id": made, "encounter_id": encounter, "missing": capture.missing}
    if template is None:
        return row | {
            "finger": int(capture.finger),
            "impression": 29,
            "quality": 255,
            "minutiae": 0,
            "template": None,
            "template_finger": 0,
            "template_digest": "",
            "parameters": "",
        }
    return (
        row
        | {"finger": int(template.finger), "impression": int(template.impression)}
        | template_values(transaction, made, template)
    )


def template_values(transaction: Transaction, print_id: str, template: Template) -> dict[str, Any]:
    """The columns of a print that a template fills."""
    data = template.to_bytes()
    return {
        "quality": template.quality,
        "minutiae": min(len(template), 255),
        "template": seals_of(transaction.connection).seal(prints.c.template, print_id, data),
        "template_finger": int(template.finger),
        "template_digest": hashlib.sha256(data).hexdigest(),
        "parameters": template_digest(template).hex(),
    }


def add_person(transaction: Transaction, category: str, *, agency: str, site: str, unit: str) -> str:
    """Make a file."""
    row = person_values(category, agency, site, unit, transaction.at)
    transaction.connection.execute(persons.insert(), row)
    return str(row["id"])


def add_encounter(
    transaction: Transaction,
    policy: Policy,
    person: str,
    kind: str,
    captures: Sequence[Capture],
    *,
    agency: str,
    site: str,
    reason: str,
    captured_at: str,
    last_day: datetime.date | None = None,
) -> str:
    """Record an encounter with its prints; whoever gave them may have said until which day they may be kept."""
    connection = transaction.connection
    values = encounter_values(
        transaction,
        person,
        kind,
        agency=agency,
        site=site,
        reason=reason,
        captured_at=captured_at,
        last_day=last_day,
    )
    connection.execute(encounters.insert(), values)
    rows = [print_values(transaction, values["id"], capture) for capture in captures]
    if rows:
        connection.execute(prints.insert(), rows)
    kept = [
        image_values(transaction, row["id"], capture)
        for row, capture in zip(rows, captures, strict=True)
        if capture.image is not None or capture.image_reference
    ]
    if kept:
        connection.execute(images.insert(), kept)
    if renews_on_encounter(connection, policy, person):
        transaction.put(prints_of_person(connection, person))  # their last day is a later one now
    transaction.put(row["id"] for row in rows if row["template"] is not None)
    return str(values["id"])


def image_values(transaction: Transaction, print_id: str, capture: Capture) -> dict[str, Any]:
    """The row of an image."""
    content = capture.image
    return {
        "print_id": print_id,
        "content": seals_of(transaction.connection).seal(images.c.content, print_id, content),
        "reference": capture.image_reference,
        "digest": hashlib.sha256(content).hexdigest() if content is not None else "",
        "ppi": float(capture.ppi),
        "recorded_at": transaction.at,
    }


def renews_on_encounter(connection: Connection, policy: Policy, person: str) -> bool:
    """Whether the terms of a person run from the last encounter."""
    category = connection.execute(sa.select(persons.c.category).where(persons.c.id == person)).scalar_one()
    terms = policy.retention.get(str(category))
    return terms is not None and any(
        term is not None and term.anchor is Anchor.LAST_ENCOUNTER
        for term in (terms.restricted_after, terms.erased_after)
    )


def prints_of_person(connection: Connection, person: str) -> list[str]:
    """Identifiers of the prints of a person."""
    query = sa.select(prints.c.id).join(encounters).where(encounters.c.person_id == person)
    return list(connection.execute(query.order_by(prints.c.id)).scalars())


def change_person(transaction: Transaction, person: str, **values: Any) -> None:
    """Change columns of a person; galleries look at the prints anew."""
    transaction.connection.execute(persons.update().where(persons.c.id == person).values(**values))
    transaction.put(prints_of_person(transaction.connection, person))
