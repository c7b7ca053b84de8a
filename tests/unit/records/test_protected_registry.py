"""Registries with keys: nothing to be found in the database, nothing that can be exchanged, keys that change."""

import base64
import functools
import os
import shutil

import pytest
import sqlalchemy as sa
from benchmarks.killed_work import kill_during

from fingerprint_engine import Finger, KeyRing
from fingerprint_engine.errors import ClockWentBack, RecordConflict, RegistryUnavailable
from fingerprint_engine.index import Gallery
from fingerprint_engine.keys.errors import NotAuthentic, StaleGallery, UnsafeKeys, WrongKey
from fingerprint_engine.records import (
    Capture,
    Claim,
    Registry,
    admit,
    case_evidence,
    change_registry_keys,
    check,
    check_sealed,
    correct,
    erase,
    find_persons,
    get_person,
    list_cases,
    tag,
)
from fingerprint_engine.records.events.importing import NewPerson, import_people
from fingerprint_engine.records.following import follower
from fingerprint_engine.records.images import image_of
from fingerprint_engine.records.people.best_set import best_set
from fingerprint_engine.records.storage.schema import metadata

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
NAME, NUMBER = "Perpetua Desconocida", "CUST-4711-0815"
IMAGE = bytes(range(7, 207)) * 3


@pytest.fixture
def ring():
    return KeyRing.generate()


def _session(registry, purpose):
    return registry.session(actor="officer 17", purpose=purpose, site="north")


def _fill(registry, hands):
    """One person with names and images, and an open case that keeps templates; gives the person."""
    with _session(registry, "admission") as session:
        prints = hands(1).prints(*BOTH)
        captures = [Capture(one, image=IMAGE + bytes([place])) for place, one in enumerate(prints)]
        claims = [Claim("name", NAME), Claim("custody number", NUMBER, "north")]
        person = admit(session, captures, category="remand", identifiers=claims).person.id
    with _session(registry, "custody") as session:
        check(session, person, hands(2).prints(*BOTH))
    return person, prints


@pytest.fixture
def filled(place, clock, hands, ring, tmp_path):
    with Registry.create(place, clock=clock, keys=ring, galleries=tmp_path / "galleries") as registry:
        yield registry, *_fill(registry, hands)


def _dump(place):
    """Every value of every table, and of SQLite every byte of its files."""
    engine = sa.create_engine(place if isinstance(place, str) else f"sqlite:///{place}")
    found = []
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    engine.dispose()
    if not isinstance(place, str):
        found += [path.read_bytes() for path in place.parent.glob(f"{place.name}*") if path.is_file()]
        found += [path.read_bytes() for path in place.parent.rglob("*.gallery/*") if path.is_file()]
    return b"\n".join(found)


def _known(prints):
    """Pieces of what was stored, also as base64 would hold them at any place of it."""
    plain = [one.to_bytes() for one in prints]
    pieces = [data[at : at + 24] for data in plain for at in range(64, len(data) - 24, 97)]
    pieces = [piece for piece in pieces if len(set(piece)) > 8] + [NAME.encode(), NUMBER.encode(), IMAGE[:40]]
    coded = [base64.b64encode(data[shift:])[8:40] for data in plain for shift in range(3)]
    return pieces + coded


def _altered(place, statement, **values):
    engine = sa.create_engine(place if isinstance(place, str) else f"sqlite:///{place}")
    with engine.begin() as connection:
        assert connection.execute(sa.text(statement), values).rowcount
    engine.dispose()


def test_what_is_known_is_found_without_keys_and_nowhere_with_them(place, clock, hands, filled):
    registry, person, prints = filled
    registry.close()
    dump = _dump(place)
    assert person.encode() in dump
    assert [piece for piece in _known(prints) if piece in dump] == []


def test_without_keys_the_same_look_finds_it(place, clock, hands):
    with Registry.create(place, clock=clock) as registry:
        _, prints = _fill(registry, hands)
    dump = _dump(place)
    pieces = _known(prints)
    assert len([piece for piece in pieces if piece in dump]) > len(pieces) // 2


def test_all_of_it_is_read_and_searched_with_keys(filled, hands):
    registry, person, prints = filled
    with registry.database.reading() as connection:
        kept = best_set(connection, [person], "2026-03-02")
    assert {one.template.to_bytes() for one in kept} == {one.to_bytes() for one in prints}
    with _session(registry, "admission") as session:
        assert [one.id for one in find_persons(session, NUMBER)] == [person]
        assert [one.id for one in find_persons(session, NAME, kind="name")] == [person]
        assert find_persons(session, NUMBER.lower()) == ()
        assert get_person(session, person).names == (NAME,)
        again = admit(session, hands(1).prints(*BOTH), category="remand", identifiers=[Claim("alias", "La Otra")])
        assert (again.person.id, again.outcome.value) == (person, "known")
        claims = [Claim("custody number", NUMBER, "north")]
        with pytest.raises(RecordConflict, match="gave it already"):
            admit(session, hands(3).prints(*BOTH), category="remand", identifiers=claims)
        made = import_people(
            session,
            [
                NewPerson(hands(5).prints(*BOTH), "remand", [Claim("custody number", NUMBER, "north")]),
                NewPerson(hands(6).prints(*BOTH), "remand", [Claim("custody number", "other", "north")]),
            ],
        )
        assert [one is None for one in made.persons] == [True, False]
    with _session(registry, "identity") as session:
        (case,) = [one for one in list_cases(session) if one.kind == "check"]
        pairs = case_evidence(session, case.id).candidates[0].pairs
        assert len(pairs) == 2
    with _session(registry, "oversight") as session:
        assert image_of(session, kept[0].print_id).content[:-1] == IMAGE
        name = next(one for one in get_person(session, person).identifiers if one.value == NAME)
        assert correct(session, name.id, "Perpetua Conocida").value == "Perpetua Conocida"
        assert check_sealed(registry) == ()
        assert erase(session, person).is_complete


def test_other_keys_no_keys_and_keys_for_an_open_registry_are_refused(place, clock, filled, ring, tmp_path):
    registry = filled[0]
    registry.close()
    other = KeyRing.generate()
    with pytest.raises(WrongKey, match=other.key_id):
        Registry.open(place, clock=clock, keys=other)
    with pytest.raises(WrongKey, match=ring.key_id):
        Registry.open(place, clock=clock)
    _altered(place, "UPDATE ledger SET wrapped_key = ''")
    with pytest.raises(WrongKey, match="has none"):
        Registry.open(place, clock=clock, keys=ring)
    opened = Registry.open(place, clock=clock)
    with opened, _session(opened, "admission") as session, pytest.raises(NotAuthentic, match="identifiers"):
        get_person(session, filled[1])


def test_keys_of_one_registry_open_no_other(place, clock, filled, ring, tmp_path):
    filled[0].close()
    with Registry.create(tmp_path / "other.db", clock=clock, keys=ring) as other:
        engine = other.database.engine
        with engine.connect() as connection:
            wrapped = connection.execute(sa.text("SELECT wrapped_key FROM ledger")).scalar_one()
    _altered(place, "UPDATE ledger SET wrapped_key = :wrapped", wrapped=wrapped)
    with pytest.raises(WrongKey, match="altered, or of another file"):
        Registry.open(place, clock=clock, keys=ring)


ALTERATIONS = [
    ("UPDATE prints SET template = (SELECT template FROM prints ORDER BY id LIMIT 1)", "prints, template"),
    ("UPDATE images SET content = (SELECT content FROM images ORDER BY print_id LIMIT 1)", "images, content"),
    ("UPDATE images SET content = (SELECT template FROM prints ORDER BY id LIMIT 1)", "images, content"),
    ("UPDATE identifiers SET sealed = (SELECT sealed FROM identifiers ORDER BY id LIMIT 1)", "identifiers, "),
    ("UPDATE identifiers SET sealed = NULL, value = 'Somebody Else'", "identifiers, value"),
    ("UPDATE identifiers SET value = id", "identifiers, value"),
    ("""UPDATE cases SET evidence = replace(evidence, '"captured":["', '"captured":["AAAA')""", "cases, evidence"),
]


@pytest.mark.parametrize(("statement", "named"), ALTERATIONS)
def test_exchanged_and_altered_values_are_named_and_none_is_believed(place, clock, filled, ring, statement, named):
    registry, person, prints = filled
    registry.close()
    _altered(place, statement)
    with Registry.open(place, clock=clock, keys=ring) as opened:
        found = check_sealed(opened)
        assert found
        assert all(one.startswith(named) for one in found)
        with opened.database.reading() as connection:
            kept = best_set(connection, [person], "2026-03-02")
        assert all(one.template in prints for one in kept)
        if "identifiers" in named:
            with _session(opened, "admission") as session, pytest.raises(NotAuthentic, match="identifiers"):
                get_person(session, person)
        if "images" in named:
            with _session(opened, "oversight") as session, pytest.raises(RecordConflict, match="stored"):
                image_of(session, found[0].split(" of ")[1].split(":")[0])


def test_new_keys_open_it_and_old_ones_do_not(place, clock, filled, ring, tmp_path):
    registry, person, _ = filled
    registry.catch_up()
    registry.close()
    rotated = ring.rotated()
    change_registry_keys(place, ring, rotated, actor="admin", clock=clock, galleries=tmp_path / "galleries")
    new = rotated.without(ring.key_id)
    with pytest.raises(WrongKey):
        Registry.open(place, clock=clock, keys=ring)
    change_registry_keys(place, new, new, actor="admin", clock=clock, galleries=tmp_path / "galleries", reencrypt=True)
    with Registry.open(place, clock=clock, keys=new, galleries=tmp_path / "galleries") as opened:
        assert check_sealed(opened) == ()
        with _session(opened, "admission") as session:
            assert [one.id for one in find_persons(session, NUMBER)] == [person]
        opened.catch_up()
        assert opened.verify_audit().is_whole


def test_a_registry_without_keys_gets_some_and_nothing_of_before_is_left(place, clock, hands, ring, tmp_path):
    with Registry.create(place, clock=clock, galleries=tmp_path / "galleries") as registry:
        _, prints = _fill(registry, hands)
    assert change_registry_keys(place, None, ring, actor="admin", clock=clock, galleries=tmp_path / "galleries") == ()
    dump = _dump(place)
    assert [piece for piece in _known(prints) if piece in dump] == []
    with Registry.open(place, clock=clock, keys=ring, galleries=tmp_path / "galleries") as opened:
        assert check_sealed(opened) == ()
        with _session(opened, "admission") as session:
            assert find_persons(session, NUMBER)[0].names == (NAME,)


@pytest.mark.parametrize("has_keys", [True, False], ids=["other keys", "first keys"])
def test_who_has_it_open_while_its_data_key_changes_reads_and_writes_nothing(place, clock, hands, ring, has_keys):
    before = ring if has_keys else None
    with Registry.create(place, clock=clock, keys=before) as registry:
        person, _ = _fill(registry, hands)
        change_registry_keys(place, before, ring, actor="admin", clock=clock, reencrypt=True)
        acts = (
            lambda session: tag(session, person, "high security"),
            lambda session: get_person(session, person),
            lambda session: find_persons(session, NUMBER),
            list_cases,
        )
        for act in acts:
            with _session(registry, "identity") as session, pytest.raises(RecordConflict, match="keys were changed"):
                act(session)
    with Registry.open(place, clock=clock, keys=ring) as opened:
        assert check_sealed(opened) == ()


@pytest.mark.parametrize("altered", ["{", "[]", "{}", '{"mark":"other"}'])
def test_who_has_it_open_while_the_wrapped_key_is_altered_is_refused(filled, altered):
    registry, person, _ = filled
    with registry.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE ledger SET wrapped_key = :altered"), {"altered": altered})
    with _session(registry, "identity") as session, pytest.raises(RecordConflict, match="keys were changed"):
        tag(session, person, "high security")


def test_galleries_are_let_go_of_where_the_database_is_gone(place, clock, filled, ring, monkeypatch, tmp_path):
    registry = filled[0]
    registry.catch_up()

    def fail(*given):
        raise RegistryUnavailable("database: it is gone")

    monkeypatch.setattr(follower, "keep_head", fail)
    with pytest.raises(RegistryUnavailable):
        registry.close()
    monkeypatch.undo()
    (path,) = (tmp_path / "galleries").iterdir()
    with Gallery.open(path, keys=ring) as gallery:
        assert len(gallery) == 2


@pytest.mark.parametrize("has_keys", [True, False], ids=["other keys", "first keys"])
def test_a_gallery_that_is_open_while_the_data_key_changes_loses_no_prints(
    place, clock, hands, ring, tmp_path, has_keys
):
    before = ring if has_keys else None
    with Registry.create(place, clock=clock, keys=before, galleries=tmp_path / "galleries") as registry:
        _fill(registry, hands)
        registry.catch_up()
        change_registry_keys(place, before, ring, actor="admin", clock=clock, reencrypt=True)
        with Registry.open(place, clock=clock, keys=ring) as other, _session(other, "admission") as session:
            admit(session, hands(7).prints(*BOTH), category="remand")
        with pytest.raises(RecordConflict, match="keys were changed"):
            registry.catch_up()
        (held,) = registry.galleries.followers
        assert (len(held.gallery), held.unreadable) == (2, 0)


def test_an_older_gallery_is_refused_and_one_that_is_deleted_made_anew(place, clock, filled, hands, ring, tmp_path):
    registry = filled[0]
    registry.catch_up()
    registry.close()
    folder = tmp_path / "galleries"
    shutil.copytree(folder, tmp_path / "older")
    with Registry.open(place, clock=clock, keys=ring, galleries=folder) as opened:
        with _session(opened, "admission") as session:
            admit(session, hands(7).prints(*BOTH), category="remand")
        opened.catch_up()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "older", folder)
    with Registry.open(place, clock=clock, keys=ring, galleries=folder) as opened, pytest.raises(StaleGallery):
        opened.catch_up()
    shutil.rmtree(folder)
    with Registry.open(place, clock=clock, keys=ring, galleries=folder) as opened:
        opened.catch_up()
        assert sum(len(one.gallery) for one in opened.galleries.followers) == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills_while_keys_change_leave_old_or_new_keys(clock, hands, ring, tmp_path):
    place, folder = tmp_path / "registry.db", tmp_path / "galleries"
    with Registry.create(place, clock=clock, keys=ring, galleries=folder) as registry:
        person, _ = _fill(registry, hands)
        registry.catch_up()
    opened = set()
    for wait in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4):
        new = ring.rotated()
        change = functools.partial(change_registry_keys, place, ring, new, actor="admin", clock=clock)
        kill_during(functools.partial(change, galleries=folder, reencrypt=True), wait)
        is_new = True
        try:
            registry = Registry.open(place, clock=clock, keys=new.without(ring.key_id))
        except WrongKey:
            is_new, registry = False, Registry.open(place, clock=clock, keys=ring)
        with registry:
            assert check_sealed(registry) == ()
            with _session(registry, "admission") as session:
                assert find_persons(session, NUMBER)[0].id == person
        # Galleries come first: those that the run had reached open with the new keys.
        with Registry.open(place, clock=clock, keys=new, galleries=folder) as registry:
            registry.catch_up()
        opened.add(is_new)
        ring = new
    assert opened


def test_a_clock_that_went_back_changes_no_keys(place, clock, filled, ring):
    filled[0].close()
    before = _dump(place)
    clock.move(hours=-1)
    with pytest.raises(ClockWentBack):
        change_registry_keys(place, ring, ring.rotated(), actor="admin", clock=clock, reencrypt=True)
    clock.move(hours=1)
    with Registry.open(place, clock=clock, keys=ring) as opened:
        assert check_sealed(opened) == ()
    assert _dump(place).count(ring.key_id.encode()) == before.count(ring.key_id.encode())


def test_without_random_bytes_nothing_is_made_or_changed(place, clock, filled, ring, monkeypatch, tmp_path):
    filled[0].close()

    def none(count):
        raise OSError("no entropy")

    monkeypatch.setattr("secrets.token_bytes", none)
    with pytest.raises(UnsafeKeys, match="no random bytes"):
        change_registry_keys(place, ring, ring, actor="admin", clock=clock, reencrypt=True)
    monkeypatch.undo()
    with Registry.open(place, clock=clock, keys=ring) as opened:
        assert check_sealed(opened) == ()


def test_a_rotation_that_stopped_between_galleries_and_database_goes_on(place, clock, filled, ring, tmp_path):
    registry, person, _ = filled
    registry.catch_up()
    registry.close()
    new = ring.rotated()
    (gallery,) = (tmp_path / "galleries").glob("*.gallery")
    with Gallery.open(gallery, keys=ring) as opened:
        opened.change_keys(new)
    half = Registry.open(place, clock=clock, keys=ring, galleries=tmp_path / "galleries")
    with half, pytest.raises(WrongKey, match=new.key_id):
        half.catch_up()
    change_registry_keys(place, ring, new, actor="admin", clock=clock, galleries=tmp_path / "galleries")
    alone = new.without(ring.key_id)
    with Registry.open(place, clock=clock, keys=alone, galleries=tmp_path / "galleries") as whole:
        whole.catch_up()
        with _session(whole, "admission") as session:
            assert find_persons(session, NUMBER)[0].id == person
