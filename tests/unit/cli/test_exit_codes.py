"""Every kind of error has its exit code, one line on stderr and, for machines, one document on stdout."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from fingerprint_engine import errors
from fingerprint_engine.cli import ExitCode
from fingerprint_engine.cli.exit_codes import (
    ANSWERS,
    MEANINGS,
    OutputError,
    UsageError,
    exit_code_of,
    exit_code_of_items,
)

from .conftest import Run

ROOT = Path(__file__).resolve().parents[3]


def every_error_class() -> list[type[BaseException]]:
    found: list[type[BaseException]] = []
    waiting: list[type[BaseException]] = [errors.FingerprintEngineError]
    while waiting:
        waiting.extend(kind for kind in waiting.pop().__subclasses__() if kind not in found)
        found = [*found, *(kind for kind in waiting if kind not in found)]
    return [kind for kind in found if kind.__module__.startswith("fingerprint_engine")]


def test_no_error_of_the_engine_counts_as_internal() -> None:
    kinds = every_error_class()
    assert {errors.ImageError, errors.CorruptGallery, OutputError, UsageError} <= set(kinds)
    for kind in kinds:
        given: dict[Any, tuple[Any, ...]] = {
            errors.FailureToExtract: (errors.FailureReason.NO_CONTRAST, ""),
            errors.MissingExtra: ("", ""),
            errors.BundleRefused: (errors.Refusal.UNKNOWN_KEY, ""),
        }
        made = kind(*given.get(kind, ("x", 1, 2) if issubclass(kind, errors.LimitExceeded) else ("",)))
        assert exit_code_of(made) not in {ExitCode.INTERNAL, ExitCode.SUCCESS, ExitCode.NO_MATCH}, kind


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ImageError("x"), 2),
        (errors.ParameterError("x"), 2),
        (errors.CorruptTemplate("x"), 2),
        (errors.UnsupportedTemplateVersion("x"), 2),
        (errors.IncompatibleTemplates("x"), 2),
        (UsageError("x"), 2),
        (FileNotFoundError(2, "x"), 2),
        (PermissionError(13, "x"), 2),
        (errors.FailureToExtract(errors.FailureReason.NO_CONTRAST, "x"), 3),
        (errors.GalleryError("x"), 4),
        (errors.AbsentGallery("x"), 7),
        (errors.CorruptGallery("x"), 8),
        (errors.JournalError("x"), 9),
        (errors.EmptyInput("x"), 11),
        (errors.DuplicateKey("x"), 4),
        (errors.UnknownKey("x"), 4),
        (errors.UnsupportedGalleryVersion("x"), 4),
        (errors.GalleryLocked("x"), 4),
        (errors.NotEnoughMemory("x"), 4),
        (OutputError("x"), 9),
        (errors.MissingExtra("x", "y"), 6),
        (ZeroDivisionError("x"), 70),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(32, "x"), 141),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_what_an_error_stands_for(error: BaseException, code: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_of(error) == code

    def failing(*_: Any, **__: Any) -> None:
        raise error

    if isinstance(error, BrokenPipeError):
        return  # in a process of its own: test_processes
    monkeypatch.setattr("fingerprint_engine.cli.commands.verify.read_print", failing)
    result = run("--json", "verify", "a", "b")
    assert result.code == code
    assert result.document["exit_code"] == code
    assert result.document["error"] == type(error).__name__
    assert len(result.err.splitlines()) == 1
    assert "Traceback" not in result.err


def test_debug_shows_the_traceback_of_an_internal_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("fingerprint_engine.cli.commands.verify.read_print", failing)
    quiet, loud = run("verify", "a", "b"), run("verify", "a", "b", "--debug")
    assert quiet.code == loud.code == ExitCode.INTERNAL
    assert "planted" in quiet.err
    assert "Traceback" not in quiet.err
    assert "Traceback" in loud.err


@pytest.mark.parametrize(
    ("codes", "code"),
    [([], 0), ([0, 0], 0), ([10, 10], 10), ([0, 10], 5), ([10, 5], 5), ([3, 9, 2], 9), ([10, 3, 0], 3), ([4, 10], 4)],
)
def test_a_bulk_command_answers_only_what_all_of_its_items_answer(codes: list[int], code: int) -> None:
    assert exit_code_of_items([ExitCode(each) for each in codes]) == code


def test_one_is_no_answer() -> None:
    assert {int(code) for code in ANSWERS} == {0, 10}
    assert 1 not in {int(code) for code in ExitCode}


def test_every_code_is_documented_in_help_and_on_its_page(run: Run) -> None:
    assert set(MEANINGS) == set(ExitCode)
    for words in (["--help"], ["verify", "--help"], ["identify", "--help"]):
        result = run(*words)
        assert result.code == 0
        for code in ExitCode:
            assert re.search(rf"^  {code.value}\s+\S", result.out, re.MULTILINE), code
    readme = (ROOT / "docs" / "reference" / "exit-codes.md").read_text(encoding="utf-8")
    for code in ExitCode:
        assert re.search(rf"^\| {code.value} \| \S", readme, re.MULTILINE), code


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["frobnicate"], "frobnicate"),
        (["verify", "only-one"], "B"),
        (["verify", "a", "b", "--max-fmr", "2"], "expected a number from 0 to 1, got '2'"),
        (["verify", "a", "b", "--max-fmr", "0"], "above 0"),
        (["verify", "a", "b", "--max-fmr", "nan"], "got 'nan'"),
        (["verify", "a", "b", "--ppi", "many"], "got 'many'"),
        (["verify", "a", "b", "--ppi", "1_000"], "got '1_000'"),
        (["verify", "a", "b", "--ppi", "\uff15\uff10\uff10"], "expected a number"),
        (["verify", "a", "b", "--ppi", "1" + "0" * 400], "expected a number"),
        (["verify", "a", "b", "--limit", "seconds= 5"], "seconds: expected a number"),
        (["extract", "a", "--output", "b", "--workers", "1" * 5000], "expected a whole number from 1 to"),
        (["identify", "g", "p", "--deadline", "-inf"], "--deadline"),
        (["verify", "a", "b", "--pp", "500"], "--pp"),
        (["extract", "a"], "--output"),
        (["extract", "a", "--output", "b", "--workers", "0"], "expected a whole number from 1 to"),
        (["identify", "g", "p", "--max-candidates", "1.5"], "got '1.5'"),
        (["enrol", "g"], "got neither"),
        (["verify", "a", "b", "--polarity", "odd"], "odd"),
    ],
)
def test_wrong_usage_is_one_line_that_says_where_to_look(words: list[str], complaint: str, run: Run) -> None:
    result = run(*words)
    assert result.code == ExitCode.BAD_INPUT
    assert result.out == ""
    assert complaint in result.err
    assert "--help" in result.err
    assert len(result.err.splitlines()) == 1


def test_no_words_show_the_help_and_are_no_answer(run: Run) -> None:
    result = run()
    assert result.code == ExitCode.BAD_INPUT
    assert result.out.startswith("usage: fingerprint-engine")
    assert "exit codes:" in result.out
    assert result.err == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verfy", "a", "b"], "there is no 'verfy'; did you mean verify?"),
        (["gallery", "lst", "g"], "there is no 'lst'; did you mean list?"),
        (["verify", "a", "b", "--max-fmrr", "3"], "unrecognized arguments: --max-fmrr 3; did you mean --max-fmr?"),
        (["verify", "a", "b", "--polarity", "chek"], "--polarity: there is no 'chek'; did you mean check?"),
        (["nothing-like-it"], "expected one of demo, inspect, extract"),
    ],
)
def test_what_was_probably_meant(words: list[str], said: str, run: Run) -> None:
    result = run(*words)
    assert result.code == ExitCode.BAD_INPUT
    assert said in result.err
