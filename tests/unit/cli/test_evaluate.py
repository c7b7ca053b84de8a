"""``evaluate``: rates, a page, resuming, and folders that cannot be measured."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fingerprint_engine.cli import ExitCode
from fingerprint_engine.visualization import draw_det

from .conftest import Run


@pytest.fixture
def prints(files: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "prints"
    folder.mkdir()
    for name in ("a_1.png", "a_2.png", "b_1.png"):
        shutil.copy(files / name, folder / name)
    return folder


def test_rates_come_from_the_score_file_and_a_second_run_makes_nothing_again(
    run: Run, prints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("evaluate", prints, "--output", tmp_path / "out", "--no-page", "--replicates", "0", "--json")
    first = run(*words)
    assert first.code == ExitCode.SUCCESS, first.err
    assert "one impression" in first.err
    assert (first.document["mated"], first.document["non_mated"]) == (1, 2)
    assert first.document["rates"]["eer"] == 0.0
    scores = (tmp_path / "out" / "scores.csv").read_bytes()
    journal = tmp_path / "out" / "scores.journal"
    journal.write_bytes(journal.read_bytes()[:-3])  # killed in the middle of a row
    resumed = run(*words)
    assert "1 damaged or unfinished rows were made again" in resumed.err
    assert (tmp_path / "out" / "scores.csv").read_bytes() == scores

    def worked(*_: Any, **__: Any) -> None:
        raise AssertionError("work was done again")

    monkeypatch.setattr("fingerprint_engine.reports.kept_scores.Matcher", worked)
    monkeypatch.setattr("fingerprint_engine.bulk.make_template", worked)
    assert run(*words).out == first.out


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra 'plots' is absent")
def test_the_page_needs_nothing_from_outside(run: Run, files: Path, prints: Path, tmp_path: Path) -> None:
    shutil.copy(files / "blank.png", prints / "<b>_1.png")
    result = run("evaluate", prints, "--output", tmp_path / "out", "--errors", "1", "--replicates", "0")
    assert result.code == ExitCode.FAILURE_TO_EXTRACT, result.err
    text = (tmp_path / "out" / "report.html").read_text()
    assert all(source.startswith("data:image/png;base64,") for source in re.findall(r'src="([^"]*)"', text))
    targets = set(re.findall(r'href="([^"]*)"', text)) - {"scores.csv"}
    assert all(target[0] == "#" and f'id="{target[1:]}"' in text for target in targets)
    assert not re.search(r"<script|url\(|@import|<link", text)
    assert "&lt;b&gt;_1" in text
    assert "<b>_1" not in text
    assert text.count("<img") >= 5
    assert "1 of 4 prints gave no template" in text
    assert "not an error" in text  # some threshold separates these prints, and the page says so


def test_what_cannot_be_measured_is_said_in_one_line(run: Run, files: Path, prints: Path, tmp_path: Path) -> None:
    out = ("--output", tmp_path / "out", "--no-page")
    (tmp_path / "empty").mkdir()
    blank = tmp_path / "blank"
    blank.mkdir()
    for name in ("a_1", "a_2", "b_1"):
        shutil.copy(files / "blank.png", blank / f"{name}.png")
    shutil.copy(files / "a_1.png", tmp_path / "empty" / "noseparator.png")
    twice = tmp_path / "twice"
    shutil.copytree(prints, twice)
    shutil.copy(files / "a_1.png", twice / "a_1.bmp")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("probe,reference\na_1.png,a_2.png\na_1.png,c_1.png\n")
    for words, complaint in (
        ((tmp_path / "absent",), "existing folder"),
        ((tmp_path / "empty",), "as in 3_1.png; see noseparator.png"),
        ((twice,), "see a_1.bmp, a_1.png"),
        ((tmp_path / "absent.csv",), "absent.csv: cannot be read"),
        ((prints, "--protocol", "fcv"), "expected all, fvc or a CSV file of pairs, found 'fcv'"),
        ((prints, "--replicates", "1"), "--replicates: expected 0"),
        ((prints, "--protocol", pairs), "line 3: no such image: c_1.png"),
        ((prints, "--protocol", tmp_path / "absent.csv"), "cannot be read"),
        ((blank,), "no pair could be compared"),
    ):
        result = run("evaluate", *words, *out)
        assert result.code == ExitCode.BAD_INPUT, result.err
        assert complaint in result.err
        assert "Traceback" not in result.err
        assert result.err.splitlines()[-1].startswith("fingerprint-engine: ")


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra 'plots' is absent")
def test_a_det_is_drawn_at_what_a_limit_of_fmr_costs_and_marks_the_equal_error_rate() -> None:
    fmr, fnmr = np.array([1.0, 0.5, 0.1, 0.0]), np.array([0.0, 0.2, 0.4, 0.9])  # ties: both rates change at once
    picture = draw_det(fmr, fnmr, non_mated=10, mated=10, eer=0.3)
    curve, _, mark = picture.figure.axes[0].lines
    assert curve.get_drawstyle() == "steps-pre"  # between FMR 0.1 and 0.5 one gets the FNMR of 0.1, not that of 0.5
    assert list(mark.get_xdata()) == list(mark.get_ydata()) == [0.3]
    assert picture.figure.axes[0].xaxis.get_major_formatter()(0.001, 0) == "0.1 %"
    picture.to_png(dpi=50)


def test_an_output_that_is_a_file_is_refused_before_any_work(run: Run, prints: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = run("evaluate", prints, "--output", tmp_path / "file", "--no-page")
    assert result.code == ExitCode.OUTPUT, result.err
    assert "expected a folder, found a file" in result.err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_missing_resolution_is_said_in_the_words_of_the_command(
    run: Run, files: Path, prints: Path, tmp_path: Path
) -> None:
    cv2.imwrite(str(prints / "c_1.png"), np.zeros((200, 200), np.uint8))  # states no resolution
    result = run("evaluate", prints, "--output", tmp_path / "out", "--no-page", "--replicates", "0")
    assert result.code == ExitCode.FAILURE_TO_EXTRACT, result.err
    assert "c_1.png: resolution unknown: the file states none; pass --ppi" in result.err
    assert result.err.count(str(prints / "c_1.png")) == 1


def test_what_is_there_is_replaced_only_when_asked_or_when_it_is_of_this_run(
    run: Run, prints: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    words = ("evaluate", prints, "--output", out, "--no-page", "--replicates", "0")
    for name in ("scores.csv", "report.html", "scores.journal"):
        (out / name).write_text("mine")
        refused = run(*words[:4]) if name == "report.html" else run(*words)
        assert refused.code == ExitCode.OUTPUT, name
        assert (out / name).read_text() == "mine"
        (out / name).unlink()
    before = os.umask(0)
    try:
        assert run(*words).code == ExitCode.SUCCESS
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o077 for path in (*out.glob("*.*"), *out.glob("templates/*"))} == {0}
    assert run(*words).code == ExitCode.SUCCESS  # the same run goes on
    (out / "scores.journal").write_text("mine")
    assert run(*words).code == ExitCode.OUTPUT
    assert run(*words, "--overwrite").code == ExitCode.SUCCESS
