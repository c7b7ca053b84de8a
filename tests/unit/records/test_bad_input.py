"""Whatever is given wrong is refused with a `RecordsError` that says what was expected, and nothing is half done."""

import pickle

import pytest
import sqlalchemy as sa

from fingerprint_engine import Finger
from fingerprint_engine.errors import PolicyDenied, RecordConflict, RecordsError, UnknownRecord
from fingerprint_engine.records import (
    CardCapture,
    Claim,
    access,
    admit,
    answer,
    biography,
    case_evidence,
    check,
    correct,
    decide,
    decide_case,
    end_watch,
    erase,
    get_case,
    get_person,
    get_proposal,
    image_of,
    link,
    notices,
    propose,
    release,
    release_identity,
    renew_watch,
    roll_call,
    search_people,
    tag,
    transfer,
    undo,
    untag,
    watch,
)
from fingerprint_engine.records.storage.schema import audit, ledger, metadata

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
CALLS = {
    "get_person": ("admission", lambda s, one, _: get_person(s, one)),
    "biography": ("admission", lambda s, one, _: biography(s, one)),
    "check": ("custody", check),
    "transfer": ("custody", lambda s, one, prints: transfer(s, one, prints, site="south")),
    "release": ("custody", release),
    "roll_call": ("custody", lambda s, one, prints: roll_call(s, [CardCapture(prints, one)], roster=[one])),
    "tag": ("admission", lambda s, one, _: tag(s, one, "circuit")),
    "link": ("admission", lambda s, one, _: link(s, one, one, "kin")),
    "merge": ("identity", lambda s, one, _: propose(s, "merge", persons=[one, one], reason="r")),
    "split": ("identity", lambda s, one, _: propose(s, "split", person=one, encounters=["E-X"], reason="r")),
    "erase": ("oversight", lambda s, one, _: erase(s, one)),
    "access": ("oversight", lambda s, one, _: access(s, one)),
}
OTHER_CALLS = {
    "untag": ("admission", untag),
    "get_case": ("identity", get_case),
    "case_evidence": ("identity", case_evidence),
    "decide_case": ("identity", lambda s, one: decide_case(s, one, "same", reason="r")),
    "get_proposal": ("identity", get_proposal),
    "decide": ("identity", lambda s, one: decide(s, one, accept=True, reason="r")),
    "undo": ("identity", undo),
    "move": ("identity", lambda s, one: propose(s, "move", encounter=one, to=one, reason="r")),
    "swap": ("identity", lambda s, one: propose(s, "swap", prints=[one, "F-X"], reason="r")),
    "image_of": ("admission", image_of),
    "correct": ("oversight", lambda s, one: correct(s, one, "value")),
    "end_watch": ("exchange", end_watch),
    "release_identity": ("exchange", release_identity),
}
WRONG = ["P-NOBODY", "", " ", "' OR '1'='1", "P-\0", "\ud800", "a\nb", "x" * 5000, 7, None, b"P-1", ["P-1"], "🙂"]


@pytest.fixture
def rows(registry):
    """Rows of all tables but the audit trail, which may tell of a refusal."""

    def read():
        with registry.database.reading() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(sa.select(table))))
                for table in metadata.sorted_tables
                if table not in (audit, ledger)
            }

    return read


def test_nobody_is_somebody_who_is_not_there(session_for, hands, rows):
    with session_for("admission") as session:
        admit(session, hands(1).prints(*BOTH), category="remand")
    before, prints = rows(), hands(1).prints(*BOTH)
    for name, (purpose, do) in CALLS.items():
        for wrong in WRONG:
            with session_for(purpose) as session, pytest.raises(RecordsError) as error:
                do(session, wrong, prints)
            assert "database" not in str(error.value), name
            assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)
    assert rows() == before


def test_no_record_is_a_record_that_is_not_there(session_for, rows):
    before = rows()
    for name, (purpose, do) in OTHER_CALLS.items():
        for wrong in WRONG:
            with session_for(purpose) as session, pytest.raises(RecordsError) as error:
                do(session, wrong)
            assert "database" not in str(error.value), name
    assert rows() == before


def test_a_merged_file_stands_for_the_one_it_went_into_and_an_erased_one_for_nobody(session_for, hands, rows):
    one, two = session_for("identity", actor="examiner 1"), session_for("identity", actor="examiner 2")
    for number, (name, (purpose, do)) in enumerate(CALLS.items()):
        with session_for("admission") as session:
            first, second = (
                admit(session, hands(n).prints(*BOTH), category="remand", unit="A").person.id
                for n in (2 * number, 2 * number + 1)
            )
        prints = hands(2 * number).prints(*BOTH)
        made = propose(one, "merge", persons=[first, second], reason="r")
        decide(one, made.id, accept=True, reason="r")
        decide(two, made.id, accept=True, reason="r")
        kept = get_person(one, first).id
        gone = ({first, second} - {kept}).pop()
        with session_for(purpose) as session:
            if name in ("link", "merge", "split"):
                with pytest.raises(RecordsError):
                    do(session, gone, prints)
            else:
                do(session, gone, prints)
        if name != "erase":
            erase(session_for("oversight"), gone)
        before = rows()
        with session_for(purpose) as session, pytest.raises(RecordsError, match="was erased"):
            do(session, kept, prints)
        assert rows() == before, name


def test_a_number_that_stands_elsewhere_is_refused_at_every_door(session_for, hands, rows, clock):
    number = Claim("custody number", "N-1", "north")
    with session_for("admission") as session:
        first = admit(session, hands(1).prints(*BOTH), category="remand", identifiers=[number])
        other = admit(
            session, hands(2).prints(*BOTH), category="remand", identifiers=[Claim("custody number", "N-2", "north")]
        )
        before = rows()
        for hand in (hands(2), hands(3)):
            with pytest.raises(RecordConflict, match=first.person.id):
                admit(session, hand.prints(*BOTH), category="remand", identifiers=[number])
        admit(session, hands(4).prints(*BOTH), category="remand", identifiers=[Claim("custody number", "N-1", "south")])
    with session_for("exchange") as session, pytest.raises(RecordConflict, match=first.person.id):
        watch(
            session,
            hands(5).prints(*BOTH),
            agency="elsewhere",
            expires=clock().replace(year=2030),
            identifiers=[number],
        )
    with session_for("oversight") as session, pytest.raises(RecordConflict, match=first.person.id) as error:
        correct(session, other.person.identifiers[0].id, "N-1")
    assert "N-1" not in str(error.value).replace(first.person.id, "")
    after = rows()
    assert {name: len(after[name]) - len(before[name]) for name in ("persons", "identifiers", "prints")} == {
        "persons": 1,
        "identifiers": 1,
        "prints": 2,
    }


def test_a_term_that_is_over_counts_from_its_day_on(session_for, hands, clock):
    """Nobody has run `retain`: the records of a category whose term is over are closed all the same."""
    with session_for("admission") as session:
        person = admit(session, hands(1).prints(*BOTH), category="convicted").person.id
    with session_for("custody") as session:
        assert release(session, person, hands(1).prints(*BOTH)).is_done
    clock.move(days=2 * 365 + 2)
    for purpose, call in (
        ("admission", lambda s: get_person(s, person)),
        ("admission", lambda s: check(s, person, hands(1).prints(*BOTH))),
        ("admission", lambda s: biography(s, person)),
        ("admission", lambda s: tag(s, person, "circuit")),
    ):
        with session_for(purpose) as session, pytest.raises(PolicyDenied, match="restricted"):
            call(session)
    with session_for("court") as session:
        assert get_person(session, person).id == person
    clock.move(days=8 * 365 + 2)
    with session_for("court") as session, pytest.raises(RecordConflict, match="to be erased"):
        get_person(session, person)
    with session_for("oversight") as session:
        assert access(session, person).person.id == person  # what is held still, is told


NASTY = ["'; DROP TABLE persons;--", "%_\\", "李明 🙂 \u202e", "{x} %s :y"]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_in_any_field_of_any_call_is_only_text(registry, session_for, hands, clock, text):
    word = text if text.isprintable() else "word"
    until = clock().replace(year=2030)
    admission = registry.session(actor=word, purpose="admission", site=word)
    one = admit(admission, hands(1).prints(*BOTH), category="remand", unit=word, agency=word, reason=text).person.id
    two = admit(admission, hands(2).prints(*BOTH), category="remand", identifiers=[Claim("name", text, word)]).person.id
    tag(admission, one, word)
    assert search_people(admission, hands(1).prints(*BOTH), circuit=word).candidates[0].person == one
    link(admission, one, two, word, text)
    custody = registry.session(actor=word, purpose="custody", site=word)
    assert roll_call(custody, [CardCapture(hands(1).prints(*BOTH), one)], unit=word).people[0].person == one
    assert transfer(custody, one, hands(1).prints(*BOTH), site=word, unit=word, reason=text).is_done
    exchange = registry.session(actor=word, purpose="exchange", site=word)
    claims = [Claim("foreign reference", text, word)]
    made = watch(exchange, hands(1).prints(*BOTH), agency=word, expires=until, identifiers=claims, reason=text)
    assert [one.watch for one in notices(exchange, word)] == [made.id]
    renew_watch(exchange, made.id, until)
    asked = answer(exchange, hands(1).prints(*BOTH), agency=word, their_reference=word)
    examiner = registry.session(actor=word, purpose="identity", site=word)
    decide_case(examiner, made.case, "same", reason=text, person=one)
    proposal = propose(examiner, "merge", persons=[one, two], reason=text)
    assert decide(examiner, proposal.id, accept=False, reason=text)[0].verdict == "refused"
    with pytest.raises(RecordConflict):
        release_identity(exchange, asked.reference)
    assert release(custody, one, hands(1).prints(*BOTH), reason=text).is_done
    held = access(registry.session(actor=word, purpose="oversight", site=word), two)
    assert held.person.names == (text,)
    assert held.relations[0].evidence == text
    with registry.database.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    assert registry.verify_audit().is_whole


def test_what_is_given_to_a_session_or_a_call_in_the_wrong_form(registry, session_for, hands, clock, rows):
    before = rows()
    for wrong in ("", "a\nb", "x" * 200, "\0", 7, None):
        with pytest.raises(RecordsError, match="actor"):
            registry.session(actor=wrong, purpose="admission")
    with session_for("exchange") as session:
        for wrong in ("", "a\nb", None, "\0"):
            with pytest.raises(RecordsError, match="agency"):
                notices(session, wrong)
            with pytest.raises(RecordsError, match="agency"):
                answer(session, hands(1).prints(*BOTH), agency=wrong, their_reference="1")
        with pytest.raises(RecordsError, match="to come"):
            watch(session, hands(1).prints(*BOTH), agency="a", expires=clock())
        with pytest.raises(UnknownRecord, match="watch"):
            renew_watch(session, "W-NONE", clock().replace(year=2030))
    assert rows() == before
