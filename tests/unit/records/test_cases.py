"""Whatever an event cannot settle is a case: all seven events, on both databases; and circuits, which only filter."""

import dataclasses

import pytest

from fingerprint_engine import Finger
from fingerprint_engine.errors import PolicyDenied, RecordConflict, RecordsError
from fingerprint_engine.records import (
    CaptureState,
    CardCapture,
    PresenceState,
    Registry,
    admit,
    answer,
    case_evidence,
    check,
    check_visitor,
    decide_case,
    default_policy,
    get_case,
    list_cases,
    notices,
    release,
    release_identity,
    return_from_visit,
    roll_call,
    search_people,
    tag,
    transfer,
    untag,
    watch,
)
from fingerprint_engine.records.policy import Rates

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


@pytest.fixture
def registry(place, clock):
    """One whose policy asks for more than any score says: mates are possible, and never a hit."""
    policy = dataclasses.replace(default_policy(), rates=Rates(max_fmr=1e-30, max_fpir=1e-30))
    with Registry.create(place, policy=policy, clock=clock) as made:
        yield made


def of_other_kind(template):
    fields = {name: getattr(template, name) for name in template.__dataclass_fields__}
    return type(template)(**{**fields, "parameters_digest": b"another!"})


def _others(hand):
    return [of_other_kind(one) for one in hand.prints(*BOTH)]


@pytest.fixture
def person(session_for, hands):
    with session_for("admission") as session:
        return admit(session, hands(1).prints(*BOTH), category="remand", unit="A").person.id


def _case(session_for, case):
    with session_for("identity", actor="examiner") as session:
        return get_case(session, case)


def test_an_admission_that_is_possible_or_incomplete(session_for, hands, person):
    with session_for("admission") as session:
        possible = admit(session, hands(1).prints(*BOTH), category="remand")
        incomplete = admit(session, _others(hands(2)), category="remand")
        new = admit(session, [*_others(hands(3))], category="remand")
    assert possible.outcome.value == "possible"
    assert _case(session_for, possible.case).candidates[0] == person
    assert incomplete.outcome.value == "incomplete"
    assert _case(session_for, incomplete.case).kind == "admission"
    assert new.case


def test_a_visitor_who_is_possible_and_one_who_may_be_wanted(session_for, hands, clock):
    with session_for("exchange") as session:
        wanted = watch(session, hands(5).prints(*BOTH), agency="elsewhere", expires=clock().replace(year=2030))
        assert wanted.case == ""
    with session_for("visit") as session:
        first = check_visitor(session, hands(1).prints(*BOTH))
        again = check_visitor(session, hands(1).prints(*BOTH))
        sought = check_visitor(session, hands(5).prints(*BOTH))
        nobody = check_visitor(session, hands(6).prints(*BOTH))
    assert (first.outcome.value, again.outcome.value) == ("new", "possible")
    assert _case(session_for, again.case).kind == "visitor"
    assert [one.person for one in sought.alerts] == [wanted.person]
    assert not sought.alerts[0].is_hit
    assert _case(session_for, sought.case).candidates == (wanted.person,)
    assert (nobody.alerts, nobody.case) == ((), "")
    with session_for("exchange") as session:
        assert notices(session, "elsewhere") == ()  # the watch was for admissions of prisoners, not for visitors


@pytest.mark.parametrize("event", [check, return_from_visit, transfer, release])
def test_a_check_that_cannot_tell(session_for, hands, person, event):
    more = {"site": "south"} if event is transfer else {}
    with session_for("custody") as session:
        found = event(session, person, hands(1).prints(*BOTH), **more)
        other_kind = event(session, person, _others(hands(1)), **more)
    for one in (found, other_kind):
        told = getattr(one, "check", one)
        assert told.outcome.value == "cannot tell"
        case = _case(session_for, told.case)
        assert case.person == person
        assert len(case.evidence["captured"]) == 2
        assert not getattr(one, "is_done", False)
    with session_for("identity", actor="examiner") as session:
        (pairs,) = [one.pairs for one in case_evidence(session, told.case).candidates if one.person == person]
        assert [pair.finger for pair in pairs] == list(BOTH)
        decided = decide_case(session, told.case, "same", reason="looked")
        assert "captured" not in decided.evidence


def test_a_watch_and_an_answer_that_are_possible_or_incomplete(session_for, hands, person, clock):
    until = clock().replace(year=2030)
    with session_for("exchange") as session:
        possible = watch(session, hands(1).prints(*BOTH), agency="elsewhere", expires=until)
        assert [one.person for one in possible.candidates] == [person]
        incomplete = watch(session, _others(hands(2)), agency="elsewhere", expires=until)
        for made in (possible, incomplete):
            assert _case(session_for, made.case).kind == "watch"
        asked = answer(session, hands(1).prints(*BOTH), agency="elsewhere", their_reference="1")
        unsure = answer(session, _others(hands(4)), agency="elsewhere", their_reference="2")
        nobody = answer(session, [*hands(9).prints(*BOTH), *_others(hands(9))], agency="elsewhere", their_reference="3")
        assert [one.outcome for one in (asked, unsure, nobody)] == ["possible", "incomplete", "no hit"]
    with session_for("identity", actor="examiner") as session:
        opened = [one for one in list_cases(session) if one.kind == "exchange"]
        assert [one.evidence["answer"] for one in opened] == [asked.reference, unsure.reference]
        with pytest.raises(RecordsError, match="candidates"):
            decide_case(session, opened[1].id, "same", reason="?")
        with session_for("exchange") as exchange, pytest.raises(RecordConflict, match="confirmation"):
            release_identity(exchange, asked.reference)
        decide_case(session, opened[0].id, "same", reason="twelve points", person=person)
    with session_for("exchange") as session:
        assert release_identity(session, asked.reference).id == person


def test_the_identity_that_is_released_is_the_one_that_the_examiner_confirmed(session_for, hands):
    with session_for("admission") as session:
        first = admit(session, hands(1).prints(*BOTH), category="remand").person.id
        twin = admit(session, hands(1).prints(*BOTH), category="remand").person.id
    with session_for("exchange") as session:
        asked = answer(session, hands(1).prints(*BOTH), agency="elsewhere", their_reference="1")
    with session_for("identity", actor="examiner") as session:
        (case,) = [one for one in list_cases(session) if one.kind == "exchange"]
        assert set(case.candidates) == {first, twin}
        chosen = case.candidates[1]
        decide_case(session, case.id, "same", reason="scar", person=chosen)
    with session_for("exchange") as session:
        assert release_identity(session, asked.reference).id == chosen


def test_a_roll_call_that_cannot_decide(session_for, hands, person):
    with session_for("admission") as session:
        others = [admit(session, hands(n).prints(*BOTH), category="remand", unit="A").person.id for n in (2, 3)]
    strange = hands(77).print(Finger.RIGHT_INDEX)
    taken = [CardCapture(hands(1).prints(*BOTH), person), CardCapture([strange], others[0])]
    with session_for("custody") as session:
        found = roll_call(session, taken, unit="A")
    undecided = [one for one in found.captures if one.state is CaptureState.NOT_DECIDABLE]
    assert [one.capture for one in undecided] == [1]
    assert others[0] in found.of_state(PresenceState.NOT_DECIDABLE)
    cases = [_case(session_for, one) for one in found.cases]
    assert [case.kind for case in cases] == ["roll-call"] * len(cases)
    assert (cases[0].person, cases[0].event, len(cases[0].evidence["captured"])) == (others[0], found.event, 1)
    assert {case.person for case in cases} >= set(found.of_state(PresenceState.NOT_DECIDABLE))
    with session_for("identity", actor="examiner") as session:
        assert decide_case(session, cases[0].id, "same", reason="it is him", person=others[0]).verdict == "same"


def test_a_roll_call_with_somebody_unknown_who_could_not_be_looked_for_everywhere(session_for, hands, person):
    with session_for("admission") as session:
        admit(session, [of_other_kind(hands(8).print())], category="remand")
    four = (*BOTH, Finger.RIGHT_THUMB, Finger.LEFT_THUMB)
    taken = [CardCapture(hands(1).prints(*BOTH), person), CardCapture(hands(99).prints(*four))]
    with session_for("custody") as session:
        found = roll_call(session, taken, unit="A")
    assert found.captures[1].state is CaptureState.EXTRA
    assert found.captures[1].person is None
    assert [_case(session_for, one).evidence["capture"] for one in found.cases] == [1]


def test_a_circuit_filters_a_search_and_never_alters_a_score(session_for, hands, registry):
    with session_for("admission") as session:
        files = [admit(session, hands(n).prints(*BOTH), category="remand").person.id for n in range(5)]
        probes = hands(1).prints(*BOTH)
        before = search_people(session, probes)
        given = tag(session, files[1], "organised crime")
        tag(session, files[2], "organised crime")
        tag(session, files[3], "high security")
        after = search_people(session, probes)
        inside = search_people(session, probes, circuit="organised crime")
        outside = search_people(session, probes, circuit="high security")
        nobody = search_people(session, probes, circuit="no such circuit")
        assert [(one.person, one.score) for one in after.candidates] == [
            (one.person, one.score) for one in before.candidates
        ]
        scores = {one.person: one.score for one in before.candidates}
        assert inside.candidates[0].person == files[1]
        assert all(scores[one.person] == one.score for one in inside.candidates if one.person in scores)
        assert {one.person for one in inside.candidates} <= {files[1], files[2]}
        assert files[1] not in {one.person for one in outside.candidates}
        assert nobody.outcome.value == "no hit"
        assert inside.circuits[files[1]] == ("organised crime",)
        assert inside.receipt["search"]["holds"] == {"circuits": ["organised crime"]}
        assert (before.outcome.value, bool(before.case)) == ("possible", True)
        untag(session, given.id)
        assert files[1] not in {
            one.person for one in search_people(session, probes, circuit="organised crime").candidates
        }
        for wrong in ({"categories": {"ghost"}}, {"categories": set()}, {"circuit": "a\nb"}):
            with pytest.raises(RecordsError):
                search_people(session, probes, **wrong)
        with pytest.raises(PolicyDenied):
            search_people(session, probes, categories={"visitor"})
    assert registry.verify_audit().is_whole
