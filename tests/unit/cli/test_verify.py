"""``verify``: images and templates in, match or not out."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fingerprint_engine.cli import ExitCode
from fingerprint_engine.template import Template, build_template

from .conftest import Run

needs_plots = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra 'plots' is absent")


def test_two_impressions_of_a_finger_match(run: Run, files: Path) -> None:
    result = run("verify", files / "a_1.png", files / "a_2.png")
    assert result.code == ExitCode.SUCCESS
    assert result.out.startswith("match: score ")
    assert "one false match in 10,000 comparisons" in result.out
    assert result.err == ""


def test_two_fingers_do_not(run: Run, files: Path) -> None:
    result = run("verify", files / "a_1.png", files / "b_1.png")
    assert result.code == ExitCode.NO_MATCH
    assert result.out.startswith("no match: score ")


def test_machines_get_one_document(run: Run, files: Path) -> None:
    result = run("verify", files / "a_1.png", files / "a_2.png", "--json", "--max-fmr", "1e-3")
    document = result.document
    assert document["is_match"] is True
    assert document["score"] > 30
    assert document["fmr"] == pytest.approx(10 ** (-document["score"] / 10))
    assert document["max_fmr"] == 1e-3
    assert document["matched"] > 4
    assert run("--json", "verify", files / "a_1.png", files / "a_2.png", "--max-fmr", "1e-3").out == result.out


def test_templates_are_told_by_content_and_score_as_their_images(run: Run, files: Path) -> None:
    images = run("verify", files / "a_1.png", files / "a_2.png", "--json").document
    mixed = run("verify", files / "a_template_called.png", files / "a_2.png", "--json").document
    assert mixed["score"] == images["score"]
    both = run("verify", files / "a.fpt", files / "b.fpt", "--json")
    assert both.code == ExitCode.NO_MATCH


def test_the_limit_decides(run: Run, files: Path) -> None:
    words = ("verify", files / "a.fpt", files / "a_2.png", "--json", "--max-fmr")
    fmr = run(*words, "1e-4").document["fmr"]
    assert run(*words, repr(min(1.0, fmr * 1.01))).code == ExitCode.SUCCESS
    assert run(*words, repr(fmr * 0.99)).code == ExitCode.NO_MATCH


@needs_plots
def test_the_picture_is_real_and_changes_with_the_prints(run: Run, files: Path, tmp_path: Path) -> None:
    shown = []
    for name, other in (("match", "a_2.png"), ("no_match", "b_1.png"), ("template", "b.fpt")):
        picture = tmp_path / f"{name}.png"
        result = run("verify", files / "a_1.png", files / other, "--picture", picture)
        assert str(picture) in result.out
        pixels = np.asarray(Image.open(picture).convert("L"))
        assert pixels.std() > 10
        shown.append(pixels)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["match.png", "no_match.png", "template.png"]
    for first, second in ((0, 1), (1, 2)):
        assert shown[first].shape != shown[second].shape or (shown[first] != shown[second]).any()


@pytest.mark.parametrize(
    ("name", "options", "code", "complaint"),
    [
        ("absent.png", [], ExitCode.BAD_INPUT, "no such file"),
        (".", [], ExitCode.BAD_INPUT, "directory"),
        ("empty.png", [], ExitCode.BAD_INPUT, "empty"),
        ("text.png", [], ExitCode.BAD_INPUT, "expected PNG"),
        ("truncated.png", [], ExitCode.BAD_INPUT, "truncated.png"),
        ("no_ppi.png", [], ExitCode.BAD_INPUT, "pass --ppi"),
        ("no_ppi.png", ["--ppi", "72"], ExitCode.BAD_INPUT, "expected 125 to 4000 pixels per inch, got 72"),
        ("inverted.png", [], ExitCode.BAD_INPUT, "pass --polarity light-ridges"),
        ("colour.png", [], ExitCode.BAD_INPUT, "--colour convert"),
        ("flipped_bit.fpt", [], ExitCode.BAD_INPUT, "flipped_bit.fpt"),
        ("cut.fpt", [], ExitCode.BAD_INPUT, "cut.fpt"),
        ("blank.png", [], ExitCode.FAILURE_TO_EXTRACT, "blank.png"),
        ("noise.png", [], ExitCode.FAILURE_TO_EXTRACT, "noise.png"),
    ],
)
def test_what_cannot_be_used_says_so_in_one_line(
    run: Run, files: Path, name: str, options: list[str], code: ExitCode, complaint: str
) -> None:
    result = run("verify", files / "a.fpt", files / name, *options)
    assert result.code == code, result.err
    assert complaint in result.err
    assert len(result.err.splitlines()) == 1
    assert result.out == ""


def test_hints_of_error_messages_work(run: Run, files: Path) -> None:
    for name, options in (
        ("no_ppi.png", ["--ppi", "500"]),
        ("inverted.png", ["--polarity", "light-ridges"]),
        ("inverted.png", ["--polarity", "detect"]),
    ):
        result = run("verify", files / "a.fpt", files / name, *options)
        assert result.code == ExitCode.SUCCESS, result.err
    assert result.err.startswith("warning: ")  # of the last one: it was inverted


def test_a_wrong_resolution_is_warned_about_on_stderr_only(run: Run, files: Path) -> None:
    result = run("verify", files / "a.fpt", files / "a_1.png", "--ppi", "600", "--json")
    assert "warning: " in result.err
    assert len(result.documents) == 1


@needs_plots
@pytest.mark.parametrize(
    ("picture", "code", "complaint"),
    [
        ("out.gif", ExitCode.BAD_INPUT, ".png, .pdf, .svg"),
        ("no/such/folder/out.png", ExitCode.OUTPUT, "expected an existing folder"),
    ],
)
def test_a_picture_that_cannot_be_written_is_refused_before_the_work(
    run: Run, files: Path, tmp_path: Path, picture: str, code: ExitCode, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worked(*_: Any, **__: Any) -> None:
        raise AssertionError("work began")

    monkeypatch.setattr("fingerprint_engine.cli.commands.verify.read_print", worked)
    result = run("verify", files / "a.fpt", files / "b.fpt", "--picture", tmp_path / picture)
    assert result.code == code
    assert complaint in result.err


def test_without_matplotlib_a_picture_is_refused_and_the_answer_still_to_be_had(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "matplotlib" else find(name))
    refused = run("verify", files / "a.fpt", files / "b.fpt", "--picture", tmp_path / "out.png")
    assert refused.code == ExitCode.MISSING_EXTRA
    assert "pip install 'fingerprint-matching-engine[plots]'" in refused.err
    assert run("verify", files / "a.fpt", files / "b.fpt").code == ExitCode.NO_MATCH


def test_a_file_without_permission(run: Run, files: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.fpt"
    shutil.copy(files / "a.fpt", locked)
    locked.chmod(0)
    try:
        locked.read_bytes()
    except PermissionError:
        result = run("verify", locked, files / "a.fpt")
        assert result.code == ExitCode.BAD_INPUT
        assert str(locked) in result.err
    else:
        pytest.skip("this user may read everything")


@needs_plots
def test_a_picture_that_is_there_is_replaced_only_when_asked(run: Run, files: Path, tmp_path: Path) -> None:
    words = {
        "verify": ("verify", files / "a.fpt", files / "b.fpt", "--picture"),
        "picture": ("inspect", files / "a_1.png", "--picture"),
        "maps": ("inspect", files / "a_1.png", "--maps"),
    }
    for name, command in words.items():
        picture = tmp_path / f"{name}.png"
        picture.write_text("mine")
        refused = run(*command, picture)
        assert refused.code == ExitCode.OUTPUT
        assert "--overwrite replaces it" in refused.err
        assert refused.out == ""
        assert picture.read_text() == "mine"
        assert run(*command, picture, "--overwrite").code != ExitCode.OUTPUT
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_mode & 0o777 == 0o600
    dangling = tmp_path / "link.png"
    dangling.symlink_to(tmp_path / "nowhere")
    assert run(*words["verify"], dangling).code == ExitCode.OUTPUT
    assert not (tmp_path / "nowhere").exists()


def test_the_two_sides_may_have_two_resolutions(run: Run, files: Path, tmp_path: Path) -> None:
    with Image.open(files / "no_ppi.png") as image:
        image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC).save(tmp_path / "double.png")
    words = ("verify", files / "no_ppi.png", tmp_path / "double.png")
    assert run(*words, "--ppi", "500", "--reference-ppi", "1000").code == ExitCode.SUCCESS
    assert run(*words, "--reference-ppi", "1000").code == ExitCode.BAD_INPUT


def test_a_handful_of_minutiae_gives_no_answer(run: Run, files: Path, tmp_path: Path) -> None:
    whole = Template.from_bytes((files / "a.fpt").read_bytes())
    few = build_template(
        whole.minutiae.best(5), shape=whole.shape, parameters_digest=whole.parameters_digest, extractor=whole.extractor
    )
    (tmp_path / "few.fpt").write_bytes(few.to_bytes())
    result = run("verify", tmp_path / "few.fpt", files / "a.fpt", "--json")
    assert result.document["is_decidable"] is False
    assert result.code == ExitCode.UNDECIDED


def test_a_page_shows_the_match_on_one_place_and_in_turn(run: Run, files: Path, tmp_path: Path) -> None:
    page = tmp_path / "match.html"
    result = run("verify", files / "a_1.png", files / "a_2.png", "--page", page, "--json")
    assert result.code == 0
    assert json.loads(result.out)["page"] == str(page)
    text = page.read_text(encoding="utf-8")
    assert "Comparison of a_1.png and a_2.png" in text
    assert '<p class="verdict">match: score' in text
    assert text.count("<img") == 4  # side by side, laid on each other, and one each to blink
    assert 'class="above"' in text
    assert "<script" not in text
    matched = json.loads(result.out)["matched"]
    assert f"<tr><td>{matched}</td>" in text
    assert f"<tr><td>{matched + 1}</td>" not in text
    assert run("verify", files / "a_1.png", files / "a_2.png", "--page", page).code == ExitCode.OUTPUT
    assert run("verify", files / "a_1.png", files / "a_2.png", "--page", tmp_path / "x.png").code == ExitCode.OUTPUT
    templates = run("verify", files / "a.fpt", files / "b.fpt", "--page", page, "--overwrite")
    assert templates.code == ExitCode.NO_MATCH
    assert page.read_text(encoding="utf-8").count("<img") == 1  # of templates there is nothing to lay on each other


def test_how_many_minutiae_are_compared_is_said_where_some_are_not(run: Run, files: Path, tmp_path: Path) -> None:
    template = Template.load(files / "a.fpt")
    falling = np.arange(100, 100 - len(template), -1)  # so that all stay in their places
    doubtful = np.where(np.arange(len(template)) < 20, falling, falling - 40).clip(0).astype(np.uint8)
    template.save(tmp_path / "sure.fpt")
    changed = dataclasses.replace(template.minutiae, quality=doubtful)
    dataclasses.replace(template, minutiae=changed).save(tmp_path / "doubtful.fpt")
    words = ("verify", tmp_path / "sure.fpt", tmp_path / "doubtful.fpt")
    document = run(*words, "--json").document
    assert document["reference"]["minutiae"] == len(template) > 20
    assert document["compared_reference"] == 20
    assert f"of these were compared: {document['compared_probe']} and 20, the others are doubtful" in run(*words).out
    alone = dataclasses.replace(changed, quality=falling.clip(50).astype(np.uint8))
    dataclasses.replace(template, minutiae=alone).save(tmp_path / "sure.fpt", overwrite=True)
    assert "doubtful" not in run("verify", tmp_path / "sure.fpt", tmp_path / "sure.fpt").out
