"""Galleries with right checksums whose small records, or empty lists, would take far more than their size."""

from __future__ import annotations

import json
import os
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.robustness.forged_files import TABLE_AT, manifest_document, write_manifest
from tests.unit.index.gallery_files import head_of_log, log_of, manifest_of, segments_of
from tests.unit.index.random_prints import random_print

from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index import Gallery, check_gallery, repair_gallery
from fingerprint_engine.index.storage.log import frames
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.frames import MAX_FRAME_RECORDS, LogPosition
from fingerprint_engine.index.storage.log.head import encode_head
from fingerprint_engine.index.storage.log.records import Record, decode_records, encode_records
from fingerprint_engine.index.storage.manifest_format import MIN_INDEX_BYTES
from fingerprint_engine.index.storage.segments import segment
from fingerprint_engine.index.storage.segments.segment_format import COLUMNS, HEADER_SIZE
from fingerprint_engine.text.bounded_json import parse_texts

MANY = 1 << 20


def peak_of(act: Callable[[], object]) -> int:
    """Bytes of Python objects that something takes at most."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class TestWords:
    @pytest.mark.parametrize("words", [[""], ["", "north", "süd"], ["", 'a "b" c', "[x, {y}]", "\\", "\n", "\u2028"]])
    @pytest.mark.parametrize("is_ascii", [False, True])
    def test_lists_of_texts_are_read(self, words: list[str], is_ascii: bool) -> None:
        assert (
            parse_texts(json.dumps(words, ensure_ascii=is_ascii).encode(), len(words), "here", CorruptGallery) == words
        )

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"[]",
            b"{}",
            b'""',
            b"[",
            b'[""',
            b'["",',
            b'["",]',
            b'["" "a"]',
            b'["",,"a"]',
            b'["",1]',
            b'["",["a"]]',
            b'[""]]',
            b'[""] ',
            b'["\xff"]',
            b'["\\"]',
            b'["\\x"]',
            b'["\n"]',
            b'["a","b","c"]',
        ],
    )
    def test_anything_else_is_refused(self, data: bytes) -> None:
        with pytest.raises(CorruptGallery, match="JSON"):
            parse_texts(data, 2, "here", CorruptGallery)

    @pytest.mark.parametrize("item", [b"{}", b"[]", b'""', b'"ab"', b"0"])
    def test_a_list_that_says_nothing_takes_no_memory(self, item: bytes) -> None:
        data = b"[" + b",".join([item] * MANY) + b"]"

        def read() -> None:
            with pytest.raises(CorruptGallery):
                parse_texts(data, 1000, "here", CorruptGallery)

        assert peak_of(read) < 1 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Gallery.open(tmp_path / "g") as gallery:
        gallery.enrol("kept", random_print(1, 6))
        gallery.compact()
    return tmp_path / "g"


def put_log(folder: Path, data: bytes, at: LogPosition) -> None:
    log_of(folder).write_bytes(data)
    head_of_log(folder).write_bytes(encode_head(at, manifest_of(folder).log_header))


def test_a_log_of_more_changes_than_a_log_may_hold_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred bytes would remove ten prints that are not there: each takes more as a record than in the file."""
    log = manifest_of(folder).log_header
    monkeypatch.setattr(frames, "MAX_LOG_CHANGES", 10 * MAX_FRAME_RECORDS)
    data, at = frames.log_header(log), frames.beginning(log)
    for _ in range(12):
        frame, at = frames.encode_frame([Record("k", None)] * MAX_FRAME_RECORDS, at, log)
        data += frame
    for position in (frames.beginning(log), at):
        put_log(folder, data, position)
        for read_only in (True, False):
            with pytest.raises(CorruptGallery, match=r"more changes|within its limits"):
                Gallery.open(folder, read_only=read_only)
    assert not check_gallery(folder).is_sound
    repair_gallery(folder)
    assert check_gallery(folder).is_sound


def test_a_log_of_more_frames_than_a_log_may_hold_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = manifest_of(folder).log_header
    monkeypatch.setattr(frames, "MAX_LOG_FRAMES", 20)
    data, at = frames.log_header(log), frames.beginning(log)
    for number in range(21):
        frame, at = frames.encode_frame([], at, log, Follows("register", number))
        data += frame
    put_log(folder, data, frames.beginning(log))
    with pytest.raises(CorruptGallery, match="more changes"):
        Gallery.open(folder)
    assert not check_gallery(folder).is_sound


@pytest.mark.parametrize(("frames_", "changes"), [(2**60, 1), (1, 2**60), (2**19, 1), (1, 2**19)])
def test_a_head_and_a_manifest_that_state_more_are_refused(folder: Path, frames_: int, changes: int) -> None:
    at = frames.beginning(manifest_of(folder).log_header)._replace(frames=frames_, changes=changes)
    kept = head_of_log(folder).read_bytes()
    head_of_log(folder).write_bytes(encode_head(at, manifest_of(folder).log_header))
    with pytest.raises(CorruptGallery, match="within its limits"):
        Gallery.open(folder)
    head_of_log(folder).write_bytes(kept)
    document: dict[str, Any] = json.loads((folder / "manifest").read_bytes()[frames.HEADER_SIZE : -4])
    document["log"].update(frames=frames_, changes=changes)
    write_manifest(folder, document)
    with pytest.raises(CorruptGallery, match="expected a whole number"):
        Gallery.open(folder)


def test_a_frame_of_more_records_than_one_call_writes_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = manifest_of(folder).log_header
    with monkeypatch.context() as patch:
        patch.setattr(frames, "MAX_FRAME_RECORDS", 1 << 20)
        frame, at = frames.encode_frame([Record("k", None)] * (MAX_FRAME_RECORDS + 1), frames.beginning(log), log)
    with pytest.raises(GalleryError, match="at once"):
        frames.encode_frame([Record("k", None)] * (MAX_FRAME_RECORDS + 1), frames.beginning(log), log)
    put_log(folder, frames.log_header(log) + frame, at)
    with pytest.raises(CorruptGallery, match="frame 1 is damaged"):
        Gallery.open(folder)


def test_a_frame_follows_a_registry_once() -> None:
    once = encode_records([], Follows("register", 1))
    assert decode_records(once, 1, 0)[1] == Follows("register", 1)
    with pytest.raises(CorruptGallery, match="the only one"):
        decode_records(once * 2, 2, 0)


def test_many_small_changes_are_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few bytes they take: what is acknowledged can be read again."""
    monkeypatch.setattr(frames, "MAX_LOG_FRAMES", 40)
    with Gallery.open(tmp_path / "g") as gallery:
        for number in range(60):
            gallery.set_follows("register", number)
            gallery.enrol(f"k{number}", random_print(1, 4))
            gallery.remove(f"k{number}")
    with Gallery.open(tmp_path / "g", read_only=True) as again:
        assert again.follows == Follows("register", 59)
        assert len(again) == 0


def test_the_sizes_of_records_are_what_the_fuzzer_thinks() -> None:
    assert encode_records([Record("k", None)], None) == struct.pack("<BHIH", 2, 1, 0, 0) + b"k"


@pytest.mark.parametrize("name", ["keys", "subjects", "words", "data"])
def test_a_column_larger_than_its_prints_can_fill_is_not_read(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has holes: it takes no room on the disk, and half a minute to be read."""
    (path,) = segments_of(folder)
    data = bytearray(path.read_bytes())
    places = list(COLUMNS)
    more = 1 << 33
    for place in range(places.index(name), len(places)):
        offset, size = struct.unpack_from("<QQ", data, TABLE_AT + 24 * place)
        is_it = places[place] == name
        struct.pack_into("<QQ", data, TABLE_AT + 24 * place, offset + more * (not is_it), size + more * is_it)
    struct.pack_into("<I", data, HEADER_SIZE - 4, zlib.crc32(data[: HEADER_SIZE - 4]))
    path.write_bytes(data)
    os.truncate(path, len(data) + more)
    document = manifest_document(folder)
    document["segments"][0]["size"] = len(data) + more
    write_manifest(folder, document)
    monkeypatch.setattr(segment, "damaged_columns", lambda *_: pytest.fail("it is read"))
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match=f"column {name}: more bytes than 1 prints have"):
            Gallery.open(folder, read_only=read_only)
    with Gallery.open(folder, read_only=True, skip_damaged=True) as left:
        assert [one.name for one in left.lost] == [path.name]


def test_an_index_is_no_larger_than_its_segment_or_a_mebibyte(folder: Path) -> None:
    document = manifest_document(folder)
    entry = document["segments"][0]
    entry["indexes"] = [{"kind": "sketches", "size": max(entry["size"], MIN_INDEX_BYTES) + 1, "digest": "00" * 32}]
    write_manifest(folder, document)
    with pytest.raises(CorruptGallery, match="size: expected a whole number"):
        Gallery.open(folder)
