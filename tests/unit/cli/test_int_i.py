"""``int-i``: a request is built, checked and answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import draw_print

from fingerprint_engine.cli import ExitCode
from fingerprint_engine.exchange import ansi_nist, image_codecs, interpol
from fingerprint_engine.exchange.ansi_nist import View
from fingerprint_engine.preprocessing import FingerprintImage

from .conftest import Run

FIELDS = ("--field", "CRN=ABC/1234", "--field", "SEX=F", "--field", "NAM=|Ada||Doe", "--field", "EXP=20991231")
SENDER = ("--from", "Police of Nowhere:ABC", "--serial", "7")


@pytest.fixture
def request_file(run: Run, tmp_path: Path) -> Path:
    image = FingerprintImage(draw_print(), 1000.0)
    (tmp_path / "a.png").write_bytes(image_codecs.encode(image, image_codecs.Compression.PNG))
    out = tmp_path / "request.xml"
    words = ("--output", out, "--to", "INTERPOL:XPO", "--captured", "2026-01-02", "--polarity", "dark-ridges")
    made = run("int-i", "build", "CPS", f"{tmp_path / 'a.png'}:2", *words, *SENDER, *FIELDS)
    assert (made.code, made.err) == (ExitCode.SUCCESS, "")
    return out


def test_a_request_keeps_the_rules(run: Run, request_file: Path) -> None:
    checked = run("int-i", "check", request_file, "--strict")
    assert checked.code == ExitCode.SUCCESS
    assert "keeps the rules" in checked.out
    assert "2099-12-31" in checked.out
    assert run("int-i", "check", request_file, "--json").document["violations"] == []


@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        (("--hit", "1/2", "--verified", "--field", "CRN=DEF/9"), "SRE", "I"),
        (("--no-hit",), "SRE", "N"),
        (("--error", "501", "--at-fault", "FGP"), "ERR", None),
    ],
)
@pytest.mark.parametrize("encoding", ["xml", "traditional"])
def test_answers(
    run: Run, request_file: Path, tmp_path: Path, words: tuple[str, ...], kind: str, found: str, encoding: str
) -> None:
    out = tmp_path / "answer"
    made = run("int-i", "answer", request_file, "--output", out, *SENDER, *words, "--encoding", encoding, "--json")
    assert made.code == ExitCode.SUCCESS
    answer = ansi_nist.loads(out.read_bytes())
    request = ansi_nist.loads(request_file.read_bytes())
    assert (made.document["type"], View(answer.header)["TCR"]) == (kind, View(request.header)["TCN"])
    assert interpol.violations(answer, interpol.STRICT) == ()
    assert View(answer.header)["ANM"]["DAN"] == "Police of Nowhere"
    if found is not None:
        assert View(answer.records[1])["RLS"][0][4] == found


def test_broken_rules_are_named_and_nothing_is_written(run: Run, request_file: Path, tmp_path: Path) -> None:
    transaction = ansi_nist.edit(ansi_nist.loads(request_file.read_bytes()), 1, SEX="X", CRN=None)
    broken = tmp_path / "broken.xml"
    broken.write_bytes(ansi_nist.dumps(transaction))
    checked = run("int-i", "check", broken)
    assert checked.code == ExitCode.BAD_INPUT
    assert "101 mandatory field missing: record 2, 2.010" in checked.out
    assert "2.039" not in checked.out
    assert "2.039" in run("int-i", "check", broken, "--forgive", "1,2").out
    out = tmp_path / "answer.xml"
    assert run("int-i", "answer", broken, "--output", out, *SENDER, "--hit", "3/2").code == ExitCode.BAD_INPUT
    assert run("int-i", "answer", broken, "--output", out, *SENDER, "--hit", "x").code == ExitCode.BAD_INPUT
    assert not out.exists()


def test_missing_fingers(run: Run, request_file: Path, tmp_path: Path) -> None:
    words = ("--to", "INTERPOL:XPO", "--captured", "2026-01-02", "--polarity", "dark-ridges", *SENDER, *FIELDS)
    image, out = f"{tmp_path / 'a.png'}:2", tmp_path / "missing.xml"
    made = run("int-i", "build", "CPS", image, "--output", out, "--missing", "5=UP", *words)
    assert made.code == ExitCode.SUCCESS
    assert View(ansi_nist.loads(out.read_bytes()).records[-1])["AMP"] == ({"FRAP": 5, "ABC": "UP"},)
    again = tmp_path / "again.xml"
    refused = run("int-i", "build", "CPS", image, "--output", again, "--missing", "5=XX", *words)
    assert (refused.code, "14.018" in refused.err) == (ExitCode.BAD_INPUT, True)
    assert run("int-i", "build", "CPS", image, "--output", again, "--missing", "11=UP", *words).code != ExitCode.SUCCESS
    assert not again.exists()


def test_extraction_says_by_when_the_prints_have_to_be_deleted(run: Run, request_file: Path, tmp_path: Path) -> None:
    result = run("extract", request_file, "--output", tmp_path / "templates")
    assert "to be deleted by 2099-12-31" in result.err


def test_conversion_of_a_request(run: Run, request_file: Path, tmp_path: Path) -> None:
    plain, again = tmp_path / "request.an2", tmp_path / "again.xml"
    assert run("convert", request_file, plain, "--strict").code == ExitCode.SUCCESS
    assert run("convert", plain, again, "--strict").code == ExitCode.SUCCESS
    assert run("int-i", "check", again, "--strict").code == ExitCode.SUCCESS
    assert "Ada" in run("inspect", again).out
