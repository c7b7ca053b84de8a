"""Altered logs and heads: other records, another order, cut, of another gallery; the chain made right."""

from __future__ import annotations

import struct
from unittest import mock

import numpy as np

from benchmarks.attacks.galleries.files import IDENTITY, OTHER_IDENTITY, Files, sound_gallery
from benchmarks.attacks.templates.craft import craft as crafted_template
from benchmarks.attacks.templates.craft import sound_template
from benchmarks.attacks.templates.parts import parts_of
from benchmarks.attacks.templates.rules import broken_rule
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader
from fingerprint_engine.index.storage.log import frames
from fingerprint_engine.index.storage.log.frames import Frame, LogPosition, beginning, encode_frame, frame_at
from fingerprint_engine.index.storage.log.head import encode_head

_HEAD_RECORD = struct.Struct("<BHIH")
_SIZES = (0, 1, 2, 100, 1024, 1025, 65535)
_DETAILS = (b"\0", b"\xff" * 10, struct.pack("<HHHi", 0, 0, 0, 2**31 - 2), struct.pack("<HHHi", 3, 0, 0, 0) + b"\x1b[2")
_FOLLOWS = (
    b"{}",
    b'{"registry":"r","number":1,"mark":"","rule":""}',
    b'{"registry":"","number":-1,"mark":1,"rule":[]}',
    b"[" * 60_000,
    b'{"registry":"r","number":' + b"9" * 5000 + b',"mark":"","rule":""}',
)


def log_of(files: Files) -> tuple[str, FileHeader]:
    """Name and header of the log."""
    name = next(name for name in files if name.endswith(".log"))
    return name, FileHeader(IDENTITY, int(name[8:16]))


def frames_of(data: bytes, log: FileHeader) -> list[Frame]:
    """The frames of a sound log."""
    found, position = [], HEADER_SIZE
    while position < len(data):
        frame = frame_at(data, position, log)
        assert frame is not None
        found.append(frame)
        position = frame.after.size
    return found


def alter_records(files: Files, rng: np.random.Generator) -> str:
    """Records of one frame, or one frame more; what follows is chained again."""
    name, log = log_of(files)
    data = files[name]
    bodies = [
        (data[f.offset + frames.FRAME_HEADER_SIZE :][: f.head.body], f.head.records) for f in frames_of(data, log)
    ]
    body, count, rule = _body(rng)
    place = int(rng.integers(len(bodies) + 1))
    bodies.insert(place, (body, count))
    if rng.random() < 0.3:
        place = int(rng.integers(len(bodies)))
        octets = bytearray(bodies[place][0])
        octets[int(rng.integers(min(64, len(octets))))] = int(rng.integers(256))
        bodies[place], rule = (bytes(octets), bodies[place][1]), ""
    position, made = beginning(log), data[:HEADER_SIZE]
    for body, count in bodies:
        with mock.patch.object(frames, "encode_records", return_value=body):
            framed, position = encode_frame([None] * count, position, log)  # type: ignore[list-item]
        made += framed
    files[name] = made
    files[name.replace(".log", ".head")] = encode_head(position, log)
    return rule


def many_changes(files: Files, rng: np.random.Generator) -> str:
    """Behind the others, removals of a key that is not there: ten bytes each, and ten times as much once read."""
    name, log = log_of(files)
    data = files[name]
    position = frames_of(data, log)[-1].after
    removal = _HEAD_RECORD.pack(2, 1, 0, 0) + b"-"
    pieces = [data]
    for _ in range(int(rng.choice([1, 10, 70]))):
        with mock.patch.object(frames, "encode_records", return_value=removal * frames.MAX_FRAME_RECORDS):
            framed, position = encode_frame([None] * frames.MAX_FRAME_RECORDS, position, log)  # type: ignore[list-item]
        pieces.append(framed)
    files[name] = b"".join(pieces)
    if rng.random() < 0.7:
        files[name.replace(".log", ".head")] = encode_head(position, log)
    return "more changes than a log may hold" if position.share > 1.0 else ""


def _body_of(data: bytes, frame: Frame) -> tuple[bytes, int]:
    begin = frame.offset + frames.FRAME_HEADER_SIZE
    return data[begin : begin + frame.head.body], frame.head.records


def _body(rng: np.random.Generator) -> tuple[bytes, int, str]:
    """Records that no writer writes: bytes, how many they are said to be, and the rule that they break."""
    choice = rng.random()
    key = (b"new key", b"key 3", b"\xff\xfe", b"\x1b[2J", b"", b"k" * 1025, b"a\nb")[int(rng.integers(7))]
    if choice < 0.4:
        template = crafted_template(rng)
        rule = broken_rule(template)
        return _HEAD_RECORD.pack(1, len(key), len(template), 0) + key + template, 1, f"template: {rule}" if rule else ""
    if choice < 0.55:
        follows = _FOLLOWS[int(rng.integers(len(_FOLLOWS)))]
        return _HEAD_RECORD.pack(3, 0, 0, len(follows)) + follows, 1, ""
    if choice < 0.7:
        details = _DETAILS[int(rng.integers(len(_DETAILS)))]
        template = crafted_template(rng)
        return _HEAD_RECORD.pack(1, len(key), len(template), len(details)) + key + details + template, 1, ""
    sizes = [int(size) for size in rng.choice(_SIZES, 3)]
    head = _HEAD_RECORD.pack(int(rng.choice([0, 1, 2, 3, 255])), sizes[0], sizes[1], sizes[2])
    return head + rng.bytes(int(rng.choice([0, 10, sum(sizes)]))), int(rng.choice([0, 1, 2, 2**31])) % 1000, ""


def cut_log(files: Files, rng: np.random.Generator) -> str:
    """The log ends earlier: between two frames or inside one; acknowledged changes are missing."""
    name, log = log_of(files)
    ends = [HEADER_SIZE, *(frame.after.size for frame in frames_of(files[name], log))][:-1]
    at = int(rng.choice(ends)) if rng.random() < 0.6 else int(rng.integers(len(files[name])))
    files[name] = files[name][:at]
    return "a log that was cut"


def other_log(files: Files, rng: np.random.Generator) -> str:
    """The log, or its head, of another gallery, of nobody, or none."""
    name, _ = log_of(files)
    if rng.random() < 0.4:
        name = name.replace(".log", ".head")
    if rng.random() < 0.5:
        files[name] = dict(sound_gallery(OTHER_IDENTITY))[name]
    else:
        del files[name]
    return "another log"


def reorder_frames(files: Files, rng: np.random.Generator) -> str:
    """Whole frames exchanged, repeated or left out, as they are."""
    name, log = log_of(files)
    data = files[name]
    pieces = [data[frame.offset : frame.after.size] for frame in frames_of(data, log)]
    one, other = (int(place) for place in rng.choice(len(pieces), 2, replace=False))
    choice = int(rng.integers(3))
    if choice == 0:
        pieces[one], pieces[other] = pieces[other], pieces[one]
    elif choice == 1:
        pieces.insert(one, pieces[other])
    else:
        del pieces[min(one, len(pieces) - 2)]
    files[name] = data[:HEADER_SIZE] + b"".join(pieces)
    return "other frames"


def alter_head(files: Files, rng: np.random.Generator) -> str:
    """A head that says something else, with a right checksum."""
    name, log = log_of(files)
    values = (0, 1, HEADER_SIZE, len(files[name]), len(files[name]) + 16, 2**28, 2**63, 2**64 - 1)
    frames_, changes, size = (int(values[int(rng.integers(len(values)))]) for _ in range(3))
    digest = frames_of(files[name], log)[-1].after.digest if rng.random() < 0.5 else rng.bytes(16)
    files[name.replace(".log", ".head")] = encode_head(LogPosition(frames_, changes, size, digest), log)
    return ""


def frame_inside(files: Files, rng: np.random.Generator) -> str:
    """A template whose period map holds a whole frame that removes another print, in a frame that is damaged."""
    name, log = log_of(files)
    data = files[name]
    last = frames_of(data, log)[-1].after
    key = b"key 3"
    parts = parts_of(sound_template(3).to_bytes())
    parts.orientation = np.full((80, 80), 254, np.uint8)
    parts.period = np.zeros((40, 40), np.uint8)
    parts.count_again()
    record_head = 9 + len(b"carrier")
    start = last.size + frames.FRAME_HEADER_SIZE + record_head + len(parts.assembled()) - 4 - parts.period.size
    offset = -(-start // 16) * 16
    with mock.patch.object(frames, "encode_records", return_value=_HEAD_RECORD.pack(2, len(key), 0, 0) + key):
        inner, _ = encode_frame([None], last._replace(size=offset), log)  # type: ignore[list-item]
    held = bytearray(parts.period.tobytes())
    held[offset - start : offset - start + len(inner)] = inner
    parts.period = np.frombuffer(bytes(held), np.uint8).reshape(40, 40).copy()
    template = parts.assembled()
    body = _HEAD_RECORD.pack(1, 7, len(template), 0) + b"carrier" + template
    with mock.patch.object(frames, "encode_records", return_value=body):
        outer, position = encode_frame([None], last, log)  # type: ignore[list-item]
    damaged = bytearray(outer)
    damaged[int(rng.integers(16, 60))] ^= 1 << int(rng.integers(8))
    files[name] = data + bytes(damaged)
    files[name.replace(".log", ".head")] = encode_head(position, log)
    return "a damaged frame"
