"""`admit`: somebody comes in; he is searched for before a new file is made."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
from collections.abc import Iterable, Sequence
from typing import Any

from fingerprint_engine.errors import RecordsError, RegistryUnavailable
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.notifying import notify_watchers
from fingerprint_engine.records.events.searching import is_complete, is_up_to_date, lock_candidates, near, search
from fingerprint_engine.records.following import Finding, Findings
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.moments import text_of
from fingerprint_engine.records.people.captures import Capture, captures_of
from fingerprint_engine.records.people.identifiers import Claim, add_claims, check_free, claims_of
from fingerprint_engine.records.people.persons import Person, load_person
from fingerprint_engine.records.people.recording import add_encounter, add_person, change_person
from fingerprint_engine.records.people.tags import tags_of
from fingerprint_engine.records.repair.proposing import propose_merge
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.texts import check_text, check_word, one_of
from fingerprint_engine.records.words import ACTIVE, ADMISSION, CATEGORIES, ENROL, VISIT
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import TenprintSet

PRISONERS = frozenset({"remand", "convicted", "released"})
OWN_FILES = {
    "visitor": frozenset({"visitor"}),
    "staff": frozenset({"staff"}),
    "wanted": frozenset({"wanted"}),
    "foreign": frozenset({"foreign"}),
    "barred": frozenset({"barred", "visitor"}),
}
"""Files that one of this category may turn out to be in; prisoners otherwise. A hit elsewhere is an alert."""
MIN_MINUTIAE = 12
"""As `SearchParameters`: a finger with fewer says little by not hitting."""
SEARCHES = 5
"""Chosen: so often a search is done again because the same person may just have been recorded elsewhere."""


class AdmissionOutcome(enum.Enum):
    """What an admission says."""

    KNOWN = "known"
    """The prints are of somebody on file; the encounter was added to that file."""
    POSSIBLE = "possible"
    """They may be; there is a new file, and a case for an examiner."""
    NEW = "new"
    """Everything was searched and nobody came near; there is a new file."""
    INCOMPLETE = "incomplete"
    """Nobody came near, but not everything could be searched; there is a new file, and a case."""
    REJECTED = "rejected for quality"
    """The prints say too little; nothing was recorded, `recapture` says what to take again."""


@dataclasses.dataclass(frozen=True, slots=True)
class Admission:
    """The answer of an admission.

    Attributes
    ----------
    outcome
        See `AdmissionOutcome`.
    person
        The file, known or new, as it is after the admission; None when rejected.
    encounter, event, case
        Identifiers of what was recorded; empty where there is none.
    earlier_names
        Names of the file other than those claimed now.
    circuits
        Tags of the file.
    twin_files
        Further files that the prints hit: probably of the same person; a merge was proposed for each.
    alerts
        Candidates of other kinds, such as wanted or barred, who hit or may be whom the prints are of; hits first.
    candidates
        All candidates.
    recapture
        Fingers that say too little.
    receipt
        Plain data: what was searched at which change, and under which policy.
    """

    outcome: AdmissionOutcome
    person: Person | None
    encounter: str
    event: str
    case: str
    earlier_names: tuple[str, ...]
    circuits: tuple[str, ...]
    twin_files: tuple[str, ...]
    alerts: tuple[Finding, ...]
    candidates: tuple[Finding, ...]
    recapture: tuple[Finger, ...]
    receipt: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Intake:
    """What is recorded of somebody who comes in, checked."""

    captures: tuple[Capture, ...]
    claims: tuple[Claim, ...]
    category: str
    kind: str
    agency: str
    site: str
    unit: str
    reason: str
    captured_at: str
    accepts_poor: bool
    last_day: datetime.date | None


def admit(
    session: Session,
    prints: Iterable[Template | Capture] | TenprintSet,
    *,
    category: str,
    identifiers: Iterable[Claim] = (),
    agency: str = "",
    unit: str = "",
    reason: str = "",
    captured_at: datetime.datetime | None = None,
    accept_poor: bool = False,
    kind: str = ADMISSION,
    last_day: datetime.date | None = None,
) -> Admission:
    """Record somebody who comes in, after a search for him.

    Parameters
    ----------
    session
        Its purpose says which categories are searched, its site is where the person is.
    prints
        Templates or captures, of any fingers.
    category
        remand, convicted, and so on.
    identifiers
        Names and numbers that he, or a document, states.
    agency, unit
        Who keeps him, and where in the house.
    reason
        Why he was brought in.
    captured_at
        When the prints were taken; now by default.
    accept_poor
        Record him although the prints say too little, with a case: some fingers give no more.
    kind
        What kind of encounter it is.
    last_day
        On which whoever gave the prints lets them be kept; the day after `retain` erases them, whatever the policy.

    Raises
    ------
    RecordConflict
        When a number that is given once stands in another file than the one found.
    PolicyDenied
        When the purpose may not enrol this category, or search.
    """
    intake = Intake(
        captures_of(prints),
        claims_of(identifiers),
        one_of(category, "category", CATEGORIES),
        kind,
        check_word(agency, "agency"),
        session.context.site,
        check_word(unit, "unit"),
        check_text(reason, "reason"),
        session.moment if captured_at is None else text_of(captured_at),
        accept_poor,
        last_day,
    )
    if intake.captured_at > session.moment:
        raise RecordsError("captured_at: expected a moment that has passed")
    if last_day is not None and last_day < session.now.date():
        raise RecordsError(f"last_day: expected a day to come, got {last_day}: the prints may not be kept any more")
    session.require(ENROL, [(intake.category, ACTIVE)])
    for _ in range(SEARCHES):
        findings = search(session, intake.captures)
        done = session.write(functools.partial(_record, session=session, intake=intake, findings=findings))
        if done is not None:
            return done
    raise RegistryUnavailable("registry: others record faster than this search ends; try again")


def _record(transaction: Transaction, *, session: Session, intake: Intake, findings: Findings) -> Admission | None:
    """Write what a search led to; None when it is out of date."""
    visible = lock_candidates(transaction, session, findings.candidates)
    if not is_up_to_date(transaction, intake.captures, findings.change):
        return None
    categories = {one: load_person(transaction.connection, one).category for one in visible}
    mine = OWN_FILES.get(intake.category, PRISONERS)
    own = [one for one in visible.values() if categories[one.person] in mine]
    others = (one for one in visible.values() if categories[one.person] not in mine)
    alerts = tuple(sorted(near(others, findings), key=lambda one: (not one.is_hit, -one.score)))
    outcome = _outcome(findings, own, visible)
    poor = tuple(one.position for one in intake.captures if one.template and len(one.template) < MIN_MINUTIAE)
    if outcome is AdmissionOutcome.REJECTED and not intake.accepts_poor:
        event, receipt = log_event(
            transaction, session.policy, intake.kind, outcome.value, person=None, facts={"search": findings.receipt}
        )
        return Admission(outcome, None, "", event, "", (), (), (), alerts, findings.candidates, poor, receipt)
    hits = [one.person for one in own if one.is_hit] if outcome is AdmissionOutcome.KNOWN else []
    person = _file(transaction, intake, hits[0] if hits else None)
    encounter = add_encounter(
        transaction,
        session.policy,
        person,
        intake.kind,
        intake.captures,
        agency=intake.agency,
        site=intake.site,
        reason=intake.reason,
        captured_at=intake.captured_at,
        last_day=intake.last_day,
    )
    facts = {"encounter": encounter, "search": findings.receipt, "alerts": [one.person for one in alerts if one.is_hit]}
    event, receipt = log_event(
        transaction,
        session.policy,
        intake.kind,
        outcome.value,
        person=person,
        facts=facts,
        about=tuple(one.person for one in (*own, *alerts) if one.is_hit),
    )
    case = ""
    if outcome not in (AdmissionOutcome.KNOWN, AdmissionOutcome.NEW):
        kind = "visitor" if intake.kind == VISIT else "admission"
        case = open_case(transaction, kind, event, person, near(own, findings) or own, encounter=encounter)
    elif alerts:
        case = open_case(transaction, "watch", event, person, alerts, encounter=encounter)
    for twin in hits[1:]:
        propose_merge(transaction, hits[0], twin, next(one for one in own if one.person == twin))
    notify_watchers(transaction, person, alerts)
    known = load_person(transaction.connection, person)
    claimed = {claim.value for claim in intake.claims}
    return Admission(
        outcome,
        known,
        encounter,
        event,
        case,
        tuple(name for name in known.names if hits and name not in claimed),
        tuple(one.circuit for one in tags_of(transaction.connection, person)),
        tuple(hits[1:]),
        alerts,
        tuple(visible.values()),
        poor,
        receipt,
    )


def _outcome(findings: Findings, own: Sequence[Finding], visible: dict[str, Finding]) -> AdmissionOutcome:
    """What the search says about files that it may turn out to be; alerts are told beside it."""
    if any(one.is_hit for one in own):
        return AdmissionOutcome.KNOWN
    if findings.outcome is Outcome.REJECTED_FOR_QUALITY:
        return AdmissionOutcome.REJECTED
    if not is_complete(findings):
        return AdmissionOutcome.INCOMPLETE
    if near(own, findings):
        return AdmissionOutcome.POSSIBLE
    if len(visible) < len(findings.candidates) and findings.outcome in (Outcome.HIT, Outcome.POSSIBLE):
        return AdmissionOutcome.INCOMPLETE  # a candidate went out of sight between search and record
    return AdmissionOutcome.NEW


def _file(transaction: Transaction, intake: Intake, known: str | None) -> str:
    """The file that the encounter goes into."""
    check_free(transaction.connection, known, intake.claims)
    place = {"agency": intake.agency, "site": intake.site, "unit": intake.unit}
    if known is None:
        person = add_person(transaction, intake.category, **place)
    else:
        person = known
        change_person(transaction, person, category=intake.category, released_at=None, status=ACTIVE, **place)
    add_claims(transaction, person, intake.claims)
    return person
