"""Frames: what is written reads back, what is damaged is told from what is torn, nothing inside a frame is believed."""

from __future__ import annotations

import itertools
import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.errors import CorruptGallery, GalleryError, UnsupportedGalleryVersion
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader
from fingerprint_engine.index.storage.log import frames as frame_format
from fingerprint_engine.index.storage.log import records as record_format
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.frames import (
    FRAME_HEADER_SIZE,
    SECTOR,
    LogPosition,
    beginning,
    check_log_header,
    encode_frame,
    log_header,
)
from fingerprint_engine.index.storage.log.head import HEAD_SIZE, decode_head, encode_head
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.index.storage.log.replay import replay
from fingerprint_engine.index.storage.log.salvage import salvage

LOG = FileHeader(b"a gallery's name", 7)
KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
RECORDS = st.builds(Record, KEYS, st.binary(min_size=1, max_size=700), st.binary(max_size=40)) | st.builds(
    Record, KEYS, st.none(), st.just(b"")
)


def log_of(frames: list[list[Record]], log: FileHeader = LOG) -> tuple[bytes, list[LogPosition]]:
    """A whole log, and its positions before the first and after each of its frames."""
    data, positions = log_header(log), [beginning(log)]
    for records in frames:
        frame, after = encode_frame(records, positions[-1], log)
        data += frame
        positions.append(after)
    return data, positions


@given(st.lists(st.lists(RECORDS, max_size=4), max_size=4))
def test_frames_read_back(frames: list[list[Record]]) -> None:
    data, positions = log_of(frames)
    found = replay(data, LOG, [positions[-1]])
    assert found.records == [record for frame in frames for record in frame]
    assert found.position == positions[-1]
    assert [position.frames for position in positions] == list(range(len(frames) + 1))
    assert positions[-1].changes == len(found.records)
    assert all(position.size % 16 == 0 for position in positions)


def test_the_last_word_about_a_registry_counts() -> None:
    data, at = log_header(LOG), beginning(LOG)
    for records, follows in (
        ([Record("a", b"1")], Follows("register", 3, "mark", "rule")),
        ([], Follows("register", 9)),
        ([Record("a", None)], None),
    ):
        frame, at = encode_frame(records, at, LOG, follows)
        data += frame
    found = replay(data, LOG)
    assert found.follows == Follows("register", 9, "", "")
    assert found.position.changes == 2


@given(st.lists(st.lists(RECORDS, max_size=3), min_size=1, max_size=3), st.data())
def test_a_cut_log_that_was_never_acknowledged_gives_the_whole_frames(
    frames: list[list[Record]], data: st.DataObject
) -> None:
    log, positions = log_of(frames)
    cut = data.draw(st.integers(HEADER_SIZE, len(log)))
    whole = sum(position.size <= cut for position in positions) - 1
    assert replay(log[:cut], LOG).position == positions[whole]


@given(st.lists(st.lists(RECORDS, min_size=1, max_size=3), min_size=1, max_size=3), st.data())
def test_a_cut_log_that_was_acknowledged_is_named(frames: list[list[Record]], data: st.DataObject) -> None:
    log, positions = log_of(frames)
    cut = data.draw(st.integers(HEADER_SIZE, len(log) - 1))
    whole = sum(position.size <= cut for position in positions) - 1
    changes = positions[-1].changes - positions[whole].changes
    with pytest.raises(CorruptGallery, match=f"{len(frames) - whole} acknowledged frames with {changes} changes"):
        replay(log[:cut], LOG, [positions[-1]])
    left = salvage(log[:cut], LOG, [positions[-1]], is_head_known=True)
    assert left.lost_frames == ((whole + 1, len(frames)),)
    assert left.lost_changes == changes


@given(st.lists(st.lists(RECORDS, min_size=1, max_size=3), min_size=1, max_size=3), st.data())
def test_a_flipped_bit_is_refused(frames: list[list[Record]], data: st.DataObject) -> None:
    log, positions = log_of(frames)
    position = data.draw(st.integers(HEADER_SIZE, len(log) - 1))
    damaged = bytearray(log)
    damaged[position] ^= 1 << data.draw(st.integers(0, 7))
    number = max(n for n, p in enumerate(positions) if p.size <= position)
    with pytest.raises(CorruptGallery, match=f"offset {positions[number].size}: frame {number + 1} is damaged"):
        replay(bytes(damaged), LOG, [positions[-1]])
    left = salvage(bytes(damaged), LOG, [positions[-1]], is_head_known=True)
    assert left.lost_frames == ((number + 1, number + 1),)
    assert left.lost_changes == len(frames[number])
    assert [frame.records for frame in left.frames] == [tuple(f) for n, f in enumerate(frames) if n != number]


@given(st.data())
def test_a_frame_of_which_some_sectors_were_not_written_never_was(data: st.DataObject) -> None:
    body = bytes(range(1, 256)) * 10
    log, positions = log_of([[Record("a", b"1" * 300)], [Record("b", body)]])
    begin, end = positions[1].size, positions[2].size
    pieces = list(itertools.pairwise([begin, *range(begin - begin % SECTOR + SECTOR, end, SECTOR), end]))
    lost = data.draw(st.sets(st.sampled_from(pieces), min_size=1))
    torn = bytearray(log)
    for a, b in lost:
        torn[a:b] = bytes(b - a)
    assert replay(bytes(torn), LOG, [positions[1]]).position == positions[1]
    with pytest.raises(CorruptGallery, match="frame 2 is damaged"):
        replay(bytes(torn), LOG, [positions[2]])


def test_zeros_in_what_was_acknowledged_are_damage() -> None:
    log, positions = log_of([[Record("a", b"1" * 900)], [Record("b", b"2" * 900)], [Record("c", None)]])
    a, b = positions[1].size, positions[2].size
    for begin, end in ((a, b), (a, a + 16), (a + 100, b - 20)):
        damaged = log[:begin] + bytes(end - begin) + log[end:]
        for stated in ([positions[2]], []):  # without a head the frame behind tells that this one was acknowledged
            with pytest.raises(CorruptGallery, match=f"offset {a}:"):
                replay(damaged, LOG, stated)
        left = salvage(damaged, LOG, [], is_head_known=False)
        assert [frame.records[0].key for frame in left.frames] == ["a", "c"]
        assert (left.lost_frames, left.lost_changes) == (((2, 2),), 1)


def test_a_frame_in_another_place_does_not_check() -> None:
    log, positions = log_of([[Record("a", b"1")], [Record("b", b"2")]])
    first = log[positions[0].size : positions[1].size]
    swapped = log[: positions[0].size] + log[positions[1].size :] + first
    for moved in (swapped, log + first):
        with pytest.raises(CorruptGallery, match="damaged"):
            replay(moved, LOG)


def test_a_frame_of_another_history_does_not_continue_the_chain() -> None:
    one, positions = log_of([[Record("a", b"1" * 50)], [Record("b", b"2")]])
    other, _ = log_of([[Record("a", b"3" * 50)], [Record("c", b"4")]])
    spliced = one[: positions[1].size] + other[positions[1].size :]
    with pytest.raises(CorruptGallery, match="frame 2 does not continue the one before"):
        replay(spliced, LOG)
    with pytest.raises(CorruptGallery, match="another log than the gallery wrote"):
        replay(other, LOG, [positions[1]])


def test_a_log_of_another_gallery_is_refused_by_name() -> None:
    log, _ = log_of([[Record("a", b"1")]])
    with pytest.raises(CorruptGallery, match="belongs to another gallery"):
        replay(log, FileHeader(b"another gallery.", 7))
    with pytest.raises(CorruptGallery, match="expected number 8, found number 7"):
        replay(log, LOG._replace(number=8))


@pytest.mark.parametrize("is_head_known", [True, False])
def test_a_frame_inside_a_template_is_never_a_change(is_head_known: bool) -> None:
    """Whoever enrols a template may put a whole frame into it, made for the very place where it will lie."""
    records = [Record("victim", b"v" * 100)]
    _, positions = log_of([records])
    at = positions[1].size + FRAME_HEADER_SIZE + 9 + len("mine")
    padding = -at % 16
    planted, _ = encode_frame([Record("victim", None)], positions[1]._replace(size=at + padding), LOG)
    hiding = Record("mine", b"m" * padding + planted + b"m" * 40)
    log, positions = log_of([records, [hiding], [Record("after", b"a")]])
    assert planted in log
    begin, end = positions[1].size, positions[2].size
    for position in range(begin, end):
        if at + padding <= position < at + padding + len(planted):
            continue
        damaged = bytearray(log)
        damaged[position] ^= 1 << position % 8
        stated = [positions[-1]] if is_head_known else []
        left = salvage(bytes(damaged), LOG, stated, is_head_known=is_head_known)
        assert [record.key for frame in left.frames for record in frame.records] == ["victim", "after"]
        assert (left.lost_frames, left.lost_changes) == (((2, 2),), 1)
        cut = salvage(bytes(damaged[: end - 7]), LOG, stated, is_head_known=is_head_known)
        assert [record.key for frame in cut.frames for record in frame.records] == ["victim"]
        assert cut.lost_changes > 0


@pytest.mark.parametrize("tail", [b"x", b"FPGx", b"garbage longer than a header" * 3, b"FPGf" + b"\1" * 80])
def test_what_no_write_of_ours_leaves_is_refused(tail: bytes) -> None:
    log, positions = log_of([[Record("a", b"1")]])
    with pytest.raises(CorruptGallery, match=f"offset {positions[-1].size}:"):
        replay(log + tail, LOG, [positions[-1]])


@given(st.integers(0, 8 * HEADER_SIZE - 1))
def test_a_flipped_bit_in_the_file_header_is_refused(bit: int) -> None:
    damaged = bytearray(log_header(LOG))
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CorruptGallery, match="offset 0"):
        check_log_header(bytes(damaged), LOG)


@pytest.mark.parametrize("length", range(HEADER_SIZE))
def test_a_cut_file_header_is_refused(length: int) -> None:
    with pytest.raises(CorruptGallery):
        check_log_header(log_header(LOG)[:length], LOG)


@pytest.mark.parametrize("version", [4, 5, 65535])
def test_a_newer_version_says_so(version: int) -> None:
    head = log_header(LOG)[:8] + struct.pack("<H", version) + log_header(LOG)[10:-4]
    with pytest.raises(UnsupportedGalleryVersion, match=str(version)):
        check_log_header(head + struct.pack("<I", zlib.crc32(head)), LOG)


@pytest.mark.parametrize("version", [1, 2])
def test_a_version_before_the_first_release_says_so(version: int) -> None:
    head = struct.pack("<8sHHQ8x", b"\x89FPGAL\r\n", version, 32, 7)
    with pytest.raises(UnsupportedGalleryVersion, match=f"expected version 3, found version {version}"):
        check_log_header(head + struct.pack("<I", zlib.crc32(head)), LOG)
    with pytest.raises(CorruptGallery):
        check_log_header(head + bytes(4), LOG)


def test_version_0_never_was() -> None:
    head = struct.pack("<8sHHQ8x", b"\x89FPGAL\r\n", 0, 32, 7)
    with pytest.raises(CorruptGallery):
        check_log_header(head + struct.pack("<I", zlib.crc32(head)), LOG)


def follows(**members: object) -> bytes:
    """A record of how far a gallery follows a registry, of any content."""
    text = json.dumps({"registry": "r", "number": 1, "mark": "", "rule": ""} | members).encode()
    return struct.pack("<BHIH", 3, 0, 0, len(text)) + text


@pytest.mark.parametrize(
    "body",
    [
        b"\1\1\0",  # half a record header
        struct.pack("<BHIH", 4, 1, 1, 0) + b"kt",  # an unknown kind
        struct.pack("<BHIH", 1, 1, 9, 0) + b"kt",  # reaches beyond the frame
        struct.pack("<BHIH", 1, 1, 1, 9) + b"kt",  # so do its details
        struct.pack("<BHIH", 1, 1, 1, 0) + b"\xfft",  # a key that is no text
        struct.pack("<BHIH", 1, 0, 1, 0) + b"t",  # no key
        struct.pack("<BHIH", 1, 1025, 1, 0) + b"k" * 1025 + b"t",  # a key that is too long
        struct.pack("<BHIH", 1, 1, 0, 0) + b"k",  # nothing to enrol
        struct.pack("<BHIH", 2, 1, 1, 0) + b"kt",  # something to remove
        struct.pack("<BHIH", 1, 1, 1 << 17, 0) + b"k" + bytes(1 << 17),  # a template that is too large
        struct.pack("<BHIH", 1, 1, 1, 60000) + b"k" + bytes(60001),  # details that are
        struct.pack("<BHIH", 1, 1, 1, 0) + b"kt" + b"more",  # more than it says
        struct.pack("<BHIH", 3, 0, 0, 9) + b"[" * 9,  # no JSON
        struct.pack("<BHIH", 3, 0, 0, 60000) + b"[" * 60000,  # nested without end
        follows(number=-1),
        follows(number="1"),
        follows(number=1.5),
        follows(registry=""),
        follows(registry="\udc00"),
        follows(mark="m" * 300),
        follows(rule=None),
    ],
)
def test_a_sound_frame_with_senseless_records_is_refused(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(record_format, "_encode_record", lambda record: (body,))
    frame, after = encode_frame([Record("k", b"t")], beginning(LOG), LOG)
    with pytest.raises(CorruptGallery, match="gallery log"):
        replay(log_header(LOG) + frame, LOG)
    left = salvage(log_header(LOG) + frame, LOG, [after], is_head_known=True)
    assert (left.frames, left.lost_frames, left.lost_changes) == ([], ((1, 1),), 1)


def test_a_frame_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_format, "MAX_FRAME_BYTES", 100)
    with pytest.raises(GalleryError, match="at most 100"):
        encode_frame([Record("k", bytes(100))], beginning(LOG), LOG)


def test_a_head_reads_back_and_no_flipped_bit_of_it_does() -> None:
    position = LogPosition(3, 40, 5008, b"digest of frames")
    data = encode_head(position, LOG)
    assert len(data) == HEAD_SIZE
    assert decode_head(data, LOG) == position
    for bit in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CorruptGallery):
            decode_head(bytes(damaged), LOG)
    for other in (FileHeader(bytes(16), 7), LOG._replace(number=8)):
        with pytest.raises(CorruptGallery):
            decode_head(data, other)
    for length in range(len(data)):
        with pytest.raises(CorruptGallery):
            decode_head(data[:length], LOG)
