"""`check_visitor`: visitors have files of their own, shorter kept and never searched for prisoners."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from fingerprint_engine.records.events.admission import Admission, admit
from fingerprint_engine.records.people.captures import Capture
from fingerprint_engine.records.people.identifiers import Claim
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.words import VISIT
from fingerprint_engine.template import Template


def check_visitor(
    session: Session,
    prints: Iterable[Template | Capture],
    *,
    identifiers: Iterable[Claim] = (),
    category: str = "visitor",
    reason: str = "",
    last_day: datetime.date | None = None,
) -> Admission:
    """Record a visitor, or a member of staff, after a search among visitors, barred and wanted people.

    Hits among barred and wanted people are in `Admission.alerts`.
    """
    return admit(
        session, prints, category=category, identifiers=identifiers, reason=reason, kind=VISIT, last_day=last_day
    )
