"""``--extractor`` and ``--runtime``: the same commands with each, and what happens when extractors are mixed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fingerprint_engine import ModelError, Template
from fingerprint_engine.cli import ExitCode
from fingerprint_engine.extractors import learned
from fingerprint_engine.plugins import RUNTIME_VARIABLE

from .conftest import Run


def test_templates_say_that_the_learned_extractor_made_them(run: Run, files: Path, tmp_path: Path) -> None:
    result = run("extract", files / "a_1.png", "--output", tmp_path)
    assert result.code == ExitCode.SUCCESS
    made = Template.from_bytes((tmp_path / "a_1.fpt").read_bytes())
    assert made.extractor.endswith(" learned")
    assert run("verify", files / "a_1.png", tmp_path / "a_1.fpt", "--extractor", "learned").code == ExitCode.SUCCESS


def test_a_search_with_the_extractor_of_the_gallery_hits_and_with_the_other_is_refused(
    run: Run, files: Path, tmp_path: Path
) -> None:
    gallery = tmp_path / "learned.gallery"
    enrolled = run("enrol", gallery, files / "a_1.png", files / "b_1.png", "--extractor", "learned")
    assert enrolled.code == ExitCode.SUCCESS
    assert run("identify", gallery, files / "a_1.png", "--extractor", "learned").code == ExitCode.SUCCESS
    mixed = run("identify", gallery, files / "a_1.png", "--extractor", "classical")
    assert mixed.code == ExitCode.BAD_INPUT
    assert "0' with parameters" in mixed.err
    assert "learned' with parameters" in mixed.err
    run("extract", files / "a_1.png", "--output", tmp_path)
    other = run("verify", tmp_path / "a_1.fpt", files / "a_1.png", "--extractor", "classical")
    assert other.code == ExitCode.BAD_INPUT
    assert " learned' with parameters" in other.err
    assert "0' with parameters" in other.err


def test_a_network_that_cannot_be_used_is_said_before_anything_is_done(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise ModelError("ridge_network.onnx: cannot be read: no such file")

    monkeypatch.setattr(learned, "shipped_network", gone)
    result = run("enrol", tmp_path / "none.gallery", files / "a_1.png", "--extractor", "learned")
    assert result.code == ExitCode.BAD_INPUT
    assert "ridge_network.onnx: cannot be read" in result.err
    assert not (tmp_path / "none.gallery").exists()


def test_an_unknown_extractor_is_a_usage_error(run: Run, files: Path, tmp_path: Path) -> None:
    result = run("extract", files / "a_1.png", "--output", tmp_path, "--extractor", "magic")
    assert result.code == ExitCode.BAD_INPUT
    assert "classical" in result.err


@pytest.mark.parametrize("stated", ["option", "environment"])
def test_the_runtime_that_is_named_computes_and_the_choice_ends_with_the_command(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    pytest.importorskip("onnxruntime", reason="an extra")
    if stated == "environment":
        monkeypatch.setenv(RUNTIME_VARIABLE, "onnxruntime")
    else:
        monkeypatch.delenv(RUNTIME_VARIABLE, raising=False)
    before, option = os.environ.get(RUNTIME_VARIABLE), ("--runtime", "onnxruntime") if stated == "option" else ()
    used: list[str] = []
    usual = learned._shipped_in
    monkeypatch.setattr(learned, "_shipped_in", lambda runtime: used.append(runtime) or usual(runtime))
    gallery = tmp_path / "a.gallery"
    assert run("enrol", gallery, files / "a_1.png", *option).code == ExitCode.SUCCESS
    assert set(used) == {"onnxruntime"}
    assert os.environ.get(RUNTIME_VARIABLE) == before
    assert run("identify", gallery, files / "a_1.png", "--runtime=opencv").code == ExitCode.SUCCESS
    assert used[-1] == "opencv"
    assert os.environ.get(RUNTIME_VARIABLE) == before


@pytest.mark.parametrize("words", [("demo",), ("demo", "--custody")])
def test_a_runtime_that_cannot_be_used_leaves_no_folder_of_a_demo(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv(RUNTIME_VARIABLE, "magic")
    assert run(*words, "--output", tmp_path / "made").code == ExitCode.BAD_INPUT
    assert not (tmp_path / "made").exists()


def test_an_unknown_runtime_is_a_usage_error_and_a_missing_one_says_what_to_install(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = tmp_path / "none.gallery"
    result = run("enrol", gallery, files / "a_1.png", "--runtime", "onnx")
    assert result.code == ExitCode.BAD_INPUT
    assert "there is no 'onnx'; expected one of compiled, opencv, onnxruntime" in result.err
    monkeypatch.setenv(RUNTIME_VARIABLE, "magic")
    result = run("enrol", gallery, files / "a_1.png")
    assert result.code == ExitCode.BAD_INPUT
    assert f"{RUNTIME_VARIABLE}: expected one of compiled, opencv, onnxruntime, got 'magic'" in result.err
    monkeypatch.delitem(sys.modules, "fingerprint_engine.extractors.runtimes.onnx_runtime", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    learned._shipped_in.cache_clear()
    result = run("enrol", gallery, files / "a_1.png", "--runtime", "onnxruntime")
    assert result.code == ExitCode.MISSING_EXTRA
    assert "[onnxruntime]'" in result.err
    assert not gallery.exists()
