"""Damaged files: refused or searched around, found by verifying, repaired with everything that is sound."""

from __future__ import annotations

import datetime
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.index.gallery_files import holds, log_of, manifest_of, names_in, segments_of
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import (
    CorruptGallery,
    GalleryError,
    GalleryLocked,
    InputError,
    UnsupportedGalleryVersion,
)
from fingerprint_engine.index import Exclusion, Gallery, Outcome, PrintDetails, check_gallery, repair_gallery, traces
from fingerprint_engine.index.storage import reading
from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME
from fingerprint_engine.index.storage.segments.segment import map_segment
from fingerprint_engine.index.storage.segments.segment_format import COLUMNS, HEADER_SIZE, LAZY

DETAILS = PrintDetails("P-1", "remand", "north", datetime.date(2031, 5, 1))
FIRST, SECOND, RECENT = ["a0", "a1", "a2"], ["b0", "b1", "b2", "b3"], ["c0", "c1"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two segments, the first with a removed print, and a log."""
    path = tmp_path / "prints.gallery"
    with Gallery.open(path) as gallery:
        for number, keys in enumerate((FIRST, SECOND)):
            gallery.enrol_many((key, random_print(10 * number + int(key[1])), DETAILS) for key in keys)
            if number == 1:
                gallery.remove("a1")
            assert gallery._folder is not None
            gallery._folder.seal(gallery._table)
        gallery.enrol_many((key, random_print(20 + int(key[1]))) for key in RECENT)
    assert len(segments_of(path)) == 2
    return path


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 0x10
    path.write_bytes(data)


def column_place(path: Path, name: str) -> int:
    """The middle of a column."""
    manifest = manifest_of(path.parent)
    (number,) = (entry.number for entry in manifest.segments if entry.name == path.name)
    header = map_segment(path, FileHeader(manifest.identity, number)).header
    offset, size, _ = header.extents[name]
    return offset + size // 2


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in LAZY])
def test_a_flipped_bit_of_the_index_is_refused(folder: Path, column: str) -> None:
    path = segments_of(folder)[1]
    flip(path, column_place(path, column))
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match=rf"{path.name}: offset \d+: the checksum of column {column}"):
            Gallery.open(folder, read_only=read_only)


@pytest.mark.parametrize("size", [0, 10, HEADER_SIZE - 1, HEADER_SIZE, 3000, -1])
def test_a_segment_that_is_cut_short_is_refused(folder: Path, size: int) -> None:
    path = segments_of(folder)[0]
    path.write_bytes(path.read_bytes()[:size])
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match=path.name):
            Gallery.open(folder, read_only=read_only)


def test_a_lost_segment_and_one_of_another_gallery_are_refused(folder: Path, tmp_path: Path) -> None:
    first, second = segments_of(folder)
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    with pytest.raises(CorruptGallery, match="another file"):
        Gallery.open(folder, read_only=True)
    first.unlink()
    with pytest.raises(CorruptGallery, match="no such file"):
        Gallery.open(folder, read_only=True)
    first.write_bytes(data)
    assert len(Gallery.open(folder, read_only=True)) == 8


def test_a_segment_of_a_newer_release_says_so(folder: Path) -> None:
    path = segments_of(folder)[0]
    data = bytearray(path.read_bytes())
    data[8:10] = struct.pack("<H", 4)
    data[44:48] = struct.pack("<I", zlib.crc32(data[:44]))
    path.write_bytes(data)
    with pytest.raises(UnsupportedGalleryVersion, match="version 4"):
        Gallery.open(folder, read_only=True)


def test_what_is_left_can_be_searched_and_never_says_no_hit(folder: Path) -> None:
    flip(segments_of(folder)[0], column_place(segments_of(folder)[0], "sketches"))
    with Gallery.open(folder, read_only=True, skip_damaged=True) as gallery:
        assert [(lost.name, lost.prints) for lost in gallery.lost] == [(segments_of(folder)[0].name, 2)]
        found = gallery.identify(random_print(1000))
        assert found.outcome is Outcome.INCOMPLETE
        assert found.receipt.excluded == (Exclusion("damaged segment", 2),)
        assert (found.receipt.enrolled, found.receipt.eligible, found.receipt.searched) == (8, 8, 6)
        assert (found.receipt.segments, found.receipt.segments_answered) == (3, 2)
        assert gallery.identify(pressed_again(11, noise_px=0.5)).candidates[0].key == "b1"
    with pytest.raises(InputError, match="read_only"):
        Gallery.open(folder, skip_damaged=True)


def test_what_is_left_is_not_less_because_a_writer_compacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the manifest and opening the segments their files went, and nothing is lost by that."""
    folder, opened = tmp_path / "g", reading.open_segments
    with Gallery.open(folder) as gallery:
        for name in ("first", "second"):
            gallery.enrol(name, random_print(1, 6))
            gallery.compact()

        def beside_a_writer(*arguments: object, **named: object) -> reading.Contents:
            monkeypatch.setattr(reading, "open_segments", opened)
            gallery.remove("first")
            gallery.compact()
            return opened(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(reading, "open_segments", beside_a_writer)
        with Gallery.open(folder, read_only=True, skip_damaged=True) as left:
            assert (list(left), left.lost) == (["second"], ())


def test_a_damaged_template_is_stepped_over_and_counted(folder: Path) -> None:
    flip(segments_of(folder)[1], column_place(segments_of(folder)[1], "data"))
    with Gallery.open(folder, read_only=True) as gallery:
        found = gallery.identify(random_print(1000), exhaustive=True)
        assert found.outcome is Outcome.INCOMPLETE
        assert found.receipt.excluded == (Exclusion("damaged", 1),)


def test_verifying_a_sound_gallery(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    report = check_gallery(folder)
    assert report.is_sound
    assert report.prints == 8
    assert [file.prints for file in report.files] == [0, 2, 4, 2]
    assert report.others == ()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("place", [segments_of, lambda folder: [log_of(folder)]], ids=["segments", "log"])
def test_verifying_beside_a_writer_that_deletes_a_file_once_it_was_seen(
    folder: Path, monkeypatch: pytest.MonkeyPatch, place: Callable[[Path], list[Path]]
) -> None:
    gone = place(folder)[-1]
    gone.unlink()
    there = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: path == gone or there(path))
    report = check_gallery(folder)
    assert [(file.name, file.size) for file in report.files if file.problems] == [(gone.name, 0)]


@pytest.mark.parametrize("column", COLUMNS)
def test_verifying_finds_every_damaged_column(folder: Path, column: str) -> None:
    path = segments_of(folder)[1]
    flip(path, column_place(path, column))
    report = check_gallery(folder)
    assert not report.is_sound
    assert [file.name for file in report.files if file.problems] == [path.name]
    assert report.prints == 8


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("keys", "key_offset", "offset", "data")])
def test_repair_keeps_prints_whose_keys_and_templates_are_sound(folder: Path, column: str) -> None:
    path = segments_of(folder)[0]
    flip(path, column_place(path, column))
    done = repair_gallery(folder)
    assert (done.lost, done.lost_keys, done.prints) == (0, (), 8)
    with Gallery.open(folder) as gallery:
        assert list(gallery) == ["a0", "a2", *SECOND, *RECENT]
        assert gallery.get("a2") == random_print(2)
        assert gallery.identify(pressed_again(2, noise_px=0.5)).candidates[0].key == "a2"
        lossy = column in ("category", "site", "words", "subjects", "subject_offset", "expires")
        assert done.without_details == (2 if lossy else 0)
        assert (gallery.details("a0") == DETAILS) == (not lossy)
        assert gallery.details("b0") == DETAILS
    assert done.aside == (path.name + ".damaged",)
    report = check_gallery(folder)
    assert report.is_sound
    assert report.others == done.aside


def test_repair_names_what_it_cannot_keep(folder: Path) -> None:
    path = segments_of(folder)[1]
    flip(path, column_place(path, "data"))
    done = repair_gallery(folder)
    assert (done.lost, done.prints) == (1, 7)
    assert len(done.lost_keys) == 1
    with Gallery.open(folder) as gallery:
        assert [*gallery, *done.lost_keys] == [
            *(key for key in ["a0", "a2", *SECOND, *RECENT] if key not in done.lost_keys),
            *done.lost_keys,
        ]


@pytest.mark.parametrize("damage", ["keys", "header", "cut", "gone"])
def test_repair_gives_up_a_segment_whose_keys_are_gone(folder: Path, damage: str) -> None:
    path = segments_of(folder)[0]
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[: HEADER_SIZE + 100])
    else:
        flip(path, 20 if damage == "header" else column_place(path, "keys"))
    done = repair_gallery(folder)
    assert (done.lost, done.lost_keys, done.prints) == (2, (), 6)
    assert list(Gallery.open(folder, read_only=True)) == [*SECOND, *RECENT]


def test_repair_of_a_segment_without_its_end_keeps_the_rest(folder: Path) -> None:
    path = segments_of(folder)[1]
    path.write_bytes(path.read_bytes()[:-100])
    done = repair_gallery(folder)
    assert (done.lost, done.lost_keys, done.prints) == (1, ("b3",), 7)


def test_repair_takes_the_copy_of_a_damaged_manifest(folder: Path) -> None:
    flip(folder / MANIFEST_NAME, 60)
    assert not check_gallery(folder).is_sound
    with pytest.raises(CorruptGallery, match="manifest"):
        Gallery.open(folder)
    assert repair_gallery(folder).lost == 0
    assert list(Gallery.open(folder)) == ["a0", "a2", *SECOND, *RECENT]


def test_what_was_put_aside_before_stays(folder: Path) -> None:
    for number in range(3):
        flip(folder / MANIFEST_NAME, 60)
        damaged = (folder / MANIFEST_NAME).read_bytes()
        (name,) = repair_gallery(folder).aside
        assert name == f"manifest{number or ''}.damaged"
        assert (folder / name).read_bytes() == damaged
    assert [name for name in names_in(folder) if name.endswith(".damaged")] == [
        "manifest.damaged", "manifest1.damaged", "manifest2.damaged"
    ]  # fmt: skip
    assert check_gallery(folder).is_sound


@pytest.mark.parametrize("act", [repair_gallery, lambda folder: Gallery.open(folder).close()])
def test_a_folder_in_place_of_the_copy_gives_way(folder: Path, act: Callable[[Path], object]) -> None:
    copy = folder / MANIFEST_COPY_NAME
    copy.unlink()
    copy.mkdir()
    (copy / "file").write_bytes(b"of somebody's")
    assert not check_gallery(folder).is_sound
    act(folder)
    assert check_gallery(folder).is_sound
    assert (folder / f"{MANIFEST_COPY_NAME}.damaged" / "file").read_bytes() == b"of somebody's"


def test_without_any_manifest_nobody_knows_what_was_removed(folder: Path) -> None:
    for name in (MANIFEST_NAME, MANIFEST_COPY_NAME):
        flip(folder / name, 60)
    before = manifestless = names_in(folder)
    with pytest.raises(CorruptGallery, match="backup"):
        repair_gallery(folder)
    assert set(before) <= set(names_in(folder)), manifestless


def test_repair_steps_over_a_damaged_frame_of_the_log(folder: Path) -> None:
    path = log_of(folder)
    with Gallery.open(folder) as gallery:
        gallery.enrol("after", random_print(9))
    flip(path, 160)  # in the frame that enrolled what is recent
    with pytest.raises(CorruptGallery, match="offset 48: frame 1 is damaged"):
        Gallery.open(folder)
    done = repair_gallery(folder)
    assert done.skipped_bytes > 1000
    assert (done.lost, done.lost_frames) == (2, ((1, 1),))
    with Gallery.open(folder) as gallery:
        assert list(gallery) == ["a0", "a2", *SECOND, "after"]


@pytest.mark.parametrize("also_head", [False, True])
def test_repair_says_when_nobody_knows_how_much_was_in_the_log(folder: Path, also_head: bool) -> None:
    log_of(folder).unlink()
    if also_head:
        log_of(folder).with_suffix(".head").unlink()
    done = repair_gallery(folder)
    assert done.is_log_lost == also_head
    assert done.lost == (0 if also_head else 2)
    assert list(Gallery.open(folder, read_only=True)) == ["a0", "a2", *SECOND]


def test_repair_of_a_sound_gallery_changes_nothing_that_counts(folder: Path) -> None:
    done = repair_gallery(folder)
    assert (done.prints, done.lost, done.aside) == (8, 0, ())
    assert list(Gallery.open(folder, read_only=True)) == ["a0", "a2", *SECOND, *RECENT]


def test_repair_waits_for_no_writer_and_makes_no_gallery(folder: Path, tmp_path: Path) -> None:
    with Gallery.open(folder), pytest.raises(GalleryLocked):
        repair_gallery(folder)
    with pytest.raises(GalleryError, match="there is none"):
        repair_gallery(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_nothing_of_a_removed_print_is_left_after_compaction(folder: Path) -> None:
    secret = random_print(1).to_bytes()[100:140]
    assert traces(folder, "a1") == (segments_of(folder)[0].name,)
    assert traces(folder, "c0") == (log_of(folder).name,)
    with Gallery.open(folder) as gallery:
        gallery.enrol("somebody who leaves", random_print(77))
        gallery.remove("somebody who leaves")
        gallery.remove("c0")
        assert holds(folder, secret)
        assert holds(folder, b"somebody who leaves")
        gallery.compact()
    for key in ("a1", "c0", "somebody who leaves"):
        assert traces(folder, key) == ()
    assert not holds(folder, b"somebody who leaves")
    assert not holds(folder, secret)
    assert traces(folder, "b1") == (manifest_of(folder).segments[0].name,)


def test_a_file_that_a_repair_put_aside_is_a_trace(folder: Path) -> None:
    path = segments_of(folder)[0]
    flip(path, column_place(path, "sketches"))
    done = repair_gallery(folder)
    assert done.aside[0] in traces(folder, "a1")
