"""``enrol`` and ``identify``: what is in a gallery is found, and everything else says why not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.unit.index.gallery_files import log_of

from fingerprint_engine.cli import ExitCode
from fingerprint_engine.cli.commands.identify import exit_code_of_outcome
from fingerprint_engine.index import Gallery, Outcome

from .conftest import Run


@pytest.fixture
def gallery(tmp_path: Path, run: Run, files: Path) -> Path:
    """A gallery with finger a."""
    path = tmp_path / "test.gallery"
    assert run("enrol", path, files / "a.fpt").code == ExitCode.SUCCESS
    return path


def test_an_enrolled_finger_is_found(run: Run, files: Path, gallery: Path) -> None:
    result = run("identify", gallery, files / "a_2.png")
    assert result.code == ExitCode.SUCCESS
    assert result.out.startswith("hit: 1 of 1 enrolled prints were searched")
    rows = [line.split() for line in result.out.splitlines()]
    assert any(row[:2] == ["1", "a"] for row in rows)


def test_a_finger_that_is_not_enrolled_is_a_clean_no_hit(run: Run, files: Path, gallery: Path) -> None:
    result = run("identify", gallery, files / "b_1.png", "--json")
    assert result.code == ExitCode.NO_MATCH
    assert result.document["outcome"] == "no hit"
    receipt = result.document["receipt"]
    assert (receipt["eligible"], receipt["searched"], receipt["excluded"]) == (1, 1, {})


def test_candidates_for_machines(run: Run, files: Path, gallery: Path) -> None:
    run("enrol", gallery, files / "b.fpt")
    document = run("identify", gallery, files / "a_1.png", "--max-candidates", "1", "--json").document
    assert [(c["rank"], c["key"]) for c in document["candidates"]] == [(1, "a")]
    assert document["receipt"]["searched"] == 2
    assert document["receipt"]["max_fpir"] == 1e-3
    assert document["candidates"][0]["score"] >= document["receipt"]["hit_score"]


def test_only_hit_and_no_hit_are_clean_answers() -> None:
    codes = {outcome: exit_code_of_outcome(outcome) for outcome in Outcome}
    assert codes.pop(Outcome.HIT) == 0
    assert codes.pop(Outcome.NO_HIT) == 10
    assert codes
    assert set(codes.values()) == {ExitCode.UNDECIDED}


def test_images_and_templates_are_enrolled_and_failures_counted(run: Run, files: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.gallery"
    names = ["a_1.png", "blank.png", "b.fpt", "flipped_bit.fpt", "absent.png"]
    result = run("enrol", path, *(files / name for name in names), "--json")
    assert result.code == ExitCode.FAILURE_TO_EXTRACT
    *lines, last = result.documents
    assert {line["key"]: line["outcome"] for line in lines} == {
        "a_1": "enrolled", "b": "enrolled", "blank": "not enrolled", "flipped_bit": "not enrolled",
        "absent": "not enrolled",
    }  # fmt: skip
    assert last["summary"] == {
        "enrolled": 2,
        "not_enrolled": 3,
        "gallery_size": 2,
        "doubtful_resolution": 0,
        "exit_code": 3,
    }
    assert len(result.err.splitlines()) == 3
    with Gallery.open(path, read_only=True) as opened:
        assert sorted(opened) == ["a_1", "b"]


def test_a_key_is_enrolled_once(run: Run, files: Path, gallery: Path) -> None:
    before = log_of(gallery).read_bytes()
    result = run("enrol", gallery, files / "a.fpt")
    assert result.code == ExitCode.GALLERY
    assert "1 not enrolled" in result.out
    assert str(files / "a.fpt") in result.err
    assert log_of(gallery).read_bytes() == before


def test_keys_from_a_list(run: Run, files: Path, tmp_path: Path) -> None:
    shutil.copy(files / "a.fpt", tmp_path / "one.fpt")
    listing = tmp_path / "list.csv"
    listing.write_text(f'path,key\none.fpt,P-0001/right-index\n{files / "b_1.png"},"P-0002, left"\n')
    path = tmp_path / "listed.gallery"
    assert run("enrol", path, "--list", listing).code == ExitCode.SUCCESS
    with Gallery.open(path, read_only=True) as opened:
        assert sorted(opened) == ["P-0001/right-index", "P-0002, left"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"name,path\nx,y\n", "column 'name' is unknown; column 'key' is missing"),
        (b"", "column 'key' is missing"),
        (b"key,path\nx\n", "line 2: expected 2 fields as in line 1, got 1"),
        (b"key,path\n,y\n", "line 2"),
        (b"key,path\n\x81,y\n", "utf-8"),
    ],
)
def test_a_list_that_is_none(run: Run, tmp_path: Path, content: bytes, complaint: str) -> None:
    listing = tmp_path / "list.csv"
    listing.write_bytes(content)
    result = run("enrol", tmp_path / "new.gallery", "--list", listing)
    assert result.code == ExitCode.BAD_INPUT
    assert complaint in result.err
    assert not (tmp_path / "new.gallery").exists()


def test_a_list_that_is_absent(run: Run, tmp_path: Path) -> None:
    result = run("enrol", tmp_path / "new.gallery", "--list", tmp_path / "absent.csv")
    assert result.code == ExitCode.BAD_INPUT
    assert "absent.csv" in result.err


def test_a_search_makes_no_gallery(run: Run, files: Path, tmp_path: Path) -> None:
    result = run("identify", tmp_path / "absent.gallery", files / "a.fpt")
    assert result.code == ExitCode.ABSENT_GALLERY
    assert "absent.gallery" in result.err
    assert not (tmp_path / "absent.gallery").exists()


def test_a_damaged_gallery(run: Run, files: Path, gallery: Path) -> None:
    log = log_of(gallery)
    data = bytearray(log.read_bytes())
    data[40] ^= 1
    log.write_bytes(data)
    for words in (("identify", gallery, files / "a.fpt"), ("enrol", gallery, files / "b.fpt"), ("inspect", gallery)):
        result = run(*words, "--json")
        assert result.code == ExitCode.DAMAGED_GALLERY, words
        assert result.document["error"] == "CorruptGallery"


def test_a_gallery_that_another_writer_holds(run: Run, files: Path, gallery: Path) -> None:
    with Gallery.open(gallery):
        result = run("enrol", gallery, files / "b.fpt", "--json")
        assert result.code == ExitCode.GALLERY
        assert result.document["error"] == "GalleryLocked"
        assert run("identify", gallery, files / "a.fpt").code == ExitCode.SUCCESS


def test_a_file_is_no_gallery(run: Run, files: Path, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    assert run("enrol", path, files / "a.fpt").code == ExitCode.GALLERY
    assert run("identify", path, files / "a.fpt").code == ExitCode.GALLERY


@pytest.mark.parametrize(("name", "code"), [("blank.png", 3), ("cut.fpt", 2), ("text.png", 2)])
def test_a_probe_that_cannot_be_used(run: Run, files: Path, gallery: Path, name: str, code: int) -> None:
    result = run("identify", gallery, files / name)
    assert result.code == code
    assert name in result.err
    assert result.out == ""
