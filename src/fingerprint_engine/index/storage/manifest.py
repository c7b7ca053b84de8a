"""The manifest: which files make a gallery and which of their prints count; replaced whole when files change."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import GalleryError
from fingerprint_engine.index.storage.file_header import MAX_NUMBER, FileHeader
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.frames import LogPosition, beginning
from fingerprint_engine.index.storage.log.log_file import log_name

MANIFEST_NAME, MANIFEST_COPY_NAME = "manifest", "manifest.copy"


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
    """

    number: int
    prints: int
    size: int
    digest: bytes
    removed: bytes = b""
    indexes: tuple[IndexEntry, ...] = ()

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
    key_id
        Which key the files are encrypted with; empty: none.
    tags
        Words of whoever runs the gallery.
    """

    identity: bytes
    log: int
    log_position: LogPosition
    segments: tuple[SegmentEntry, ...] = ()
    measurements: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    follows: Follows | None = None
    key_id: str = ""
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def new(cls, identity: bytes, log: int = 1) -> Manifest:
        """Of an empty gallery."""
        return cls(identity, log, beginning(FileHeader(identity, log)))

    @property
    def log_header(self) -> FileHeader:
        """What the header of the log says."""
        return FileHeader(self.identity, self.log)

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
