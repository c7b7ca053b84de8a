"""Gallery files made anew with right checksums after a change: what somebody who deceives writes."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fingerprint_engine.index.storage.file_header import HEADER_SIZE as FILE_HEADER_SIZE
from fingerprint_engine.index.storage.file_header import FileHeader, encode_header
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME
from fingerprint_engine.index.storage.manifest_format import MANIFEST_MARK
from fingerprint_engine.index.storage.segments.segment_format import COLUMNS, HEADER_SIZE, SegmentDigest

TABLE_AT = FILE_HEADER_SIZE + 24


def manifest_document(folder: Path) -> dict[str, Any]:
    """The body of a manifest."""
    document: dict[str, Any] = json.loads((folder / MANIFEST_NAME).read_bytes()[FILE_HEADER_SIZE:-4])
    return document


def write_manifest(folder: Path, document: object) -> None:
    """A manifest, and its copy, with any body: bytes, or what is written as JSON."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    identity = (folder / MANIFEST_NAME).read_bytes()[16:32]
    data = encode_header(MANIFEST_MARK, FileHeader(identity, len(body))) + body + struct.pack("<I", zlib.crc32(body))
    for name in (MANIFEST_NAME, MANIFEST_COPY_NAME):
        (folder / name).write_bytes(data)


def forge_segment(path: Path, change: Callable[[dict[str, np.ndarray]], None]) -> None:
    """Change columns of a segment in place, and make its checksums and its digest in the manifest right again."""
    data = bytearray(path.read_bytes())
    columns = {}
    for place, (name, kind) in enumerate(COLUMNS.items()):
        offset, size = struct.unpack_from("<QQ", data, TABLE_AT + 24 * place)
        columns[name] = np.frombuffer(data, np.dtype(kind), size // np.dtype(kind).itemsize, offset)
    change(columns)
    for place, name in enumerate(COLUMNS):
        struct.pack_into("<I", data, TABLE_AT + 24 * place + 16, zlib.crc32(columns[name].tobytes()))
    del columns
    write_segment(path, data)


def write_segment(path: Path, data: bytearray) -> None:
    """A segment whose header's checksum, and whose digest in the manifest, are made right."""
    end = HEADER_SIZE - 4
    data[end:HEADER_SIZE] = struct.pack("<I", zlib.crc32(data[:end]))
    path.write_bytes(data)
    digest = SegmentDigest()
    digest.update(bytes(data[HEADER_SIZE:]))
    document = manifest_document(path.parent)
    for entry in document["segments"]:
        if f"segment-{entry['number']:08d}.prints" == path.name:
            entry["digest"] = digest.finish(bytes(data[:HEADER_SIZE])).hex()
            entry["size"] = len(data)
    write_manifest(path.parent, document)
