"""``registry`` with ``--registry-keys``: made, used, rekeyed and looked through."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from fingerprint_engine import Finger, Template
from fingerprint_engine.cli import ExitCode
from fingerprint_engine.keys import KeyRing, StationKey
from fingerprint_engine.synthesis import PointPeople

from .conftest import Run

NAME = "Perpetua Desconocida"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "own.keys"
    KeyRing.generate().save(path)
    return path


@pytest.fixture
def prints(tmp_path: Path) -> list[Path]:
    made = []
    for template in PointPeople(5).prints(1, (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)):
        made.append(tmp_path / f"{template.finger}.fpt")
        made[-1].write_bytes(template.to_bytes())
    return made


def test_a_registry_gets_keys_and_others_and_says_what_was_altered(
    run: Run, keys: Path, prints: list[Path], tmp_path: Path
) -> None:
    place = tmp_path / "people.db"
    assert run("registry", "init", place).code == ExitCode.SUCCESS
    assert run("registry", "admit", place, *prints, "--name", NAME).code == ExitCode.SUCCESS
    assert NAME.encode() in place.read_bytes()
    made = run("registry", "rekey", place, "--new", keys, "--json")
    assert made.document == {"key_id": KeyRing.from_file(keys).key_id, "altered": []}
    assert NAME.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("people.db*") if path.is_file())
    given = ("--registry-keys", keys)
    assert NAME in run("registry", "find", place, NAME, "--kind", "name", *given, "--json").out
    refused = run("registry", "find", place, NAME, "--kind", "name")
    assert refused.code == ExitCode.BAD_INPUT
    assert KeyRing.from_file(keys).key_id in refused.err
    assert run("registry", "search", place, *prints, *given).code == ExitCode.SUCCESS
    assert run("keys", "rotate", "--file", keys).code == ExitCode.SUCCESS
    assert run("registry", "rekey", place, *given, "--new", keys, "--reencrypt").code == ExitCode.SUCCESS
    assert run("registry", "check-sealed", place, *given).code == ExitCode.SUCCESS
    engine = sa.create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE prints SET template = (SELECT template FROM prints ORDER BY id LIMIT 1)"))
    engine.dispose()
    found = run("registry", "check-sealed", place, *given, "--json")
    assert (found.code, len(found.document["altered"])) == (ExitCode.NO_MATCH, 1)
    assert found.document["altered"][0].startswith("prints, template of ")


def test_who_is_admitted_with_prints_of_a_trusted_station_only(run: Run, prints: list[Path], tmp_path: Path) -> None:
    place, key, trusted = tmp_path / "people.db", tmp_path / "gate.key", tmp_path / "stations"
    assert run("registry", "init", place).code == ExitCode.SUCCESS
    assert run("keys", "station", key, "--name", "Puerta", "--stations", trusted).code == ExitCode.SUCCESS
    refused = run("registry", "admit", place, *prints, "--stations", trusted)
    assert (refused.code, "signed by nobody" in refused.err) == (ExitCode.BAD_INPUT, True)
    for path in prints:
        Template.load(path).save(path, overwrite=True, station=StationKey.from_file(key))
    assert run("registry", "admit", place, *prints, "--stations", trusted).code == ExitCode.SUCCESS
