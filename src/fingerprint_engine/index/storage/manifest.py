"""The manifest: which files make a gallery and which of their prints count; replaced whole when files change."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import GalleryError
from fingerprint_engine.index.storage.file_header import MAX_NUMBER, FileHeader
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.frames import DIGEST_BYTES, LogPosition, beginning
from fingerprint_engine.index.storage.log.log_file import log_name
from fingerprint_engine.keys import DataKey

MANIFEST_NAME, MANIFEST_COPY_NAME = "manifest", "manifest.copy"
KEPT_HISTORY = 32
"""Chosen: so many manifests back it is noticed that two copies of a gallery went different ways."""


@dataclasses.dataclass(frozen=True, slots=True)
class IndexEntry:
    """A file beside a segment from which it can be searched faster; it can be made anew.

    Attributes
    ----------
    kind
        Names the file after its segment.
    size, digest
        Bytes of the file, and their BLAKE2b digest.
    """

    kind: str
    size: int
    digest: bytes


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
    digest
        BLAKE2b of all of it; see `segment_format.SegmentDigest`.
    removed
        One bit per print, set for those that no longer count; empty when all do.
    indexes
        Files beside it.
    key
        What it is sealed with; None where the gallery has no keys.
    """

    number: int
    prints: int
    size: int
    digest: bytes
    removed: bytes = b""
    indexes: tuple[IndexEntry, ...] = ()
    key: DataKey | None = None

    @property
    def name(self) -> str:
        """Name of the file."""
        return segment_name(self.number)

    def index_name(self, index: IndexEntry) -> str:
        """Name of a file beside it."""
        return f"segment-{self.number:08d}.{index.kind}.index"

    def alive(self) -> NDArray[np.bool_]:
        """Which prints count."""
        if not self.removed:
            return np.ones(self.prints, np.bool_)
        return ~np.unpackbits(np.frombuffer(self.removed, np.uint8), count=self.prints).astype(np.bool_)


class ManifestKeys(NamedTuple):
    """What a gallery's manifest and its log are sealed with; segments have keys of their own."""

    own: DataKey
    log: DataKey


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a gallery.

    Attributes
    ----------
    identity
        Of the gallery; in every file of it.
    log
        Number of the log that holds what changed since.
    log_position
        How far the log had come when this was written.
    segments
        In the order of enrolment.
    measurements
        What was measured on this gallery: shortlist recall, scores of non-mated searches.
    follows
        The registry that the gallery follows, up to the segments; the log may say more.
    keys
        What the manifest and the log are sealed with; None where the gallery has no keys.
    tags
        Words of whoever runs the gallery.
    counter, chain
        How many manifests the gallery has had, and a digest over all of them and the ends of their logs.
    history
        Counter and chain of the last ones before.
    """

    identity: bytes
    log: int
    log_position: LogPosition
    segments: tuple[SegmentEntry, ...] = ()
    measurements: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    follows: Follows | None = None
    keys: ManifestKeys | None = None
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)
    counter: int = 0
    chain: bytes = bytes(DIGEST_BYTES)
    history: tuple[tuple[int, bytes], ...] = ()

    @classmethod
    def new(cls, identity: bytes, log: int = 1, keys: ManifestKeys | None = None) -> Manifest:
        """Of an empty gallery."""
        return cls(identity, log, beginning(FileHeader(identity, log)), keys=keys)

    @property
    def key_id(self) -> str:
        """Id of the key that wraps the gallery's; empty: it has none."""
        return "" if self.keys is None else self.keys.own.wrappings[0].key_id

    @property
    def log_header(self) -> FileHeader:
        """What the header of the log says, and its key."""
        return FileHeader(self.identity, self.log, None if self.keys is None else self.keys.log)

    def next(self, ended: LogPosition) -> Manifest:
        """The same as the next one in the chain, after a log that ended so."""
        joined = hashlib.blake2b(self.chain, digest_size=DIGEST_BYTES, key=self.identity)
        joined.update(self.counter.to_bytes(8, "little") + ended.digest + ended.frames.to_bytes(8, "little"))
        history = (*self.history, (self.counter, self.chain))[-KEPT_HISTORY:]
        return dataclasses.replace(self, counter=self.counter + 1, chain=joined.digest(), history=history)

    @property
    def log_name(self) -> str:
        """Name of the log's file."""
        return log_name(self.log)

    @property
    def head_name(self) -> str:
        """Name of the file with the log's head."""
        return self.log_name.replace(".log", ".head")

    @property
    def names(self) -> set[str]:
        """Names of all files that it refers to."""
        indexes = {entry.index_name(index) for entry in self.segments for index in entry.indexes}
        return {self.log_name, self.head_name, *(entry.name for entry in self.segments), *indexes}

    def next_number(self) -> int:
        """A number that no file of this gallery has.

        Raises
        ------
        GalleryError
            When all are used up.
        """
        number = 1 + max([self.log, *(entry.number for entry in self.segments)])
        if number > MAX_NUMBER:
            raise GalleryError(f"gallery: expected at most {MAX_NUMBER} files in its life")
        return number


def segment_name(number: int) -> str:
    """Name of a segment's file."""
    return f"segment-{number:08d}.prints"
