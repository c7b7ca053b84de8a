"""The identity events, from admission to release, on both databases."""

import pytest

from fingerprint_engine import Finger
from fingerprint_engine.errors import PolicyDenied, RecordConflict
from fingerprint_engine.records import (
    AdmissionOutcome,
    CheckOutcome,
    Claim,
    admit,
    biography,
    check,
    check_visitor,
    get_person,
    release,
    return_from_visit,
    transfer,
)
from fingerprint_engine.records.audit import read_entries

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


def _admit(session, hand, name="Nadie Inventado", number=None, **more):
    claims = [Claim("name", name)]
    if number:
        claims.append(Claim("custody number", number, "north prison"))
    return admit(session, hand.prints(*BOTH), category="remand", identifiers=claims, reason="arrest", **more)


def test_a_new_person_gets_a_file_and_is_known_the_next_time_under_another_name(session_for, hands):
    with session_for("admission") as session:
        first = _admit(session, hands(1), number="N-1")
        other = _admit(session, hands(2), name="Otra Inventada", number="N-2")
        again = _admit(session, hands(1), name="Falso Nombre", number="N-3")
    assert first.outcome is AdmissionOutcome.NEW
    assert other.outcome is AdmissionOutcome.NEW
    assert other.person.id != first.person.id
    assert again.outcome is AdmissionOutcome.KNOWN
    assert again.person.id == first.person.id
    assert again.earlier_names == ("Nadie Inventado",)
    assert set(again.person.names) == {"Nadie Inventado", "Falso Nombre"}
    assert again.receipt["search"]["change"] == 4
    with session_for("admission") as session:
        way = biography(session, first.person.id)
    assert [stay.encounter.kind for stay in way.stays] == ["admission", "admission"]
    assert [stay.prints for stay in way.stays] == [2, 2]


def test_the_same_custody_number_twice_in_one_agency_is_refused_and_nothing_is_written(session_for, hands, registry):
    with session_for("admission") as session:
        _admit(session, hands(1), number="N-1")
        with pytest.raises(RecordConflict, match="custody number"):
            _admit(session, hands(2), number="N-1")
        again = _admit(session, hands(2), number="N-2")
    assert again.outcome is AdmissionOutcome.NEW
    assert registry.verify_audit().is_whole


def test_a_check_says_same_not_the_same_and_who_it_is(session_for, hands):
    with session_for("admission") as session:
        one, two = _admit(session, hands(1)).person.id, _admit(session, hands(2)).person.id
    with session_for("custody") as session:
        same = return_from_visit(session, one, [hands(1).print(Finger.LEFT_INDEX)])
        swapped = return_from_visit(session, one, hands(2).prints(*BOTH))
        stranger = check(session, one, hands(3).prints(*BOTH))
        unknown_finger = check(session, one, [hands(1).print(Finger.LEFT_THUMB)])
    assert same.outcome is CheckOutcome.SAME
    assert same.expected_error <= 1e-4
    assert swapped.outcome is CheckOutcome.NOT_THE_SAME
    assert [finding.person for finding in swapped.others] == [two]
    assert set(swapped.disagreed) == set(BOTH)
    assert swapped.case
    assert stranger.outcome is CheckOutcome.NOT_THE_SAME
    assert stranger.others == ()
    assert unknown_finger.outcome is CheckOutcome.CANNOT_TELL


def test_the_finger_that_disagreed_is_named_although_the_others_say_same(session_for, hands):
    with session_for("admission") as session:
        one = admit(session, hands(1).prints(*BOTH, Finger.RIGHT_THUMB), category="remand").person.id
    with session_for("custody") as session:
        mixed = [
            hands(1).print(Finger.RIGHT_INDEX),
            hands(1).print(Finger.LEFT_INDEX),
            hands(9).print(Finger.RIGHT_THUMB),
        ]
        found = check(session, one, mixed)
        mislabelled = check(session, one, [hands(1).print(Finger.RIGHT_INDEX, as_finger=Finger.LEFT_INDEX)])
    assert found.outcome is CheckOutcome.SAME
    assert found.disagreed == (Finger.RIGHT_THUMB,)
    assert mislabelled.outcome is CheckOutcome.SAME
    assert mislabelled.fingers[0].found_as is Finger.RIGHT_INDEX


def test_transfer_and_release_happen_only_to_the_right_person(session_for, hands):
    with session_for("admission") as session:
        one = _admit(session, hands(1)).person.id
        _admit(session, hands(2))
    with session_for("custody") as session:
        refused = release(session, one, hands(2).prints(*BOTH))
        moved = transfer(session, one, hands(1).prints(*BOTH), site="south", unit="B")
        person = get_person(session, one)
        assert not refused.is_done
        assert moved.is_done
        assert (person.site, person.unit, person.released_at) == ("south", "B", None)
        done = release(session, one, hands(1).prints(*BOTH))
        assert done.is_done
    with session_for("admission") as session:
        assert get_person(session, one).category == "released"
        with pytest.raises(RecordConflict, match="released"):
            release(session, one, hands(1).prints(*BOTH))


def test_a_purpose_that_may_not_search_never_reaches_the_galleries(session_for, hands, registry, monkeypatch):
    with session_for("admission") as session:
        one = _admit(session, hands(1)).person.id
    asked = []
    catch_up = registry.galleries.catch_up
    monkeypatch.setattr(registry.galleries, "catch_up", lambda: asked.append(1) or catch_up())
    with session_for("visit") as session:
        with pytest.raises(PolicyDenied, match="may not check"):
            check(session, one, hands(1).prints(*BOTH))
        with pytest.raises(PolicyDenied, match="may not enrol"):
            admit(session, hands(1).prints(*BOTH), category="remand")
        with pytest.raises(PolicyDenied, match="may not read"):
            get_person(session, one)
        assert asked == []
        found = check_visitor(session, hands(1).prints(*BOTH))
    assert found.outcome is AdmissionOutcome.NEW  # a prisoner is not found under the purpose of a visit
    assert found.candidates == ()
    assert asked == [1]
    with registry.database.reading() as connection:
        actions = [entry.action for entry in read_entries(connection)]
    assert actions[1:] == ["denied check", "denied enrol", "denied read", "visit: new"]
