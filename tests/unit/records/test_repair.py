"""From duplicates to proposals, decisions, changes and their undoing, on both databases."""

import pytest

from fingerprint_engine import Finger
from fingerprint_engine.errors import RecordConflict, RecordsError, UndoRefused, UnknownRecord
from fingerprint_engine.records import (
    CheckOutcome,
    admit,
    biography,
    check,
    decide,
    decide_case,
    erase,
    find_duplicates,
    get_person,
    list_cases,
    list_changes,
    list_proposals,
    propose,
    undo,
)
from fingerprint_engine.records.people.captures import captures_of
from fingerprint_engine.records.people.recording import add_encounter, add_person

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


def _enrol(registry, session, hand_prints, category="remand"):
    """A file without a search, as an old register brought it in."""

    def work(transaction):
        person = add_person(transaction, category, agency="", site="north", unit="")
        encounter = add_encounter(
            transaction,
            registry.policy,
            person,
            "import",
            captures_of(hand_prints),
            agency="",
            site="north",
            reason="",
            captured_at=transaction.at,
        )
        return person, encounter

    return session.write(work)


@pytest.fixture
def examiner(session_for):
    return session_for("identity", actor="examiner 1")


@pytest.fixture
def second(session_for):
    return session_for("identity", actor="examiner 2")


def _accept(proposal, *examiners):
    for one in examiners:
        found = decide(one, proposal, accept=True, reason="all fingers agree")
    return found


def test_twin_files_are_found_proposed_merged_by_two_examiners_and_taken_apart_again(
    registry, examiner, second, session_for, hands
):
    first, _ = _enrol(registry, examiner, hands(1).prints(*BOTH))
    twin, _ = _enrol(registry, examiner, hands(1).prints(*BOTH))
    _enrol(registry, examiner, hands(2).prints(*BOTH))
    (made,) = find_duplicates(examiner)
    (proposal,) = list_proposals(examiner)
    assert proposal.id == made
    assert proposal.kind == "merge"
    assert proposal.subject["persons"] == sorted([first, twin])
    assert {match["finger"] for match in proposal.evidence["fingers"]} == {2, 7}
    assert proposal.expected_error < 1e-3
    assert find_duplicates(examiner) == ()  # nobody is asked twice

    half, nothing = decide(examiner, made, accept=True, reason="agree")
    assert half.verdict == ""
    assert nothing is None
    with pytest.raises(RecordConflict, match="said so already"):
        decide(examiner, made, accept=True, reason="agree")
    whole, change = decide(second, made, accept=True, reason="agree")
    assert whole.verdict == "accepted"
    kept = get_person(examiner, twin)
    assert kept.id == get_person(examiner, first).id
    assert len(biography(examiner, first).stays) == 2
    with session_for("admission") as session:
        found = admit(session, hands(1).prints(*BOTH), category="remand")
        assert found.person.id == kept.id
        assert found.twin_files == ()

    undo(examiner, change.id)
    assert {get_person(examiner, one).id for one in (first, twin)} == {first, twin}
    with pytest.raises(RecordConflict, match="taken back"):
        undo(examiner, change.id)


def test_a_refused_merge_is_not_proposed_again(registry, examiner, hands):
    _enrol(registry, examiner, hands(1).prints(*BOTH))
    _enrol(registry, examiner, hands(1).prints(*BOTH))
    (made,) = find_duplicates(examiner)
    decide(examiner, made, accept=False, reason="twins of one egg, scars differ")
    assert find_duplicates(examiner) == ()


def test_undo_goes_in_any_order_that_is_still_possible(registry, examiner, second, hands):
    a, _ = _enrol(registry, examiner, hands(1).prints(*BOTH))
    b, moved = _enrol(registry, examiner, hands(1).prints(*BOTH))
    c, _ = _enrol(registry, examiner, hands(3).prints(*BOTH))
    merge = _accept(propose(examiner, "merge", persons=[a, b], reason="seen").id, examiner, second)[1]
    move = _accept(propose(examiner, "move", encounter=moved, to=c, reason="seen").id, examiner)[1]
    with pytest.raises(UndoRefused, match=moved):
        undo(examiner, merge.id)
    back = undo(examiner, move.id)
    undone = undo(examiner, merge.id)
    assert [stay.encounter.id for stay in biography(examiner, b).stays] == [moved]
    again = undo(examiner, undone.id)  # an undo is a change like any other
    assert again.kind == "undo"
    assert get_person(examiner, a).id == get_person(examiner, b).id
    assert [change.undone_by for change in list_changes(examiner)] == [undone.id, back.id, None, again.id, None]


def test_what_moved_on_and_came_back_is_taken_back_from_the_end(registry, examiner, hands):
    a, met = _enrol(registry, examiner, hands(1).prints(*BOTH))
    b, _ = _enrol(registry, examiner, hands(2).prints(*BOTH))
    c, _ = _enrol(registry, examiner, hands(3).prints(*BOTH))
    proposals = (propose(examiner, "move", encounter=met, to=to, reason="r").id for to in (b, c, b, a))
    moves = [_accept(one, examiner)[1].id for one in proposals]
    undo(examiner, undo(examiner, undo(examiner, moves[3]).id).id)
    for first in moves[:2]:
        with pytest.raises(UndoRefused, match=rf"{met} .*changed since.*undo that change first"):
            undo(examiner, first)
    for last in reversed(moves[:3]):
        undo(examiner, last)
    assert [stay.encounter.id for stay in biography(examiner, a).stays] == [met]
    assert [change.at for change in list_changes(examiner)] == sorted({one.at for one in list_changes(examiner)})


def test_an_encounter_is_moved_once_and_swapped_fingers_are_found_under_their_own_positions(
    registry, examiner, session_for, hands
):
    a, first = _enrol(registry, examiner, hands(1).prints(*BOTH))
    b, _ = _enrol(registry, examiner, hands(2).prints(*BOTH))
    hands_of_third, _ = _enrol(registry, examiner, hands(3).prints(*BOTH))
    _accept(propose(examiner, "move", encounter=first, to=b, reason="seen").id, examiner)
    again = propose(examiner, "move", encounter=first, **{"from": a}, to=hands_of_third, reason="again")
    with pytest.raises(RecordConflict, match="it was moved"):
        decide(examiner, again.id, accept=True, reason="again")

    wrong = [
        hands(5).print(Finger.RIGHT_INDEX, as_finger=Finger.LEFT_INDEX),
        hands(5).print(Finger.LEFT_INDEX, as_finger=Finger.RIGHT_INDEX),
    ]
    person, _ = _enrol(registry, examiner, hands(5).prints(*BOTH))
    with session_for("admission") as session:
        assert admit(session, wrong, category="remand").person.id == person
    made = find_duplicates(examiner)
    (swap,) = [one for one in list_proposals(examiner) if one.id in made and one.kind == "swap"]
    _accept(swap.id, examiner)
    assert find_duplicates(examiner) == ()
    with session_for("custody") as session:
        found = check(session, person, [hands(5).print(Finger.LEFT_INDEX)])
    assert found.outcome is CheckOutcome.SAME
    assert found.fingers[0].found_as is None


def test_two_people_in_one_record_are_split_and_the_split_is_undone(registry, examiner, second, hands):
    a, _ = _enrol(registry, examiner, hands(1).prints(*BOTH))
    b, wrong = _enrol(registry, examiner, hands(2).prints(*BOTH))
    _accept(propose(examiner, "merge", persons=[a, b], reason="a mistake").id, examiner, second)
    kept = get_person(examiner, a).id
    made = find_duplicates(examiner)
    proposals = [one for one in list_proposals(examiner) if one.id in made]
    assert {one.kind for one in proposals} == {"split"}
    split = _accept(proposals[0].id, examiner, second)[1]
    new = next(step.id for step in split.patch if step.table == "persons")
    assert len(biography(examiner, new).stays) == 1
    assert len(biography(examiner, kept).stays) == 1
    undo(examiner, split.id)
    assert len(biography(examiner, kept).stays) == 2
    assert get_person(examiner, new).id == kept
    assert wrong in {stay.encounter.id for stay in biography(examiner, kept).stays}


def test_undo_past_an_erasure_is_refused_by_name(registry, examiner, second, session_for, hands):
    a, _ = _enrol(registry, examiner, hands(1).prints(*BOTH))
    b, _ = _enrol(registry, examiner, hands(1).prints(*BOTH))
    merge = _accept(propose(examiner, "merge", persons=[a, b], reason="seen").id, examiner, second)[1]
    with session_for("oversight") as session:
        proof = erase(session, a)
    assert set(proof.persons) == {a, b}
    with pytest.raises(UndoRefused, match=f"({a}|{b}) was erased"):
        undo(examiner, merge.id)


def test_a_possible_admission_is_a_case_whose_decision_merges_the_provisional_file(
    registry, examiner, session_for, hands
):
    known, _ = _enrol(registry, examiner, [hands(1).print(Finger.RIGHT_INDEX)])
    poor = None
    for lost in (0.55, 0.6, 0.65, 0.7, 0.75):
        with session_for("admission") as session:
            found = admit(session, [hands(1).print(Finger.RIGHT_INDEX, lost=lost)], category="remand", accept_poor=True)
        if found.case and found.candidates and found.candidates[0].person == known:
            poor = found
            break
    assert poor is not None
    assert poor.person.id != known
    case = next(one for one in list_cases(examiner) if one.id == poor.case)
    assert known in case.candidates
    with pytest.raises(RecordsError, match="candidates"):
        decide_case(examiner, case.id, "same", reason="?", person="P-NOBODY")
    decided = decide_case(examiner, case.id, "same", reason="eight points agree", person=known)
    assert decided.verdict == "same"
    assert get_person(examiner, poor.person.id).id == get_person(examiner, known).id
    with pytest.raises(RecordConflict, match="decided"):
        decide_case(examiner, case.id, "different", reason="changed my mind")


@pytest.mark.parametrize(
    ("kind", "subject", "error"),
    [
        ("merge", {"persons": ["P-A", "P-B"]}, UnknownRecord),
        ("merge", {"person": "P-A"}, RecordsError),
        ("move", {"encounter": "E-A", "to": "P-B"}, UnknownRecord),
        ("split", {"person": "P-A", "encounters": []}, RecordsError),
        ("weld", {}, RecordsError),
    ],
)
def test_proposals_about_nothing_are_refused(examiner, kind, subject, error):
    with pytest.raises(error):
        propose(examiner, kind, reason="why", **subject)
