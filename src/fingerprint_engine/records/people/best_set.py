"""`best_set`: for each finger the best print of all encounters; derived when asked for, never stored as a fact."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.fingers import Finger
from fingerprint_engine.records.following.live_prints import template_of
from fingerprint_engine.records.policy.last_days import not_lapsed
from fingerprint_engine.records.storage.column_seals import opened_rows
from fingerprint_engine.records.storage.schema import encounters, prints
from fingerprint_engine.template import Template

_UNKNOWN_QUALITY = 255


@dataclasses.dataclass(frozen=True, slots=True)
class Reference:
    """A print on record, with the encounter that it was taken at."""

    print_id: str
    person: str
    encounter: str
    finger: Finger
    quality: int
    captured_at: str
    template: Template


def best_set(
    connection: Connection, persons: Sequence[str], at: str, parameters: str | None = None
) -> tuple[Reference, ...]:
    """The best print of each position of each person: highest quality, then most minutiae, then latest.

    Parameters
    ----------
    connection
        To the database.
    persons
        Identifiers, after merges.
    at
        The present moment: prints whose last day is over are left out.
    parameters
        Only templates of this kind (hexadecimal digest); None: any.
    """
    columns = (
        prints.c.id,
        prints.c.finger,
        prints.c.quality,
        prints.c.minutiae,
        encounters.c.id.label("encounter_id"),
        encounters.c.person_id,
        encounters.c.captured_at,
    )
    query = (
        sa.select(*columns)
        .join(encounters, prints.c.encounter_id == encounters.c.id)
        .where(encounters.c.person_id.in_(persons), encounters.c.active, prints.c.missing == "", not_lapsed(at))
    )
    if parameters is not None:
        query = query.where(prints.c.parameters == parameters)
    best: dict[tuple[str, int], Any] = {}
    for row in connection.execute(query):
        place = row.person_id, row.finger
        if place not in best or _worth(row) > _worth(best[place]):
            best[place] = row
    chosen = {row.id: row for row in best.values()}
    found = []
    data = sa.select(prints.c.id, prints.c.finger, prints.c.template).where(prints.c.id.in_(list(chosen)))
    for stored in opened_rows(connection, data, prints.c.template):
        template = template_of(stored)
        if template is not None:
            row = chosen[stored.id]
            finger = Finger(row.finger)
            found.append(
                Reference(row.id, row.person_id, row.encounter_id, finger, row.quality, row.captured_at, template)
            )
    return tuple(sorted(found, key=lambda one: (one.person, one.finger, one.print_id)))


def _worth(row: Any) -> tuple[int, int, str, str]:
    quality = -1 if row.quality == _UNKNOWN_QUALITY else row.quality
    return quality, row.minutiae, row.captured_at, row.id
