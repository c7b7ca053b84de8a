"""Bytes of the manifest: a header, a body of JSON, a checksum; see `docs/formats.md`.

Whoever wrote it may have meant to deceive: every length is limited before anything is allocated for it, every value has
its type and its limits.
"""

from __future__ import annotations

import base64
import binascii
import hmac
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
from fingerprint_engine.index.storage.manifest import (
    KEPT_HISTORY,
    IndexEntry,
    Manifest,
    ManifestKeys,
    SegmentEntry,
)
from fingerprint_engine.index.storage.measurements import checked_measurements
from fingerprint_engine.index.storage.protection.key_purposes import LOG, MANIFEST, SEGMENT, opened, purpose
from fingerprint_engine.index.storage.segments.segment_format import (
    FILE_DIGEST_BYTES,
    MAX_SEGMENT_BYTES,
    MAX_SEGMENT_PRINTS,
    MIN_PRINT_BYTES,
)
from fingerprint_engine.keys import (
    MAX_WRAPPED_BYTES,
    MAX_WRAPPINGS,
    TAG_BYTES,
    DataKey,
    KeyRing,
    Wrapping,
)
from fingerprint_engine.keys.errors import NotAuthentic, WrongKey
from fingerprint_engine.text.bounded_json import BoundedObject, is_text, parse

MANIFEST_MARK = b"\x89FPGM\r\n\x1a"
MAX_MANIFEST_BYTES = 1 << 24
"""Chosen: the marks of some hundred million removed prints, and a document that is parsed in half a second."""
MAX_MANIFEST_FILE_BYTES = HEADER_SIZE + MAX_MANIFEST_BYTES + 4 + TAG_BYTES
MAX_SEGMENTS, MAX_PRINTS = 1 << 14, 1 << 28
MIN_INDEX_BYTES = 1 << 20
"""Chosen: an index is no larger than its segment, but for one with a list for every cell and little in them."""
MAX_INDEXES, MAX_TAGS, MAX_TAG_BYTES, MAX_KEY_ID_BYTES = 8, 64, 255, 255
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")
MAX_COUNTER = 1 << 40
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
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
        "counter": manifest.counter,
        "chain": manifest.chain.hex(),
        "history": [{"counter": counter, "chain": chain.hex()} for counter, chain in manifest.history],
        "key_id": manifest.key_id,
    }
    told: dict[str, Any] = {"measurements": dict(manifest.measurements), "tags": dict(manifest.tags)}
    if manifest.follows is not None:
        told["follows"] = manifest.follows._asdict()
    if manifest.keys is None:
        document |= told
    else:
        document["key"] = _wrappings_document(manifest.keys.own)
        document["log"]["key"] = _wrappings_document(manifest.keys.log)
        sealed = manifest.keys.own.seal_once(json.dumps(told, allow_nan=False).encode(), manifest.identity)
        document["sealed"] = base64.b64encode(sealed).decode()
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    if len(body) > MAX_MANIFEST_BYTES:
        raise CorruptGallery(f"gallery manifest: expected at most {MAX_MANIFEST_BYTES} bytes, got {len(body)}")
    head = encode_header(MANIFEST_MARK, FileHeader(manifest.identity, len(body)))
    data = head + body + _CHECKSUM.pack(zlib.crc32(body))
    return data if manifest.keys is None else data + manifest.keys.own.tag(data)


def decode_manifest(data: bytes, ring: KeyRing | None = None) -> Manifest:
    """The manifest that bytes hold.

    Parameters
    ----------
    data
        All of the file.
    ring
        Keys; None: the gallery is expected to have none.

    Raises
    ------
    CorruptGallery
        When they are damaged, or hold what no manifest may.
    WrongKey
        When the gallery has keys and none is given, or others, or keys are given and it has none.
    UnsupportedGalleryVersion
        When another release wrote them, in a version that this one does not read.
    """
    header = decode_header(data[:HEADER_SIZE], MANIFEST_MARK, "manifest")
    end = HEADER_SIZE + header.number
    behind = len(data) - end - _CHECKSUM.size
    if header.number > MAX_MANIFEST_BYTES or behind not in (0, TAG_BYTES):
        raise CorruptGallery(f"gallery manifest: expected a body of {header.number} bytes, got {len(data)} in all")
    body = data[HEADER_SIZE:end]
    if zlib.crc32(body) != _CHECKSUM.unpack_from(data, end)[0]:
        raise CorruptGallery(f"gallery manifest, offset {HEADER_SIZE}: the checksum does not fit")
    document = BoundedObject(parse(body, "gallery manifest", CorruptGallery), "gallery manifest", CorruptGallery)
    keys = _keys(document, header.identity, ring, data[: len(data) - TAG_BYTES], data[len(data) - TAG_BYTES :])
    if (keys is None) != (behind == 0):
        raise CorruptGallery("gallery manifest: expected a tag where it has keys, and nowhere else")
    told = document if keys is None else _told(document, keys, header.identity)
    log = document.object("log")
    given = None if keys is None else ring
    entries = _limited(document.objects("segments", MAX_SEGMENTS))
    segments = tuple(_segment(entry, header.identity, given) for entry in entries)
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
        checked_measurements(told.object("measurements")),
        follows_in(told.object("follows")) if "follows" in told else None,
        keys,
        _tags(told.object("tags")),
        *_chain(document),
    )


def wrappings_in(data: bytes) -> tuple[bytes, dict[bytes, list[Wrapping]]]:
    """Identity of a gallery and, by purpose, the wrapped keys of its files; of one without keys there are none.

    Nothing of it was authenticated yet: who unwraps a key finds out whether it is for that purpose.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
    """
    header = decode_header(data[:HEADER_SIZE], MANIFEST_MARK, "manifest")
    body = data[HEADER_SIZE : HEADER_SIZE + min(header.number, MAX_MANIFEST_BYTES)]
    document = BoundedObject(parse(body, "gallery manifest", CorruptGallery), "gallery manifest", CorruptGallery)
    identity, log = header.identity, document.object("log")
    if not document.text("key_id", MAX_KEY_ID_BYTES):
        return identity, {}
    found = {
        purpose(MANIFEST, identity, 0): _wrappings(document),
        purpose(LOG, identity, log.whole("number", 1, MAX_NUMBER)): _wrappings(log),
    }
    for entry in document.objects("segments", MAX_SEGMENTS):
        found[purpose(SEGMENT, identity, entry.whole("number", 1, MAX_NUMBER))] = _wrappings(entry)
    return identity, found


def _keys(
    document: BoundedObject, identity: bytes, ring: KeyRing | None, tagged: bytes, tag: bytes
) -> ManifestKeys | None:
    """Keys of manifest and log, after the tag of the manifest was found to be right."""
    key_id = document.text("key_id", MAX_KEY_ID_BYTES)
    if not key_id:
        if ring is not None:
            raise WrongKey(f"gallery: expected one that is protected by {', '.join(ring.ids)}, it has no keys")
        return None
    if ring is None:
        raise WrongKey(f"gallery: it is protected by key {key_id}; open it with keys")
    log = document.object("log")
    own = opened(ring, _wrappings(document), MANIFEST, identity, 0)
    if not hmac.compare_digest(own.tag(tagged), tag):
        raise CorruptGallery("gallery manifest: its tag does not fit: it was altered")
    number = log.whole("number", 1, MAX_NUMBER)
    return ManifestKeys(own, opened(ring, _wrappings(log), LOG, identity, number))


def _told(document: BoundedObject, keys: ManifestKeys, identity: bytes) -> BoundedObject:
    """What a manifest with keys says of measurements, tags and registry."""
    try:
        sealed = base64.b64decode(document.text("sealed", MAX_MANIFEST_BYTES), validate=True)
        data = keys.own.open_once(sealed, identity)
    except (ValueError, NotAuthentic):
        raise CorruptGallery("gallery manifest: sealed: expected what its key sealed") from None
    return BoundedObject(parse(data, "gallery manifest", CorruptGallery), "gallery manifest", CorruptGallery)


def _chain(document: BoundedObject) -> tuple[int, bytes, tuple[tuple[int, bytes], ...]]:
    """Counter, chain and history; a manifest of before there was a chain begins one."""
    if "counter" not in document:
        return 0, bytes(DIGEST_BYTES), ()
    history = tuple(
        (one.whole("counter", 0, MAX_COUNTER), one.octets("chain", DIGEST_BYTES))
        for one in document.objects("history", KEPT_HISTORY)
    )
    return document.whole("counter", 0, MAX_COUNTER), document.octets("chain", DIGEST_BYTES), history


def _wrappings_document(key: DataKey) -> list[dict[str, str]]:
    return [{"id": one.key_id, "data": one.data.hex()} for one in key.wrappings]


def _wrappings(document: BoundedObject) -> list[Wrapping]:
    found = []
    for one in document.objects("key", MAX_WRAPPINGS):
        data = one.text("data", 2 * MAX_WRAPPED_BYTES)
        found.append(Wrapping(one.text("id", MAX_KEY_ID_BYTES), bytes.fromhex(data) if _HEX.fullmatch(data) else b""))
    return found


def _segment_document(entry: SegmentEntry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "number": entry.number,
        "prints": entry.prints,
        "size": entry.size,
        "digest": entry.digest.hex(),
    }
    if entry.removed:
        document["removed"] = base64.b64encode(zlib.compress(entry.removed)).decode()
    if entry.key is not None:
        document["key"] = _wrappings_document(entry.key)
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


def _segment(entry: BoundedObject, identity: bytes, ring: KeyRing | None) -> SegmentEntry:
    number = entry.whole("number", 1, MAX_NUMBER)
    prints = entry.whole("prints", 1, MAX_SEGMENT_PRINTS)
    size = entry.whole("size", prints * MIN_PRINT_BYTES, MAX_SEGMENT_BYTES)
    return SegmentEntry(
        number,
        prints,
        size,
        entry.octets("digest", FILE_DIGEST_BYTES),
        _removed(entry, prints) if "removed" in entry else b"",
        tuple(_index(index, max(size, MIN_INDEX_BYTES)) for index in entry.objects("indexes", MAX_INDEXES))
        if "indexes" in entry
        else (),
        None if ring is None else opened(ring, _wrappings(entry), SEGMENT, identity, number),
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
