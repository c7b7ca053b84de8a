"""A resolution that the ridges contradict is said by every command that reads prints, to people and to machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerprint_engine.cli import ExitCode

from .conftest import Run

SAID = "a_1.png: resolution: at the stated 1000 ppi ridges lie"


def assert_doubted(facts: dict) -> None:
    assert facts["median_period_px"] == pytest.approx(4.5, rel=0.1)
    assert facts["resolution"]["stated_ppi"] == 1000.0
    assert facts["resolution"]["fitting_ppi"] == pytest.approx(500.0, rel=0.1)


def test_verify(run: Run, files: Path) -> None:
    result = run("verify", files / "a_1.png", files / "a.fpt", "--ppi", "1000", "--json")
    assert SAID in result.err
    assert_doubted(result.document["probe"])
    assert result.document["reference"]["resolution"] is None
    assert result.document["are_periods_alike"] is False
    assert result.document["period_ratio"] == pytest.approx(2.0, rel=0.1)
    text = run("verify", files / "a_1.png", files / "a.fpt", "--ppi", "1000").out
    assert "times farther apart on one print than on the other" in text
    alike = run("verify", files / "a_1.png", files / "a_2.png", "--json")
    assert alike.document["are_periods_alike"] is True
    assert alike.err == ""


def test_extract_and_a_template_that_was_made_of_it(run: Run, files: Path, tmp_path: Path) -> None:
    result = run("extract", files / "a_1.png", "--ppi", "1000", "--output", tmp_path, "--json")
    assert result.code == ExitCode.SUCCESS
    assert SAID in result.err
    assert_doubted(result.documents[0])
    assert result.documents[1]["summary"]["doubtful_resolution"] == 1
    assert (
        "1 of doubtful resolution"
        in run("extract", files / "a_1.png", "--ppi", "1000", "--output", tmp_path, "--overwrite").out
    )
    assert_doubted(run("inspect", tmp_path / "a_1.fpt", "--json").document)
    again = run("verify", tmp_path / "a_1.fpt", files / "a.fpt")
    assert "a_1.fpt: resolution: at the stated 1000 ppi" in again.err


def test_inspect(run: Run, files: Path) -> None:
    result = run("inspect", files / "a_1.png", "--ppi", "1000", "--json")
    assert SAID in result.err
    assert_doubted(result.document)
    assert "contradicts the ridges; about" in run("inspect", files / "a_1.png", "--ppi", "1000").out
    assert run("inspect", files / "a_1.png", "--json").document["resolution"] is None


def test_enrol_and_identify(run: Run, files: Path, tmp_path: Path) -> None:
    gallery = tmp_path / "g"
    result = run("enrol", gallery, files / "a_1.png", "--ppi", "1000", "--json")
    assert "resolution: at the stated 1000 ppi ridges lie" in result.err
    assert_doubted(result.documents[0])
    assert result.documents[1]["summary"]["doubtful_resolution"] == 1
    one = run("identify", gallery, files / "a_1.png", "--ppi", "1000", "--json")
    assert SAID in one.err
    assert_doubted(one.document["resolutions"][0])
    assert one.document["doubts"] == {}
    (doubt,) = run("identify", gallery, files / "a_1.png", "--json").document["doubts"].values()
    assert "times farther apart on one print than on the other" in doubt
    assert f"a_1: {doubt}" in run("identify", gallery, files / "a_1.png", "--list-all").out
    several = run("identify", gallery, files / "a_1.png", files / "a_2.png", "--ppi", "1000", "--json")
    assert_doubted(several.documents[0])
