"""Galleries whose files were forged with right checksums: refused, by name, with typed errors and within bounds."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.robustness.forged_files import TABLE_AT, forge_segment, manifest_document, write_manifest, write_segment
from tests.unit.index.gallery_files import head_of_log, log_of, manifest_of, segments_of
from tests.unit.index.random_prints import random_print

from fingerprint_engine.errors import CorruptGallery, GalleryError, UnsupportedGalleryVersion
from fingerprint_engine.index import Gallery, PrintDetails, check_gallery, repair_gallery
from fingerprint_engine.index.storage.log.frames import beginning as beginning_of
from fingerprint_engine.index.storage.log.frames import encode_frame, log_header
from fingerprint_engine.index.storage.log.head import encode_head
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.template.native.format import encode

TYPED = (CorruptGallery, UnsupportedGalleryVersion, GalleryError)
KEYS = [f"k{number}" for number in range(5)]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forged") / "g"
    with Gallery.open(folder) as gallery:
        details = PrintDetails("P-1", "remand", "north")
        gallery.enrol_many((key, random_print(number, 12), details) for number, key in enumerate(KEYS))
        gallery.keep_measurement("non_mated", {"shift": 3.5, "source": "measured", "searches": 40, "prints": 5})
        gallery.compact()
        gallery.remove("k1")
        gallery.compact()
        gallery.apply([("k0", None)], follows=("register", 4))
        gallery.keep_measurement("recall", {**RECALL})
        gallery.enrol("late", random_print(50, 12))
    return folder


RECALL = {
    "recall": 0.9,
    "kept": 9,
    "findable": 10,
    "probes": 10,
    "prints": 5,
    "shortlist": "sketch scan",
    "stages": "00",
    "source": "given",
}


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "g"))


def is_refused(folder: Path) -> bool:
    """Whether reading, writing, checking and repairing give answers or typed errors; and whether opening refuses."""
    refused = False
    for use in (
        lambda: Gallery.open(folder, read_only=True, skip_damaged=True).close(),
        lambda: search_in(folder),
        lambda: check_gallery(folder),
        lambda: Gallery.open(folder).close(),
    ):
        try:
            use()
        except TYPED:
            refused = True
    try:
        repair_gallery(folder)
    except TYPED:
        pass
    else:
        assert check_gallery(folder).is_sound
    return refused


def search_in(folder: Path) -> None:
    with Gallery.open(folder, read_only=True) as gallery:
        for key in gallery:
            gallery.details(key)
        gallery.identify(random_print(2, 12), exhaustive=True)


def test_the_original_is_sound(folder: Path) -> None:
    assert check_gallery(folder).is_sound
    assert not is_refused(folder)


BOMB = base64.b64encode(zlib.compress(bytes(1 << 26))).decode()
TRUNCATED = base64.b64encode(zlib.compress(b"\0")[:-2]).decode()
DEEP = "[" * 100_000
MANIFESTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no object": lambda d: [d],
    "no JSON": lambda d: b"{",
    "no UTF-8": lambda d: b'{"\xff": 1}',
    "deep": lambda d: DEEP.encode(),
    "huge number": lambda d: b'{"log": ' + b"9" * 10_000 + b"}",
    "infinity": lambda d: json.dumps(d).replace("3.5", "Infinity").encode(),
    "not a number": lambda d: json.dumps(d).replace("3.5", "NaN").encode(),
    "no log": lambda d: {key: value for key, value in d.items() if key != "log"},
    "log 0": lambda d: d["log"].update(number=0),
    "log of nine digits": lambda d: d["log"].update(number=100_000_000),
    "log number in text": lambda d: d["log"].update(number="1"),
    "log number true": lambda d: d["log"].update(number=True),
    "log ahead": lambda d: d["log"].update(frames=7),
    "log longer": lambda d: d["log"].update(size=10**6),
    "log digest": lambda d: d["log"].update(digest="00" * 16),
    "log digest short": lambda d: d["log"].update(digest="0011"),
    "log digest spaced": lambda d: d["log"].update(digest=" " * 32),
    "segments no list": lambda d: d.update(segments={}),
    "too many segments": lambda d: d.update(segments=[{}] * 20_000),
    "segment twice": lambda d: d["segments"].append(d["segments"][0]),
    "segment no object": lambda d: d["segments"].append(7),
    "segment number negative": lambda d: d["segments"][0].update(number=-1),
    "prints 0": lambda d: d["segments"][0].update(prints=0),
    "prints many": lambda d: d["segments"][0].update(prints=1 << 40),
    "prints more than fit": lambda d: d["segments"][0].update(prints=1000),
    "prints one less": lambda d: d["segments"][0].update(prints=3),
    "size short": lambda d: d["segments"][0].update(size=9),
    "size huge": lambda d: d["segments"][0].update(size=1 << 62),
    "digest wrong type": lambda d: d["segments"][0].update(digest=4),
    "removed bomb": lambda d: d["segments"][0].update(removed=BOMB),
    "removed no base64": lambda d: d["segments"][0].update(removed="!!"),
    "removed no text": lambda d: d["segments"][0].update(removed=[1]),
    "removed short": lambda d: d["segments"][0].update(removed=base64.b64encode(zlib.compress(b"")).decode()),
    "removed truncated": lambda d: d["segments"][0].update(
        removed=base64.b64encode(zlib.compress(b"\0")[:-2]).decode()
    ),
    "index elsewhere": lambda d: d["segments"][0].update(indexes=[{"kind": "../x", "size": 1, "digest": "00" * 32}]),
    "indexes many": lambda d: d["segments"][0].update(indexes=[{"kind": "a", "size": 1, "digest": "00" * 32}] * 99),
    "shift far below": lambda d: d["measurements"]["non_mated"].update(shift=-1000),
    "shift far above": lambda d: d["measurements"]["non_mated"].update(shift=101),
    "shift a text": lambda d: d["measurements"]["non_mated"].update(shift="0"),
    "shift missing": lambda d: d["measurements"]["non_mated"].pop("shift"),
    "source missing": lambda d: d["measurements"]["non_mated"].pop("source"),
    "source long": lambda d: d["measurements"]["non_mated"].update(source="s" * 2000),
    "recall above 1": lambda d: d["measurements"]["recall"].update(recall=1.01),
    "recall a list": lambda d: d["measurements"]["recall"].update(recall=[0.5]),
    "stages a number": lambda d: d["measurements"]["recall"].update(stages=5),
    "measurement no object": lambda d: d["measurements"].update(recall=3),
    "measurement nested": lambda d: d["measurements"]["recall"].update(more={"a": {}}),
    "measurement large": lambda d: d["measurements"]["recall"].update(more=10**30),
    "measurement of a thousand digits": lambda d: json.dumps(d).replace("3.5", "9" * 1000).encode(),
    "measurements many": lambda d: d["measurements"].update({f"m{n}": {} for n in range(99)}),
    "measurement name": lambda d: d["measurements"].update({"\x1b[31m": {}}),
    "measurements gone": lambda d: d.pop("measurements"),
    "follows no object": lambda d: d.update(follows=4),
    "follows number": lambda d: d.update(follows={"registry": "r", "number": -4, "mark": "", "rule": ""}),
    "key id": lambda d: d.update(key_id=None),
    "tags": lambda d: d.update(tags={"a": 4}),
    "tags many": lambda d: d.update(tags={str(n): "" for n in range(99)}),
    "tag surrogate": lambda d: d.update(tags={"a": "\udc00"}),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_forged_manifest_is_refused(folder: Path, name: str) -> None:
    document = manifest_document(folder)
    changed = MANIFESTS[name](document)
    is_whole = isinstance(changed, bytes | list) or name == "no log"
    write_manifest(folder, changed if is_whole else document)
    with pytest.raises(CorruptGallery):
        Gallery.open(folder, read_only=True)
    assert is_refused(folder)


def test_a_manifest_has_a_largest_size(folder: Path) -> None:
    document = manifest_document(folder)
    write_manifest(folder, json.dumps(document).encode() + b" " * (1 << 24))
    with pytest.raises(CorruptGallery, match="expected at most"):
        Gallery.open(folder)


@pytest.mark.parametrize("what", ["digest", "index", "segment again"])
def test_what_is_stated_of_sound_prints_and_not_true_is_mended_by_a_repair(folder: Path, what: str) -> None:
    document = manifest_document(folder)
    entry = document["segments"][0]
    if what == "digest":
        entry["digest"] = "00" * 32
    elif what == "index":
        entry["indexes"] = [{"kind": "sketches", "size": 5, "digest": "00" * 32}]
    else:
        path = segments_of(folder)[0]
        data = bytearray(path.read_bytes())
        data[32:40] = struct.pack("<Q", 77)
        data[44:48] = struct.pack("<I", zlib.crc32(data[:44]))
        other = path.with_name("segment-00000077.prints")
        document["segments"].append({**entry, "number": 77})
        write_manifest(folder, document)
        write_segment(other, data)
    if what != "segment again":
        write_manifest(folder, document)
    if what == "index":  # from which nothing is read
        Gallery.open(folder, read_only=True).close()
    else:
        expected = {"digest": "byte for byte", "segment again": "4 keys are enrolled twice"}[what]
        for read_only in (True, False):
            with pytest.raises(CorruptGallery, match=expected):
                Gallery.open(folder, read_only=read_only)
    assert not check_gallery(folder).is_sound
    done = repair_gallery(folder)
    assert (done.lost, done.prints) == ({"segment again": 4}.get(what, 0), 4)
    assert check_gallery(folder).is_sound
    assert list(Gallery.open(folder)) == ["k2", "k3", "k4", "late"]


COLUMN_FORGERIES: dict[str, Callable[[dict[str, np.ndarray]], Any]] = {
    "offset backwards": lambda c: c["offset"].__setitem__(2, 0),
    "offset negative": lambda c: c["offset"].__setitem__(0, -5),
    "offset far": lambda c: c["offset"].__setitem__(2, 1 << 62),
    "offset wraps": lambda c: c["offset"].__setitem__(slice(1, 3), [(1 << 63) - 1, -(1 << 63)]),
    "offset end": lambda c: c["offset"].__setitem__(-1, 3),
    "key_offset far": lambda c: c["key_offset"].__setitem__(1, 1 << 40),
    "key empty": lambda c: c["key_offset"].__setitem__(1, 0),
    "subject_offset negative": lambda c: c["subject_offset"].__setitem__(1, -1),
    "key no text": lambda c: c["keys"].__setitem__(0, 0xFF),
    "key another": lambda c: c["keys"].__setitem__(0, ord("x")),
    "key twice": lambda c: c["keys"].__setitem__(slice(2, 4), c["keys"][:2]),
    "subject no text": lambda c: c["subjects"].__setitem__(0, 0xFF),
    "subject another": lambda c: c["subject"].__setitem__(0, 7),
    "key_row far": lambda c: c["key_row"].__setitem__(0, 1 << 31),
    "key_row twice": lambda c: c["key_row"].__setitem__(0, int(c["key_row"][1])),
    "key_sorted unsorted": lambda c: c["key_sorted"].__setitem__(0, (1 << 64) - 1),
    "key_sorted hides": lambda c: c["key_sorted"].__setitem__(0, 0),
    "subject_row far": lambda c: c["subject_row"].__setitem__(0, 99),
    "subject_sorted": lambda c: c["subject_sorted"].__setitem__(0, 0),
    "category far": lambda c: c["category"].__setitem__(0, 1 << 31),
    "site far": lambda c: c["site"].__setitem__(0, 3),
    "expires no date": lambda c: c["expires"].__setitem__(0, -(1 << 31)),
    "finger another": lambda c: c["finger"].__setitem__(0, 7),
    "finger impossible": lambda c: c["finger"].__setitem__(0, 200),
    "impression": lambda c: c["impression"].__setitem__(0, 99),
    "quality": lambda c: c["quality"].__setitem__(0, 200),
    "minutiae": lambda c: c["minutiae"].__setitem__(0, 255),
    "sketch": lambda c: c["sketches"].__setitem__(3, 0),
    "words no JSON": lambda c: c["words"].__setitem__(0, ord("x")),
    "words deep": lambda c: c["words"].__setitem__(slice(None), ord("[")),
    "word twice": lambda c: c["words"].__setitem__(slice(None), list(b'["","x","x"]'.ljust(c["words"].size))),
    "word a number": lambda c: c["words"].__setitem__(slice(None), list(b'["",1,2]'.ljust(c["words"].size))),
    "word surrogate": lambda c: c["words"].__setitem__(slice(None), list(b'["","\\udc00"]'.ljust(c["words"].size))),
}


@pytest.mark.parametrize("name", COLUMN_FORGERIES)
def test_a_forged_column_is_refused(folder: Path, name: str) -> None:
    path = segments_of(folder)[0]
    forge_segment(path, COLUMN_FORGERIES[name])
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match=path.name):
            Gallery.open(folder, read_only=read_only)
    with Gallery.open(folder, read_only=True, skip_damaged=True) as gallery:
        assert [lost.name for lost in gallery.lost] == [path.name]
    assert not check_gallery(folder).is_sound
    assert is_refused(folder)


def forged_template(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    """A template with something changed in it, and a right checksum."""
    forged = bytearray(data[:-4])
    change(forged)
    return bytes(forged) + struct.pack("<I", zlib.crc32(forged))


def set_bits_outside_validity(template: bytearray) -> None:
    """All bits of the first sector of every cylinder, and none of validity."""
    name, count = template[29], template[30]
    for minutia in range(count):
        at = 52 + name + 7 * count + 49 * minutia
        template[at : at + 6] = b"\xff" * 6
        template[at + 42 : at + 49] = bytes(7)


@pytest.mark.parametrize("where", ["segment", "log"])
def test_a_forged_template_is_refused(folder: Path, where: str) -> None:
    native = encode(random_print(50, 12))
    forged = forged_template(native, set_bits_outside_validity)
    assert len(forged) == len(native)
    if where == "segment":

        def change(columns: dict[str, np.ndarray]) -> None:
            begin, end = columns["offset"][:2].tolist()
            own = forged_template(columns["data"][begin:end].tobytes(), set_bits_outside_validity)
            columns["data"][begin:end] = np.frombuffer(own, np.uint8)

        forge_segment(segments_of(folder)[0], change)
    else:
        write_log(folder, [Record("late", forged)])
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match="template"):
            Gallery.open(folder, read_only=read_only)
    assert not check_gallery(folder).is_sound
    done = repair_gallery(folder)
    assert done.lost == 1
    assert len(done.lost_keys) == 1
    assert check_gallery(folder).is_sound


def write_log(folder: Path, *frames: list[Record]) -> None:
    """Another log with right digests, and a head for it, which the manifest does not contradict."""
    manifest = manifest_of(folder)
    log = manifest.log_header
    data, at = log_header(log), beginning_of(log)
    for records in frames:
        frame, at = encode_frame(records, at, log)
        data += frame
    log_of(folder).write_bytes(data)
    head_of_log(folder).write_bytes(encode_head(at, log))
    document = manifest_document(folder)
    first = beginning_of(log)
    document["log"].update(frames=0, changes=0, size=first.size, digest=first.digest.hex())
    write_manifest(folder, document)


def test_templates_of_other_parameters_are_refused(folder: Path) -> None:
    write_log(folder, [Record("late", random_print(50, 12, digest=b"12345678").to_bytes())])
    with pytest.raises(CorruptGallery, match="different parameters"):
        Gallery.open(folder)


def test_what_was_forged_once_is_not_remembered_as_looked_at(folder: Path) -> None:
    Gallery.open(folder, read_only=True).close()  # now it is
    path = segments_of(folder)[0]
    forge_segment(path, COLUMN_FORGERIES["sketch"])
    with pytest.raises(CorruptGallery, match="sketches"):
        Gallery.open(folder, read_only=True)
    with pytest.raises(CorruptGallery, match="sketches"):
        Gallery.open(folder, read_only=True)


def test_the_table_of_a_segment_lies_where_the_fuzzer_thinks(folder: Path) -> None:
    data = segments_of(folder)[0].read_bytes()
    offset, size = struct.unpack_from("<QQ", data, TABLE_AT)
    assert (offset % 64, size) == (0, 4 * 512)
