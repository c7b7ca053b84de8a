"""The files of one sound gallery, in memory, and what it holds: what crafters alter and judges know."""

from __future__ import annotations

import datetime
import functools
import json
import os
import shutil
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.attacks.forging import installation
from benchmarks.attacks.templates.craft import sound_template
from fingerprint_engine.index import Gallery, PrintDetails
from fingerprint_engine.index.storage import opening
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader, decode_header, encode_header
from fingerprint_engine.index.storage.manifest_format import MANIFEST_MARK

IDENTITY = bytes(range(16))
OTHER_IDENTITY = bytes(range(16, 32))
Files = dict[str, bytes]
"""Contents by name."""
SPECIAL = b"\0special:"
"""Begins the content of what is no regular file; the kind follows."""


def key_of(number: int) -> str:
    """Key of the print made of `sound_template` of the same number."""
    return f"key {number}"


@functools.cache
def sound_gallery(identity: bytes = IDENTITY) -> tuple[tuple[str, bytes], ...]:
    """Two segments, one with a removed print, and a log with an enrolment, a group, a replacement and a removal."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "made.gallery"
        made = mock.patch.object(opening, "new_identity", return_value=identity)
        with made, installation(Path(place) / "state"), Gallery.open(folder) as gallery:
            _fill(gallery)
        return tuple((path.name, path.read_bytes()) for path in sorted(folder.iterdir()))


def _fill(gallery: Gallery) -> None:
    for numbers in (range(5), range(5, 9)):
        gallery.enrol_many([(key_of(n), sound_template(n), _details(n)) for n in numbers], workers=1)
        seal(gallery)
    gallery.remove(key_of(1))
    seal(gallery)
    gallery.enrol(key_of(9), sound_template(9))
    gallery.enrol_many([(key_of(n), sound_template(n), _details(n)) for n in (10, 11)], workers=1)
    gallery.replace(key_of(2), sound_template(12))
    gallery.remove(key_of(6))


def seal(gallery: Gallery) -> None:
    """What a long log brings about: the log becomes a segment."""
    assert gallery._folder is not None
    gallery._folder.seal(gallery._table)


def sound_contents() -> dict[str, bytes]:
    """Templates by key, as they were acknowledged last."""
    found = {key_of(n): sound_template(n).to_bytes() for n in range(12) if n not in (1, 6)}
    return found | {key_of(2): sound_template(12).to_bytes()}


def known_templates() -> dict[str, set[bytes]]:
    """Templates that were ever acknowledged under a key."""
    known = {key_of(n): {sound_template(n).to_bytes()} for n in range(12)}
    known[key_of(2)].add(sound_template(12).to_bytes())
    return known


def _details(number: int) -> PrintDetails:
    subject = f"subject {number // 2}" if number % 2 else None
    expires = datetime.date(2099, 1, 1) if number % 3 == 0 else None
    return PrintDetails(subject, "custody" if number % 2 else None, f"site {number % 3}", expires)


def write_files(folder: Path, files: Files) -> None:
    """Put files into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    for name, content in files.items():
        path = folder / name
        if not content.startswith(SPECIAL):
            path.write_bytes(content)
            path.chmod(0o600)
            continue
        match content[len(SPECIAL) :].decode():
            case "pipe":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case target:
                path.symlink_to(target)


def manifest_document(files: Files) -> dict[str, Any]:
    """What the manifest says."""
    document: dict[str, Any] = json.loads(files["manifest"][HEADER_SIZE:-4])
    return document


def put_manifest(files: Files, document: Any) -> None:
    """Let manifest and copy say something else."""
    put_manifest_body(files, json.dumps(document).encode())


def put_manifest_body(files: Files, body: bytes) -> None:
    """Let manifest and copy hold these bytes."""
    identity = decode_header(files["manifest"][:HEADER_SIZE], MANIFEST_MARK, "manifest").identity
    head = encode_header(MANIFEST_MARK, FileHeader(identity, len(body)))
    files["manifest"] = files["manifest.copy"] = head + body + struct.pack("<I", zlib.crc32(body))
