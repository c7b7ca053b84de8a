"""Any sequence of repairs and undos can be taken back, in any order that is possible, to the exact first state."""

import contextlib
import random

import pytest
import sqlalchemy as sa

from fingerprint_engine import Finger
from fingerprint_engine.errors import RecordConflict, RecordsError, UndoRefused
from fingerprint_engine.records import (
    Claim,
    NewPerson,
    Registry,
    decide,
    import_people,
    link,
    list_changes,
    propose,
    tag,
    undo,
)
from fingerprint_engine.records.storage.schema import (
    encounters,
    identifiers,
    persons,
    prints,
    relations,
    tags,
    watches,
)
from fingerprint_engine.synthesis import PointPeople

FINGERS = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
STATE = (persons, encounters, identifiers, tags, relations, watches, prints)
PEOPLE, STEPS = 5, 14


@pytest.fixture(scope="module")
def hands():
    people = PointPeople(9)
    return [people.prints(number, FINGERS) for number in range(PEOPLE)]


@pytest.fixture
def registry(tmp_path, hands):
    with Registry.create(tmp_path / "registry.db") as made:
        session = made.session(actor="clerk", purpose="admission", site="north")
        claims = [[Claim("name", f"N {n}"), Claim("custody number", f"{n}", "north")] for n in range(PEOPLE)]
        found = import_people(session, [NewPerson(hands[n], "remand", claims[n]) for n in range(PEOPLE)])
        for one in found.persons[:3]:
            tag(session, one, "high security")
        link(session, found.persons[0], found.persons[3], "co-accused")
        yield made


def _state(registry, made):
    """All rows that say who is who, but for files that splits made and that are merged back."""
    with registry.database.reading() as connection:
        rows = {
            table.name: {tuple(row) for row in connection.execute(sa.select(table)) if row.id not in made}
            for table in STATE
        }
    registry.catch_up()
    gallery = registry.galleries.followers[0].gallery
    return rows, {key: (gallery.details(key), gallery.get(key)) for key in gallery}


def _ids(registry, column):
    with registry.database.reading() as connection:
        return sorted(connection.execute(sa.select(column)).scalars())


def _propose_anything(rng, registry, examiner):
    kind = rng.choice(["merge", "move", "swap", "split"])
    people, met = _ids(registry, persons.c.id), _ids(registry, encounters.c.id)
    if kind == "merge":
        return propose(examiner, kind, persons=rng.sample(people, 2), reason="r")
    if kind == "move":
        return propose(examiner, kind, encounter=rng.choice(met), to=rng.choice(people), reason="r")
    if kind == "split":
        return propose(examiner, kind, person=rng.choice(people), encounters=[rng.choice(met)], reason="r")
    with registry.database.reading() as connection:
        query = sa.select(prints.c.id).where(prints.c.encounter_id == rng.choice(met))
        return propose(examiner, kind, prints=list(connection.execute(query).scalars()), reason="r")


def _accept(examiner, second, proposal):
    done = decide(examiner, proposal.id, accept=True, reason="r")
    if not done[0].verdict:
        with pytest.raises(RecordConflict, match="said so already"):
            decide(examiner, proposal.id, accept=True, reason="r")
        done = decide(second, proposal.id, accept=True, reason="r")
    return done[1]


def _in_force(changes):
    """For each repair that is in force, the last change of its chain of undos."""
    by_id = {change.id: change for change in changes}
    found = []
    for change in changes:
        last, count = change, 0
        while last.undone_by is not None:
            last, count = by_id[last.undone_by], count + 1
        if change.kind != "undo" and count % 2 == 0:
            found.append(last.id)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_repairs_and_undos_in_any_order_lead_back_to_the_exact_first_state(registry, seed):
    rng = random.Random(seed)
    first = _state(registry, set())
    known = set(_ids(registry, persons.c.id))
    examiner, second = (registry.session(actor=f"examiner {n}", purpose="identity") for n in (1, 2))
    done = refused = 0
    for _ in range(STEPS):
        try:
            if rng.random() < 0.35 and (changes := list_changes(examiner)):
                undo(examiner, rng.choice(changes).id)
            else:
                _accept(examiner, second, _propose_anything(rng, registry, examiner))
            done += 1
        except (RecordConflict, UndoRefused, RecordsError):
            refused += 1
    assert done >= 4
    while left := _in_force(list_changes(examiner)):
        rng.shuffle(left)
        for change in left:
            with contextlib.suppress(UndoRefused):
                undo(examiner, change)
                break
        else:
            raise AssertionError("nothing can be taken back any more")
    made = set(_ids(registry, persons.c.id)) - known
    assert _state(registry, made) == first
    with registry.database.reading() as connection:
        rows = connection.execute(sa.select(persons.c.merged_into).where(persons.c.id.in_(made)))
        assert all(row.merged_into for row in rows)
    assert registry.verify_audit().is_whole
