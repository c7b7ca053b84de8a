"""`roll_call`: who of a unit is there, who is not, who is somebody else."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, PrintDetails
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.comparison import scores_that_decide
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.searching import lock_candidates, search
from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.best_set import Reference, best_set
from fingerprint_engine.records.people.captures import Capture, captures_of, probes_of
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.roll_call import Fate, Problem, RollCallParameters, Solution, solve
from fingerprint_engine.records.roll_call.likelihood import log_ratio_of_finger, log_ratio_of_person
from fingerprint_engine.records.roll_call.options import options_of
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import persons
from fingerprint_engine.records.words import COMPARE, ERASED, ROLL_CALL
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest
from fingerprint_engine.threads import in_order

MAX_ROSTER = 5000
SETTLED = math.log(1e5)
"""Chosen: a capture that fits its card so well is not compared with everybody; what others would score on average
outweighs it once in millions."""
_DEFAULT_PARAMETERS = RollCallParameters()
_MAX_CANDIDATES = 5
Outside = dict[int, tuple[list[tuple[Finding, float]], int]]
"""For a capture the candidates who are not on the roster, with their log ratios, and how many were searched."""


class PresenceState(enum.Enum):
    """What is said of a person of the roster."""

    PRESENT = "present"
    MISSING = "missing"
    SWAPPED = "present under another card"
    NOT_DECIDABLE = "not decidable"


class CaptureState(enum.Enum):
    """What is said of a capture."""

    AS_STATED = "as stated"
    """Of the person whose card it came with, or of a person of the unit without a card."""
    SWAPPED = "another one of the unit"
    AGAIN = "somebody who was counted already"
    EXTRA = "somebody from outside"
    NOT_DECIDABLE = "not decidable"


@dataclasses.dataclass(frozen=True, slots=True)
class CardCapture:
    """Fingers that were taken at roll-call, and the person whose card they came with; None without a card."""

    prints: Sequence[Template | Capture]
    card: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Presence:
    """What is said of a person of the roster: by which capture, and the probability that it is wrong."""

    person: str
    state: PresenceState
    capture: int | None
    error: float


@dataclasses.dataclass(frozen=True, slots=True)
class Sighting:
    """What is said of a capture: whose it is (None: nobody on file), and the probability that it is wrong."""

    capture: int
    state: CaptureState
    card: str | None
    person: str | None
    error: float


@dataclasses.dataclass(frozen=True, slots=True)
class RollCall:
    """The answer of a roll-call: one statement for each person of the roster and for each capture."""

    people: tuple[Presence, ...]
    captures: tuple[Sighting, ...]
    event: str
    receipt: dict[str, Any]

    def of_state(self, state: PresenceState) -> tuple[str, ...]:
        """People of whom this is said."""
        return tuple(one.person for one in self.people if one.state is state)


def roll_call(
    session: Session,
    captures: Iterable[CardCapture],
    *,
    roster: Iterable[str] | None = None,
    unit: str | None = None,
    parameters: RollCallParameters = _DEFAULT_PARAMETERS,
    workers: int = 2,
) -> RollCall:
    """Solve the roll-call of a unit.

    Parameters
    ----------
    session
        Its site and purpose say who may be compared, and where people from outside are looked for.
    captures
        Each of one or more fingers of one person.
    roster
        Who should be there; by default everybody of the unit at the session's site.
    unit
        The unit, where no roster is given.
    parameters
        What is expected beforehand.
    workers
        Threads that compare.

    Raises
    ------
    RecordsError
        When the roster is empty, names somebody twice or is too long.
    UnknownRecord, RecordConflict, PolicyDenied
        As `check`, of anybody on it.
    """
    people = _roster(session, roster, unit)
    place = {person: number for number, person in enumerate(people)}
    taken = [(captures_of(one.prints), one.card) for one in captures]
    cards = [_place_of(session, place, card) for _, card in taken]
    view = _Unit(session, people, parameters)

    def own(number: int) -> float | None:
        claim = cards[number]
        return None if claim is None else view.ratio(taken[number][0], claim)

    first = list(in_order(own, range(len(taken)), workers=workers))
    unsettled = [number for number, ratio in enumerate(first) if ratio is None or ratio < SETTLED]
    resembling = in_order(lambda number: view.everybody(taken[number][0]), unsettled, workers=workers)
    looked = dict(zip(unsettled, resembling, strict=True))
    outside: Outside = {
        number: _from_outside(session, taken[number][0], place, looked[number], parameters) for number in unsettled
    }
    options = []
    for number, (prints, _) in enumerate(taken):
        claim, ratio = cards[number], first[number]
        evidence = dict(looked.get(number, {}))
        if claim is not None and ratio is not None:
            evidence[claim] = ratio
        elsewhere = view.nothing(prints) if number in looked else 0.0
        found, searched = outside.get(number, ([], 0))
        ratios = [ratio for _, ratio in found]
        options.append(options_of(claim, len(people), evidence, elsewhere, ratios, searched, parameters))
    solution = solve(Problem(options, len(people)), parameters)
    return session.write(
        lambda transaction: _record(transaction, session, people, taken, cards, solution, outside, parameters)
    )


def _place_of(session: Session, place: dict[str, int], card: str | None) -> int | None:
    """Where the person of a card stands in the roster; None when not there."""
    if card is None or card in place:
        return None if card is None else place[card]
    return place.get(session.read(lambda connection: person_row(connection, card)).id)


class _Unit:
    """The best sets of a unit, and a gallery of them that is made when somebody does not fit his card."""

    def __init__(self, session: Session, people: Sequence[str], parameters: RollCallParameters) -> None:
        self._parameters = parameters
        self._place = {person: number for number, person in enumerate(people)}
        self._references: dict[int, list[Reference]] = {}
        for one in session.read(lambda connection: best_set(connection, people)):
            self._references.setdefault(self._place[one.person], []).append(one)
        self._galleries: dict[bytes, Gallery] = {}
        for one in (reference for group in self._references.values() for reference in group):
            self._galleries.setdefault(template_digest(one.template), Gallery())

    def ratio(self, prints: Sequence[Capture], place: int) -> float:
        """Log ratio with one person."""
        return ratio_with(prints, self._references.get(place, []), self._parameters)

    def everybody(self, prints: Sequence[Capture]) -> dict[int, float]:
        """Log ratios with those of the unit who resemble at all."""
        self._fill()
        near: set[str] = set()
        for probe in probes_of(prints):
            gallery = self._galleries.get(template_digest(probe))
            if gallery is not None and len(gallery):
                found = gallery.identify(probe, max_candidates=_MAX_CANDIDATES)
                near.update(candidate.subject for candidate in found.candidates)
        return {self._place[person]: self.ratio(prints, self._place[person]) for person in sorted(near)}

    def nothing(self, prints: Sequence[Capture]) -> float:
        """Log ratio with somebody whom the capture does not resemble at all."""
        stated = np.ones(1, np.bool_)
        fingers = [
            log_ratio_of_finger(np.zeros(1), stated, len(probe) >= self._parameters.min_minutiae, self._parameters)
            for probe in probes_of(prints)
        ]
        return log_ratio_of_person(fingers, self._parameters)

    def _fill(self) -> None:
        if any(len(gallery) for gallery in self._galleries.values()):
            return
        for kind, gallery in self._galleries.items():
            gallery.enrol_many(
                (one.print_id, one.template, PrintDetails(one.person))
                for group in self._references.values()
                for one in group
                if template_digest(one.template) == kind
            )


def ratio_with(prints: Sequence[Capture], references: Sequence[Reference], parameters: RollCallParameters) -> float:
    """Log ratio of all fingers of a capture with the best set of a person."""
    fingers = []
    for probe in probes_of(prints):
        kind = template_digest(probe)
        same = [one for one in references if template_digest(one.template) == kind]
        scores = Matcher(probe).scores([one.template for one in same]) if same else np.zeros(0)
        scores = scores_that_decide(scores, len(probe), [len(one.template) for one in same])
        stated = np.array(
            [Finger.UNKNOWN in (probe.finger, one.finger) or probe.finger is one.finger for one in same], np.bool_
        )
        fingers.append(log_ratio_of_finger(scores, stated, len(probe) >= parameters.min_minutiae, parameters))
    return log_ratio_of_person(fingers, parameters)


def _roster(session: Session, roster: Iterable[str] | None, unit: str | None) -> tuple[str, ...]:
    def find(connection: sa.Connection) -> list[Any]:
        if roster is None:
            query = sa.select(persons).where(
                persons.c.site == session.context.site,
                persons.c.unit == (unit or ""),
                persons.c.merged_into.is_(None),
                persons.c.status != ERASED,
                persons.c.released_at.is_(None),
            )
            return list(connection.execute(query.order_by(persons.c.id)))
        return [person_row(connection, one) for one in roster]

    rows = session.read(find)
    session.require(COMPARE, sorted({(row.category, row.status) for row in rows}))
    people = tuple(row.id for row in rows)
    if not 0 < len(people) <= MAX_ROSTER or len(set(people)) < len(people):
        raise RecordsError(f"roster: expected 1 to {MAX_ROSTER} different people, got {len(people)}")
    return people


def _from_outside(
    session: Session,
    prints: Sequence[Capture],
    place: dict[str, int],
    looked: dict[int, float],
    parameters: RollCallParameters,
) -> tuple[list[tuple[Finding, float]], int]:
    """Candidates who are not on the roster, with their log ratios, and how many people were searched."""
    if max(looked.values(), default=0.0) >= SETTLED or not session.policy.searchable(session.context.purpose)[0]:
        return [], 0
    findings = search(session, prints, max_candidates=_MAX_CANDIDATES)
    strangers = [one for one in findings.candidates if one.person not in place]
    sets = session.read(lambda connection: best_set(connection, [one.person for one in strangers]))
    searched = sum(gallery["receipt"]["searched"] for gallery in findings.receipt["galleries"])
    found = []
    for one in strangers:
        ratio = ratio_with(prints, [reference for reference in sets if reference.person == one.person], parameters)
        if ratio > 0.0:
            found.append((one, ratio))
    return found, searched


def _record(
    transaction: Transaction,
    session: Session,
    people: Sequence[str],
    taken: Sequence[tuple[Sequence[Capture], str | None]],
    cards: Sequence[int | None],
    solution: Solution,
    outside: Outside,
    parameters: RollCallParameters,
) -> RollCall:
    named = [finding for found, _ in outside.values() for finding, _ in found]
    visible = lock_candidates(transaction, session, named) if named else {}
    sightings = []
    by_person: dict[int, tuple[int, bool]] = {}
    for number, option in enumerate(solution.chosen):
        error = 1.0 - float(solution.capture_probability[number])
        person, state = None, CaptureState.NOT_DECIDABLE
        if option.fate is Fate.OF_UNIT:
            person = people[option.target]
            is_swap = (cards[number] is not None and cards[number] != option.target) or (
                taken[number][1] is not None and cards[number] is None
            )
            state = CaptureState.SWAPPED if is_swap else CaptureState.AS_STATED
            by_person[option.target] = number, is_swap
        elif option.fate is Fate.AGAIN:
            person, state = people[option.target], CaptureState.AGAIN
        elif option.fate is Fate.OUTSIDE:
            finding = outside[number][0][option.target][0]
            person, state = (finding.person if finding.person in visible else None), CaptureState.EXTRA
        elif option.fate is Fate.STRANGER:
            state = CaptureState.EXTRA
        if error > parameters.max_error:
            state, person = CaptureState.NOT_DECIDABLE, None
        sightings.append(Sighting(number, state, taken[number][1], person, error))
    presences = [
        _presence(number, person, by_person.get(number), solution, sightings, parameters)
        for number, person in enumerate(people)
    ]
    facts = {
        "parameters": parameters.digest().hex(),
        "roster": len(people),
        "people": [[one.person, one.state.value, one.capture, round(one.error, 6)] for one in presences],
        "captures": [[one.state.value, one.card, one.person, round(one.error, 6)] for one in sightings],
    }
    counts = {state: sum(one.state is state for one in presences) for state in PresenceState}
    outcome = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    about = tuple(one.person for one in presences if one.state is not PresenceState.PRESENT)[:20]
    event, receipt = log_event(transaction, session.policy, ROLL_CALL, outcome, person=None, facts=facts, about=about)
    return RollCall(tuple(presences), tuple(sightings), event, receipt)


def _presence(
    number: int,
    person: str,
    counted: tuple[int, bool] | None,
    solution: Solution,
    sightings: Sequence[Sighting],
    parameters: RollCallParameters,
) -> Presence:
    here = float(solution.person_probability[number])
    if counted is None:
        state = PresenceState.MISSING if here <= parameters.max_error else PresenceState.NOT_DECIDABLE
        return Presence(person, state, None, here)
    capture, is_swap = counted
    error = 1.0 - here
    if error > parameters.max_error or (is_swap and sightings[capture].error > parameters.max_error):
        return Presence(person, PresenceState.NOT_DECIDABLE, None, max(error, sightings[capture].error))
    return Presence(person, PresenceState.SWAPPED if is_swap else PresenceState.PRESENT, capture, error)
