"""``gallery split`` and ``join``, ``cluster`` and ``identify --shortlist``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fingerprint_engine.cli import ExitCode
from fingerprint_engine.index import Gallery
from fingerprint_engine.plugins import RUNTIME_VARIABLE

from .conftest import Run

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"


@pytest.fixture
def gallery(tmp_path: Path, run: Run, files: Path) -> Path:
    path = tmp_path / "test.gallery"
    assert run("enrol", path, files / "a.fpt", files / "b.fpt").code == ExitCode.SUCCESS
    return path


@pytest.fixture
def shards(tmp_path: Path, run: Run, gallery: Path) -> list[Path]:
    made = run("gallery", "split", gallery, tmp_path / "shards", "--shards", 2, "--json")
    assert made.code == ExitCode.SUCCESS
    return [Path(path) for path in made.document["shards"]]


def test_shards_are_searched_as_the_gallery_and_joined_again(
    run: Run, files: Path, gallery: Path, shards: list[Path], tmp_path: Path
) -> None:
    one = run("identify", gallery, files / "a.fpt", "--json")
    many = run("cluster", "search", files / "a.fpt", *shards, "--json")
    assert many.code == one.code == ExitCode.SUCCESS
    assert many.document["candidates"] == one.document["candidates"]
    assert run("identify", gallery, files / "a.fpt", "--in-memory", "--json").out == one.out
    said = run("cluster", "search", files / "a.fpt", *shards)
    assert said.out.startswith("hit: 2 of 2 enrolled prints were searched")
    status = run("cluster", "status", *shards)
    assert status.code == ExitCode.SUCCESS
    assert all(str(shard) in status.out for shard in shards)
    joined = run("gallery", "join", tmp_path / "joined.gallery", *shards)
    assert joined.out == f"2 prints in {tmp_path / 'joined.gallery'}\n"
    with Gallery.open(tmp_path / "joined.gallery", read_only=True) as again:
        assert sorted(again) == ["a", "b"]


def test_duplicates_of_shards_are_those_of_the_gallery(
    run: Run, files: Path, gallery: Path, shards: list[Path], tmp_path: Path
) -> None:
    one = run("dedupe", gallery, "--json")
    many = run("cluster", "dedupe", *shards, "--journal", tmp_path / "journal", "--json")
    assert many.code == one.code == ExitCode.SUCCESS
    assert many.out == one.out
    assert run("dedupe", gallery, "--no-in-memory", "--json").out == one.out
    assert run("cluster", "dedupe", *shards, "--no-in-memory", "--json").out == one.out
    said = run("cluster", "dedupe", *shards, "--journal", tmp_path / "journal")
    assert "2 prints were compared with each other" in said.out
    other = run("cluster", "dedupe", shards[0], "--journal", tmp_path / "journal")
    assert "another gallery, state, threshold or release" in other.err


@pytest.mark.parametrize("option", [("--runtime", "onnxruntime"), ("--plugins", "none")])
def test_what_workers_elsewhere_would_not_heed_is_refused(run: Run, tmp_path: Path, option: tuple[str, str]) -> None:
    words = ("cluster", "extract", SAMPLES / "1_1.png", "--output", tmp_path / "made")
    result = run(*words, "--scheduler", "tls://127.0.0.1:1", *option)
    assert result.code == ExitCode.BAD_INPUT
    assert f"{option[0]}: workers of a scheduler go by their own environment" in result.err
    assert not (tmp_path / "made").exists()
    assert run(*words, option[0], "none" if option[1] == "none" else "opencv").code == ExitCode.SUCCESS


def test_an_odd_address_of_a_scheduler_is_named(run: Run, tmp_path: Path) -> None:
    refused = run("cluster", "extract", SAMPLES / "1_1.png", "--output", tmp_path / "made", "--scheduler", "nonsense")
    assert refused.code == ExitCode.BAD_INPUT
    assert "expected an address such as tls://host:8786, got 'nonsense'" in refused.err
    bare = run("cluster", "status", tmp_path, "--scheduler", "tls://127.0.0.1:9")
    assert bare.code == ExitCode.BAD_INPUT
    assert "got none for 'tls://127.0.0.1:9'; pass --tls-ca, --tls-cert and --tls-key" in bare.err
    empty = run("cluster", "status", "")
    assert empty.code == ExitCode.BAD_INPUT
    assert "argument SHARD: expected the name of a shard, got ''" in empty.err
    assert not (tmp_path / "made").exists()


def test_a_runtime_that_cannot_be_used_leaves_no_folder_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUNTIME_VARIABLE, "magic")
    result = run("cluster", "extract", SAMPLES / "1_1.png", "--output", tmp_path / "made")
    assert result.code == ExitCode.BAD_INPUT
    assert RUNTIME_VARIABLE in result.err
    assert not (tmp_path / "made").exists()


def test_images_are_extracted_and_a_run_can_go_on(run: Run, tmp_path: Path) -> None:
    images, journal = SAMPLES / "1_1.png", tmp_path / "journal"
    words = ("cluster", "extract", images, SAMPLES / "2_1.png", "--output", tmp_path / "made", "--journal", journal)
    assert run(*words).out == f"2 templates written to {tmp_path / 'made'}, 0 failed\n"
    first = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    assert run("extract", images, "--output", tmp_path / "alone").code == ExitCode.SUCCESS
    assert first["1_1.fpt"] == (tmp_path / "alone" / "1_1.fpt").read_bytes()
    assert run(*words).code == ExitCode.SUCCESS
    (tmp_path / "made" / "2_1.fpt").write_bytes(b"something else")
    refused = run(*words)
    assert refused.code == ExitCode.OUTPUT
    assert refused.out == f"1 templates written to {tmp_path / 'made'}, 0 failed\n1 not written\n"
    assert "2_1.fpt: exists already; --overwrite replaces it" in refused.err
    assert (tmp_path / "made" / "2_1.fpt").read_bytes() == b"something else"
    assert run(*words, "--overwrite").code == ExitCode.SUCCESS
    assert {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()} == first
    (tmp_path / "broken.png").write_bytes(b"no image")
    failed = run("cluster", "extract", tmp_path / "broken.png", "--output", tmp_path / "made")
    assert failed.code == ExitCode.FAILURE_TO_EXTRACT
    assert "0 templates written" in failed.out
    other = run("cluster", "extract", images, "--output", tmp_path / "made", "--journal", journal)
    assert "the journal of other files" in other.err
    twice = run("cluster", "extract", images, tmp_path / "sub" / "1_1.png", "--output", tmp_path / "made")
    assert twice.code == ExitCode.BAD_INPUT


def test_what_cannot_be_searched_is_said(run: Run, files: Path, shards: list[Path], tmp_path: Path) -> None:
    absent = run("cluster", "search", files / "a.fpt", *shards, tmp_path / "absent")
    assert absent.code == ExitCode.ABSENT_GALLERY
    assert "cannot open the shard" in absent.err
    damaged = tmp_path / "damaged"
    shutil.copytree(shards[0], damaged)
    for file in damaged.glob("manifest*"):
        file.write_bytes(b"something else")
    for words in (("status",), ("dedupe",), ("search", files / "a.fpt")):
        assert run("cluster", *words, shards[1], damaged).code == ExitCode.DAMAGED_GALLERY
    twice = run("cluster", "status", shards[0], shards[0])
    assert "each path once" in twice.err
    half = run("cluster", "status", *shards, "--scheduler", "tls://127.0.0.1:9", "--tls-ca", tmp_path / "ca.pem")
    assert half.code == ExitCode.BAD_INPUT
    assert "--tls-ca, --tls-cert and --tls-key together" in half.err
    there = run("gallery", "split", shards[0], shards[0].parent, "--shards", 2)
    assert "not there yet" in there.err


@pytest.mark.parametrize(("word", "shown"), [("exact", None), ("scan", "sketch scan"), ("faiss", "sketch scan")])
def test_the_shortlist_can_be_chosen(run: Run, files: Path, gallery: Path, word: str, shown: str | None) -> None:
    found = run("identify", gallery, files / "a.fpt", "--shortlist", word)
    assert found.code == ExitCode.SUCCESS
    assert (f"  {shown}: 2 looked at, 2 compared in full" in found.out) == (shown is not None)
    assert ("no print that may be searched is in an index" in found.err) == (word == "faiss")
    unknown = run("identify", gallery, files / "a.fpt", "--shortlist", "fais")
    assert unknown.code == ExitCode.BAD_INPUT
    assert "faiss" in unknown.err
