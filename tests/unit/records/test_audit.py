"""The audit trail: whole, and found out when it is altered, holed or cut off, on both databases."""

import datetime
import threading

import pytest
import sqlalchemy as sa

from fingerprint_engine import Finger
from fingerprint_engine.errors import ClockWentBack
from fingerprint_engine.records import Claim, admit, check, find_persons, get_person
from fingerprint_engine.records.audit import head_of, read_entries
from fingerprint_engine.records.audit.chain import digest_of_entry
from fingerprint_engine.records.retention.retaining import drop_audit
from fingerprint_engine.records.storage.schema import audit, ledger

NAME = "Ficticia D'Écouves 🙂"


@pytest.fixture
def trail(session_for, hands, registry):
    with session_for("admission") as session:
        found = admit(
            session,
            hands(1).prints(Finger.RIGHT_INDEX, Finger.LEFT_INDEX),
            category="remand",
            identifiers=[Claim("name", NAME), Claim("national id", "000-FICTION", "nowhere")],
        )
        for _ in range(3):
            get_person(session, found.person.id)
        find_persons(session, NAME, kind="name")
    with session_for("custody") as session:
        check(session, found.person.id, hands(1).prints())
    return registry


def test_every_read_and_write_is_an_entry_without_names_and_numbers(trail):
    with trail.database.reading() as connection:
        entries = read_entries(connection)
    assert [entry.action for entry in entries] == [
        "admission: new",
        "read person",
        "read person",
        "read person",
        "find person",
        "check: same",
    ]
    assert {entry.purpose for entry in entries} == {"admission", "custody"}
    assert entries[0].receipt
    assert not any(word in repr(entries) for word in (NAME, "Ficticia", "000-FICTION"))


def _execute(registry, statement):
    registry.database.write(lambda connection: connection.execute(statement))


def test_an_altered_a_missing_and_a_cut_off_entry_are_named(trail):
    with trail.database.reading() as connection:
        exported = head_of(connection)
    assert trail.verify_audit(exported).is_whole
    _execute(trail, audit.update().where(audit.c.number == 3).values(actor="nobody"))
    assert trail.verify_audit().problem == "entry 3: it was altered"
    _execute(trail, audit.update().where(audit.c.number == 3).values(actor="officer 17"))
    assert trail.verify_audit().is_whole
    _execute(trail, audit.delete().where(audit.c.number == 6))
    assert trail.verify_audit().problem == "entry 6: it is missing; the registry wrote 6"
    with trail.database.reading() as connection:
        last = read_entries(connection)[-1]
    _execute(trail, ledger.update().values(audit_number=5, audit_digest=last.digest))
    assert trail.verify_audit().is_whole  # whoever may write everything hides it from all but the exported head
    assert trail.verify_audit(exported).problem == "entry 6: it is missing; the exported head is entry 6"
    _execute(trail, audit.delete().where(audit.c.number == 2))
    assert trail.verify_audit().problem == "entry 2: it is missing"
    _execute(trail, audit.delete().where(audit.c.number <= 2))
    assert trail.verify_audit().problem == "entry 2: it is missing, and no checkpoint covers it"


def test_a_forged_chain_is_found_by_the_exported_head(trail):
    with trail.database.reading() as connection:
        exported, entries = head_of(connection), read_entries(connection)
    digest = entries[0].previous
    for entry in entries:
        fields = (entry.number, entry.at, "forger", *entry[3:8], digest)
        digest = digest_of_entry(*fields)
        values = {"actor": "forger", "previous": fields[-1], "digest": digest}
        _execute(trail, audit.update().where(audit.c.number == entry.number).values(**values))
    _execute(trail, ledger.update().values(audit_digest=digest))
    assert trail.verify_audit().is_whole
    assert trail.verify_audit(exported).problem == "entry 6: it is not the one of the exported head"
    assert trail.verify_audit(exported._replace(registry="G-OTHER", digest=digest)).problem.startswith("exported head")


def test_a_clock_that_goes_back_is_refused_and_a_small_step_is_borne(trail, clock, session_for, registry):
    with session_for("admission") as session:
        clock.move(seconds=-5)
        find_persons(session, "x")
        with registry.database.reading() as connection:
            times = [entry.at for entry in read_entries(connection)]
        assert times == sorted(times)
        clock.move(hours=-1)
        with pytest.raises(ClockWentBack, match="expected a time from"):
            find_persons(session, "x")
        clock.move(hours=1, seconds=10)
        find_persons(session, "x")
    assert registry.verify_audit().is_whole


def test_entries_of_many_threads_make_one_chain(registry, session_for):
    def work():
        with session_for("admission") as session:
            for _ in range(10):
                find_persons(session, "x")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = registry.verify_audit()
    assert report.is_whole
    assert report.entries == 40


def test_the_moment_of_an_entry_is_utc(trail, clock):
    with trail.database.reading() as connection:
        at = connection.execute(sa.select(audit.c.at).limit(1)).scalar()
    assert datetime.datetime.fromisoformat(at).utcoffset() == datetime.timedelta(0)
    assert at.startswith("2026-03-02T08:00")


def test_an_older_head_says_that_it_compares_nothing_and_a_carried_one_is_compared(trail, session_for, clock):
    with trail.database.reading() as connection:
        exported = head_of(connection)
    assert trail.verify_audit(exported).is_compared
    clock.move(days=1)
    with session_for("admission") as session:
        find_persons(session, "x")
    with session_for("oversight") as session:
        session.write(lambda transaction: drop_audit(transaction, transaction.at))
    assert trail.verify_audit(exported).is_compared  # its digest is in the checkpoint
    assert trail.verify_audit(exported._replace(digest="0" * 64)).problem.startswith("entry 6: its checkpoint")
    older = trail.verify_audit(exported._replace(number=3))
    assert older.is_whole
    assert not older.is_compared


def test_what_only_a_database_can_hold_is_named_too(trail):
    if not trail.database.is_sqlite:
        pytest.skip("this database holds text only")
    _execute(trail, sa.text("UPDATE audit SET actor = x'ff00' WHERE number = 2"))
    assert trail.verify_audit().problem == "entry 2: it was altered"
