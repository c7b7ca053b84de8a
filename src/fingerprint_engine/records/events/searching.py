"""A search in a session: the policy says where, and the galleries see nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

import sqlalchemy as sa

from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.matching import compare_many
from fingerprint_engine.records.following import Finding, Findings
from fingerprint_engine.records.following.circuit import CircuitShelf
from fingerprint_engine.records.following.live_prints import live_prints, template_of
from fingerprint_engine.records.following.searching import search_galleries
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.captures import Capture, probes_of
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import feed, persons
from fingerprint_engine.records.words import ERASED, SEARCH
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest

MAX_UNSEEN = 500
"""Chosen: so many prints that came during a search are compared at once; after more the search is done again."""
UNSEEN_SCORE = 30.0
"""Chosen: one non-mated print in a thousand scores as high, and costs one more search; hardly any mate scores less."""


def search(
    session: Session,
    captures: Sequence[Capture],
    *,
    among: Set[str] | None = None,
    circuit: str = "",
    max_candidates: int = 20,
) -> Findings:
    """Search for a person in all categories that the purpose may search, or in some of them, or in one circuit.

    Raises
    ------
    PolicyDenied
        When that leaves none; the galleries were not asked.
    """
    categories, restricted = session.policy.searchable(session.context.purpose, among)
    if not categories:
        session.deny(SEARCH, f"purpose {session.context.purpose!r} may not search these categories")
    return search_galleries(
        CircuitShelf(session.database, session.policy, circuit) if circuit else session.galleries,
        probes_of(captures),
        categories=categories,
        restricted=restricted,
        on=session.now.date(),
        max_fpir=session.policy.rates.max_fpir,
        max_candidates=max_candidates,
    )


def lock_candidates(transaction: Transaction, session: Session, candidates: Sequence[Finding]) -> dict[str, Finding]:
    """Candidates whose files are there and visible still, by identifier; nobody changes them until the commit."""
    query = sa.select(persons).where(persons.c.id.in_(sorted(one.person for one in candidates)))
    rows = transaction.connection.execute(query.order_by(persons.c.id).with_for_update())
    purpose = session.context.purpose
    visible = {
        row.id
        for row in rows
        if row.merged_into is None
        and row.status != ERASED
        and session.policy.allows(purpose, SEARCH, row.category, row.status)
    }
    return {one.person: one for one in candidates if one.person in visible}


def near(candidates: Iterable[Finding], findings: Findings) -> tuple[Finding, ...]:
    """Candidates who hit, or may be whom the prints are of; the others only rank highest among people who are not."""
    possible = min((one["receipt"]["possible_score"] for one in findings.receipt["galleries"]), default=0.0)
    return tuple(one for one in candidates if one.is_hit or 0.0 < one.score >= possible)


def is_complete(findings: Findings) -> bool:
    """Whether a search left nothing out."""
    left_out = any(gallery["receipt"]["excluded"] for gallery in findings.receipt["galleries"])
    return not left_out and not findings.receipt["excluded"] and findings.outcome is not Outcome.INCOMPLETE


def outcome_of_visible(findings: Findings, found: Sequence[Finding]) -> Outcome:
    """What a search says when only some of its candidates can be seen: those who went out of sight are no "no hit"."""
    if any(one.is_hit for one in found):
        return Outcome.HIT
    if found:
        return Outcome.POSSIBLE
    return Outcome.INCOMPLETE if findings.outcome in (Outcome.HIT, Outcome.POSSIBLE) else findings.outcome


def is_up_to_date(transaction: Transaction, captures: Sequence[Capture], change: int) -> bool:
    """Whether nothing was recorded since a search that it should have found.

    From here to the commit nobody records anything, so two admissions of one person at one moment cannot both be new.
    """
    last = transaction.last_change()
    if last == change:
        return True
    query = sa.select(feed.c.print_id).where(feed.c.number > change).distinct().limit(MAX_UNSEEN + 1)
    ids = list(transaction.connection.execute(query).scalars())
    if len(ids) > MAX_UNSEEN:
        return False
    kinds: dict[bytes, list[Template]] = {}
    for row in live_prints(transaction.connection, ids).values():
        template = template_of(row)
        if template is not None:
            kinds.setdefault(template_digest(template), []).append(template)
    return not any(
        compare_many(probe, kinds[template_digest(probe)]).max(initial=0.0) >= UNSEEN_SCORE
        for probe in probes_of(captures)
        if template_digest(probe) in kinds
    )
