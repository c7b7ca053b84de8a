"""Galleries follow the database: in order, without holes, after losses and restored copies; and only their own."""

import shutil
import threading

import pytest
import sqlalchemy as sa

from fingerprint_engine import Finger, Gallery
from fingerprint_engine.errors import ForeignGallery, RecordsError
from fingerprint_engine.records import Capture, Registry, admit, check_visitor, erase, transfer
from fingerprint_engine.records.following import Follower, FollowRule
from fingerprint_engine.records.storage.schema import encounters, feed, prints
from fingerprint_engine.template.batch import template_digest

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


def _admit(registry, hand, site="north", **more):
    session = registry.session(actor="officer 17", purpose="admission", site=site)
    return admit(session, hand.prints(*BOTH), category="remand", **more).person.id


def _held(registry):
    found = {}
    for follower in registry.galleries.followers:
        gallery = follower.gallery
        found |= {key: (gallery.details(key), gallery.get(key)) for key in gallery}
    return found


def test_a_gallery_that_lost_its_end_or_everything_catches_up_to_the_same(tmp_path, place, clock, hands):
    folder = tmp_path / "galleries"
    with Registry.create(place, clock=clock, galleries=folder) as registry:
        people = [_admit(registry, hands(number)) for number in range(4)]
        registry.catch_up()
    shutil.copytree(folder, tmp_path / "old")
    with Registry.open(place, clock=clock, galleries=folder) as registry:
        _admit(registry, hands(5))
        custody = registry.session(actor="officer 17", purpose="custody", site="north")
        transfer(custody, people[1], hands(1).prints(*BOTH), site="south")
        erase(registry.session(actor="officer 1", purpose="oversight"), people[2])
        last = registry.catch_up()
        expected = _held(registry)
    assert len(expected) == 8
    for loss in ("nothing", "an old copy", "everything"):
        if loss != "nothing":
            shutil.rmtree(folder)
        if loss == "an old copy":
            shutil.copytree(tmp_path / "old", folder)
        with Registry.open(place, clock=clock, galleries=folder) as registry:
            assert registry.catch_up() == last
            assert _held(registry) == expected, loss
            assert all(follower.number == last for follower in registry.galleries.followers)


def test_changes_of_many_writers_are_numbered_in_the_order_of_commits_and_no_follower_misses_one(registry, hands):
    errors, done = [], threading.Event()
    prints = {number: hands(number).prints(*BOTH) for number in range(12)}

    def write(part):
        try:
            session = registry.session(actor=f"writer {part}", purpose="admission", site="north")
            for number in range(part, 12, 3):
                admit(session, prints[number], category="remand")
        except BaseException as error:
            errors.append(error)

    seen = []

    def follow():
        with registry.database.reading() as connection:
            pass
        while not done.is_set() or not seen or seen[-1] < 24:
            with registry.database.reading() as connection:
                numbers = list(connection.execute(sa.select(feed.c.number).order_by(feed.c.number)).scalars())
            if numbers != list(range(1, len(numbers) + 1)):
                errors.append(AssertionError(f"holes in {numbers}"))
                return
            seen.append(len(numbers))
            if errors:
                return

    threads = [threading.Thread(target=write, args=(part,)) for part in range(3)]
    follower = threading.Thread(target=follow)
    for thread in (*threads, follower):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    follower.join()
    assert errors == []
    assert registry.catch_up() == 24
    assert len(_held(registry)) == 24
    assert registry.verify_audit().is_whole


def test_two_admissions_of_one_person_at_one_moment_give_one_file(registry, hands):
    prints = [hands(1).prints(*BOTH) for _ in range(4)]
    _admit(registry, hands(2))
    start = threading.Barrier(4)
    found, errors = [], []

    def work(mine):
        session = registry.session(actor="officer", purpose="admission", site="north")
        start.wait()
        try:
            found.append(admit(session, mine, category="remand").person.id)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in prints]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(found)) == 1


def test_galleries_of_one_site_or_category_hold_their_own_and_lose_who_is_transferred(registry, hands):
    kind = template_digest(hands(1).print()).hex()
    person = _admit(registry, hands(1))
    _admit(registry, hands(2), site="south")
    check_visitor(registry.session(actor="officer", purpose="visit", site="north"), hands(3).prints(*BOTH))

    def follower(**rule):
        return Follower(
            registry.database,
            registry.id,
            Gallery(),
            parameters=kind,
            policy=registry.policy,
            only=FollowRule(**rule),
        )

    north, south = follower(sites={"north"}), follower(sites={"south"})
    visitors = follower(categories={"visitor"})
    for one in (north, south, visitors):
        one.catch_up()
    assert [len(one.gallery) for one in (north, south, visitors)] == [4, 2, 2]
    custody = registry.session(actor="officer", purpose="custody", site="north")
    assert transfer(custody, person, hands(1).prints(*BOTH), site="south").is_done
    for one in (north, south, visitors):
        one.catch_up()
    assert [len(one.gallery) for one in (north, south, visitors)] == [2, 4, 2]


def test_a_gallery_of_another_registry_or_with_prints_of_its_own_is_refused(tmp_path, clock, hands):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        with Registry.create(folder / "registry.db", clock=clock, galleries=folder / "galleries") as registry:
            _admit(registry, hands(1))
            registry.catch_up()
    shutil.rmtree(folders[0] / "galleries")
    shutil.copytree(folders[1] / "galleries", folders[0] / "galleries")
    with Registry.open(folders[0] / "registry.db", clock=clock, galleries=folders[0] / "galleries") as registry:
        with pytest.raises(ForeignGallery, match="another registry"):
            registry.catch_up()
        (path,) = (folders[1] / "galleries").iterdir()
        with Gallery.open(tmp_path / "own.gallery") as gallery:
            gallery.enrol("mine", hands(3).print())
            with pytest.raises(ForeignGallery, match="empty"):
                Follower(registry.database, registry.id, gallery, parameters=path.stem, policy=registry.policy)


def test_the_receipt_names_the_change_and_what_templates_of_another_kind_leave_out(registry, hands):
    _admit(registry, hands(1))
    session = registry.session(actor="officer", purpose="admission", site="north")
    other = _of_other_kind(hands(2).print())
    found = admit(session, [other], category="remand")
    assert found.outcome.value == "incomplete"
    assert found.receipt["search"]["excluded"] == {"templates made with other parameters": 2}
    assert found.receipt["search"]["change"] == 2
    both = Capture(_of_other_kind(hands(1).print()), also=(hands(1).print(),))
    again = admit(session, [both], category="remand")
    assert again.outcome.value == "known"


def _of_other_kind(template):
    fields = {name: getattr(template, name) for name in template.__dataclass_fields__}
    return type(template)(**{**fields, "parameters_digest": b"another!"})


@pytest.mark.parametrize("kind", ["../../elsewhere", "/elsewhere", "0" * 39, "F" * 40, ""])
def test_what_the_database_calls_a_kind_of_template_is_no_path(tmp_path, place, clock, hands, kind):
    folder = tmp_path / "below" / "galleries"
    with Registry.create(place, clock=clock, galleries=folder) as registry:
        _admit(registry, hands(1))
        registry.catch_up()
    before = sorted(path for path in tmp_path.rglob("*.gallery"))
    engine = sa.create_engine(place if "://" in str(place) else f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.execute(prints.update().values(parameters=kind))
    engine.dispose()
    with Registry.open(place, clock=clock, galleries=folder) as registry:
        if kind:
            with pytest.raises(RecordsError, match="40 hexadecimal digits"):
                registry.catch_up()
        else:  # sorts before every kind, so that nothing asks for it
            registry.catch_up()
    assert sorted(path for path in tmp_path.rglob("*.gallery")) == before


def test_a_template_damaged_in_the_database_makes_searches_incomplete_also_after_opening(tmp_path, place, clock, hands):
    def spoil(registry, person):
        mine = sa.select(encounters.c.id).where(encounters.c.person_id == person)
        registry.database.write(
            lambda c: c.execute(prints.update().where(prints.c.encounter_id.in_(mine)).values(template=b"damaged"))
        )

    folder = tmp_path / "galleries"
    with Registry.create(place, clock=clock, galleries=folder) as registry:
        _admit(registry, hands(1))
        spoil(registry, _admit(registry, hands(2)))
        session = registry.session(actor="officer", purpose="admission", site="north")
        found = admit(session, hands(3).prints(*BOTH), category="remand")
        assert len(_held(registry)) == 2
        assert (found.outcome.value, bool(found.case)) == ("incomplete", True)
        assert found.receipt["search"]["excluded"] == {"templates damaged in the database": 2}
    for _ in range(2):
        with Registry.open(place, clock=clock, galleries=folder) as registry:
            session = registry.session(actor="officer", purpose="admission", site="north")
            assert admit(session, hands(1).prints(*BOTH), category="remand").outcome.value == "known"
            found = admit(session, hands(4).prints(*BOTH), category="remand", identifiers=[])
            assert found.receipt["search"]["excluded"] == {"templates damaged in the database": 2}
        shutil.rmtree(folder)


def test_a_gallery_and_its_place_are_written_at_once(tmp_path, registry, hands, monkeypatch):
    _admit(registry, hands(1))
    kind = template_digest(hands(1).print()).hex()
    with Gallery.open(tmp_path / "one.gallery") as gallery:
        follower = Follower(registry.database, registry.id, gallery, parameters=kind, policy=registry.policy)
        follower.catch_up()
        written = []
        apply = gallery.apply
        monkeypatch.setattr(gallery, "apply", lambda *a, **k: written.append((len(a[0]), k)) or apply(*a, **k))
        _admit(registry, hands(2))
        follower.catch_up()
        assert [(count, one["follows"].number) for count, one in written] == [(2, 4)]
        assert gallery.follows.registry == registry.id
        assert gallery.follows.number == 4
