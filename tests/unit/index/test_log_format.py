"""Frames: what is written reads back, what is damaged is told from what is torn."""

from __future__ import annotations

import itertools
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.errors import CorruptGallery, GalleryError, UnsupportedGalleryVersion
from fingerprint_engine.index.storage import log_format
from fingerprint_engine.index.storage.log_format import (
    FILE_HEADER_SIZE,
    SECTOR,
    Record,
    encode_frame,
    file_header,
    generation_of,
    read_frames,
)

KEYS = st.text(st.characters(codec="utf-8"), max_size=20)
RECORDS = st.builds(Record, KEYS, st.binary(max_size=700), st.binary(max_size=40)) | st.builds(Record, KEYS, st.none())


def log_of(frames: list[list[Record]]) -> tuple[bytes, list[int]]:
    """A whole log, and where each of its frames ends."""
    data, ends = file_header(7), [FILE_HEADER_SIZE]
    for records in frames:
        data += encode_frame(records, len(data))
        ends.append(len(data))
    return data, ends


@given(st.lists(st.lists(RECORDS, max_size=4), max_size=4))
def test_frames_read_back(frames: list[list[Record]]) -> None:
    data, ends = log_of(frames)
    assert generation_of(data) == 7
    found = list(read_frames(data))
    assert [list(frame.records) for frame in found] == frames
    assert [frame.end for frame in found] == ends[1:]
    assert all(end % 16 == 0 for end in ends)


@given(st.lists(st.lists(RECORDS, max_size=3), min_size=1, max_size=3), st.data())
def test_a_cut_log_gives_the_whole_frames_before_the_cut(frames: list[list[Record]], data: st.DataObject) -> None:
    log, ends = log_of(frames)
    cut = data.draw(st.integers(FILE_HEADER_SIZE, len(log)))
    whole = sum(end <= cut for end in ends) - 1
    assert [list(frame.records) for frame in read_frames(log[:cut])] == frames[:whole]


@given(st.lists(st.lists(RECORDS, min_size=1, max_size=3), min_size=1, max_size=3), st.data())
def test_a_flipped_bit_is_refused(frames: list[list[Record]], data: st.DataObject) -> None:
    log, ends = log_of(frames)
    position = data.draw(st.integers(FILE_HEADER_SIZE, len(log) - 1))
    damaged = bytearray(log)
    damaged[position] ^= 1 << data.draw(st.integers(0, 7))
    begin = max(end for end in ends if end <= position)
    with pytest.raises(CorruptGallery, match=f"offset {begin}:"):
        list(read_frames(bytes(damaged)))


@given(st.data())
def test_a_frame_of_which_some_sectors_were_not_written_never_was(data: st.DataObject) -> None:
    body = bytes(range(1, 256)) * 10
    log, ends = log_of([[Record("a", b"1" * 300)], [Record("b", body)]])
    edges = [ends[1], *range(ends[1] - ends[1] % SECTOR + SECTOR, ends[2], SECTOR), ends[2]]
    pieces = list(itertools.pairwise(edges))
    lost = data.draw(st.sets(st.sampled_from(pieces), min_size=1))
    torn = bytearray(log)
    for a, b in lost:
        torn[a:b] = bytes(b - a)
    assert [frame.records[0].key for frame in read_frames(bytes(torn))] == ["a"]
    grown = bytes(torn) + bytes(data.draw(st.sampled_from([0, 512, 4096])))
    if lost == set(pieces):
        assert len(list(read_frames(grown))) == 1


def test_zeros_before_a_sound_frame_are_damage() -> None:
    log, ends = log_of([[Record("a", b"1" * 900)], [Record("b", b"2" * 900)], [Record("c", None)]])
    for begin, end in ((ends[1], ends[2]), (ends[1], ends[1] + 16), (ends[1] + 100, ends[2] - 20)):
        damaged = log[:begin] + bytes(end - begin) + log[end:]
        with pytest.raises(CorruptGallery, match=f"offset {ends[1]}:"):
            list(read_frames(damaged))


def test_a_frame_in_another_place_does_not_check() -> None:
    first, second = [Record("a", b"1")], [Record("b", b"2")]
    log, ends = log_of([first, second])
    swapped = log[: ends[0]] + log[ends[1] :] + log[ends[0] : ends[1]]
    with pytest.raises(CorruptGallery):
        list(read_frames(swapped))
    with pytest.raises(CorruptGallery):
        list(read_frames(log + log[ends[0] : ends[1]]))


@pytest.mark.parametrize("tail", [b"x", b"FPGx", b"garbage that is longer than a header", b"FPGf" + b"\1" * 40])
def test_what_no_write_of_ours_leaves_is_refused(tail: bytes) -> None:
    log, ends = log_of([[Record("a", b"1")]])
    with pytest.raises(CorruptGallery, match=f"offset {ends[-1]}:"):
        list(read_frames(log + tail))


@given(st.integers(0, 8 * FILE_HEADER_SIZE - 1))
def test_a_flipped_bit_in_the_file_header_is_refused(bit: int) -> None:
    damaged = bytearray(file_header(7))
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CorruptGallery, match="offset 0"):
        generation_of(bytes(damaged))


@pytest.mark.parametrize("length", range(FILE_HEADER_SIZE))
def test_a_cut_file_header_is_refused(length: int) -> None:
    with pytest.raises(CorruptGallery):
        generation_of(file_header(7)[:length])


@pytest.mark.parametrize("version", [3, 4, 65535])
def test_a_newer_version_says_so(version: int) -> None:
    head = file_header(7)[:8] + struct.pack("<H", version) + file_header(7)[10:-4]
    with pytest.raises(UnsupportedGalleryVersion, match=str(version)):
        generation_of(head + struct.pack("<I", zlib.crc32(head)))


def test_version_0_never_was() -> None:
    head = file_header(7)[:8] + struct.pack("<H", 0) + file_header(7)[10:-4]
    with pytest.raises(CorruptGallery):
        generation_of(head + struct.pack("<I", zlib.crc32(head)))


@pytest.mark.parametrize(
    "body",
    [
        b"\1\1\0",  # half a record header
        struct.pack("<BHIH", 3, 1, 1, 0) + b"kt",  # an unknown kind
        struct.pack("<BHIH", 1, 1, 9, 0) + b"kt",  # reaches beyond the frame
        struct.pack("<BHIH", 1, 1, 1, 9) + b"kt",  # so do its details
        struct.pack("<BHIH", 1, 1, 1, 0) + b"\xfft",  # a key that is no text
        struct.pack("<BHIH", 1, 1, 1, 0) + b"kt" + b"more",  # more than it says
    ],
)
def test_a_sound_frame_with_senseless_records_is_refused(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(log_format, "_encode_record", lambda record: body)
    frame = encode_frame([Record("k", b"t")], FILE_HEADER_SIZE)
    with pytest.raises(CorruptGallery):
        list(read_frames(file_header(7) + frame))


def test_a_frame_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_format, "MAX_FRAME_BYTES", 100)
    with pytest.raises(GalleryError, match="at most 100"):
        encode_frame([Record("k", bytes(100))], FILE_HEADER_SIZE)
