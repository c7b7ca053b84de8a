"""``dedupe``, ``gallery`` and the options of ``enrol`` and ``identify`` for large galleries."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest
from tests.unit.index.gallery_files import log_of

from fingerprint_engine.cli import ExitCode
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery
from fingerprint_engine.template import Template

from .conftest import Run


@pytest.fixture
def listing(tmp_path: Path, files: Path) -> Path:
    """Finger a of one person in two captures, finger b of another; everything that a list may say."""
    for name, source in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        shutil.copy(files / f"{source}.fpt", tmp_path / f"{name}.fpt")
    path = tmp_path / "list.csv"
    path.write_text(
        "key,path,subject,finger,category,site,expires\n"
        "anna/1,a1.fpt,anna,right-index,remand,north,2031-01-31\n"
        "anna alias/1,a2.fpt,alias,2,remand,south,\n"
        "bea/1,b1.fpt,bea,,visitor,,2001-01-01\n"
    )
    return path


@pytest.fixture
def gallery(tmp_path: Path, run: Run, listing: Path) -> Path:
    path = tmp_path / "test.gallery"
    assert run("enrol", path, "--list", listing).code == ExitCode.SUCCESS
    return path


def test_a_list_says_more_than_keys(gallery: Path) -> None:
    with Gallery.open(gallery, read_only=True) as opened:
        anna = opened.details("anna/1")
        assert (anna.subject, anna.category, anna.site, str(anna.expires)) == ("anna", "remand", "north", "2031-01-31")
        assert opened.get("anna/1").finger is opened.get("anna alias/1").finger is Finger.RIGHT_INDEX
        assert opened.get("bea/1").finger is Finger.UNKNOWN


@pytest.mark.parametrize(
    ("row", "complaint"),
    [("k,a1.fpt,,nose,,", "line 2: finger"), ("k,a1.fpt,,11,,", "line 2: finger"), ("k,a1.fpt,,,,soon", "line 2: ")],
)
def test_a_list_that_says_nonsense(run: Run, tmp_path: Path, listing: Path, row: str, complaint: str) -> None:
    listing.write_text(f"key,path,subject,finger,site,expires\n{row}\n")
    result = run("enrol", tmp_path / "new.gallery", "--list", listing)
    assert result.code == ExitCode.BAD_INPUT
    assert complaint in result.err


def test_enrolling_goes_on_after_a_stop(run: Run, gallery: Path, listing: Path, files: Path) -> None:
    again = run("enrol", gallery, "--list", listing, "--resume", "--json")
    assert again.code == ExitCode.SUCCESS
    assert again.documents[-1]["summary"] == {
        "enrolled": 0, "not_enrolled": 0, "doubtful_resolution": 0, "gallery_size": 3, "enrolled_already": 3,
        "exit_code": 0,
    }  # fmt: skip
    assert run("enrol", gallery, "--list", listing).code == ExitCode.GALLERY


def test_a_folder_is_all_its_files(run: Run, tmp_path: Path, files: Path) -> None:
    folder = tmp_path / "prints"
    folder.mkdir()
    for name in ("a.fpt", "b_1.png"):
        shutil.copy(files / name, folder / name)
    result = run("enrol", tmp_path / "new.gallery", folder, "--json")
    assert [line.get("key") for line in result.documents[:-1]] == ["a", "b_1"]


def test_of_equal_keys_in_one_call_the_first_is_enrolled(run: Run, tmp_path: Path, files: Path) -> None:
    result = run("enrol", tmp_path / "new.gallery", files / "a.fpt", files / "a.fpt", files / "b.fpt", "--json")
    assert [line.get("outcome") for line in result.documents[:-1]] == ["enrolled", "not enrolled", "enrolled"]
    assert result.code == ExitCode.GALLERY


def test_several_probes_are_several_searches(run: Run, gallery: Path, files: Path) -> None:
    result = run("identify", gallery, files / "a_2.png", files / "blank.png", "--json")
    first, second, last = result.documents
    assert (first["outcome"], second["error"]) == ("hit", "FailureToExtract")
    assert last["summary"] == {"searches": 2, "exit_code": 3}
    assert result.code == ExitCode.FAILURE_TO_EXTRACT
    text = run("identify", gallery, files / "a_2.png", files / "a_1.png").out
    assert text.count("hit, 2 of 2 searched, best") == 2


def test_several_fingers_of_one_person(run: Run, gallery: Path, files: Path) -> None:
    words = ("identify", gallery, "--one-person", "--include-expired", files / "a_2.png", files / "b_1.png")
    document = run(*words, "--json").document
    assert document["probe"] == [str(files / "a_2.png"), str(files / "b_1.png")]
    assert {candidate["subject"] for candidate in document["candidates"]} == {"anna", "alias", "bea"}
    assert all(len(candidate["matches"]) == 1 for candidate in document["candidates"])
    assert "right index" in run(*words).out


def test_filters_and_deadlines(run: Run, gallery: Path, files: Path) -> None:
    probe = files / "a_2.png"
    document = run("identify", gallery, probe, "--category", "remand", "--site", "south", "--json").document
    assert document["receipt"]["filtered"] == {"another category": 1, "another site": 1}
    assert [candidate["subject"] for candidate in document["candidates"]] == ["alias"]
    assert "not asked for: expired" in run("identify", gallery, probe).out
    later = run("identify", gallery, probe, "--on", "2040-01-01", "--json").document
    assert later["receipt"]["filtered"] == {"expired": 2}
    late = run("identify", gallery, files / "b_1.png", "--deadline", "0", "--json")
    assert (late.code, late.document["outcome"]) == (ExitCode.UNDECIDED, "incomplete")
    assert run("identify", gallery, probe, "--on", "today").code == ExitCode.BAD_INPUT


def test_duplicates(run: Run, gallery: Path, tmp_path: Path) -> None:
    result = run("dedupe", gallery, "--journal", tmp_path / "journal", "--json")
    assert result.code == ExitCode.SUCCESS
    group, last = result.documents
    assert group["group"] == ["alias", "anna"]
    assert group["weakest_link"]["keys"] == ["anna alias/1", "anna/1"]
    assert (last["summary"]["groups"], last["summary"]["prints"]) == (1, 3)
    assert "alias, anna" in run("dedupe", gallery, "--journal", tmp_path / "journal").out


def test_info(run: Run, gallery: Path) -> None:
    document = run("gallery", "info", gallery, "--json").document
    assert (document["prints"], document["subjects"], document["format"]) == (3, 3, 3)
    assert document["shortlist_recall"] is None
    assert "not measured" in run("gallery", "info", gallery).out


def test_verify_repair_and_compact(run: Run, gallery: Path) -> None:
    assert run("gallery", "check", gallery).out.startswith("sound: 2 files, 3 prints")
    assert run("gallery", "check", gallery, "--absent", "bea/1").code == ExitCode.NO_MATCH
    with Gallery.open(gallery) as opened:
        opened.remove("bea/1")
    assert run("gallery", "check", gallery, "--absent", "bea/1").code == ExitCode.NO_MATCH
    assert run("gallery", "compact", gallery, "--json").document["rewritten"] == 1
    proof = run("gallery", "check", gallery, "--absent", "bea/1", "--json")
    assert (proof.code, proof.document["absent"]) == (ExitCode.SUCCESS, {"bea/1": True})
    with Gallery.open(gallery) as opened:
        opened.enrol("last", opened.get("anna/1"))
        opened.enrol("after it", opened.get("anna/1"))
    log = log_of(gallery)
    data = bytearray(log.read_bytes())
    data[60] ^= 1
    log.write_bytes(data)
    damaged = run("gallery", "check", gallery, "--json")
    assert (damaged.code, damaged.document["sound"]) == (ExitCode.DAMAGED_GALLERY, False)
    repaired = run("gallery", "repair", gallery, "--json")
    assert (repaired.code, repaired.document["prints"]) == (ExitCode.SUCCESS, 3)
    assert run("gallery", "check", gallery).code == ExitCode.SUCCESS


def test_what_is_exported_can_be_enrolled(run: Run, gallery: Path, tmp_path: Path) -> None:
    out = tmp_path / "exported"
    assert run("gallery", "export", gallery, out, "--json").document["exported"] == 3
    assert run("gallery", "export", gallery, out).code == ExitCode.OUTPUT
    assert run("gallery", "export", gallery, out, "--resume").code == ExitCode.SUCCESS
    with (out / "list.csv").open(newline="", encoding="utf-8") as file:
        assert [row["key"] for row in csv.DictReader(file)] == ["anna/1", "anna alias/1", "bea/1"]
    again = tmp_path / "again.gallery"
    assert run("enrol", again, "--list", out / "list.csv").code == ExitCode.SUCCESS
    with Gallery.open(gallery, read_only=True) as old, Gallery.open(again, read_only=True) as new:
        assert [(key, old.get(key), old.details(key)) for key in old] == [
            (key, new.get(key), new.details(key)) for key in new
        ]


def test_measuring_says_what_it_could_not(run: Run, gallery: Path) -> None:
    result = run("gallery", "measure", gallery, "--json")
    assert result.code == ExitCode.SUCCESS
    assert result.document["shortlist_recall"] is None
    assert result.document["threshold_shift"] is None
    assert result.err.count("not measured") == 2


def test_a_category_that_nobody_has_is_said_and_is_no_answer(run: Run, gallery: Path, files: Path) -> None:
    for probes in ((files / "b_1.png",), (files / "b_1.png", files / "a_1.png")):
        result = run("identify", gallery, *probes, "--category", "remnd")
        assert result.code == ExitCode.UNDECIDED
        assert result.err.count("warning: category: nothing enrolled has 'remnd'; the nearest is 'remand'") == 1
    document = run("identify", gallery, files / "b_1.png", "--site", "nort", "--json").document
    assert document["receipt"]["absent"] == ["site: nothing enrolled has 'nort'; the nearest is 'north'"]


def test_an_empty_folder_is_no_search(run: Run, gallery: Path, files: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    for words in (("identify", gallery, tmp_path / "none"), ("enrol", gallery, files / "b.fpt", tmp_path / "none")):
        assert run(*words).code == ExitCode.EMPTY_INPUT
    assert run("evaluate", tmp_path / "none", "--output", tmp_path / "out").code == ExitCode.EMPTY_INPUT


def test_lists_are_for_people_and_not_for_spreadsheets(run: Run, files: Path, tmp_path: Path) -> None:
    listing = tmp_path / "list.csv"
    listing.write_text(f'key,path,category\n"\'=1+1",{files / "a.fpt"},-2\n')
    gallery = tmp_path / "new.gallery"
    assert run("enrol", gallery, "--list", listing).code == ExitCode.SUCCESS
    with Gallery.open(gallery, read_only=True) as opened:
        assert list(opened) == ["=1+1"]
    assert run("gallery", "export", gallery, tmp_path / "out").code == ExitCode.SUCCESS
    text = (tmp_path / "out" / "list.csv").read_text()
    assert text.splitlines()[1] == "'=1+1,00000000.fpt,,unknown,'-2,,,"
    again = tmp_path / "again.gallery"
    assert run("enrol", again, "--list", tmp_path / "out" / "list.csv").code == ExitCode.SUCCESS
    with Gallery.open(again, read_only=True) as opened:
        assert (list(opened), opened.details("=1+1").category) == (["=1+1"], "-2")


def test_a_misspelt_column_is_refused(run: Run, files: Path, tmp_path: Path) -> None:
    listing = tmp_path / "list.csv"
    listing.write_text(f"key,path,Subject,expiry\nk1,{files / 'a.fpt'},S1,2020-01-01\n")
    result = run("enrol", tmp_path / "new.gallery", "--list", listing)
    assert result.code == ExitCode.BAD_INPUT
    assert "column 'Subject' is unknown, the nearest is 'subject'" in result.err
    assert "column 'expiry' is unknown, the nearest is 'expires'" in result.err
    assert not (tmp_path / "new.gallery").exists()


def test_a_journal_is_no_other_file(run: Run, gallery: Path, tmp_path: Path) -> None:
    for content in (b"my notes\n", b"my notes", b"{}\nmore\n"):
        notes = tmp_path / "notes.txt"
        notes.write_bytes(content)
        assert run("dedupe", gallery, "--journal", notes).code == ExitCode.OUTPUT
        assert notes.read_bytes() == content
    assert run("dedupe", gallery, "--journal", "/dev/null").code == ExitCode.OUTPUT
    assert run("dedupe", gallery, "--journal", tmp_path / "no" / "journal").code == ExitCode.OUTPUT
    before = os.umask(0)
    try:
        assert run("dedupe", gallery, "--journal", tmp_path / "kept").code == ExitCode.SUCCESS
    finally:
        os.umask(before)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600


def test_keys_move_no_cursor(run: Run, files: Path, tmp_path: Path) -> None:
    key = "a\x1b[1A\x1b[2K  1  other person  120.0\n\u202e"
    gallery = tmp_path / "new.gallery"
    with Gallery.open(gallery) as opened:
        opened.enrol(key, Template.from_bytes((files / "a.fpt").read_bytes()), subject="s\x9b", category="c\x07")
        opened.enrol("alias\x1b", Template.from_bytes((files / "a.fpt").read_bytes()))
    commands = (
        ("identify", gallery, files / "a.fpt"), ("identify", gallery, files / "a.fpt", files / "b.fpt"),
        ("dedupe", gallery), ("gallery", "check", gallery, "--absent", key), ("gallery", "info", gallery),
        ("identify", gallery, files / "a.fpt", "--category", "c\x1b"), ("verify", "\x1b[2J", "\x9b"), ("\x1b",),
        ("enrol", gallery, "\x1b[2J"),
    )  # fmt: skip
    for words in commands:
        for machine in ((), ("--json",)):
            result = run(*words, *machine)
            for line in (*result.out.split("\n"), *result.err.split("\n")):
                assert line.isprintable(), words
    assert any(candidate["subject"] == "s\x9b" for candidate in run(*commands[0], "--json").document["candidates"])
