"""Terms, restriction, erasure with proof, restored backups, access and correction, on both databases."""

import datetime
import shutil

import pytest

from fingerprint_engine import Finger
from fingerprint_engine.errors import PolicyDenied, RecordConflict, RecordsError
from fingerprint_engine.records import (
    AdmissionOutcome,
    Capture,
    CardCapture,
    Claim,
    Registry,
    access,
    admit,
    check,
    correct,
    erase,
    export_erasures,
    get_case,
    get_person,
    release,
    replay_erasures,
    retain,
    roll_call,
    watch,
)
from fingerprint_engine.records.audit import read_entries
from fingerprint_engine.records.retention import erasure, lapsing
from fingerprint_engine.records.retention.residue import pieces_of, search_files

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
NAME = "Inventada de Prueba Única"


@pytest.fixture
def registry(place, clock, tmp_path):
    with Registry.create(place, clock=clock, galleries=tmp_path / "galleries") as made:
        yield made


def _admit(session, hand, name=NAME):
    image = bytes(range(256)) * 8
    prints = [Capture(one, image=image) for one in hand.prints(*BOTH)]
    return admit(session, prints, category="convicted", identifiers=[Claim("name", name)], reason="sentence")


def _all_files(registry, postgres):
    folders = [registry.galleries.folder]
    folders += [registry.database.path.parent] if registry.database.is_sqlite else [postgres[0]]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_erasure_leaves_no_32_bytes_of_a_template_and_no_name_in_any_file(registry, session_for, hands, request, clock):
    postgres = None if registry.database.is_sqlite else request.getfixturevalue("postgres")
    with session_for("admission") as session:
        for number in range(2, 12):
            _admit(session, hands(number), name="Otro Inventado")
        one = _admit(session, hands(1))
    registry.catch_up()
    templates = [registry.galleries.followers[0].gallery.get(key).to_bytes() for key in _keys(registry, one.person.id)]
    assert search_files(_all_files(registry, postgres), templates).found
    with session_for("oversight") as session:
        proof = erase(session, one.person.id)
    assert proof.is_complete
    assert proof.residue.pieces > 20
    assert len(proof.templates) == 2
    assert proof.before["prints"] == 2
    assert proof.before["images"] == 2
    files = _all_files(registry, postgres)
    left = search_files(files, templates)
    assert left.found == ()
    assert [path.name for path in files if path.exists() and NAME.encode() in path.read_bytes()] == []
    with session_for("admission") as session:
        with pytest.raises(RecordConflict, match="erased"):
            get_person(session, one.person.id)
        assert _admit(session, hands(1)).outcome is AdmissionOutcome.NEW
    assert registry.verify_audit().is_whole


def _keys(registry, person):
    gallery = registry.galleries.followers[0].gallery
    return [key for key in gallery if gallery.details(key).subject == person]


def test_a_file_that_is_gone_holds_nothing(tmp_path, hands):
    template = hands(1).print().to_bytes()
    there, gone = tmp_path / "there", tmp_path / "gone"
    there.write_bytes(template)
    assert search_files([gone, there], [template]).found == ("there",)


def test_pieces_tell_templates_apart(hands):
    mine, other = (hands(number).print().to_bytes() for number in (1, 2))
    assert len(pieces_of(mine)) >= 10
    assert not any(piece in other for piece in pieces_of(mine))


def test_terms_run_from_release_through_restriction_to_erasure(registry, session_for, hands, clock):
    with session_for("admission") as session:
        person = _admit(session, hands(1)).person.id
        kept = _admit(session, hands(2)).person.id
    with session_for("custody") as session:
        assert release(session, person, hands(1).prints(*BOTH)).is_done
    oversight = session_for("oversight")
    assert retain(oversight).restrict == ()
    clock.move(days=2 * 365 + 2)
    planned = retain(oversight)
    assert (planned.restrict, planned.erase, planned.is_applied) == ((person,), (), False)

    with session_for("admission") as session:  # not found any more, although nobody has applied anything
        assert admit(session, hands(1).prints(*BOTH), category="remand").outcome is AdmissionOutcome.NEW
    retain(oversight, apply=True)
    with session_for("admission") as session, pytest.raises(PolicyDenied, match="restricted"):
        get_person(session, person)
    with session_for("court") as session:
        assert get_person(session, person).status == "restricted"

    clock.move(days=8 * 365 + 2)
    done = retain(oversight, apply=True)
    assert done.erase == (person,)
    assert done.proof.is_complete
    with session_for("oversight") as session:
        assert get_person(session, kept).status == "active"
    report = registry.verify_audit()
    assert report.is_whole
    assert report.first > 1  # entries older than three years were dropped, and the chain goes on


def test_retention_is_not_applied_as_of_a_day_to_come(registry, session_for, clock):
    later = clock() + datetime.timedelta(days=4000)
    oversight = session_for("oversight")
    assert retain(oversight, later).is_applied is False
    with pytest.raises(RecordsError, match="has passed"):
        retain(oversight, later, apply=True)
    with session_for("admission") as session, pytest.raises(PolicyDenied):
        retain(session)


def test_logs_and_images_have_terms_of_their_own(registry, session_for, hands, clock):
    with session_for("admission") as session:
        person = _admit(session, hands(1)).person.id
    with session_for("custody") as session:
        check(session, person, hands(1).prints(*BOTH))
    oversight = session_for("oversight")
    clock.move(days=40)
    assert (retain(oversight).events, retain(oversight).images) == (1, 0)
    retain(oversight, apply=True)
    assert [one["kind"] for one in access(oversight, person).events] == ["admission"]
    clock.move(days=5 * 365)
    assert retain(oversight).images == 2
    retain(oversight, apply=True)
    holding = access(oversight, person)
    assert [one["image"] for one in holding.prints] == [None, None]
    assert all(one["template_digest"] for one in holding.prints)


def test_a_person_sees_all_that_is_held_and_who_looked_and_has_it_corrected(registry, session_for, hands):
    with session_for("admission") as session:
        person = _admit(session, hands(1)).person
        _admit(session, hands(2), name="Otro Inventado")
    with session_for("custody", actor="officer 4") as session:
        check(session, person.id, hands(1).prints(*BOTH))
    oversight = session_for("oversight")
    holding = access(oversight, person.id)
    assert len(holding.prints) == 2
    assert [one.kind for one in holding.encounters] == ["admission"]
    assert {entry.actor for entry in holding.looked} == {"officer 17", "officer 4"}
    changed = correct(oversight, person.identifiers[0].id, "Inventada Corregida")
    assert get_person(oversight, person.id).names == ("Inventada Corregida",)
    assert correct(oversight, changed.id, None) is None
    assert get_person(oversight, person.id).names == ()
    assert NAME not in repr(registry.database.engine.url)


def test_a_restored_backup_is_erased_again(tmp_path, clock, hands):
    path, backup, erased = tmp_path / "registry.db", tmp_path / "backup.db", tmp_path / "erased.json"
    with Registry.create(path, clock=clock, galleries=tmp_path / "galleries") as registry:
        session = registry.session(actor="officer 17", purpose="admission")
        one, other = _admit(session, hands(1)).person.id, _admit(session, hands(2)).person.id
    shutil.copy(path, backup)
    with Registry.open(path, clock=clock, galleries=tmp_path / "galleries") as registry:
        session = registry.session(actor="officer 1", purpose="oversight")
        erase(session, one)
        assert export_erasures(session, erased) == 1
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    shutil.copy(backup, path)
    with Registry.open(path, clock=clock, galleries=tmp_path / "galleries") as registry:
        session = registry.session(actor="officer 1", purpose="oversight")
        assert get_person(session, one).id == one
        assert replay_erasures(session, erased) == (one,)
        assert replay_erasures(session, erased) == ()
        with pytest.raises(RecordConflict, match="erased"):
            get_person(session, one)
        assert get_person(session, other).id == other
        assert registry.verify_audit().is_whole
        erased.write_bytes(erased.read_bytes().replace(one.encode(), other.encode()))
        with pytest.raises(RecordsError, match="altered"):
            replay_erasures(session, erased)
        odd_lists = (
            "[" * 100_000,
            '{"registry": NaN, "erased": [], "digest": ""}',
            '{"erased": [], "digest": "\\ud800"}',
        )
        for odd in odd_lists:
            erased.write_text(odd)
            with pytest.raises(RecordsError):
                replay_erasures(session, erased)


def test_an_erasure_that_was_stopped_before_the_files_is_finished_by_the_next_retention(
    registry, session_for, hands, monkeypatch
):
    with session_for("admission") as session:
        one = _admit(session, hands(1)).person.id
        _admit(session, hands(2), name="Otro Inventado")
    registry.catch_up()
    templates = [registry.galleries.followers[0].gallery.get(key).to_bytes() for key in _keys(registry, one)]
    with monkeypatch.context() as patch, session_for("oversight") as session:
        patch.setattr(erasure, "scrub", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(session, one)
    assert search_files(_gallery_files(registry), templates).found
    with session_for("oversight") as session:
        retain(session, apply=True)
    assert search_files(_gallery_files(registry), templates).found == ()
    with registry.database.reading() as connection:
        assert "residue" in erasure.erasure_of(connection, one)["proof"]
        assert [one.action for one in read_entries(connection)].count("erasure finished") == 1


def _gallery_files(registry):
    return [path for path in registry.galleries.folder.rglob("*") if path.is_file()]


def test_an_erasure_reaches_a_gallery_whose_kind_of_template_nobody_else_has(
    registry, session_for, hands, place, clock
):
    other = [_of_other_kind(one) for one in hands(1).prints(*BOTH)]
    with session_for("admission") as session:
        _admit(session, hands(2))
        one = admit(session, other, category="remand").person.id
    registry.catch_up()
    registry.close()
    templates = [template.to_bytes() for template in other]
    with Registry.open(place, clock=clock, galleries=registry.galleries.folder) as opened:
        assert search_files(_gallery_files(opened), templates).found
        proof = erase(opened.session(actor="officer 1", purpose="oversight"), one)
        assert proof.is_complete
        assert search_files(_gallery_files(opened), templates).found == ()
        assert bool(proof.residue.not_seen) == (not opened.database.is_sqlite)


def _of_other_kind(template):
    fields = {name: getattr(template, name) for name in template.__dataclass_fields__}
    return type(template)(**{**fields, "parameters_digest": b"another!"})


def test_an_open_case_of_somebody_else_keeps_no_prints_of_the_erased(registry, session_for, hands):
    with session_for("admission") as session:
        one, two = (_admit(session, hands(n), name=f"N {n}").person.id for n in (1, 2))
    with session_for("custody") as session:
        case = check(session, one, hands(2).prints(*BOTH)).case
    with session_for("identity") as session:
        assert len(get_case(session, case).evidence["captured"]) == 2
    with session_for("oversight") as session:
        erase(session, two)
    with session_for("identity") as session:
        held = get_case(session, case)
    assert held.candidates == ()
    assert "captured" not in held.evidence


def test_access_tells_of_cases_watches_and_roll_calls_and_of_every_look(registry, session_for, hands, clock):
    with session_for("admission") as session:
        one = admit(session, hands(1).prints(*BOTH), category="remand", unit="A").person.id
        for _ in range(1100):
            get_person(session, one)
    with session_for("custody") as session:
        case = check(session, one, hands(2).prints(*BOTH)).case
        roll_call(session, [CardCapture(hands(1).prints(*BOTH), one)], unit="A")
    with session_for("exchange") as session:
        watch(session, hands(1).prints(*BOTH), agency="elsewhere", expires=clock().replace(year=2030))
    held = access(session_for("oversight"), one)
    assert case in {row["id"] for row in held.further["cases"]}
    assert len(held.further["notices"]) == 1
    assert len(held.looked) > 1100
    assert [entry.action for entry in held.looked if entry.action.startswith("roll-call")] == ["roll-call: 1 present"]


def test_prints_that_may_be_kept_until_a_day_go_after_it_and_the_rest_of_the_file_stays(
    registry, session_for, hands, clock
):
    until = clock.at.date() + datetime.timedelta(days=10)
    own, lent = hands(1), hands(2)
    with session_for("admission") as session:
        kept = _admit(session, own)
        again = admit(
            session,
            own.prints(*BOTH),
            category="convicted",
            identifiers=[Claim("alias", "Prestado Inventado")],
            last_day=until,
        )
        alone = admit(session, lent.prints(*BOTH), category="convicted", last_day=until)
        with pytest.raises(RecordsError, match="last_day"):
            admit(session, hands(3).prints(), category="convicted", last_day=until - datetime.timedelta(days=11))
    registry.catch_up()
    gallery = registry.galleries.followers[0].gallery
    templates = [gallery.get(key).to_bytes() for key in _keys(registry, alone.person.id)]
    borrowed = [key for key in _keys(registry, kept.person.id) if gallery.details(key).expires == until]
    templates += [gallery.get(key).to_bytes() for key in borrowed]
    assert len(templates) == 4
    with session_for("oversight") as session:
        assert retain(session).encounters == ()
    clock.move(days=10)
    with session_for("oversight") as session:
        assert retain(session).erase == ()
    clock.move(days=1)
    with session_for("admission") as session, pytest.raises(RecordConflict, match="no longer"):
        get_person(session, alone.person.id)
    with session_for("oversight") as session:
        done = retain(session, apply=True)
        held = access(session, kept.person.id)
    assert done.erase == (alone.person.id,)
    assert done.encounters == (again.encounter,)
    assert done.proof.is_complete
    assert done.lapse_proof.residue.found == ()
    assert len(done.lapse_proof.templates) == 2
    assert [one.id for one in held.encounters] == [kept.encounter]
    assert NAME in held.person.names
    assert "Prestado Inventado" not in held.person.names
    assert len(held.prints) == 2
    assert search_files(_all_gallery_files(registry), templates).found == ()
    assert registry.verify_audit().is_whole
    with session_for("oversight") as session:
        assert retain(session).encounters == ()


def test_an_encounter_whose_erasure_was_stopped_is_finished_by_the_next_run(
    registry, session_for, hands, clock, monkeypatch
):
    until = clock.at.date() + datetime.timedelta(days=1)
    with session_for("admission") as session:
        kept = _admit(session, hands(1))
        lent = admit(session, hands(1).prints(*BOTH), category="convicted", last_day=until)
    registry.catch_up()
    clock.move(days=2)

    def stop(*_, **__):
        raise KeyboardInterrupt

    with session_for("oversight") as session:
        monkeypatch.setattr(lapsing, "scrub", stop)
        with pytest.raises(KeyboardInterrupt):
            retain(session, apply=True)
        monkeypatch.undo()
        assert retain(session).encounters == (lent.encounter,)
        done = retain(session, apply=True)
        assert done.encounters == (lent.encounter,)
        assert [one.id for one in access(session, kept.person.id).encounters] == [kept.encounter]
        assert retain(session).encounters == ()


def _all_gallery_files(registry):
    return [path for path in registry.galleries.folder.rglob("*") if path.is_file()]
