"""The manifest: which files make a gallery, and which of their prints count; replaced whole at every change of files.

A header that keeps its layout in every version, a body of JSON, a checksum; see `docs/formats.md`.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from fingerprint_engine.errors import CorruptGallery, UnsupportedGalleryVersion
from fingerprint_engine.index.storage.log_format import FORMAT_VERSION

MANIFEST_NAME, MANIFEST_COPY_NAME = "manifest", "manifest.copy"
MAGIC = b"\x89FPGM\r\n\x1a"
_HEADER = struct.Struct("<8sHHQ8xI")
_CHECKSUM = struct.Struct("<I")


@dataclasses.dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment of a gallery.

    Attributes
    ----------
    number
        Names the file.
    prints
        Prints in it, removed ones among them.
    size
        Bytes of the file.
    checksum
        CRC-32 of its header, which holds those of its columns.
    removed
        One bit per print, set for those that no longer count; empty when all do.
    """

    number: int
    prints: int
    size: int
    checksum: int
    removed: bytes = b""

    @property
    def name(self) -> str:
        """Name of the file."""
        return segment_name(self.number)


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a gallery.

    Attributes
    ----------
    log
        Number of the log that holds what changed since.
    segments
        In the order of enrolment.
    measurements
        What was measured on this gallery: shortlist recall, scores of non-mated searches.
    """

    log: int
    segments: tuple[SegmentEntry, ...] = ()
    measurements: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def log_name(self) -> str:
        """Name of the log's file."""
        return log_name(self.log)

    @property
    def names(self) -> set[str]:
        """Names of all files that it refers to."""
        return {self.log_name, *(entry.name for entry in self.segments)}

    def next_number(self) -> int:
        """A number that no file of this gallery has."""
        return 1 + max([self.log, *(entry.number for entry in self.segments)])


def segment_name(number: int) -> str:
    """Name of a segment's file."""
    return f"segment-{number:08d}.prints"


def log_name(number: int) -> str:
    """Name of a log's file."""
    return f"changes-{number:08d}.log"


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of a manifest."""
    document = {
        "log": manifest.log,
        "segments": [
            {
                "number": entry.number,
                "prints": entry.prints,
                "size": entry.size,
                "checksum": entry.checksum,
                **({"removed": base64.b64encode(zlib.compress(entry.removed)).decode()} if entry.removed else {}),
            }
            for entry in manifest.segments
        ],
        "measurements": dict(manifest.measurements),
    }
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    head = _HEADER.pack(MAGIC, FORMAT_VERSION, _HEADER.size, len(body), 0)[:-4]
    return head + _CHECKSUM.pack(zlib.crc32(head)) + body + _CHECKSUM.pack(zlib.crc32(body))


def decode_manifest(data: bytes) -> Manifest:
    """The manifest that bytes hold.

    Raises
    ------
    CorruptGallery
        When they are damaged in any way.
    UnsupportedGalleryVersion
        When they are sound, but of a newer release.
    """
    if len(data) < _HEADER.size or data[:8] != MAGIC:
        raise CorruptGallery(f"gallery manifest, offset 0: expected a header of {_HEADER.size} bytes")
    _, version, size, length, checksum = _HEADER.unpack_from(data)
    if zlib.crc32(data[: _HEADER.size - 4]) != checksum:
        raise CorruptGallery("gallery manifest, offset 0: the checksum of the header does not fit")
    if version > FORMAT_VERSION:
        raise UnsupportedGalleryVersion(
            f"gallery manifest: this release reads versions up to {FORMAT_VERSION}, found version {version}"
        )
    end = _HEADER.size + length
    if version < FORMAT_VERSION or size != _HEADER.size or len(data) != end + _CHECKSUM.size:
        raise CorruptGallery(
            f"gallery manifest: expected {end + _CHECKSUM.size} bytes of version {FORMAT_VERSION}, got {len(data)}"
        )
    body = data[_HEADER.size : end]
    if zlib.crc32(body) != _CHECKSUM.unpack_from(data, end)[0]:
        raise CorruptGallery(f"gallery manifest, offset {_HEADER.size}: the checksum does not fit")
    try:
        document = json.loads(body)
        entries = tuple(
            SegmentEntry(
                int(entry["number"]),
                int(entry["prints"]),
                int(entry["size"]),
                int(entry["checksum"]),
                zlib.decompress(base64.b64decode(entry["removed"])) if "removed" in entry else b"",
            )
            for entry in document["segments"]
        )
        manifest = Manifest(int(document["log"]), entries, dict(document["measurements"]))
    except (ValueError, KeyError, TypeError, zlib.error):
        raise CorruptGallery("gallery manifest: sound, but not what a manifest holds") from None
    if any(entry.removed and len(entry.removed) != -(-entry.prints // 8) for entry in manifest.segments):
        raise CorruptGallery("gallery manifest: expected one bit per print for those removed")
    return manifest
