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


@pytest.mark.parametrize("name", ["", "a\udcffb", "a\nb", "x" * 500])
def test_an_agency_is_called_by_what_can_be_printed(run: Run, name: str, tmp_path: Path) -> None:
    result = run("agencies", "keys", "make", tmp_path / "own.keys", name)
    assert result.code == ExitCode.BAD_INPUT
    assert "agency: expected a printable name of 1 to 120 characters" in result.err
    assert list(tmp_path.iterdir()) == []
