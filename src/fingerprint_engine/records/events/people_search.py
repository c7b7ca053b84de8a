"""`search_people`: whose prints these are, asked without recording anybody."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Set
from typing import Any

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.searching import lock_candidates, near, outcome_of_visible, search
from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.captures import Capture, captures_of, probes_of
from fingerprint_engine.records.people.tags import tags_of
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.texts import check_word
from fingerprint_engine.records.words import CATEGORIES, CHECK
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import TenprintSet


@dataclasses.dataclass(frozen=True, slots=True)
class PeopleSearch:
    """The answer of a search.

    Attributes
    ----------
    outcome
        hit, possible, no hit, incomplete or rejected for quality; nobody is identified before an examiner said so.
    candidates
        Best first.
    circuits
        Tags of the candidates, by person.
    event, case
        What was recorded; a case unless the outcome is *no hit*, or the prints say too little.
    receipt
        Plain data: what was searched at which change, and under which policy.
    """

    outcome: Outcome
    candidates: tuple[Finding, ...]
    circuits: Mapping[str, tuple[str, ...]]
    event: str
    case: str
    receipt: dict[str, Any]


def search_people(
    session: Session,
    prints: Iterable[Template | Capture] | TenprintSet,
    *,
    categories: Set[str] | None = None,
    circuit: str = "",
) -> PeopleSearch:
    """Search for the person whose prints these are.

    Parameters
    ----------
    session
        Its purpose says which categories may be searched.
    prints
        Of one person.
    categories
        Look among these only; by default in all that the purpose may search.
    circuit
        Look only at people who have this tag now. It chooses who is looked at and never alters a score.

    Raises
    ------
    PolicyDenied
        When the purpose may not search these categories.
    """
    captures, word = captures_of(prints), check_word(circuit, "circuit")
    unknown = set(categories or ()) - set(CATEGORIES)
    if unknown or (categories is not None and not categories):
        raise RecordsError(f"categories: expected some of {', '.join(CATEGORIES)}")
    findings = search(session, captures, among=categories, circuit=word)

    def work(transaction: Transaction) -> PeopleSearch:
        visible = lock_candidates(transaction, session, findings.candidates)
        found = near(visible.values(), findings)
        outcome = outcome_of_visible(findings, found)
        event, receipt = log_event(
            transaction,
            session.policy,
            CHECK,
            f"search: {outcome.value}",
            person=None,
            facts={"search": findings.receipt},
            about=tuple(one.person for one in found),
        )
        case = ""
        if outcome not in (Outcome.NO_HIT, Outcome.REJECTED_FOR_QUALITY):
            case = open_case(transaction, "check", event, None, found, probes_of(captures))
        circuits = {one: tuple(tag.circuit for tag in tags_of(transaction.connection, one)) for one in visible}
        return PeopleSearch(outcome, tuple(visible.values()), circuits, event, case, receipt)

    return session.write(work)
