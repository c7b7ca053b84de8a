"""Answers of a registry for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fingerprint_engine.cli.commands.registry.naming import chance, finger_names
from fingerprint_engine.fingers import Finger
from fingerprint_engine.records import Admission, AdmissionOutcome, Check, CheckOutcome, PresenceState, RollCall
from fingerprint_engine.records.events import CaptureState
from fingerprint_engine.records.messages import Messages
from fingerprint_engine.text.plain import plain as text_plain


def plain(value: object) -> Any:
    """Plain data of an answer, for JSON; fingers by their words."""
    return text_plain(value, lambda one: one.words if isinstance(one, Finger) else one.value)


def admission_lines(found: Admission, texts: Messages) -> Iterator[str]:
    """An admission in words."""
    person = found.person.id if found.person else ""
    if found.outcome is AdmissionOutcome.REJECTED:
        yield texts.say("admission.rejected", fingers=finger_names(found.recapture, texts))
        return
    name = {
        AdmissionOutcome.KNOWN: "known",
        AdmissionOutcome.POSSIBLE: "possible",
        AdmissionOutcome.NEW: "new",
        AdmissionOutcome.INCOMPLETE: "incomplete",
    }[found.outcome]
    yield texts.say(f"admission.{name}", person=person, case=found.case)
    if found.earlier_names:
        yield texts.say("admission.known_names", names=found.earlier_names)
    if found.twin_files:
        yield texts.say("admission.twins", persons=found.twin_files)
    for alert in found.alerts:
        yield texts.say("admission.alert" if alert.is_hit else "admission.alert_possible", person=alert.person)
    if found.alerts and found.case:
        yield texts.say("admission.examiner", case=found.case)


def check_lines(found: Check, texts: Messages) -> Iterator[str]:
    """A check in words."""
    if found.outcome is CheckOutcome.SAME:
        yield texts.say("check.same", person=found.person, odds=f"{1.0 / max(found.expected_error, 1e-12):,.0f}")
    elif found.outcome is CheckOutcome.NOT_THE_SAME:
        yield texts.say("check.not_the_same", person=found.person)
    else:
        yield texts.say("check.cannot_tell", case=found.case)
    if found.disagreed:
        yield texts.say("check.disagreed", fingers=finger_names(found.disagreed, texts))
    for other in found.others:
        if other.is_hit:
            yield texts.say("check.who", person=other.person)


def roll_call_lines(found: RollCall, texts: Messages) -> Iterator[str]:
    """A roll-call in words: the count, and whatever is not as it should be."""
    states = [one.state for one in found.people]
    extra = [one for one in found.captures if one.state is CaptureState.EXTRA]
    yield texts.say(
        "roll_call.summary",
        count=len(states),
        present=states.count(PresenceState.PRESENT),
        missing=states.count(PresenceState.MISSING),
        swapped=states.count(PresenceState.SWAPPED),
        extra=len(extra),
        undecided=states.count(PresenceState.NOT_DECIDABLE),
    )
    for one in found.people:
        if one.state is PresenceState.MISSING:
            yield texts.say("roll_call.missing", person=one.person, error=chance(one.error))
        elif one.state is PresenceState.NOT_DECIDABLE:
            yield texts.say("roll_call.undecided", person=one.person)
    for sighting in found.captures:
        if sighting.state is CaptureState.SWAPPED:
            yield texts.say(
                "roll_call.swapped", card=sighting.card, person=sighting.person, error=chance(sighting.error)
            )
        elif sighting.state is CaptureState.AGAIN:
            yield texts.say("roll_call.again", card=sighting.card, person=sighting.person)
    for sighting in extra:
        name = "extra_unknown" if sighting.person is None else "extra"
        yield texts.say(f"roll_call.{name}", person=sighting.person, error=chance(sighting.error))
    if found.cases:
        yield texts.say("roll_call.cases", count=len(found.cases), cases=found.cases)
