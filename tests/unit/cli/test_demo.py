"""``synthesize`` and ``demo``: from nothing to pictures."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fingerprint_engine.cli import ExitCode, main
from fingerprint_engine.index import Gallery

from .conftest import Run

needs_plots = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra 'plots' is absent")
FINGERS, IMPRESSIONS = 3, 2


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small population. Nobody may write here."""
    folder = tmp_path_factory.mktemp("synthetic") / "made"
    out = io.StringIO()
    words = ["synthesize", str(folder), "--fingers", str(FINGERS), "--impressions", str(IMPRESSIONS), "--seed", "5"]
    with contextlib.redirect_stdout(out):
        assert main([*words, "--json"]) == 0
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(lines) == FINGERS * IMPRESSIONS + 1
    assert lines[-1]["summary"]["images"] == FINGERS * IMPRESSIONS
    assert all(Path(line["file"]).is_file() for line in lines[:-1])
    return folder


def test_synthetic_prints_are_images_of_their_finger(run: Run, synthetic: Path) -> None:
    assert sorted(path.name for path in synthetic.glob("*.png")) == ["1_1.png", "1_2.png", "2_1.png", "2_2.png",
                                                                     "3_1.png", "3_2.png"]  # fmt: skip
    assert run("verify", synthetic / "1_1.png", synthetic / "1_2.png").code == ExitCode.SUCCESS
    assert run("verify", synthetic / "1_1.png", synthetic / "2_1.png").code == ExitCode.NO_MATCH


def test_the_seed_decides_and_existing_images_are_kept(run: Run, synthetic: Path, tmp_path: Path) -> None:
    words = ("synthesize", tmp_path, "--fingers", "1", "--impressions", "1")
    assert run(*words, "--seed", "5").code == ExitCode.SUCCESS
    first = (tmp_path / "1_1.png").read_bytes()
    assert first == (synthetic / "1_1.png").read_bytes()
    refused = run(*words, "--seed", "6")
    assert refused.code == ExitCode.OUTPUT
    assert "--overwrite" in refused.err
    assert (tmp_path / "1_1.png").read_bytes() == first
    assert run(*words, "--seed", "6", "--overwrite").code == ExitCode.SUCCESS
    assert (tmp_path / "1_1.png").read_bytes() != first


@pytest.fixture(scope="module")
def demo_output(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo ran once; what it said to machines is in ``said.json``."""
    folder = tmp_path_factory.mktemp("demo")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["--json", "demo", "--samples", str(synthetic), "--output", str(folder)]) == 0
    (folder / "said.json").write_text(out.getvalue())
    return folder


def test_the_demo_gets_it_right(demo_output: Path) -> None:
    document = json.loads((demo_output / "said.json").read_text())
    assert document["templates"] == FINGERS * IMPRESSIONS
    assert document["failures_to_extract"] == {}
    assert document["verify"]["mated"]["is_match"] is True
    assert document["verify"]["non_mated"]["is_match"] is False
    assert [(search["truth"], search["outcome"]) for search in document["identify"]] == [
        ("finger 1", "hit"), ("finger 2", "hit"), ("not enrolled", "no hit"),
    ]  # fmt: skip
    with Gallery.open(document["gallery"], read_only=True) as gallery:
        assert sorted(gallery) == ["finger 1", "finger 2"]


@needs_plots
def test_the_demo_writes_four_pictures_that_differ(demo_output: Path) -> None:
    document = json.loads((demo_output / "said.json").read_text())
    names = [Path(path).name for path in document["pictures"]]
    assert names == ["minutiae.png", "maps.png", "match_mated.png", "match_non_mated.png"]
    shown = [np.asarray(Image.open(path).convert("L")) for path in document["pictures"]]
    assert all(pixels.std() > 10 for pixels in shown)
    assert shown[2].shape != shown[3].shape or (shown[2] != shown[3]).any()


def test_the_demo_runs_again_and_without_matplotlib(
    run: Run, synthetic: Path, demo_output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "matplotlib" else find(name))
    result = run("demo", "--samples", synthetic, "--output", demo_output)
    assert result.code == ExitCode.SUCCESS, result.err
    assert "Extracted 6 templates of 6 synthetic samples" in result.out
    assert "(same finger): match" in result.out
    assert "(the most similar of 2 other fingers): no match" in result.out
    assert "No pictures" in result.out
    assert "pip install 'fingerprint-matching-engine[plots]'" in result.out


def test_a_demo_without_samples_says_where_to_get_them(run: Run, tmp_path: Path) -> None:
    result = run("demo", "--samples", tmp_path / "absent", "--output", tmp_path / "out")
    assert result.code == ExitCode.BAD_INPUT
    assert "fingerprint-engine synthesize" in result.err
    assert not (tmp_path / "out").exists()


def test_a_demo_wants_two_fingers(run: Run, tmp_path: Path) -> None:
    run("synthesize", tmp_path / "few", "--fingers", "1", "--impressions", "2")
    result = run("demo", "--samples", tmp_path / "few", "--output", tmp_path / "out")
    assert result.code == ExitCode.BAD_INPUT
    assert "expected two fingers with two impressions each, found 1" in result.err


def test_the_demo_leaves_other_peoples_galleries_alone(run: Run, synthetic: Path, tmp_path: Path, files: Path) -> None:
    run("enrol", tmp_path / "demo.gallery", files / "a.fpt")
    result = run("demo", "--samples", synthetic, "--output", tmp_path)
    assert result.code == ExitCode.OUTPUT
    with Gallery.open(tmp_path / "demo.gallery", read_only=True) as gallery:
        assert list(gallery) == ["a"]


def test_the_samples_of_the_clone_are_found_from_anywhere(
    samples_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fingerprint_engine.cli.commands.demo.plan import find_samples, make_plan

    monkeypatch.chdir(tmp_path)
    plan = make_plan(find_samples(None))
    assert plan.folder == samples_folder
    enrolled: set[Any] = {sample.finger for sample in plan.enrolled}
    assert {sample.finger for sample in plan.probes} - enrolled == {plan.probes[-1].finger}
    assert all(sample.kind == "fingerprint" for sample in (*plan.enrolled, *plan.probes))
