"""The comparison with peers: drivers write score files that count failures, runs resume, what cannot run is named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from benchmarks.peers import __main__ as peers
from benchmarks.peers import catalogue, environments, run, work
from benchmarks.peers.catalogue import Engine, Environment

from fingerprint_engine.evaluation import Sample, read_scores

ADAPTER = """
import os
from pathlib import Path

VERSION = "drawn 1"
LOG = Path(__file__).parent / "log.txt"


class Engine:
    def __init__(self, extractor):
        if extractor == "crashes":
            os._exit(7)
        if extractor == "unwilling":
            raise RuntimeError("needs a licence")

    def load(self, path, ppi):
        return Path(path).stem

    def extract(self, image):
        with LOG.open("a") as file:
            file.write(f"extract {image}\\n")
        if image == "2_2":
            raise ValueError("too faint")
        return image

    def minutiae(self, template):
        return 0 if template == "3_1" else 5

    def size(self, template):
        return 100

    def dump(self, template):
        return template.encode()

    def restore(self, data):
        return data.decode()

    def enrol(self, template, matcher):
        return template

    def compare(self, probe, reference, matcher):
        if {probe, reference} == {"1_1", "3_2"}:
            return float("nan")
        return 9.0 if probe[0] == reference[0] else 1.0

    def pack(self, templates, matcher):
        return None

    def compare_packed(self, probe, packed, matcher):
        raise NotImplementedError
"""
DRAWN = Environment("drawn", "engine_drawn")


@pytest.fixture
def drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of drivers with an adapter of a peer that does as it is told."""
    folder = tmp_path / "drivers"
    folder.mkdir()
    shutil.copy(work.DRIVERS / "drive.py", folder)
    (folder / "engine_drawn.py").write_text(ADAPTER)
    for module in (work, run):
        monkeypatch.setattr(module, "DRIVERS", folder)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three fingers with two impressions each; what they show does not matter here."""
    folder = tmp_path / "data" / "drawn"
    folder.mkdir(parents=True)
    (folder.parent / "datasets.csv").write_text("dataset,ppi\ndrawn,500\n")
    for finger in range(1, 4):
        for impression in range(1, 3):
            pixels = np.full((64, 64), 10 * finger + impression, np.uint8)
            cv2.imwrite(str(folder / f"{finger}_{impression}.png"), pixels)
    return folder.parent


def _main(data: Path, *words: str) -> list[peers.Row]:
    return peers.main(["--data", str(data), "--sets", "drawn", "--output", str(data.parent), *words])


def _extractions(drivers: Path) -> int:
    return len((drivers / "log.txt").read_text().splitlines())


def test_failures_count_and_runs_resume(
    drivers: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engines = (Engine("one", "One", DRAWN, "any", "a"), Engine("two", "Two", DRAWN, "any", "b", max_non_mated=5))
    monkeypatch.setattr(catalogue, "ENGINES", engines)
    first, second = _main(data)
    table = read_scores(data.parent / "peers" / "drawn" / "one.csv")
    failed = {sample for sample, has_failed in zip(table.samples, table.has_failed, strict=True) if has_failed}
    assert failed == {Sample("2", "2"), Sample("3", "1")}, "raised, and without minutiae"
    touched = table.has_failed[table.probe] | table.has_failed[table.reference]
    assert (table.score[touched] == 0.0).all()
    assert set(table.score[~touched & table.is_mated]) == {9.0}
    assert sorted(set(table.score[~touched & ~table.is_mated])) == [0.0, 1.0], "not a number counts 0"
    report = first.cells["drawn"].report
    assert (report.failures, report.samples, report.mated, report.non_mated) == (2, 6, 3, 12)
    assert second.cells["drawn"].report.non_mated == 5
    assert first.cells["drawn"].times["failed_comparisons"] == 1
    shown = capsys.readouterr().out
    assert "2 of 6" in shown
    assert "1 comparisons failed" in shown

    made = _extractions(drivers)
    assert made == 6 + 1, "one to warm up; both engines share the extraction"
    assert _main(data)[0].cells["drawn"].report == report
    assert _extractions(drivers) == made, "nothing is left to do"
    (data.parent / "peers" / "drawn" / "two.json").unlink()
    _main(data)
    assert _extractions(drivers) == made, "a run that was stopped while comparing extracts nothing again"
    cv2.imwrite(str(data / "drawn" / "1_1.png"), np.zeros((64, 64), np.uint8))
    _main(data)
    assert _extractions(drivers) == 2 * made, "another image makes the old results void"


@pytest.mark.usefixtures("drivers")
@pytest.mark.parametrize(
    ("extractor", "reason"), [("unwilling", "RuntimeError: needs a licence"), ("crashes", "exit status 7")]
)
def test_an_engine_that_does_not_run_has_a_row_with_the_reason(
    extractor: str, reason: str, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engines = (Engine("one", "One", DRAWN, extractor, "a"), Engine("two", "Two", DRAWN, "any", "a"))
    monkeypatch.setattr(catalogue, "ENGINES", engines)
    first, second = _main(data)
    assert first.missing == {"drawn": reason}
    assert not first.cells
    assert "drawn" in second.cells
    assert f"One, drawn: {reason}" in (data.parent / "peers.md").read_text()
    assert capsys.readouterr().out.count("| One") == 1


@pytest.mark.usefixtures("drivers")
def test_a_peer_that_cannot_be_installed_has_a_row_with_the_reason(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str]) -> str:
        raise subprocess.CalledProcessError(1, command, stderr="notice\nERROR: no matching distribution\n")

    monkeypatch.setattr(environments, "_run", refuse)
    peer = Environment("absent", "engine_drawn", ("absent",))
    monkeypatch.setattr(catalogue, "ENGINES", (Engine("one", "One", peer, "any", "a"),))
    (row,) = _main(data, "--environments", str(data.parent / "environments"))
    assert row.missing == {"drawn": "installation failed: ERROR: no matching distribution"}


@pytest.mark.usefixtures("drivers")
def test_an_engine_without_its_native_library_is_told_apart(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = environments.Installed(Path(sys.executable), native_failure="not built: no compiler")
    monkeypatch.setattr(peers, "install", lambda environment, folder: place)
    engines = (Engine("one", "One", DRAWN, "any", "a", needs_native=True), Engine("two", "Two", DRAWN, "any", "a"))
    monkeypatch.setattr(catalogue, "ENGINES", engines)
    first, second = _main(data)
    assert first.missing == {"drawn": "not built: no compiler"}
    assert "drawn" in second.cells
