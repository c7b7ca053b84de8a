"""`LogFile`: the log of a gallery and its head, appended to by one writer, read by anybody."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import MAX_NUMBER, FileHeader
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.frames import (
    MAX_LOG_BYTES,
    LogPosition,
    beginning,
    encode_frame,
    log_header,
)
from fingerprint_engine.index.storage.log.head import encode_head, read_head
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.index.storage.log.replay import Replayed, replay

_LOG = logging.getLogger(__name__)


class LogFile:
    """A log opened for writing.

    Every change goes to the end of the file and is on the disk when `append` returns. What a failed or interrupted
    write left is taken back, at once or when the file is next opened.

    Attributes
    ----------
    position
        How far the log has come.
    descriptors
        Of the log and of its head; empty once closed.
    """

    def __init__(self, path: Path, log: FileHeader, position: LogPosition, descriptors: list[int]) -> None:
        self.path, self.log, self.position, self.descriptors = path, log, position, descriptors
        self._places = (path, head_of(path))
        self._is_broken = False

    @classmethod
    def create(cls, folder: Path, log: FileHeader) -> LogFile:
        """Make an empty log, on the disk; its names are only safe once the folder is synced."""
        path, position = folder / log_name(log.number), beginning(log)
        descriptors: list[int] = []
        try:
            for name, data in ((path, log_header(log)), (head_of(path), encode_head(position, log))):
                descriptors.append(durable_files.create(name))
                durable_files.write_all(descriptors[-1], data, 0)
                durable_files.sync(descriptors[-1])
        except BaseException:
            _close(descriptors)
            delete(path)
            raise
        return cls(path, log, position, descriptors)

    @classmethod
    def open(cls, folder: Path, log: FileHeader, stated: LogPosition) -> tuple[LogFile, Replayed]:
        """Open a log and read its changes; a torn last frame is cut off."""
        path = folder / log_name(log.number)
        head = read_head(head_of(path), log)
        data = read_log(path)
        found = replay(data, log, [stated, head])
        descriptors: list[int] = []
        try:
            for name in (path, head_of(path)):
                descriptors.append(durable_files.open_to_change(name))
            if found.position.size < len(data):
                torn = len(data) - found.position.size
                _LOG.warning("%s: recovered: %d bytes of a change that was never acknowledged are cut off", path, torn)
                durable_files.cut(descriptors[0], found.position.size)
            durable_files.write_all(descriptors[1], encode_head(found.position, log), 0)
        except BaseException:
            _close(descriptors)
            raise
        return cls(path, log, found.position, descriptors), found

    def append(
        self,
        records: Sequence[Record],
        follows: Follows | None = None,
        require_lock: Callable[[], None] = lambda: None,
    ) -> None:
        """Write changes that count together, after `require_usable`: when this returns all survive a crash.

        When it raises, nothing was written, unless `position` has moved on.

        Parameters
        ----------
        records, follows
            What changed.
        require_lock
            Raises when the lock is lost; asked when the bytes are written, which whoever took the lock did not see.

        Raises
        ------
        GalleryError
            When the files cannot be written, or are not in their place any more.
        """
        before = self.position
        frame, after = encode_frame(records, before, self.log, follows)
        if after.share > 1.0:
            raise GalleryError(f"{self.path}: expected at most {MAX_LOG_BYTES} bytes; make room on the disk")
        log, head = self.descriptors
        was_synced = False
        try:
            durable_files.write_all(log, frame, before.size)
            if durable_files.size_of(log) > after.size:  # of a writer that had lost its lock, and acknowledged nothing
                os.ftruncate(log, after.size)
            durable_files.sync(log)
            was_synced = True
            self._require_place(require_lock)
            durable_files.write_all(head, encode_head(after, self.log), 0)
            self.position = after
        except BaseException as error:
            if self.position is before:
                self._take_back(is_head_concerned=was_synced)
            if isinstance(error, OSError):
                raise GalleryError(f"{self.path}: cannot write ({error.strerror})") from error
            raise

    def require_usable(self) -> None:
        """Check that nothing happened to the files and that nothing is left of a failed write.

        Raises
        ------
        GalleryError
        """
        self._require_place()
        if self._is_broken:
            raise GalleryError("gallery: an earlier write failed and could not be taken back; open it again")

    def close(self) -> None:
        """Let go of the files; what they say is on the disk."""
        if len(self.descriptors) == 2:
            with contextlib.suppress(OSError):
                durable_files.sync(self.descriptors[1])
        _close(self.descriptors)

    def abandon(self) -> None:
        """Close what a forked child has of the files."""
        _close(self.descriptors)

    def _require_place(self, require_lock: Callable[[], None] = lambda: None) -> None:
        try:
            require_lock()
        except GalleryError:
            self._is_broken = True
            raise
        for path, descriptor in zip(self._places, self.descriptors, strict=True):
            if not durable_files.is_there(path, descriptor):
                self._is_broken = True
                raise GalleryError(f"{path}: it was deleted or replaced; nothing more is written to the gallery")

    def _take_back(self, *, is_head_concerned: bool) -> None:
        """Cut off what was written; not from a file that is in its place no more, for it may be another writer's."""
        if self._is_broken:
            return
        self._is_broken = True  # unless what follows succeeds; the next opening cuts off the torn frame
        with contextlib.suppress(OSError):
            if is_head_concerned:  # before the log: the head is never ahead of it
                durable_files.write_all(self.descriptors[1], encode_head(self.position, self.log), 0)
            durable_files.cut(self.descriptors[0], self.position.size)
            self._is_broken = False


def log_name(number: int) -> str:
    """Name of a log's file."""
    if number > MAX_NUMBER:
        raise GalleryError(f"gallery: expected at most {MAX_NUMBER} files in its life")
    return f"changes-{number:08d}.log"


def head_of(path: Path) -> Path:
    """The head of the log at a path."""
    return path.with_suffix(".head")


def delete(path: Path) -> None:
    """Delete a log and its head, as far as that is possible."""
    for name in (path, head_of(path)):
        with contextlib.suppress(OSError):
            name.unlink(missing_ok=True)


def read_log(path: Path) -> bytes:
    """The bytes of a log that the manifest names.

    Raises
    ------
    CorruptGallery
        When there is no such file, or it is no log by its kind or size.
    """
    try:
        return durable_files.read_whole(path, MAX_LOG_BYTES)
    except FileNotFoundError:
        raise CorruptGallery(f"{path}: expected the log of this gallery, found no such file") from None


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
