"""`case_evidence`: the prints of a case side by side, and where each candidate was met before."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, UnknownRecord
from fingerprint_engine.fingers import Finger
from fingerprint_engine.records.cases.opening import CAPTURED, captured_templates
from fingerprint_engine.records.cases.reading import Case, load_case
from fingerprint_engine.records.following.live_prints import template_of
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.best_set import best_set
from fingerprint_engine.records.people.persons import Encounter, encounters_of, person_row
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import opened_rows
from fingerprint_engine.records.storage.schema import prints
from fingerprint_engine.records.words import DECIDE, READ
from fingerprint_engine.template import Template

MAX_PAIRS = 10


@dataclasses.dataclass(frozen=True, slots=True)
class FingerPair:
    """A print in question and the one of the candidate's file that it is to be seen beside."""

    finger: Finger
    captured: Template
    on_file: Template


@dataclasses.dataclass(frozen=True, slots=True)
class CaseCandidate:
    """A candidate of a case: the score that brought him up, pairs of prints, and earlier encounters."""

    person: str
    category: str
    score: float
    pairs: tuple[FingerPair, ...]
    encounters: tuple[Encounter, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CaseEvidence:
    """A case with its prints."""

    case: Case
    candidates: tuple[CaseCandidate, ...]


def case_evidence(session: Session, case: str) -> CaseEvidence:
    """Gather the prints of a case; of a check the file that was claimed is the first candidate.

    Candidates whose files were erased, or which the purpose may not read, are left out.
    """
    session.require_permission(DECIDE)

    def work(transaction: Transaction) -> CaseEvidence:
        connection = transaction.connection
        found = load_case(connection, case)
        captured = _captured(connection, found)
        scores = {one["person"]: float(one["score"]) for one in found.evidence.get("candidates", ())}
        wanted = [*([found.person] if found.kind == "check" and found.person else []), *scores]
        candidates = []
        for person in dict.fromkeys(wanted):
            try:
                row = person_row(connection, person)
            except (UnknownRecord, RecordConflict):
                continue
            if session.policy.allows(session.context.purpose, READ, row.category, row.status):
                pairs = _pairs(captured, connection, row.id, transaction.at)
                met = encounters_of(connection, row.id)
                candidates.append(CaseCandidate(row.id, row.category, scores.get(person, 0.0), pairs, met))
        transaction.note("read case evidence", " ".join((case, *(one.person for one in candidates))))
        return CaseEvidence(found, tuple(candidates))

    return session.write(work)


def _captured(connection: Connection, case: Case) -> Sequence[Template]:
    """The prints in question: kept with the case, or those of the encounter that it is about."""
    if CAPTURED in case.evidence:
        return captured_templates(connection, case.id, case.evidence)
    query = sa.select(prints.c.id, prints.c.finger, prints.c.template).where(
        prints.c.encounter_id == case.evidence.get("encounter"), prints.c.missing == ""
    )
    rows = opened_rows(connection, query.order_by(prints.c.finger), prints.c.template)
    return [one for one in map(template_of, rows) if one is not None]


def _pairs(captured: Sequence[Template], connection: Connection, person: str, at: str) -> tuple[FingerPair, ...]:
    on_file = {one.finger: one.template for one in best_set(connection, [person], at)}
    found = [FingerPair(one.finger, one, on_file[one.finger]) for one in captured if one.finger in on_file]
    return tuple(found[:MAX_PAIRS])
