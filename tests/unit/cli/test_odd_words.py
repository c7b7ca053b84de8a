"""Words that no shell passes, from whoever calls `main`, and values of any length: wrong usage, in one short line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fingerprint_engine.cli import ExitCode, main

from .conftest import Run

COMMANDS: list[list[Any]] = [
    ["demo", "--runtime"],
    ["demo", "--plugins"],
    ["demo", "--output"],
    ["extract", "a.png", "--output"],
    ["gallery", "export", "g"],
    ["gallery", "remove", "g"],
    ["keys", "make"],
    ["agencies", "keys", "make", "own.keys"],
    ["registry", "init", "people", "--actor"],
    ["synthesize"],
    [],
]

INT_I_ENVELOPE = ["--to", "I:XPO", "--from", "I:XPO", "--captured", "2026-01-01", "--serial", "1", "--output", "o"]


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b", Path("a"), 5, None, b"a"], ids=ascii)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_words_that_no_shell_passes(
    words: list[Any], odd: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for given in ([*words, odd], [*words, f"--runtime={odd}"] if isinstance(odd, str) else [*words, odd, "--json"]):
        assert main(given) == ExitCode.BAD_INPUT
        said = capsys.readouterr().err
        assert f"word {len(words) + 1}: expected text without null or unpaired characters, got " in said
        assert len(said.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", "a.png", "--polarity"],
        ["identify", "g", "a.png", "--shortlist"],
        ["enrol", "g", "a.png", "--runtime"],
        ["enrol", "g", "a.png", "--limit"],
        ["identify", "g", "a.png", "--on"],
        ["int-i", "answer", "a.an2", "--output", "b.an2", "--serial", "1", "--hit", "1/1", "--from"],
        ["tenprint", "a.png", "--missing"],
        ["agencies", "answer", "r", "--keys", "k", "--directory", "d", "--outbox", "o", "b", "--days"],
        [],
    ],
    ids=" ".join,
)
def test_a_value_of_any_length_is_said_briefly(run: Run, words: list[str]) -> None:
    result = run(*words, "x" * 5000)
    assert result.code == ExitCode.BAD_INPUT
    assert "x" * 40 in result.err
    assert len(result.err) < 700


@pytest.mark.parametrize(
    "words",
    [
        ["extract", "a.png", "--output", ""],
        ["extract", "", "--output", "made"],
        ["identify", "", "a.png"],
        ["dedupe", "g", "--journal", ""],
        ["gallery", "export", "g", ""],
        ["registry", "init", "people", "--galleries", ""],
    ],
    ids=" ".join,
)
def test_an_empty_path_is_not_the_working_folder(
    run: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.code == ExitCode.BAD_INPUT
    assert "expected the name of a file or folder, got ''" in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("blank", ["", " ", "\t\n"], ids=ascii)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["enrol", "g", "a.png", "--keys"], "--keys: expected a file of keys, prompt:FILE"),
        (["keys", "show"], "KEYS: expected a file of keys, prompt:FILE"),
        (["gallery", "rekey", "g", "--new"], "--new: expected a file of keys, prompt:FILE"),
        (
            ["registry", "admit", "r", "a.png", "--registry-keys"],
            "--registry-keys: expected a file of keys",
        ),
        (["verify", "a.png", "b.png", "--stations"], "--stations: expected the name of a file"),
        (["registry", "init"], "REGISTRY: expected a file of the registry (SQLite), or URL"),
        (["registry", "admit", "r"], "PRINT: expected a file or POSITION=FILE"),
        (["tenprint", "a.png"], "FILE: expected a file or POSITION=FILE"),
        (["agencies", "check", "b", "--directory"], "--directory: expected the name of a file"),
        (["agencies", "requests", "r", "--evidence", "1"], "--evidence: expected a request and a file"),
        (["evidence", "check"], "FILE: expected the name of a file"),
        (["cluster", "status"], "SHARD: expected the name of a shard"),
        (["cluster", "status", "s", "--scheduler"], "--scheduler: expected an address such as tls://host:8786"),
        (["cluster", "serve", "--host"], "--host: expected an address to listen on"),
        (["cluster", "status", "s", "--tls-ca"], "--tls-ca: expected the name of a file"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_blank_names_no_file_and_no_address(
    run: Run, words: list[str], named: str, blank: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words, blank)
    assert result.code == ExitCode.BAD_INPUT
    assert f"argument {named}" in result.err
    assert f", got {blank!r}" in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["keys", "show", "env: "], "expected the name of a variable after env:, got ' '"),
        (["keys", "show", "prompt:"], "expected the name of a file after prompt:, got ''"),
        (["keys", "show", "command: "], "expected the words of a command after command:, got ' '"),
        (["tenprint", "right-four= "], "expected a file or POSITION=FILE, got 'right-four= '"),
        (["tenprint", "page="], "expected a file or POSITION=FILE, got 'page='"),
        (["registry", "admit", "r", "right-index="], "expected a file or POSITION=FILE, got 'right-index='"),
        (
            ["int-i", "build", "CPS", " :1", *INT_I_ENVELOPE],
            "IMAGE: expected FILE:POSITION, got ' :1'",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:3]),
)
def test_nor_does_one_behind_a_word(
    run: Run, words: list[str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.code == ExitCode.BAD_INPUT
    assert named in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "a\udcffb", "a\nb", "x" * 500])
def test_an_agency_is_called_by_what_can_be_printed(run: Run, name: str, tmp_path: Path) -> None:
    result = run("agencies", "keys", "make", tmp_path / "own.keys", name)
    assert result.code == ExitCode.BAD_INPUT
    assert "agency: expected a printable name of 1 to 120 characters" in result.err
    assert list(tmp_path.iterdir()) == []
