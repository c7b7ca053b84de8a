"""Altered segments: values of every column, places of columns, headers, with checksums and the manifest's digest."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np

from benchmarks.attacks.galleries.files import (
    OTHER_IDENTITY,
    Files,
    manifest_document,
    put_manifest,
    sound_gallery,
)
from fingerprint_engine.index.storage.file_header import HEADER_SIZE as FILE_HEADER_SIZE
from fingerprint_engine.index.storage.file_header import FileHeader, encode_header
from fingerprint_engine.index.storage.segments.segment_format import (
    COLUMNS,
    HEADER_SIZE,
    SEGMENT_MARK,
    SegmentDigest,
)

_TABLE_AT = FILE_HEADER_SIZE + 24
_ENTRY = struct.Struct("<QQI4x")
_WIDE = (0, 1, 2, 63, 64, 2**31, 2**32, 2**62, 2**63, 2**64 - 1)
_TEXTS = (b"\xff\xfe", b"\x1b[2J", b"=1+1", b"\0", b"")


def alter_segment(files: Files, rng: np.random.Generator) -> str:
    """One segment with one to three alterations, and everything that is computed from it made right."""
    names = [name for name in files if name.endswith(".prints")]
    name = names[int(rng.integers(len(names)))]
    data = bytearray(files[name])
    rule = ""
    for _ in range(int(rng.integers(1, 3))):
        choice = rng.random()
        if choice < 0.55:
            _values(data, rng)
        elif choice < 0.65:
            rule = _words(data, rng) or rule
        elif choice < 0.8:
            _place(data, rng)
        elif choice < 0.9:
            struct.pack_into(
                "<I", data, FILE_HEADER_SIZE + 4 * int(rng.integers(3)), int(rng.choice(_WIDE[:6])) % 2**32
            )
        elif choice < 0.95:
            data[FILE_HEADER_SIZE + 16 : FILE_HEADER_SIZE + 24] = rng.bytes(8)
        else:
            number = int(rng.choice([0, 1, 2, 2**63]))
            data[:FILE_HEADER_SIZE] = encode_header(SEGMENT_MARK, FileHeader(OTHER_IDENTITY, number))
            rule = "a segment of another gallery"
    reseal(files, name, data)
    return rule


def _extent(data: bytearray, name: str) -> tuple[int, int]:
    offset, size, _ = _ENTRY.unpack_from(data, _TABLE_AT + _ENTRY.size * list(COLUMNS).index(name))
    end = min(offset + size, len(data))
    return min(offset, len(data)), max(0, end - min(offset, len(data)))


def _values(data: bytearray, rng: np.random.Generator) -> None:
    """One value of a column, or all of them."""
    name = str(rng.choice(list(COLUMNS)))
    width = np.dtype(COLUMNS[name]).itemsize
    offset, size = _extent(data, name)
    if size < width:
        return
    place = offset + width * int(rng.integers(size // width))
    value = int(rng.choice(_WIDE)) if rng.random() < 0.7 else int.from_bytes(rng.bytes(8), "little")
    if rng.random() < 0.3:  # a little off
        value = max(0, int.from_bytes(data[place : place + width], "little") + int(rng.choice([-1, 1, 7])))
    octets = (value % 256**width).to_bytes(width, "little")
    if rng.random() < 0.1:
        data[offset : offset + size // width * width] = octets * (size // width)
    else:
        data[place : place + width] = octets


def _words(data: bytearray, rng: np.random.Generator) -> str:
    """Text where keys, subjects and words are; one key under two rows."""
    name = str(rng.choice(["keys", "subjects", "words"]))
    offset, size = _extent(data, name)
    if not size:
        return ""
    if name == "words":
        texts = (b"[]", b"[1]", b"null", b"[" * size, json.dumps(["x"]).encode(), b'["","\\ud800"]')
        data[offset : offset + size] = texts[int(rng.integers(len(texts)))].ljust(size)[:size]
        return ""
    if name == "keys" and rng.random() < 0.4:
        first = bytes(data[offset : offset + 5])
        data[offset + 5 : offset + 10] = first
        return "a key twice"
    text = _TEXTS[int(rng.integers(len(_TEXTS)))]
    place = offset + int(rng.integers(size))
    data[place : place + len(text)] = text[: offset + size - place]
    return ""


def _place(data: bytearray, rng: np.random.Generator) -> None:
    """Where a column lies, or how large it is."""
    at = _TABLE_AT + _ENTRY.size * int(rng.integers(len(COLUMNS))) + 8 * int(rng.integers(2))
    old = struct.unpack_from("<Q", data, at)[0]
    near = (old + 64, old - 64, old + 8, old - 8, old + 1)
    value = int(rng.choice(_WIDE)) if rng.random() < 0.5 else int(near[int(rng.integers(len(near)))])
    struct.pack_into("<Q", data, at, value % 2**64)


def reseal(files: Files, name: str, data: bytearray) -> None:
    """Put a segment in place with right checksums, and let the manifest name it."""
    for place in range(len(COLUMNS)):
        at = _TABLE_AT + _ENTRY.size * place
        offset, size, _ = _ENTRY.unpack_from(data, at)
        struct.pack_into("<I", data, at + 16, zlib.crc32(data[offset : offset + size]) if size < 2**40 else 0)
    struct.pack_into("<I", data, HEADER_SIZE - 4, zlib.crc32(data[: HEADER_SIZE - 4]))
    digest = SegmentDigest()
    digest.update(bytes(data[HEADER_SIZE:]))
    files[name] = bytes(data)
    document = manifest_document(files)
    for entry in document["segments"]:
        if name == f"segment-{entry['number']:08d}.prints":
            entry["digest"], entry["size"] = digest.finish(bytes(data[:HEADER_SIZE])).hex(), len(data)
    put_manifest(files, document)


def exchange_segments(files: Files, rng: np.random.Generator) -> str:
    """A segment under the name of another, of another gallery or of another time, cut, longer, or gone."""
    names = [name for name in files if name.endswith(".prints")]
    name = names[int(rng.integers(len(names)))]
    choice = int(rng.integers(6))
    if choice == 5:
        _of_another_time(files, name, rng)
    elif choice == 0:
        files[names[0]], files[names[1]] = files[names[1]], files[names[0]]
    elif choice == 1:
        files[name] = dict(sound_gallery(OTHER_IDENTITY))[name]
    elif choice == 2:
        files[name] = files[name][: int(rng.integers(len(files[name])))]
    elif choice == 3:
        files[name] += rng.bytes(int(rng.choice([1, 64, 4096])))
    else:
        del files[name]
    return "another segment"


def _of_another_time(files: Files, name: str, rng: np.random.Generator) -> None:
    """A segment that is sound and that the manifest does not mean: one of its prints has another last day."""
    named = {other: files[other] for other in ("manifest", "manifest.copy")}
    data = bytearray(files[name])
    offset, size = _extent(data, "expires")
    struct.pack_into("<i", data, offset + 4 * int(rng.integers(size // 4)), int(rng.integers(40_000, 60_000)))
    reseal(files, name, data)
    files.update(named)
