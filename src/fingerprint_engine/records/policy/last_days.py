"""Last days that givers of prints state (INT-I, 2.092): they hold whatever the terms of the policy are."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fingerprint_engine.records.storage.schema import encounters, persons


def lapsed(at: str) -> Any:
    """Encounters whose last day is over at a moment."""
    return encounters.c.last_day < at[:10]


def not_lapsed(at: str) -> Any:
    """Encounters that have no last day, or one that is not over."""
    return sa.or_(encounters.c.last_day.is_(None), encounters.c.last_day >= at[:10])


def all_lapsed(at: str) -> tuple[Any, ...]:
    """Persons of whom nothing is held but encounters whose last day is over."""
    mine = encounters.c.person_id == persons.c.id
    return (
        sa.exists().where(mine, lapsed(at)).correlate(persons),
        sa.not_(sa.exists().where(mine, not_lapsed(at)).correlate(persons)),
    )
