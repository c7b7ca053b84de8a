"""``keys``, ``--keys``, ``gallery head`` and ``gallery rekey``."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerprint_engine import Gallery, Template
from fingerprint_engine.cli import ExitCode
from fingerprint_engine.keys import KeyRing, StationKey

from .conftest import Run


@pytest.fixture
def keys(tmp_path: Path, run: Run) -> Path:
    path = tmp_path / "own.keys"
    made = run("keys", "make", path, "--json")
    assert (made.code, made.document["key_id"]) == (ExitCode.SUCCESS, KeyRing.from_file(path).key_id)
    return path


def _secrets(*paths: Path) -> list[str]:
    return [line.split()[1] for path in paths for line in path.read_text().splitlines()[2:]]


def test_a_gallery_is_made_searched_and_looked_after_with_keys(
    run: Run, keys: Path, tmp_path: Path, files: Path
) -> None:
    gallery, probe = tmp_path / "sealed.gallery", files / "a.fpt"
    assert run("enrol", gallery, probe, files / "b.fpt", "--keys", keys).code == ExitCode.SUCCESS
    head = run("gallery", "head", gallery, "--keys", keys).out.strip()
    found = run("identify", gallery, probe, "--keys", keys, "--expect", head, "--json")
    assert found.code == ExitCode.SUCCESS
    for action in ("info", "list", "check", "compact"):
        assert run("gallery", action, gallery, "--keys", keys).code == ExitCode.SUCCESS, action
        without = run("gallery", action, gallery)
        assert without.code in (ExitCode.BAD_INPUT, ExitCode.DAMAGED_GALLERY), action
    assert run("inspect", gallery, "--keys", keys).code == ExitCode.SUCCESS
    assert run("dedupe", gallery, "--keys", keys).code == ExitCode.SUCCESS
    later = run("gallery", "head", gallery, "--keys", keys, "--expect", head).out.strip()
    assert later != head
    other = run("gallery", "head", gallery, "--keys", keys, "--expect", "0" * 32 + later[32:])
    assert other.code == ExitCode.GALLERY
    assert "expected gallery 0000" in other.err
    assert run("gallery", "head", gallery, "--keys", keys, "--expect", "nonsense").code == ExitCode.BAD_INPUT


def test_day_one_and_when_somebody_leaves(run: Run, keys: Path, tmp_path: Path, files: Path) -> None:
    gallery, safe = tmp_path / "sealed.gallery", tmp_path / "safe.keys"
    assert run("enrol", gallery, files / "a.fpt").code == ExitCode.SUCCESS
    told = [run("keys", "emergency", safe, "--file", keys), run("gallery", "rekey", gallery, "--new", keys)]
    old = run("keys", "show", keys, "--json").document["key_id"]
    told.append(run("keys", "rotate", "--file", keys))
    told.append(run("gallery", "rekey", gallery, "--keys", keys, "--new", keys))
    told.append(run("gallery", "compact", gallery, "--keys", keys, "--reencrypt"))
    told.append(run("keys", "forget", old, "--file", keys))
    told.append(run("gallery", "check", gallery, "--keys", keys))
    told.append(run("gallery", "check", gallery, "--keys", safe))
    assert [one.code for one in told] == [ExitCode.SUCCESS] * len(told)
    shown = "".join(one.out + one.err for one in told)
    assert not any(secret in shown for secret in _secrets(keys, safe))
    assert run("keys", "forget", old, "--file", keys).code == ExitCode.BAD_INPUT


def test_where_keys_come_from(run: Run, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id = KeyRing.from_file(keys).key_id
    monkeypatch.setenv("RING", keys.read_text())
    for place in (keys, "env:RING", f"command:cat {keys}"):
        assert run("keys", "show", place, "--json").document["key_id"] == key_id
    monkeypatch.setattr("getpass.getpass", lambda prompt: "una frase inventada")
    guarded = tmp_path / "guarded.keys"
    assert run("keys", "make", guarded, "--passphrase", "--authenticate-only").code == ExitCode.SUCCESS
    assert run("keys", "show", f"prompt:{guarded}", "--json").document["encrypts"] is False
    assert run("keys", "show", guarded).code == ExitCode.BAD_INPUT
    monkeypatch.setattr("getpass.getpass", lambda prompt: "")
    assert run("keys", "make", tmp_path / "none.keys", "--passphrase").code == ExitCode.BAD_INPUT
    assert not (tmp_path / "none.keys").exists()
    assert run("keys", "make", keys).code == ExitCode.BAD_INPUT
    keys.chmod(0o644)
    refused = run("keys", "show", keys)
    assert (refused.code, "chmod 600" in refused.err) == (ExitCode.BAD_INPUT, True)
    for wrong in ("env:", "env:ABSENT", "command:'", "command:false", "command: "):
        assert run("keys", "show", wrong).code == ExitCode.BAD_INPUT


def test_templates_are_signed_by_a_station_and_taken_from_those_that_are_trusted(
    run: Run, tmp_path: Path, files: Path
) -> None:
    key, other, trusted = tmp_path / "gate.key", tmp_path / "other.key", tmp_path / "stations"
    made = run("keys", "station", key, "--name", "Puerta Norte", "--stations", trusted, "--json").document
    assert run("keys", "station", other, "--name", "Otra", "--stations", tmp_path / "others").code == ExitCode.SUCCESS
    for name, station in (("signed", key), ("foreign", other)):
        template = Template.load(files / "a.fpt")
        template.save(tmp_path / f"{name}.fpt", station=StationKey.from_file(station))
    told = run("inspect", tmp_path / "signed.fpt", "--stations", trusted)
    assert f"Puerta Norte ({made['station_id']})" in told.out
    assert "; trusted" in told.out
    assert "not trusted" in run("inspect", tmp_path / "signed.fpt").out
    signed, plain = tmp_path / "signed.fpt", files / "a.fpt"
    shown = run("verify", signed, plain)
    assert (shown.code, "probe signed by Puerta Norte" in shown.out) == (ExitCode.SUCCESS, True)
    for one in (plain, tmp_path / "foreign.fpt"):
        refused = run("verify", signed, one, "--stations", trusted)
        assert (refused.code, "station that is trusted" in refused.err) == (ExitCode.BAD_INPUT, True)
    enrolled = run("enrol", tmp_path / "g", signed, plain, tmp_path / "foreign.fpt", "--stations", trusted, "--json")
    assert enrolled.code != ExitCode.SUCCESS
    with Gallery.open(tmp_path / "g", read_only=True) as gallery:
        assert gallery.keys() == ["signed"]
