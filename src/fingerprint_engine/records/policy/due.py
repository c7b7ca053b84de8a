"""When the records of a person are due to be restricted and to be erased."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from fingerprint_engine.records.moments import moment_of
from fingerprint_engine.records.policy.policy import Policy
from fingerprint_engine.records.policy.terms import Anchor, Term


class Due(NamedTuple):
    """Moments; None where the term has not begun, or there is none."""

    restricted: datetime.datetime | None
    erased: datetime.datetime | None


def due_dates(policy: Policy, person: Any) -> Due:
    """When a person is due, from a row with `category`, `created_at`, `released_at` and `last_encounter`."""
    terms = policy.retention.get(person.category)
    if terms is None:
        return Due(None, None)
    return Due(_end(terms.restricted_after, person), _end(terms.erased_after, person))


def _end(term: Term | None, person: Any) -> datetime.datetime | None:
    if term is None:
        return None
    begin = {
        Anchor.RELEASE: person.released_at,
        Anchor.LAST_ENCOUNTER: person.last_encounter or person.created_at,
        Anchor.RECORDING: person.created_at,
    }[term.anchor]
    return None if begin is None else term.end(moment_of(begin))
