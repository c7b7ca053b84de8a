"""Writing what a roll-call led to: one event with all statements, and cases for whatever it could not tell."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence

from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.events.log import log_event
from fingerprint_engine.records.events.roll_call_answer import CaptureState, Presence, PresenceState, RollCall, Sighting
from fingerprint_engine.records.events.searching import lock_candidates
from fingerprint_engine.records.following import Finding
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.captures import Capture, probes_of
from fingerprint_engine.records.roll_call import Fate, RollCallParameters, Solution, is_stated
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.words import ROLL_CALL


@dataclasses.dataclass(frozen=True, slots=True)
class Outside:
    """Whom a capture resembles who is not on the roster.

    Attributes
    ----------
    candidates
        With their log ratios.
    searched
        How many people were searched.
    is_complete
        Whether nothing was left out.
    """

    candidates: tuple[tuple[Finding, float], ...] = ()
    searched: int = 0
    is_complete: bool = True


def record_roll_call(
    transaction: Transaction,
    session: Session,
    *,
    people: Sequence[str],
    taken: Sequence[tuple[Sequence[Capture], str | None]],
    cards: Sequence[int | None],
    solution: Solution,
    resembling: Mapping[int, Mapping[int, float]],
    outside: Mapping[int, Outside],
    parameters: RollCallParameters,
) -> RollCall:
    """Write what a roll-call led to, and a case for whatever it could not tell.

    Parameters
    ----------
    transaction, session
        In force.
    people
        The roster.
    taken, cards
        For each capture its prints and its card, and the place of the card in the roster.
    solution
        What is most probable.
    resembling
        For captures that were looked at further, log ratios with people of the roster, by place.
    outside
        For the same captures, who else they resemble.
    parameters
        Expectations.
    """
    named = [finding for one in outside.values() for finding, _ in one.candidates]
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
            finding = outside[number].candidates[option.target][0]
            person, state = (finding.person if finding.person in visible else None), CaptureState.EXTRA
        elif option.fate is Fate.STRANGER:
            state = CaptureState.EXTRA
        if not is_stated(option, 1.0 - error, parameters):
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
    event, receipt = log_event(
        transaction, session.policy, ROLL_CALL, outcome, person=None, facts=facts, about=tuple(people)
    )
    opened = []
    for capture, card, said in _unsettled(presences, sightings, outside):
        prints = () if capture is None else taken[capture][0]
        doubts = [] if capture is None else _doubts(people, resembling.get(capture, {}), outside.get(capture), visible)
        opened.append(
            open_case(transaction, ROLL_CALL, event, card, doubts, probes_of(prints), capture=capture, statement=said)
        )
    return RollCall(tuple(presences), tuple(sightings), event, tuple(opened), receipt)


def _unsettled(
    presences: Sequence[Presence], sightings: Sequence[Sighting], outside: Mapping[int, Outside]
) -> Iterator[tuple[int | None, str | None, str]]:
    """What an examiner has to look at: number of a capture, the person whose card it came with, what was said."""
    claimed = set()
    for one in sightings:
        looked = outside.get(one.capture)
        is_partly_searched = one.person is None and looked is not None and not looked.is_complete
        if one.state is CaptureState.NOT_DECIDABLE or (one.state is CaptureState.EXTRA and is_partly_searched):
            claimed.add(one.card)
            yield one.capture, one.card, one.state.value
    for presence in presences:
        if presence.state is PresenceState.NOT_DECIDABLE and presence.person not in claimed:
            yield None, presence.person, presence.state.value


def _doubts(
    people: Sequence[str], ratios: Mapping[int, float], looked: Outside | None, visible: Mapping[str, Finding]
) -> list[Finding]:
    """Whom a capture may be of, most probable first."""
    found = [Finding(people[place], _score(ratio), False, ()) for place, ratio in ratios.items() if ratio > 0.0]
    if looked is not None:
        found += [
            Finding(one.person, _score(ratio), one.is_hit, one.matches)
            for one, ratio in looked.candidates
            if one.person in visible
        ]
    return sorted(found, key=lambda one: (-one.score, one.person))


def _score(log_ratio: float) -> float:
    return 10.0 * log_ratio / math.log(10.0)


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
    if error > parameters.max_error or sightings[capture].state is CaptureState.NOT_DECIDABLE:
        return Presence(person, PresenceState.NOT_DECIDABLE, None, max(error, sightings[capture].error))
    return Presence(person, PresenceState.SWAPPED if is_swap else PresenceState.PRESENT, capture, error)
