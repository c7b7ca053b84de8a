"""Hit or no hit between two agencies: from the question to the identity, once, on terms, and under a policy."""

import json

import pytest
import sqlalchemy as sa

pytest.importorskip("joserfc")

from tests.unit.records.two_agencies import Agency

from fingerprint_engine import Finger, extract, load_image, pipeline_parameters
from fingerprint_engine.errors import BundleRefused, PolicyDenied, RecordConflict, RecordsError, Refusal
from fingerprint_engine.exchange.agencies import BundleKind, Outgoing, Request, SentPrint, new_bundle_id, write_bundle
from fingerprint_engine.matching import EvidenceVerdict, check_evidence, evidence_from_document
from fingerprint_engine.records import Capture, access, agencies, erase, list_cases, release_identity, retain
from fingerprint_engine.records.policy.reading import _DEFAULT, parse_policy
from fingerprint_engine.records.storage.schema import answers, bundles, cases, requests


@pytest.fixture
def two(place, tmp_path, clock):
    lima = Agency("lima", tmp_path / "lima.db", tmp_path / "lima", clock)
    quito = Agency("quito", place, tmp_path / "quito", clock)
    lima.meet(quito)
    quito.meet(lima)
    yield lima, quito
    lima.registry.close()
    quito.registry.close()


def count(agency, table, *conditions):
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    with agency.registry.database.reading() as connection:
        return connection.execute(query).scalar_one()


def asked_and_answered(lima, quito, hands, people=2):
    """Of so many people of Lima's, the first one is known in Quito."""
    quito.admit(hands(1).prints(), "Q1")
    files = [lima.admit(hands(number).prints(), f"L{number}") for number in range(1, people + 1)]
    (question,) = lima.ask(quito, files)
    quito.take(question)
    (answer,) = quito.send()
    return files, question, answer


def test_from_the_question_to_the_identity(two, hands):
    lima, quito = two
    files, _, answer = asked_and_answered(lima, quito, hands)
    lima.take(answer)
    hit, other = lima.requests()
    assert [one.person for one in (hit, other)] == files
    assert (hit.outcome, other.outcome) == ("hit", "no hit")
    assert other.evidence is None
    assert other.receipt["galleries"][0]["receipt"]["searched"] == 2
    assert hit.core_data == {}
    shown = json.dumps([hit.receipt, hit.evidence])
    assert "Name" not in shown
    assert "P-" not in shown, "no identifier of a person leaves"
    for document in hit.evidence["fingers"]:
        found = check_evidence(evidence_from_document(document))
        assert found.verdict is EvidenceVerdict.SAME
        assert found.recomputed > 30.0
    (confirmation,) = lima.confirm(quito)
    assert confirmation.name.startswith("quito-000002-confirmation-B-")
    quito.take(confirmation)
    assert quito.send() == [], "Quito's examiner has not confirmed it"
    (identity,) = quito.confirm(lima)
    lima.take(identity)
    told = lima.requests()[0].core_data
    assert told["category"] == "convicted"
    assert {(one["kind"], one["value"]) for one in told["identifiers"]} == {
        ("custody number", "Q1"),
        ("name", "Name Q1"),
    }
    assert lima.registry.verify_audit().is_whole
    assert quito.registry.verify_audit().is_whole


@pytest.mark.parametrize(("ours", "theirs"), [("different", "same"), ("same", "different"), ("cannot tell", "same")])
def test_no_identity_unless_both_sides_say_same(two, hands, ours, theirs):
    lima, quito = two
    _, _, answer = asked_and_answered(lima, quito, hands)
    lima.take(answer)
    (confirmation,) = lima.confirm(quito, ours)
    quito.take(confirmation)
    assert quito.confirm(lima, theirs) == []
    assert lima.requests()[0].core_data == {}
    with pytest.raises(RecordConflict):
        release_identity(quito.session(), lima.requests()[0].answer)


def test_a_bundle_is_taken_once_and_in_its_order(two, hands):
    lima, quito = two
    file = lima.admit(hands(1).prints(), "L1")
    first, second, third = (lima.ask(quito, [file])[0] for _ in range(3))

    def refusal(path, **rules):
        with pytest.raises(BundleRefused) as caught:
            quito.take(path, **rules)
        return caught.value.reason

    assert refusal(second) is Refusal.MISSING_BEFORE
    quito.take(first)
    assert refusal(first) is Refusal.REPLAYED
    assert refusal(third) is Refusal.MISSING_BEFORE
    quito.take(third, accept_gap=True)
    assert refusal(second) is Refusal.ROLLED_BACK
    assert count(quito, answers) == 2
    log = agencies.list_bundles(quito.session(), direction="in")
    assert [(one.number, one.done_at is not None) for one in log] == [(1, True), (3, True)]
    sent = agencies.list_bundles(lima.session(), direction="out")
    assert [(one.bundle, one.digest) for one in log] == [(one.bundle, one.digest) for one in (sent[0], sent[2])]


def test_a_bundle_that_was_begun_is_taken_up_again_and_nothing_is_answered_twice(two, hands, monkeypatch):
    lima, quito = two
    files = [lima.admit(hands(number).prints(), f"L{number}") for number in range(4)]
    (question,) = lima.ask(quito, files)
    real, done = agencies.answer_question, []

    def stops(session, posted, one):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(one.reference)
        return real(session, posted, one)

    monkeypatch.setattr(agencies, "answer_question", stops)
    with pytest.raises(KeyboardInterrupt):
        quito.take(question)
    monkeypatch.setattr(agencies, "answer_question", real)
    assert count(quito, answers) == 2
    quito.take(question)
    assert count(quito, answers) == 4
    (answer,) = quito.send()
    lima.take(answer)
    assert all(one.outcome for one in lima.requests())
    with pytest.raises(BundleRefused):
        lima.take(answer)


def test_an_outgoing_bundle_whose_file_was_not_written_is_written_later(two, hands):
    lima, quito = two
    file = lima.admit(hands(1).prints(), "L1")
    agencies.ask(lima.session(), [file], lima.terms(), agency="quito", bundle=new_bundle_id())
    (written,) = lima.send()
    assert lima.send() == []
    assert [one.outcomes for one in quito.take(written)] == [{"no hit": 1}]


def test_what_the_policy_does_not_allow_is_refused_by_name_and_the_rest_is_answered(two, hands):
    lima, quito = two
    quito.admit(hands(1).prints(), "Q1")
    file = lima.admit(hands(1).prints(), "L1")
    for terms, reason in (
        ({"purpose": "visit"}, "purpose"),
        ({"purpose": "no such purpose"}, "purpose"),
        ({"categories": ("staff", "visitor")}, "categories"),
    ):
        quito.take(*lima.ask(quito, [file], **terms))
        lima.take(*quito.send())
        last = lima.requests()[-1]
        assert (last.outcome, last.reason.partition(":")[0]) == ("refused", reason)
    assert count(quito, cases) == 0
    with pytest.raises(PolicyDenied):
        agencies.ask(quito.session("visit"), [], quito.terms(), agency="lima", bundle=new_bundle_id())


def test_a_category_that_was_not_asked_for_is_not_searched(two, hands):
    lima, quito = two
    quito.admit(hands(1).prints(), "Q1", category="convicted")
    file = lima.admit(hands(1).prints(), "L1")
    quito.take(*lima.ask(quito, [file], categories=("remand",)))
    lima.take(*quito.send())
    assert lima.requests()[0].outcome == "no hit"


def test_prints_that_cannot_be_used_do_not_stop_the_others(two, hands):
    lima, quito = two
    quito.admit(hands(1).prints(), "Q1")
    good = SentPrint(Finger.RIGHT_INDEX, template=hands(1).print().to_bytes())
    torn = SentPrint(Finger.RIGHT_INDEX, template=good.template[:-5])
    noise = SentPrint(Finger.RIGHT_INDEX, image=b"no image")
    missing = SentPrint(Finger.RIGHT_INDEX, missing="amputated")
    terms = ("exchange", "treaty", ("convicted",), lima.until(), "")
    records = [Request(f"Q-{n}", *terms, (one,)).to_bytes() for n, one in enumerate((torn, noise, missing, good))]
    path = lima.folder / "by-hand.bundle"
    outgoing = Outgoing(BundleKind.REQUEST, "quito", 1, lima.until(0), lima.until())
    write_bundle(path, outgoing, records, own=lima.own, directory=lima.office.directory)
    (taken,) = quito.take(path)
    assert taken.outcomes == {"refused": 3, "hit": 1}


def test_images_are_sent_where_they_are_kept_and_read_by_the_other_engine(two, samples_folder):
    lima, quito = two
    first, second = ((samples_folder / f"9_{number}.png").read_bytes() for number in (1, 2))
    finger = Finger.RIGHT_INDEX
    parameters = pipeline_parameters("classical")
    templates = [extract(load_image(one), finger=finger, parameters=parameters) for one in (first, second)]
    quito.admit([templates[0]], "Q1")
    file = lima.admit([Capture(templates[1], image=second, ppi=500.0)], "L1")
    agencies.ask(lima.session(), [file], lima.terms(), agency="quito", bundle=new_bundle_id())
    (path,) = lima.send(images=True)
    (taken,) = quito.take(path, extractor=parameters)
    assert taken.outcomes == {"hit": 1}
    ((_, content),) = taken.bundle.records(quito.own)
    (sent,) = Request.from_bytes(content).prints
    assert (sent.image, sent.template) == (second, b"")


def test_answers_to_what_was_not_asked_are_refused(two, hands, tmp_path, clock):
    lima, quito = two
    cusco = Agency("cusco", tmp_path / "cusco.db", tmp_path / "cusco", clock)
    cusco.meet(lima, quito)
    lima.office = lima.office._replace(directory=lima.office.directory.with_card(cusco.own.card))
    file = lima.admit(hands(1).prints(), "L1")
    lima.ask(quito, [file])
    asked_for = lima.requests()[0].reference
    posted = agencies.list_bundles(lima.session())[0]

    def answers_from(agency, reference, reply_to, number=1):
        from fingerprint_engine.exchange.agencies import Answer

        path = agency.folder / f"forged-{number}.bundle"
        outgoing = Outgoing(BundleKind.ANSWER, "lima", number, agency.until(0), agency.until(), reply_to)
        record = Answer(reference, "X-1", "no hit", "", {}, None).to_bytes()
        write_bundle(path, outgoing, [record], own=agency.own, directory=agency.office.directory)
        return path

    with pytest.raises(BundleRefused) as caught:
        lima.take(answers_from(cusco, asked_for, posted.bundle))
    assert caught.value.reason is Refusal.UNASKED
    (taken,) = lima.take(answers_from(quito, "Q-UNKNOWN", posted.bundle))
    assert [one.reason for one in taken.refused] == [Refusal.UNASKED]
    assert lima.requests()[0].outcome == ""
    cusco.registry.close()


def test_a_policy_says_what_evidence_leaves(place, tmp_path, clock, hands):
    text = _DEFAULT.read_text(encoding="utf-8")
    for number, (word, kinds) in enumerate((("none", None), ("matched minutiae", {"partial"}))):
        policy = parse_policy(text.replace('evidence = "templates"', f'evidence = "{word}"'))
        lima = Agency("lima", tmp_path / f"lima{number}.db", tmp_path / f"lima{number}", clock)
        quito = Agency("quito", tmp_path / f"quito{number}.db", tmp_path / f"quito{number}", clock, policy)
        lima.meet(quito)
        quito.meet(lima)
        lima.take(asked_and_answered(lima, quito, hands)[2])
        evidence = lima.requests()[0].evidence
        assert evidence is None if kinds is None else {one["kind"] for one in evidence["fingers"]} == kinds
        lima.registry.close()
        quito.registry.close()


def test_what_expires_is_forgotten_on_both_sides(two, hands, clock):
    lima, quito = two
    _, _, answer = asked_and_answered(lima, quito, hands)
    lima.take(answer)
    assert count(quito, answers) == count(lima, requests) == 2
    clock.move(days=29)
    assert retain(quito.session("oversight")).exchanges == 0
    clock.move(days=2)
    for agency, table in ((quito, answers), (lima, requests)):
        session = agency.session("oversight")
        assert retain(session).exchanges == 2
        retain(session, apply=True)
        assert count(agency, table) == 0
        with agency.registry.database.reading() as connection:
            left = connection.execute(sa.select(cases.c.evidence, cases.c.verdict)).fetchall()
        assert [tuple(one) for one in left] == [('{"expired":true}', "expired")]
        assert count(agency, bundles) > 0, "the log of bundles stays"


def test_who_is_erased_leaves_no_request_and_no_answer(two, hands):
    lima, quito = two
    files, _, answer = asked_and_answered(lima, quito, hands)
    lima.take(answer)
    erase(lima.session("oversight"), files[0])
    assert [one.person for one in lima.requests()] == files[1:]
    with quito.registry.database.reading() as connection:
        found = connection.execute(sa.select(answers.c.person_id).where(answers.c.person_id.is_not(None))).scalar_one()
    erase(quito.session("oversight"), found)
    assert count(quito, answers) == 1


def test_a_person_sees_who_was_asked_and_told(two, hands):
    lima, quito = two
    files, _, answer = asked_and_answered(lima, quito, hands)
    lima.take(answer)
    (asked,) = access(lima.session("oversight"), files[0]).exchanges
    assert (asked["way"], asked["agency"], asked["outcome"]) == ("asked", "quito", "hit")
    with quito.registry.database.reading() as connection:
        found = connection.execute(sa.select(answers.c.person_id).where(answers.c.person_id.is_not(None))).scalar_one()
    (told,) = access(quito.session("oversight"), found).exchanges
    assert (told["way"], told["agency"], told["legal_basis"]) == ("told", "lima", "treaty, article 4")


def test_an_examiner_sees_the_prints_of_a_question(two, hands):
    from fingerprint_engine.records import case_evidence

    lima, quito = two
    asked_and_answered(lima, quito, hands)
    (case,) = list_cases(quito.session("identity"))
    shown = case_evidence(quito.session("identity"), case.id)
    assert len(shown.candidates[0].pairs) == 2


def test_a_request_of_days_ago_is_not_answered(two, hands, clock):
    lima, quito = two
    file = lima.admit(hands(1).prints(), "L1")
    (question,) = lima.ask(quito, [file], days=2)
    clock.move(days=3)
    with pytest.raises(BundleRefused) as caught:
        quito.take(question)
    assert caught.value.reason is Refusal.EXPIRED


def test_a_registry_that_was_restored_goes_on_behind_the_numbers_that_were_seen(two, hands):
    lima, quito = two
    person = lima.admit(hands(1).prints(), "1")
    (first,) = lima.ask(quito, [person])
    quito.take(first)
    with pytest.raises(RecordConflict, match="above 1"):
        agencies.pass_over_numbers(lima.session(), quito.name, 1)
    with pytest.raises(RecordsError, match="number"):
        agencies.pass_over_numbers(lima.session(), quito.name, 0)
    with pytest.raises(PolicyDenied):
        agencies.pass_over_numbers(lima.session("admission"), quito.name, 7)
    assert agencies.pass_over_numbers(lima.session(), quito.name, 4) == 5  # 2 to 4 were sent after the backup
    (later,) = lima.ask(quito, [person])
    with pytest.raises(BundleRefused) as refused:
        quito.take(later)
    assert refused.value.reason is Refusal.MISSING_BEFORE  # here they never came
    quito.take(later, accept_gap=True)
    numbers = [(one.number, one.kind) for one in agencies.list_bundles(lima.session(), direction="out")]
    assert numbers == [(1, "request"), (4, "passed over"), (5, "request")]
    assert lima.registry.verify_audit().is_whole
