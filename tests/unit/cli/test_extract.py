"""``extract``: templates are written whole, failures are counted, the rest goes on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fingerprint_engine import Template
from fingerprint_engine.cli import ExitCode

from .conftest import Run


def test_templates_are_written_and_equal_those_of_the_library(run: Run, files: Path, tmp_path: Path) -> None:
    result = run("extract", files / "a_1.png", files / "b_1.png", "--output", tmp_path / "new" / "folder")
    assert result.code == ExitCode.SUCCESS
    assert "2 templates written" in result.out
    folder = tmp_path / "new" / "folder"
    assert sorted(path.name for path in folder.iterdir()) == ["a_1.fpt", "b_1.fpt"]
    assert (folder / "a_1.fpt").read_bytes() == (files / "a.fpt").read_bytes()
    assert len(Template.from_bytes((folder / "b_1.fpt").read_bytes())) > 4


def test_failures_are_counted_and_the_rest_goes_on(run: Run, files: Path, tmp_path: Path) -> None:
    names = ["a_1.png", "blank.png", "truncated.png", "absent.png", "b_1.png", "text.png"]
    result = run("extract", *(files / name for name in names), "--output", tmp_path, "--json", "--workers", "2")
    assert result.code == ExitCode.FAILURE_TO_EXTRACT
    *lines, last = result.documents
    assert [Path(line["image"]).name for line in lines] == names
    assert [line["outcome"] for line in lines] == [
        "template" if name in {"a_1.png", "b_1.png"} else "failure to extract" for name in names
    ]
    summary = last["summary"]
    assert summary["written"] == 2
    assert sum(summary["failed"].values()) == 4
    assert summary["failed"]["unreadable image"] == 3
    assert summary["exit_code"] == result.code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_1.fpt", "b_1.fpt"]
    assert len(result.err.splitlines()) == 4
    for name in ("blank.png", "truncated.png", "absent.png", "text.png"):
        assert result.err.count(name) == 1  # the name stands in front, not in front and behind


def test_hints_are_in_the_words_of_the_command_line(run: Run, files: Path, tmp_path: Path) -> None:
    result = run("extract", files / "no_ppi.png", "--output", tmp_path)
    assert "pass --ppi" in result.err
    assert run("extract", files / "no_ppi.png", "--output", tmp_path, "--ppi", "500").code == ExitCode.SUCCESS


def test_existing_templates_are_kept_unless_told_otherwise(run: Run, files: Path, tmp_path: Path) -> None:
    (tmp_path / "a_1.fpt").write_bytes(b"mine")
    kept = run("extract", files / "a_1.png", files / "b_1.png", "--output", tmp_path)
    assert kept.code == ExitCode.OUTPUT
    assert "--overwrite" in kept.err
    assert (tmp_path / "a_1.fpt").read_bytes() == b"mine"
    assert (tmp_path / "b_1.fpt").exists()
    replaced = run("extract", files / "a_1.png", "--output", tmp_path, "--overwrite")
    assert replaced.code == ExitCode.SUCCESS
    assert (tmp_path / "a_1.fpt").read_bytes() == (files / "a.fpt").read_bytes()


def test_two_images_for_one_template_are_refused_at_once(run: Run, files: Path, tmp_path: Path) -> None:
    result = run("extract", files / "a_1.png", tmp_path / "a_1.bmp", "--output", tmp_path / "out")
    assert result.code == ExitCode.BAD_INPUT
    assert "a_1.fpt" in result.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("failing", ["fsync", "link"])
def test_a_failed_write_leaves_nothing(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    result = run("extract", files / "a_1.png", "--output", tmp_path)
    assert result.code == ExitCode.OUTPUT
    assert "No space left on device" in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_template_that_appears_meanwhile_is_not_replaced(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a_1.fpt"

    def appears(path: Path, *, overwrite: bool) -> None:
        path.write_bytes(b"theirs")

    monkeypatch.setattr("fingerprint_engine.cli.commands.extract.check_new", appears)
    assert run("extract", files / "a_1.png", "--output", tmp_path).code == ExitCode.OUTPUT
    assert target.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [target]


def test_the_output_folder_may_not_be_a_file(run: Run, files: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    result = run("extract", files / "a_1.png", "--output", tmp_path / "out")
    assert result.code == ExitCode.OUTPUT
    assert str(tmp_path / "out") in result.err
