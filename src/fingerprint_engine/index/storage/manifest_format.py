"""Bytes of the manifest: a header, a body of JSON, a checksum; see `docs/formats.md`.

Whoever wrote it may have meant to deceive: every length is limited before anything is allocated for it, every value has
its type and its limits.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
import zlib
from typing import Any

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.storage.file_header import (
    HEADER_SIZE,
    MAX_NUMBER,
    FileHeader,
    decode_header,
    encode_header,
)
from fingerprint_engine.index.storage.log.follows import follows_in
from fingerprint_engine.index.storage.log.frames import (
    DIGEST_BYTES,
    MAX_LOG_BYTES,
    MAX_LOG_CHANGES,
    MAX_LOG_FRAMES,
    LogPosition,
)
from fingerprint_engine.index.storage.manifest import IndexEntry, Manifest, SegmentEntry
from fingerprint_engine.index.storage.measurements import checked_measurements
from fingerprint_engine.index.storage.segments.segment_format import (
    FILE_DIGEST_BYTES,
    MAX_SEGMENT_BYTES,
    MAX_SEGMENT_PRINTS,
    MIN_PRINT_BYTES,
)
from fingerprint_engine.text.bounded_json import BoundedObject, is_text, parse

MANIFEST_MARK = b"\x89FPGM\r\n\x1a"
MAX_MANIFEST_BYTES = 1 << 24
"""Chosen: the marks of some hundred million removed prints, and a document that is parsed in half a second."""
MAX_SEGMENTS, MAX_PRINTS = 1 << 14, 1 << 28
MIN_INDEX_BYTES = 1 << 20
"""Chosen: an index is no larger than its segment, but for one with a list for every cell and little in them."""
MAX_INDEXES, MAX_TAGS, MAX_TAG_BYTES, MAX_KEY_ID_BYTES = 8, 64, 255, 255
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")
_CHECKSUM = struct.Struct("<I")


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of a manifest.

    Raises
    ------
    CorruptGallery
        When they would not read back, being too many.
    """
    position = manifest.log_position
    document: dict[str, Any] = {
        "log": {
            "number": manifest.log,
            "frames": position.frames,
            "changes": position.changes,
            "size": position.size,
            "digest": position.digest.hex(),
        },
        "segments": [_segment_document(entry) for entry in manifest.segments],
        "measurements": dict(manifest.measurements),
        "key_id": manifest.key_id,
        "tags": dict(manifest.tags),
    }
    if manifest.follows is not None:
        document["follows"] = manifest.follows._asdict()
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    if len(body) > MAX_MANIFEST_BYTES:
        raise CorruptGallery(f"gallery manifest: expected at most {MAX_MANIFEST_BYTES} bytes, got {len(body)}")
    head = encode_header(MANIFEST_MARK, FileHeader(manifest.identity, len(body)))
    return head + body + _CHECKSUM.pack(zlib.crc32(body))


def decode_manifest(data: bytes) -> Manifest:
    """The manifest that bytes hold.

    Raises
    ------
    CorruptGallery
        When they are damaged, or hold what no manifest may.
    UnsupportedGalleryVersion
        When another release wrote them, in a version that this one does not read.
    """
    header = decode_header(data[:HEADER_SIZE], MANIFEST_MARK, "manifest")
    end = len(data) - _CHECKSUM.size
    if header.number != end - HEADER_SIZE or header.number > MAX_MANIFEST_BYTES:
        raise CorruptGallery(f"gallery manifest: expected a body of {header.number} bytes, got {end - HEADER_SIZE}")
    body = data[HEADER_SIZE:end]
    if zlib.crc32(body) != _CHECKSUM.unpack_from(data, end)[0]:
        raise CorruptGallery(f"gallery manifest, offset {HEADER_SIZE}: the checksum does not fit")
    document = BoundedObject(parse(body, "gallery manifest", CorruptGallery), "gallery manifest", CorruptGallery)
    log = document.object("log")
    segments = tuple(_segment(entry) for entry in _limited(document.objects("segments", MAX_SEGMENTS)))
    if len({entry.number for entry in segments}) != len(segments):
        raise CorruptGallery("gallery manifest: segments: expected each of them once")
    return Manifest(
        header.identity,
        log.whole("number", 1, MAX_NUMBER),
        LogPosition(
            log.whole("frames", 0, MAX_LOG_FRAMES),
            log.whole("changes", 0, MAX_LOG_CHANGES),
            log.whole("size", HEADER_SIZE, MAX_LOG_BYTES),
            log.octets("digest", DIGEST_BYTES),
        ),
        segments,
        checked_measurements(document.object("measurements")),
        follows_in(document.object("follows")) if "follows" in document else None,
        document.text("key_id", MAX_KEY_ID_BYTES),
        _tags(document.object("tags")),
    )


def _segment_document(entry: SegmentEntry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "number": entry.number,
        "prints": entry.prints,
        "size": entry.size,
        "digest": entry.digest.hex(),
    }
    if entry.removed:
        document["removed"] = base64.b64encode(zlib.compress(entry.removed)).decode()
    if entry.indexes:
        document["indexes"] = [
            {"kind": index.kind, "size": index.size, "digest": index.digest.hex()} for index in entry.indexes
        ]
    return document


def _limited(entries: list[BoundedObject]) -> list[BoundedObject]:
    """Segments, with no more prints in all than a gallery may hold: so much memory their marks may take."""
    prints = sum(entry.whole("prints", 1, MAX_SEGMENT_PRINTS) for entry in entries)
    if prints > MAX_PRINTS:
        raise CorruptGallery(f"gallery manifest: expected at most {MAX_PRINTS} prints, got {prints}")
    return entries


def _segment(entry: BoundedObject) -> SegmentEntry:
    prints = entry.whole("prints", 1, MAX_SEGMENT_PRINTS)
    size = entry.whole("size", prints * MIN_PRINT_BYTES, MAX_SEGMENT_BYTES)
    return SegmentEntry(
        entry.whole("number", 1, MAX_NUMBER),
        prints,
        size,
        entry.octets("digest", FILE_DIGEST_BYTES),
        _removed(entry, prints) if "removed" in entry else b"",
        tuple(_index(index, max(size, MIN_INDEX_BYTES)) for index in entry.objects("indexes", MAX_INDEXES))
        if "indexes" in entry
        else (),
    )


def _removed(entry: BoundedObject, prints: int) -> bytes:
    """The marks of removed prints, unpacked to their size and no further."""
    size = -(-prints // 8)
    try:
        packed = base64.b64decode(entry.text("removed", MAX_MANIFEST_BYTES), validate=True)
        unpacking = zlib.decompressobj()
        bits = unpacking.decompress(packed, size + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise CorruptGallery("gallery manifest: removed: expected packed bits") from None
    if len(bits) != size or not unpacking.eof or unpacking.unused_data:
        raise CorruptGallery(f"gallery manifest: removed: expected one bit for each of {prints} prints")
    return bits


def _index(entry: BoundedObject, max_bytes: int) -> IndexEntry:
    kind = entry.text("kind", 32)
    if not _KIND.fullmatch(kind):
        raise CorruptGallery("gallery manifest: kind: expected small letters, digits and hyphens")
    return IndexEntry(kind, entry.whole("size", 0, max_bytes), entry.octets("digest", FILE_DIGEST_BYTES))


def _tags(members: BoundedObject) -> dict[str, str]:
    if len(members.names) > MAX_TAGS or not all(is_text(name, 1, MAX_TAG_BYTES) for name in members.names):
        raise CorruptGallery(f"gallery manifest: tags: expected at most {MAX_TAGS}, with short names")
    return {name: members.text(name, MAX_TAG_BYTES) for name in members.names}
