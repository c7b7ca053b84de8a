"""Single prints of a gallery, tables of all pairs, patterns, and resolutions that are said with a name."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from PIL import Image

from fingerprint_engine import Template
from fingerprint_engine.cli import ExitCode
from fingerprint_engine.index import Gallery

from .conftest import Run


@pytest.fixture
def gallery(tmp_path: Path, files: Path) -> Path:
    path = tmp_path / "people.gallery"
    a, b = Template.load(files / "a.fpt"), Template.load(files / "b.fpt")
    with Gallery.open(path) as gallery:
        gallery.enrol("P-1/2", a, subject="P-1", category="remand", site="north")
        gallery.enrol("P-1/3", b, subject="P-1", category="remand")
        gallery.enrol("alone", b)
    return path


def test_a_list(run: Run, gallery: Path) -> None:
    lines = run("gallery", "list", gallery).out.splitlines()
    assert lines[0].split() == ["key", "subject", "category", "site"]
    assert [line.split()[0] for line in lines[2:5]] == ["P-1/2", "P-1/3", "alone"]
    assert lines[-1] == f"3 of 3 prints in {gallery}"
    *prints, summary = run("gallery", "list", gallery, "--subject", "P-1", "--json").documents
    assert [one["key"] for one in prints] == ["P-1/2", "P-1/3"]
    assert prints[0] == {
        "key": "P-1/2",
        "subject": "P-1",
        "finger": "unknown",
        "category": "remand",
        "site": "north",
        "expires": None,
    }
    assert summary["summary"] == {"listed": 2, "prints": 3, "exit_code": 0}
    assert run("gallery", "list", gallery, "--subject", "alone").out.splitlines()[-1].startswith("1 of 3")
    assert run("gallery", "list", gallery, "--subject", "nobody").out == f"0 of 3 prints in {gallery}\n"


def test_removing_by_key_and_by_subject(run: Run, gallery: Path) -> None:
    assert run("gallery", "remove", gallery, "alone").code == 0
    assert run("gallery", "list", gallery).out.endswith(f"2 of 2 prints in {gallery}\n")
    document = run("gallery", "remove", gallery, "--subject", "P-1", "--compact", "--json").document
    assert document["summary"] == {"removed": 2, "gallery_size": 0, "compacted": True, "exit_code": 0}
    for key in ("P-1/2", "P-1/3"):
        assert run("gallery", "check", gallery, "--absent", key).code == 0


@pytest.mark.parametrize("words", [["alone", "nobody"], ["--subject", "P-1", "--subject", "P-9"], ["gone"]])
def test_all_that_was_named_goes_or_nothing(run: Run, gallery: Path, words: list[str]) -> None:
    result = run("gallery", "remove", gallery, *words)
    assert result.code == ExitCode.GALLERY
    assert "nothing was removed" in result.err
    with Gallery.open(gallery, read_only=True) as after:
        assert len(after) == 3


def test_removing_nothing_is_wrong_usage(run: Run, gallery: Path) -> None:
    assert run("gallery", "remove", gallery).code == ExitCode.BAD_INPUT


def test_removing_from_no_gallery_makes_none(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "absent.gallery"
    assert run("gallery", "remove", path, "key").code == ExitCode.ABSENT_GALLERY
    assert run("gallery", "list", path).code == ExitCode.ABSENT_GALLERY
    assert not path.exists()


def test_a_table_of_all_pairs(run: Run, files: Path, tmp_path: Path) -> None:
    names = ["a.fpt", "a_2.png", "b.fpt"]
    result = run("compare-all", *(files / name for name in names), "--csv", tmp_path / "scores.csv")
    assert result.code == 0
    assert "3 prints, 3 pairs" in result.out
    with (tmp_path / "scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    score = {(Path(row["probe"]).name, Path(row["reference"]).name): float(row["score"]) for row in rows}
    assert set(score) == {("a.fpt", "a_2.png"), ("a.fpt", "b.fpt"), ("a_2.png", "b.fpt")}
    assert score["a.fpt", "a_2.png"] > 40 > score["a.fpt", "b.fpt"]
    assert float(rows[0]["fmr"]) == pytest.approx(10 ** (-float(rows[0]["score"]) / 10))
    again = run("compare-all", files / "a.fpt", "--csv", tmp_path / "scores.csv")
    assert again.code == ExitCode.OUTPUT


def test_what_fails_is_told_once_and_the_rest_compared(run: Run, files: Path) -> None:
    result = run("compare-all", files / "a.fpt", files / "text.png", files / "b.fpt", "--json")
    failure, pair, summary = result.documents
    assert failure["error"] == "UnreadableImage"
    assert result.err.count("text.png") == 1
    assert pair["score"] < 40
    assert summary["summary"]["failed"] == 1
    assert result.code == summary["summary"]["exit_code"] != 0
    assert run("compare-all", files / "text.png").code == ExitCode.EMPTY_INPUT


@pytest.fixture
def scans(tmp_path: Path, files: Path) -> Path:
    folder = tmp_path / "scans"
    (folder / "below" / ".hidden").mkdir(parents=True)
    shutil.copy(files / "a_1.png", folder / "a.png")
    shutil.copy(files / "b_1.png", folder / "below" / "b.png")
    shutil.copy(files / "b_1.png", folder / "below" / ".hidden" / "c.png")
    (folder / ".DS_Store").write_bytes(b"x")
    return folder


def test_folders_to_the_bottom_and_patterns(run: Run, scans: Path, tmp_path: Path) -> None:
    assert run("extract", scans, "--output", tmp_path / "one").out.startswith("1 templates written")
    assert run("extract", scans, "--output", tmp_path / "two", "--recursive").out.startswith("2 templates written")
    assert run("extract", scans / "**" / "b*.png", "--output", tmp_path / "three").out.startswith("1 templates")
    assert run("enrol", tmp_path / "g", scans, "--recursive").out.startswith("2 enrolled")
    result = run("extract", scans / "*.tif", "--output", tmp_path / "four")
    assert result.code == ExitCode.EMPTY_INPUT
    assert "expected files whose names fit this pattern, found none" in result.err


def test_a_folder_without_files_says_where_to_look(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty" / "below").mkdir(parents=True)
    result = run("enrol", tmp_path / "g", tmp_path / "empty")
    assert result.code == ExitCode.EMPTY_INPUT
    assert "--recursive looks below it" in result.err
    assert not (tmp_path / "g").exists()


def test_a_name_with_signs_of_a_pattern_is_a_name(run: Run, scans: Path, tmp_path: Path) -> None:
    odd = scans / "a[1]*.png"
    (scans / "a.png").rename(odd)
    assert run("extract", odd, "--output", tmp_path / "out").out.startswith("1 templates written")


def test_the_resolution_of_one_file(run: Run, files: Path, tmp_path: Path) -> None:
    with Image.open(files / "a_1.png") as image:
        image.resize((2 * image.width, 2 * image.height)).save(tmp_path / "double.png")
    result = run("verify", f"{tmp_path / 'double.png'}@1000", files / "no_ppi.png", "--ppi", "500")
    assert result.code == 0
    assert run("verify", files / "no_ppi.png", f"{tmp_path / 'double.png'}@1000", "--ppi", "500").code == 0
    words = ("extract", f"{tmp_path / 'double.png'}@1000", files / "no_ppi.png", "--ppi", "500")
    found = run(*words, "--output", tmp_path / "out", "--json").documents
    assert [one["outcome"] for one in found[:-1]] == ["template", "template"]
    assert Template.load(tmp_path / "out" / "double.fpt").source_ppi == 1000
    (tmp_path / "list.csv").write_text("key,path,ppi\nd,double.png,1000\n")
    assert run("enrol", tmp_path / "g", "--list", tmp_path / "list.csv").code == 0
    assert run("identify", tmp_path / "g", f"{tmp_path / 'double.png'}@1000").code == 0
    shutil.copy(tmp_path / "double.png", tmp_path / "odd@500")
    assert run("inspect", tmp_path / "odd@500").code == ExitCode.BAD_INPUT  # a file of that name, which states none


def test_no_gallery_is_left_when_nothing_was_enrolled(run: Run, files: Path, tmp_path: Path) -> None:
    path = tmp_path / "typo.gallery"
    result = run("enrol", path, files / "text.png")
    assert result.code != 0
    assert f"0 enrolled; {path} was not made" in result.out
    assert not path.exists()


def test_a_list_of_another_spreadsheet(run: Run, files: Path, tmp_path: Path) -> None:
    shutil.copy(files / "a.fpt", tmp_path / "a.fpt")
    rows = "key;path;subject\nA;a.fpt;Jos\u00e9\n"
    for name, data in {
        "semicolons.csv": rows.encode(),
        "tabulators.csv": rows.replace(";", "\t").encode(),
        "utf16.csv": rows.encode("utf-16"),
        "windows.csv": rows.encode("cp1252"),
    }.items():
        (tmp_path / name).write_bytes(data)
        gallery = tmp_path / f"{name}.gallery"
        result = run("enrol", gallery, "--list", tmp_path / name)
        assert result.code == 0, name
        assert ("read as Windows-1252" in result.err) is (name == "windows.csv")
        with Gallery.open(gallery, read_only=True) as found:
            assert found.details("A").subject == "Jos\u00e9"


def test_other_people_are_not_shown_after_no_hit(run: Run, files: Path, gallery: Path, tmp_path: Path) -> None:
    run("gallery", "remove", gallery, "P-1/3", "alone")
    hidden = run("identify", gallery, files / "b_1.png")
    assert hidden.code == ExitCode.NO_MATCH
    assert "P-1" not in hidden.out
    assert "P-1" in run("identify", gallery, files / "b_1.png", "--list-all").out
    both = run("identify", gallery, files / "a_1.png", files / "b_1.png")
    assert both.out.count("best P-1") == 1


def test_a_picture_of_the_first_candidate(run: Run, files: Path, gallery: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "why.png"
    assert run("identify", gallery, files / "a_1.png", "--picture", path).code == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert run("identify", gallery, files / "a_1.png", "--picture", path).code == ExitCode.OUTPUT
    several = run("identify", gallery, files / "a_1.png", files / "b_1.png", "--picture", tmp_path / "x.png")
    assert several.code == ExitCode.BAD_INPUT
