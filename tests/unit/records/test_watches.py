"""Standing watches between two agencies: they find who is here and who comes, run out, and leave nothing behind."""

import base64
import datetime

import pytest
import sqlalchemy as sa

pytest.importorskip("joserfc")

from tests.unit.records.test_agencies import count, two
from tests.unit.records.two_agencies import Agency

from fingerprint_engine.exchange.agencies import new_bundle_id
from fingerprint_engine.records import NewPerson, agencies, get_person, import_people, list_cases, retain
from fingerprint_engine.records.retention.residue import files_of, search_files
from fingerprint_engine.records.storage.schema import answers, encounters, notices, persons, prints, requests, watches

__all__ = ["Agency", "two"]


def watched(lima, quito, hands, days=30, number=1):
    """Lima wants somebody, and Quito takes the order."""
    wanted = lima.admit(hands(number).prints(), f"L{number}")
    terms = lima.terms(days=days)
    agencies.watch_abroad(lima.session(), [wanted], terms, agency="quito", bundle=new_bundle_id())
    quito.take(*lima.send())
    return wanted


def news(lima, quito):
    """What Quito has to say, and what Lima makes of it."""
    agencies.run_watches(quito.session(), agency="lima")
    agencies.give_notices(quito.session(), agency="lima", bundle=new_bundle_id(), expires_at=quito.until())
    lima.take(*quito.send())
    return [one for one in lima.requests() if one.kind == "sighting"]


def test_a_watch_finds_who_is_here_already(two, hands):
    lima, quito = two
    quito.admit(hands(1).prints(), "Q1")
    wanted = watched(lima, quito, hands)
    (sighting,) = news(lima, quito)
    assert (sighting.outcome, sighting.person) == ("hit", wanted)
    assert len(sighting.evidence["fingers"]) == 2
    assert news(lima, quito) == [sighting], "it is told once"
    (confirmation,) = lima.confirm(quito)
    quito.take(confirmation)
    (identity,) = quito.confirm(lima)
    lima.take(identity)
    (sighting,) = [one for one in lima.requests() if one.kind == "sighting"]
    assert sighting.core_data["category"] == "convicted"


def test_a_watch_finds_who_comes_by_admission_and_by_import(two, hands):
    lima, quito = two
    watched(lima, quito, hands)
    watched(lima, quito, hands, number=2)
    assert [one.outcome for one in news(lima, quito)] == ["no hit", "no hit"], "both orders are acknowledged"
    quito.admit(hands(1).prints(), "Q1")
    import_people(quito.session("admission"), [NewPerson(hands(2).prints(), "remand")])
    hits = [one for one in news(lima, quito) if one.outcome == "hit"]
    assert len({one.person for one in hits}) == len(hits) == 2
    kinds = [one.kind for one in list_cases(quito.session("identity"))]
    assert kinds.count("watch") == 1, "the admission opened one as well"
    assert kinds.count("exchange") >= 2


def test_a_watch_is_renewed_withdrawn_and_forgotten_with_proof(two, hands, clock):
    lima, quito = two
    watched(lima, quito, hands, days=5)
    (order,) = [one for one in lima.requests() if one.kind == "watch"]
    kept = _templates(quito)
    assert len(kept) == 2
    until = clock() + datetime.timedelta(days=20)

    def change(expires):
        agencies.change_watches_abroad(
            lima.session(), [order.reference], agency="quito", bundle=new_bundle_id(), expires=expires
        )
        quito.take(*lima.send())

    change(until)
    clock.move(days=10)
    assert agencies.forget_watches(quito.session()) is None, "it was renewed"
    change(None)
    proof = agencies.forget_watches(quito.session())
    assert proof.is_complete
    assert proof.before["prints"] == 2
    for table in (watches, notices, prints):
        assert count(quito, table) == 0
    assert count(quito, answers) == 0, "nor of what the watch was told"
    assert count(quito, persons, persons.c.status != "erased") == 0
    if quito.registry.database.is_sqlite:
        assert search_files(_files(quito), kept).found == ()
    quito.admit(hands(1).prints(), "Q1")
    assert news(lima, quito) == [one for one in lima.requests() if one.kind == "sighting"]
    assert all(one.outcome == "no hit" for one in news(lima, quito))


def test_a_find_that_nobody_decided_does_not_keep_the_prints_of_a_withdrawn_watch(two, hands, clock):
    lima, quito = two
    quito.admit(hands(1).prints(), "Q1")
    watched(lima, quito, hands)
    kept = _templates(quito, "wanted")
    (found,) = news(lima, quito)
    assert found.outcome == "hit"
    coded = [base64.b64encode(one) for one in kept]
    if quito.registry.database.is_sqlite:
        assert search_files(_files(quito), coded).found != (), "the examiner's case holds them while it is open"
    (order,) = [one for one in lima.requests() if one.kind == "watch"]
    withdraw = {"agency": "quito", "bundle": new_bundle_id(), "expires": None}
    agencies.change_watches_abroad(lima.session(), [order.reference], **withdraw)
    quito.take(*lima.send())
    assert agencies.forget_watches(quito.session()).is_complete
    verdicts = {one.kind: one.verdict for one in list_cases(quito.session("identity"), open_only=False)}
    assert verdicts == {"watch": "erased", "exchange": "erased"}  # of the watch itself, and of the notice
    assert list_cases(quito.session("identity")) == ()
    if quito.registry.database.is_sqlite:
        assert search_files(_files(quito), [*kept, *coded]).found == ()


def test_a_watch_that_expires_is_a_duty_of_retention(two, hands, clock):
    lima, quito = two
    watched(lima, quito, hands, days=5)
    file = _wanted(quito)
    clock.move(days=4)
    assert retain(quito.session("oversight")).erase == ()
    clock.move(days=2)
    quito.admit(hands(1).prints(), "Q1")
    assert count(quito, notices) == 0, "nobody is told of a watch that has expired"
    plan = retain(quito.session("oversight"), apply=True)
    assert plan.erase == (file,)
    assert plan.proof.is_complete
    assert count(quito, watches) == 0


def test_a_file_that_others_watch_as_well_or_that_is_our_own_stays(two, hands, clock):
    lima, quito = two
    watched(lima, quito, hands, days=5)
    file = _wanted(quito)
    quito.registry.database.write(
        lambda c: c.execute(encounters.update().where(encounters.c.person_id == file).values(kind="admission"))
    )
    clock.move(days=6)
    assert agencies.forget_watches(quito.session()) is None
    assert count(quito, watches) == 0
    assert get_person(quito.session(), file).category == "wanted"


def test_an_order_that_the_policy_refuses_is_told(two, hands):
    lima, quito = two
    wanted = lima.admit(hands(1).prints(), "L1")
    terms = lima.terms(purpose="visit")
    agencies.watch_abroad(lima.session(), [wanted], terms, agency="quito", bundle=new_bundle_id())
    quito.take(*lima.send())
    (told,) = news(lima, quito)
    assert (told.outcome, told.reason) == ("refused", "policy: it keeps no watch for this purpose")
    assert count(quito, watches) == 0


def test_an_order_that_was_begun_is_taken_up_again_and_makes_one_watch(two, hands, monkeypatch):
    lima, quito = two
    wanted = lima.admit(hands(1).prints(), "L1")
    agencies.watch_abroad(lima.session(), [wanted], lima.terms(), agency="quito", bundle=new_bundle_id())
    (order,) = lima.send()
    from fingerprint_engine.records.agencies import watching

    real = watching._acknowledge
    monkeypatch.setattr(watching, "_acknowledge", _stop)
    with pytest.raises(KeyboardInterrupt):
        quito.take(order)
    monkeypatch.setattr(watching, "_acknowledge", real)
    quito.take(order)
    assert count(quito, watches) == 1
    assert [one.outcome for one in news(lima, quito)] == ["incomplete"]
    assert count(lima, requests, requests.c.kind == "watch") == 1


def _stop(*_):
    raise KeyboardInterrupt


def _wanted(agency):
    with agency.registry.database.reading() as connection:
        return connection.execute(sa.select(persons.c.id).where(persons.c.category == "wanted")).scalar_one()


def _files(agency):
    return list(files_of(agency.registry.database, agency.registry.galleries))


def _templates(agency, category="wanted"):
    joined = prints.join(encounters).join(persons, encounters.c.person_id == persons.c.id)
    query = sa.select(prints.c.template).select_from(joined).where(persons.c.category == category)
    with agency.registry.database.reading() as connection:
        return [bytes(one) for one in connection.execute(query).scalars()]
