"""``inspect``: what a file is, told by content."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fingerprint_engine import Template
from fingerprint_engine.cli import ExitCode

from .conftest import Run

needs_plots = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra 'plots' is absent")


def test_an_image(run: Run, files: Path) -> None:
    document = run("inspect", files / "a_1.png", "--json").document
    template = Template.from_bytes((files / "a.fpt").read_bytes())
    assert document["kind"] == "image"
    assert document["size"] == "384 x 384 px, 19.5 x 19.5 mm"
    assert document["ppi"] == pytest.approx(500.0, abs=0.1)
    assert document["minutiae"] == len(template) == document["endings"] + document["bifurcations"]
    assert document["quality"] == template.quality
    assert document["parameters"] == template.parameters_digest.hex()


@pytest.mark.parametrize("name", ["a.fpt", "a_template_called.png"])
def test_a_template_whatever_its_name(run: Run, files: Path, name: str) -> None:
    document = run("inspect", files / name, "--json").document
    assert document["kind"] == "template"
    assert document["bytes"] == (files / "a.fpt").stat().st_size
    text = run("inspect", files / name)
    assert text.code == ExitCode.SUCCESS
    assert f"minutiae                {document['minutiae']}" in text.out


def test_a_gallery(run: Run, files: Path, tmp_path: Path) -> None:
    run("enrol", tmp_path / "g", files / "a.fpt", files / "b.fpt")
    document = run("inspect", tmp_path / "g", "--json").document
    assert (document["kind"], document["enrolled"]) == ("gallery", 2)


@needs_plots
def test_pictures_of_an_image(run: Run, files: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "minutiae.png", tmp_path / "maps.png"]
    result = run("inspect", files / "a_1.png", "--picture", paths[0], "--maps", paths[1])
    assert result.code == ExitCode.SUCCESS
    for path in paths:
        assert str(path) in result.out
        assert np.asarray(Image.open(path).convert("L")).std() > 10


@needs_plots
@pytest.mark.parametrize("option", ["--picture", "--maps"])
def test_a_template_gives_no_picture(run: Run, files: Path, tmp_path: Path, option: str) -> None:
    result = run("inspect", files / "a.fpt", option, tmp_path / "out.png")
    assert result.code == ExitCode.BAD_INPUT
    assert "expected an image" in result.err


@pytest.mark.parametrize(
    ("name", "code"),
    [("blank.png", 3), ("text.png", 2), ("cut.fpt", 2), ("absent.png", 2), (".", 2), ("no_ppi.png", 2)],
)
def test_what_cannot_be_inspected(run: Run, files: Path, name: str, code: int) -> None:
    result = run("inspect", files / name)
    assert result.code == code
    assert len(result.err.splitlines()) == 1
