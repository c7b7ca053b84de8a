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
