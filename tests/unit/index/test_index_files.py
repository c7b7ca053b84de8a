"""The index file beside each segment: made by compaction, used by searches, and never believed when it is not right."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.index.gallery_files import cut, manifest_of, turn_a_bit
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.index import Gallery, Identification, SearchFilter, SearchParameters, StageParameters
from fingerprint_engine.index.search.parameters import FEWEST
from fingerprint_engine.index.storage import compaction, reading
from fingerprint_engine.index.storage.check import check_gallery
from fingerprint_engine.index.storage.repair import repair_gallery
from fingerprint_engine.index.storage.segments import cells_file

PRINTS = 70
FEW = StageParameters(sketched=8, screened_from=1, screened=6, compared=4, compared_growth=0.0)
BY_CELLS = SearchParameters(shortlist="faiss", stages=FEW)


@pytest.fixture(autouse=True)
def every_segment_is_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "prints.gallery"
    with pytest.MonkeyPatch.context() as patch, Gallery.open(folder) as gallery:
        patch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(PRINTS))
        gallery.compact()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "prints.gallery")


def _index_of(folder: Path) -> Path:
    (entry,) = manifest_of(folder).segments
    (index,) = entry.indexes
    return folder / entry.index_name(index)


def _search(folder: Path, seed: int = 3, parameters: SearchParameters = BY_CELLS) -> Identification:
    with Gallery.open(folder, read_only=True) as gallery:
        return gallery.identify(pressed_again(seed), parameters=parameters)


def test_compaction_makes_an_index_and_searches_go_by_it(folder: Path) -> None:
    found = _search(folder)
    assert (found.candidates[0].key, found.receipt.shortlist) == ("k3", "faiss")
    assert found.receipt.shortlist_note == ""
    assert FEWEST <= found.receipt.shortlist_size <= 8 <= found.receipt.visited < PRINTS
    assert found.receipt.searched == PRINTS
    exact = _search(folder, parameters=SearchParameters(shortlist="exact"))
    assert (exact.receipt.shortlist, exact.receipt.shortlist_size) == ("exact", PRINTS)
    assert exact.candidates[0] == found.candidates[0]
    assert check_gallery(folder).is_sound


@pytest.mark.parametrize("in_memory", [False, True])
def test_an_index_of_more_prints_than_one_can_have_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, in_memory: bool
) -> None:
    # No compaction makes one, but a forged gallery may name it: rows would be written beyond the votes.
    monkeypatch.setattr(cells_file, "MAX_LISTED_PRINTS", PRINTS - 1)
    with Gallery.open(folder, read_only=True, in_memory=in_memory) as gallery:
        found = gallery.identify(pressed_again(3), parameters=BY_CELLS)
    assert found.candidates[0].key == "k3"
    assert found.receipt.shortlist == "sketch scan"
    assert found.receipt.shortlist_note.startswith("scanned: 1 segment whose index cannot be used")


def test_auto_goes_by_cells_from_a_number_of_eligible_prints_on(folder: Path) -> None:
    def chosen(**changed: int) -> str:
        return _search(folder, parameters=SearchParameters(stages=FEW, **changed)).receipt.shortlist

    assert chosen() == "sketch scan"
    assert chosen(exact_prints=PRINTS) == "exact"
    assert chosen(exact_prints=10) == "sketch scan"
    assert chosen(exact_prints=10, faiss_prints=PRINTS) == "faiss"
    assert chosen(exact_prints=10, faiss_prints=PRINTS + 1) == "sketch scan"
    with pytest.raises(ParameterError, match="shortlist: expected one of auto, scan, faiss, exact, got"):
        SearchParameters(shortlist="hnsw")


def test_new_prints_are_scanned_and_removed_ones_never_come_out(folder: Path) -> None:
    with Gallery.open(folder) as gallery:
        gallery.enrol("new", random_print(500))
        gallery.remove("k3")
        for parameters in (BY_CELLS, SearchParameters(shortlist="scan", stages=FEW)):
            assert gallery.identify(pressed_again(500), parameters=parameters).candidates[0].key == "new"
            gone = gallery.identify(pressed_again(3), parameters=parameters)
            assert "k3" not in [candidate.key for candidate in gone.candidates]
            assert gone.receipt.searched == PRINTS
        gallery.compact()
        again = gallery.identify(pressed_again(500), parameters=BY_CELLS)
    assert again.candidates[0].key == "new"
    assert again.receipt.visited < PRINTS
    assert _search(folder, 500).candidates == again.candidates


def test_a_filter_comes_before_the_votes_are_ranked(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "g") as gallery:
        for seed in range(PRINTS):
            gallery.enrol(f"k{seed}", random_print(seed), site="a" if seed % 4 else "b")
        gallery.enrol("twin", random_print(3), site="b")
        gallery.compact()
        where = SearchFilter(sites={"b"})
        stages = StageParameters(sketched=1, most_effort=1.0, screened_from=1, screened=1, compared=1)
        one = SearchParameters(shortlist="faiss", stages=stages)
        found = gallery.identify(pressed_again(3), where=where, parameters=one)
    assert [candidate.key for candidate in found.candidates] == ["twin"]
    assert found.receipt.visited == 1
    assert found.receipt.searched == 1 + -(-PRINTS // 4)


def _make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [Path.unlink, cut, turn_a_bit, _make_a_folder])
def test_a_segment_whose_index_is_damaged_is_scanned_and_the_receipt_says_so(
    folder: Path, harm: Callable[[Path], object]
) -> None:
    harm(_index_of(folder))
    _require_scanned(folder)


def test_an_index_of_another_gallery_or_of_an_older_state_is_not_used(folder: Path, tmp_path: Path) -> None:
    older = _index_of(folder).read_bytes()
    with Gallery.open(tmp_path / "other") as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(PRINTS))
        gallery.compact()
    _index_of(folder).write_bytes(_index_of(tmp_path / "other").read_bytes())
    _require_scanned(folder)
    with Gallery.open(folder) as gallery:
        gallery.enrol("new", random_print(500))
        gallery.compact()
    assert _search(folder).receipt.shortlist == "faiss"
    _index_of(folder).write_bytes(older)
    assert _search(folder).receipt.shortlist_note.startswith("scanned: 1 segment")


@pytest.mark.parametrize("name", ["number", "digest"])
def test_a_rightly_signed_index_of_another_segment_or_release_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "digest":
        monkeypatch.setattr(cells_file, "cells_digest", lambda: bytes(8))
    else:
        encode = cells_file.encode_header
        monkeypatch.setattr(
            cells_file, "encode_header", lambda mark, file: encode(mark, file._replace(number=file.number + 1))
        )
    with Gallery.open(folder) as gallery:
        gallery.enrol("new", random_print(500))
        gallery.compact()
    monkeypatch.undo()
    assert _search(folder).receipt.shortlist_note.startswith("scanned: 1 segment")


def test_an_index_that_hides_a_print_is_not_used(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = cells_file.lists_of

    def without_k3(sketches: np.ndarray) -> object:
        hidden = sketches.copy()
        hidden[3] = hidden[4]
        return honest(hidden)

    monkeypatch.setattr(cells_file, "lists_of", without_k3)
    with Gallery.open(folder) as gallery:
        gallery.enrol("new", random_print(500))
        gallery.compact()
    monkeypatch.setattr(cells_file, "lists_of", honest)
    monkeypatch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)
    with Gallery.open(folder, read_only=True, state=tmp_path / "elsewhere") as gallery:
        found = gallery.identify(pressed_again(3), parameters=BY_CELLS)
    assert found.candidates[0].key == "k3"
    assert found.receipt.shortlist_note.startswith("scanned: 1 segment")
    assert "does not fit" in check_gallery(folder).files[1].problems[0]


def _require_scanned(folder: Path) -> None:
    """Searches scan, say so and find the same; check names the file, repair makes it anew."""
    found = _search(folder)
    assert (found.candidates[0].key, found.receipt.shortlist) == ("k3", "sketch scan")
    assert found.receipt.shortlist_note.startswith("scanned: 1 segment")
    assert found.receipt.visited == PRINTS
    assert not found.receipt.excluded
    report = check_gallery(folder)
    assert [file.problems[0].split(":")[0] for file in report.files if file.problems] == [str(_index_of(folder))]
    repaired = repair_gallery(folder)
    assert (repaired.prints, repaired.lost) == (PRINTS, 0)
    assert check_gallery(folder).is_sound
    assert _search(folder).receipt.shortlist == "faiss"


def test_an_index_that_comes_later_does_not_make_its_segment_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "FULL_PRINTS", 12)
    monkeypatch.setattr(cells_file, "MIN_INDEXED_PRINTS", 100)
    with Gallery.open(tmp_path / "g") as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(10))
        gallery.compact()
        before = manifest_of(tmp_path / "g").segments[0]
        monkeypatch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)
        gallery.compact()
    (entry,) = manifest_of(tmp_path / "g").segments
    assert (entry.number, entry.digest, len(before.indexes), len(entry.indexes)) == (before.number, before.digest, 0, 1)
    monkeypatch.setattr(reading, "check_content", lambda segment: pytest.fail("it was made here"))
    with Gallery.open(tmp_path / "g") as gallery:
        assert gallery.identify(pressed_again(3), parameters=BY_CELLS).receipt.shortlist == "faiss"
