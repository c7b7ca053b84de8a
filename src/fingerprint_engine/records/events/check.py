"""`check`: whether this is the person that he, or his card, says he is."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Sequence
from typing import Any

from fingerprint_engine.fingers import Finger
from fingerprint_engine.matching.comparison import score_of_fmr
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.events.comparing import (
    CheckParameters,
    FingerEvidence,
    FingerVerdict,
    FusedEvidence,
    compare_with_file,
)
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.searching import lock_candidates, near, search
from fingerprint_engine.records.following import Finding, Findings
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.best_set import best_set
from fingerprint_engine.records.people.captures import Capture, captures_of
from fingerprint_engine.records.people.persons import allowed_row
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.texts import one_of
from fingerprint_engine.records.words import CHECK, COMPARE, ENCOUNTER_KINDS
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import TenprintSet

_DEFAULT_PARAMETERS = CheckParameters()


class CheckOutcome(enum.Enum):
    """What a check says."""

    SAME = "same"
    """The fingers are those on file, at the false match rate of the policy."""
    NOT_THE_SAME = "not the same"
    """They are somebody else's: they disagree, or match another file."""
    CANNOT_TELL = "cannot tell"
    """They say too little either way; there is a case, and more fingers help."""


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """The answer of a check.

    Attributes
    ----------
    outcome
        See `CheckOutcome`.
    person
        The file, after merges.
    score
        Of all fingers together.
    expected_error
        Probability of this answer when it is wrong: of as good a match by another, or of as much disagreement with
        oneself.
    fingers
        What each finger says.
    disagreed
        Positions that disagree; also where the answer is *same*.
    others
        Who it may be instead, where the purpose allows that search.
    event, case, receipt
        What was recorded.
    """

    outcome: CheckOutcome
    person: str
    score: float
    expected_error: float
    fingers: tuple[FingerEvidence, ...]
    disagreed: tuple[Finger, ...]
    others: tuple[Finding, ...]
    event: str
    case: str
    receipt: dict[str, Any]


def check(
    session: Session,
    person: str,
    prints: Iterable[Template | Capture] | TenprintSet,
    *,
    kind: str = CHECK,
    identify: bool = True,
    parameters: CheckParameters = _DEFAULT_PARAMETERS,
) -> Check:
    """Compare fingers with the best set of a person; if they are not his, say whose they are.

    Parameters
    ----------
    session
        Its purpose must allow to check this person; whose fingers they are is told only where it may search.
    person
        The file that is claimed.
    prints
        Any fingers.
    kind
        The occasion.
    identify
        Whether to search when the fingers are not those on file.
    parameters
        When a finger disagrees.

    Raises
    ------
    UnknownRecord, RecordConflict, PolicyDenied
        As `get_person`.
    """
    captures = captures_of(prints)
    one_of(kind, "kind", ENCOUNTER_KINDS)
    row = allowed_row(session, person, COMPARE)
    probes = [one.template for one in captures if one.template is not None]
    references = session.read(lambda connection: best_set(connection, [row.id], session.moment))
    match_score = score_of_fmr(session.policy.rates.max_fmr)
    evidence = compare_with_file(probes, references, match_score=match_score, parameters=parameters)
    outcome = _outcome(evidence, match_score, parameters)
    findings = None
    if (
        outcome is not CheckOutcome.SAME
        and identify
        and probes
        and session.policy.searchable(session.context.purpose)[0]
    ):
        findings = search(session, captures)
    return session.write(
        lambda transaction: _record(transaction, session, row.id, kind, outcome, evidence, findings, probes)
    )


def _outcome(evidence: FusedEvidence, match_score: float, parameters: CheckParameters) -> CheckOutcome:
    if evidence.score > 0.0 and evidence.score >= match_score:
        return CheckOutcome.SAME
    verdicts = [one.verdict for one in evidence.fingers]
    speak = [one for one in verdicts if one is not FingerVerdict.NOT_ON_FILE]
    all_disagree = bool(speak) and all(one is FingerVerdict.DISAGREES for one in speak)
    if all_disagree and evidence.own_disagreement <= parameters.max_error:
        return CheckOutcome.NOT_THE_SAME
    return CheckOutcome.CANNOT_TELL


def _record(
    transaction: Transaction,
    session: Session,
    person: str,
    kind: str,
    outcome: CheckOutcome,
    evidence: FusedEvidence,
    findings: Findings | None,
    probes: Sequence[Template],
) -> Check:
    others: list[Finding] = []
    if findings is not None:
        visible = lock_candidates(transaction, session, findings.candidates)
        others = [one for one in near(visible.values(), findings) if one.person != person]
    if outcome is CheckOutcome.CANNOT_TELL and any(one.is_hit for one in others) and _disagree(evidence):
        outcome = CheckOutcome.NOT_THE_SAME
    error = 10.0 ** (-evidence.score / 10.0) if outcome is CheckOutcome.SAME else evidence.own_disagreement
    facts = {
        "fingers": [one.as_dict() for one in evidence.fingers],
        "score": round(evidence.score, 3),
        "search": None if findings is None else findings.receipt,
    }
    event, receipt = log_event(transaction, session.policy, kind, outcome.value, person=person, facts=facts)
    case = ""
    if outcome is not CheckOutcome.SAME:
        case = open_case(transaction, "check", event, person, others, probes, fingers=facts["fingers"])
    disagreed = tuple(one.finger for one in evidence.fingers if one.verdict is FingerVerdict.DISAGREES)
    return Check(
        outcome, person, evidence.score, error, evidence.fingers, disagreed, tuple(others), event, case, receipt
    )


def _disagree(evidence: FusedEvidence) -> bool:
    """Whether a finger disagrees and none agrees."""
    verdicts: Sequence[FingerVerdict] = [one.verdict for one in evidence.fingers]
    return FingerVerdict.DISAGREES in verdicts and FingerVerdict.AGREES not in verdicts
