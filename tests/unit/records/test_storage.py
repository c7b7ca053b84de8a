"""The schema, its versions, and everything that is no registry, or is given wrong."""

import pickle
import sqlite3

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from fingerprint_engine import Finger
from fingerprint_engine.errors import (
    InputError,
    PolicyDenied,
    RecordConflict,
    RecordsError,
    RegistryUnavailable,
    UnknownRecord,
    UnsupportedSchema,
)
from fingerprint_engine.records import (
    Capture,
    Claim,
    NewPerson,
    Registry,
    admit,
    biography,
    check,
    find_persons,
    get_person,
    import_people,
    link,
    notices,
    tag,
    untag,
    upgrade_registry,
    watch,
)
from fingerprint_engine.records.storage import versions
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import metadata

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


def test_the_migrations_make_the_tables_that_the_code_expects(registry):
    with registry.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        assert compare_metadata(context, metadata) == []


def test_a_database_of_a_newer_or_older_schema_or_of_something_else_is_refused(place, clock, tmp_path):
    Registry.create(place, clock=clock).close()
    with pytest.raises(RecordConflict, match="already"):
        Registry.create(place, clock=clock)

    def set_version(version):
        with Registry.open(place, clock=clock) as registry:
            registry.database.write(
                lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": version})
            )

    set_version("9999")
    with pytest.raises(UnsupportedSchema, match="newer release"):
        Registry.open(place, clock=clock)
    with pytest.raises(UnsupportedSchema, match="newer release"):
        upgrade_registry(place)
    with pytest.raises(UnsupportedSchema, match="no such file"):
        Registry.open(tmp_path / "absent.db", clock=clock)


def test_a_registry_of_the_first_schema_is_upgraded_with_what_it_holds(place, clock):
    old = Database(place)
    config = Config()
    config.set_main_option("script_location", str(versions._MIGRATIONS))

    def make(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, "1")
        row = {"id": "X-1", "agency": "A", "their_reference": "R", "outcome": "no hit", "at": "2026-01-01"}
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        connection.execute(sa.text(f"INSERT INTO answers ({names}) VALUES ({values})"), row)
        first = {"id": 1, "at": "2026-01-01T00:00:00.000000Z"}
        ledger = "INSERT INTO ledger VALUES (:id, 'G-1', :at, 0, 0, '', :at)"
        connection.execute(sa.text(ledger), first)

    old.write(make)
    old.close()
    with pytest.raises(UnsupportedSchema, match="upgrade it first"):
        Registry.open(place, clock=clock)
    upgrade_registry(place)
    with Registry.open(place, clock=clock) as registry, registry.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        assert compare_metadata(context, metadata) == []
        row = connection.execute(sa.text("SELECT id, agency, purpose, bundle_id FROM answers")).one()
        assert tuple(row) == ("X-1", "A", "", None)


def test_names_are_not_among_the_samples_that_postgresql_keeps(registry, session_for, hands):
    if registry.database.is_sqlite:
        pytest.skip("SQLite keeps no samples")
    with session_for("admission") as session:
        for number in range(4):
            claims = [Claim("name", "Nombre de Prueba")]
            admit(session, hands(number).prints(*BOTH), category="remand", identifiers=claims, reason="Motivo")
    with registry.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
        samples = str(connection.execute(sa.text("SELECT * FROM pg_stats WHERE schemaname = 'public'")).fetchall())
    assert "identifiers" in samples
    assert "Nombre de Prueba" not in samples
    assert "Motivo" not in samples


def test_files_that_are_no_registries_are_refused(tmp_path, clock):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
    for call in (Registry.open, Registry.create):
        with pytest.raises(UnsupportedSchema, match="something else"):
            call(other, clock=clock)
    (tmp_path / "text.db").write_text("no database " * 1000)
    with pytest.raises(RegistryUnavailable):
        Registry.open(tmp_path / "text.db", clock=clock)
    with pytest.raises(RecordsError, match="SQLite or PostgreSQL"):
        Registry.open("oracle://host/name", clock=clock)
    with pytest.raises(RegistryUnavailable):
        Registry.open(f"postgresql://nobody@/none?host={tmp_path}", clock=clock)


NASTY = [
    "Robert'); DROP TABLE persons;--",
    "' OR 1=1 --",
    "%",
    "_",
    "Ærøskøbing Æ 李明 محمد 🙂\u202e reversed",
    "a\u0301 and á",
    "{curly} %s :name",
    "\\x00 \\",
]


@pytest.mark.parametrize("text", NASTY)
def test_any_unicode_and_any_sql_in_any_field_is_only_text(registry, session_for, hands, text):
    with session_for("admission") as session:
        claims = [Claim("name", text), Claim("custody number", text, "north"), Claim("alias", text)]
        word = text if text.isprintable() else "word"
        found = admit(
            session, hands(1).prints(*BOTH), category="remand", identifiers=claims, reason=text, unit=word, agency=word
        )
        assert found.person.names == (text, text)
        assert [one.id for one in find_persons(session, text, kind="name")] == [found.person.id]
        assert [one.id for one in find_persons(session, text)] == [found.person.id]
        assert find_persons(session, text + "x", kind="name") == ()
        assert biography(session, found.person.id).stays[0].encounter.reason == text
        tagged = tag(session, found.person.id, word)
        untag(session, tagged.id)
    with registry.database.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    assert registry.verify_audit().is_whole


@pytest.mark.parametrize(
    ("give", "expected"),
    [
        (lambda: Claim("name", "a\0b"), "without NUL"),
        (lambda: Claim("name", "\ud800"), "surrogate"),
        (lambda: Claim("name", "x" * 1001), "at most 1000"),
        (lambda: Claim("name", " "), "empty"),
        (lambda: Claim("name", 7), "expected a text"),
        (lambda: Claim("shoe size", "44"), "one of"),
        (lambda: Claim("custody number", "1", "two\nlines"), "one line"),
        (Capture, "either a template or the reason"),
        (lambda: Capture(missing="eaten"), "one of amputated"),
        (lambda: Capture(missing="amputated"), "position"),
        (lambda: Capture("no template"), "expected a Template"),
    ],
)
def test_what_cannot_be_recorded_is_refused_at_the_door(give, expected):
    with pytest.raises(RecordsError, match=expected) as error:
        give()
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


def test_calls_with_wrong_arguments_leave_nothing_behind(registry, session_for, hands, clock):
    prints = hands(1).prints(*BOTH)
    with session_for("admission") as session:
        for wrong, message in (
            ({"category": "ghost"}, "one of remand"),
            ({"category": "remand", "identifiers": ["name"]}, "Claim objects"),
            ({"category": "remand", "unit": "a\nb"}, "one line"),
            ({"category": "remand", "captured_at": clock().replace(year=2050)}, "has passed"),
        ):
            with pytest.raises(RecordsError, match=message):
                admit(session, prints, **wrong)
        with pytest.raises(InputError, match="time zone"):
            admit(session, prints, category="remand", captured_at=clock().replace(tzinfo=None))
        with pytest.raises(RecordsError, match="at least one"):
            admit(session, [], category="remand")
        with pytest.raises(RecordsError, match="templates or captures"):
            admit(session, ["print"], category="remand")
        with pytest.raises(PolicyDenied, match="expected a purpose among"):
            registry.session(actor="officer", purpose="picnic")
        with pytest.raises(RecordsError, match="actor"):
            registry.session(actor="", purpose="admission")
        for call in (get_person, biography):
            with pytest.raises(UnknownRecord):
                call(session, "P-NOBODY")
    with pytest.raises(RecordsError, match="closed"):
        get_person(session, "P-NOBODY")
    with registry.database.reading() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in metadata.sorted_tables
        ]
    assert sum(counts) == 1  # the ledger


def test_an_import_lists_who_cannot_be_recorded_and_goes_on(registry, session_for, hands):
    def person(number, custody, category="remand"):
        return NewPerson(hands(number).prints(*BOTH), category, [Claim("custody number", custody, "old")], site="north")

    with session_for("admission") as session:
        found = import_people(session, [person(1, "1"), person(2, "1"), person(3, "3", "ghost"), person(4, "4")])
        assert [one is None for one in found.persons] == [False, True, True, False]
        assert [(place, type(error)) for place, error in found.refused] == [(1, RecordConflict), (2, RecordsError)]
        again = import_people(session, [person(5, "4"), person(5, "5")])
        assert [one is None for one in again.persons] == [True, False]
        assert admit(session, hands(4).prints(*BOTH), category="remand").person.id == found.persons[3]
    assert registry.verify_audit().is_whole


def test_fingers_that_are_missing_are_recorded_with_their_reason(session_for, hands):
    captures = [Capture(hands(1).print()), Capture(finger=Finger.LEFT_INDEX, missing="amputated")]
    with session_for("admission") as session:
        person = admit(session, captures, category="remand").person.id
        assert biography(session, person).stays[0].prints == 2
    with session_for("custody") as session:
        assert check(session, person, hands(1).prints(Finger.RIGHT_INDEX)).outcome.value == "same"


def test_people_are_linked_when_their_identity_is_settled(session_for, hands):
    with session_for("admission") as session:
        one, two = (admit(session, hands(n).prints(*BOTH), category="remand").person.id for n in (1, 2))
        made = link(session, one, two, "co-accused", "the same trial")
        assert biography(session, one).relations == (made,)
        with pytest.raises(RecordConflict, match="the same person"):
            link(session, one, one, "co-accused")


def test_a_watch_finds_who_is_here_and_tells_of_who_comes(session_for, hands, clock):
    until = clock().replace(year=2027)
    with session_for("admission") as session:
        here = admit(session, hands(1).prints(*BOTH), category="remand").person.id
    with session_for("exchange") as exchange:
        first = watch(exchange, hands(1).prints(*BOTH), agency="elsewhere", expires=until)
        second = watch(exchange, hands(2).prints(*BOTH), agency="elsewhere", expires=until)
        assert [one.person for one in first.candidates] == [here]
        assert second.candidates == ()
        assert [notice.person for notice in notices(exchange, "elsewhere")] == [here]
    with session_for("admission") as session:
        found = admit(session, hands(2).prints(*BOTH), category="remand")
        assert found.outcome.value == "new"
        assert [alert.person for alert in found.alerts if alert.is_hit] == [second.person]
        assert found.case
    with session_for("exchange") as exchange:
        (notice,) = notices(exchange, "elsewhere")
        assert (notice.watch, notice.person, notice.outcome) == (second.id, found.person.id, "hit")
        assert notices(exchange, "elsewhere") == ()
        clock.move(days=700)
    with session_for("admission") as session:
        assert admit(session, hands(2).prints(*BOTH), category="remand").outcome.value == "known"
    with session_for("exchange") as exchange:
        assert notices(exchange, "elsewhere") == ()  # the watch has expired
