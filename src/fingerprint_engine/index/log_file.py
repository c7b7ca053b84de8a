"""`LogFile`: the one file of a gallery on disk, appended to by one writer, read by anybody."""

from __future__ import annotations

import contextlib
import fcntl
import os
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from fingerprint_engine.errors import CorruptGallery, GalleryError, GalleryLocked
from fingerprint_engine.index.log_format import (
    FILE_HEADER_SIZE,
    Record,
    check_file_header,
    encode_frame,
    file_header,
    read_frames,
)

LOG_NAME, NEW_LOG_NAME, LOCK_NAME = "prints.log", "prints.log.new", "lock"
FRAME_BYTES = 1 << 20
"""Chosen: about as much is written and acknowledged at once when many prints are."""
_LOCK_TEXT = b"A fingerprint gallery: while one process writes to it, it locks this file. Do not delete.\n"


class LogFile:
    """A gallery folder opened for writing. Make it with `open_for_writing`.

    Every change goes to the end of the file and is on the disk when `append` returns. What a failed or interrupted
    write left is taken back, at once or when the file is next opened.
    """

    def __init__(self, folder: Path, lock: int, log: int, size: int) -> None:
        self._folder, self._log, self._size = folder, log, size
        self._is_broken = False
        self._descriptors = [lock, log]
        # Closes, and so unlocks, a gallery that its owner drops without closing.
        self._finalizer = weakref.finalize(self, _close_all, self._descriptors)

    @property
    def size(self) -> int:
        """Bytes of the file that count."""
        return self._size

    def append(self, records: Sequence[Record]) -> None:
        """Write changes that count together: when this returns they survive a crash, when it raises none is there.

        Raises
        ------
        GalleryError
            When the file cannot be written.
        """
        self._require_usable()
        frame = encode_frame(records, self._size)
        try:
            _write_all(self._log, frame, self._size)
            os.fsync(self._log)
        except BaseException as error:
            self._take_back()
            if isinstance(error, OSError):
                raise GalleryError(f"{self._folder / LOG_NAME}: cannot write ({error.strerror})") from error
            raise
        self._size += len(frame)

    def rewrite(self, records: Iterable[Record]) -> None:
        """Replace the file by one with these records only; a crash leaves the old file or the new one.

        Raises
        ------
        GalleryError
            When the new file cannot be written; the old one stays.
        """
        self._require_usable()
        try:
            log, size = _write_new_log(self._folder, in_frames(records))
        except OSError as error:
            raise GalleryError(f"{self._folder / NEW_LOG_NAME}: cannot write ({error.strerror})") from error
        os.close(self._log)
        self._descriptors[1] = self._log = log
        self._size = size

    def close(self) -> None:
        """Unlock the gallery; further calls do nothing."""
        self._finalizer()

    def _require_usable(self) -> None:
        if not self._finalizer.alive:
            raise GalleryError("gallery: it is closed")
        if self._is_broken:
            raise GalleryError("gallery: an earlier write failed and could not be taken back; open it again")

    def _take_back(self) -> None:
        self._is_broken = True  # unless what follows succeeds; the next opening cuts off the torn frame
        with contextlib.suppress(OSError):
            os.ftruncate(self._log, self._size)
            os.fsync(self._log)
            self._is_broken = False


def open_for_writing(folder: Path) -> tuple[LogFile, list[Record]]:
    """Open a gallery folder, made when absent; returns its log and all changes that it holds.

    Raises
    ------
    GalleryError
        When the folder is none, holds other things, or cannot be written.
    GalleryLocked
        When it is open for writing elsewhere, in this process or another.
    CorruptGallery, UnsupportedGalleryVersion
        See `log_format`.
    """
    with _named_errors(folder):
        _make_folder(folder)
        lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        descriptors = [lock]
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GalleryLocked(f"{folder}: another process, or this one, is writing to the gallery") from None
            (folder / NEW_LOG_NAME).unlink(missing_ok=True)
            path = folder / LOG_NAME
            if path.exists():
                log = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            elif os.fstat(lock).st_size:
                raise CorruptGallery(f"{path}: expected the prints of this gallery, found no such file")
            else:
                log, _ = _write_new_log(folder, ())
            descriptors.append(log)
            if not os.fstat(lock).st_size:
                # From now on a missing log is a loss and not a gallery whose making was interrupted.
                os.pwrite(lock, _LOCK_TEXT, 0)
                os.fsync(lock)
            data = path.read_bytes()
            records, size = _replay(data)
            if size < len(data):
                os.ftruncate(log, size)
                os.fsync(log)
        except BaseException:
            _close_all(descriptors)
            raise
        return LogFile(folder, lock, log, size), records


def read_log(folder: Path) -> list[Record]:
    """All changes that a gallery folder holds at this moment; nothing is written or locked.

    Raises
    ------
    GalleryError
        When there is no gallery or it cannot be read.
    CorruptGallery, UnsupportedGalleryVersion
        See `log_format`.
    """
    with _named_errors(folder):
        path = folder / LOG_NAME
        if not path.is_file():
            raise GalleryError(f"{folder}: expected a gallery, found none")
        return _replay(path.read_bytes())[0]


def in_frames(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Cut a stream of records into lists of about `FRAME_BYTES`."""
    frame: list[Record] = []
    size = 0
    for record in records:
        frame.append(record)
        size += len(record.key) + len(record.template or b"")
        if size >= FRAME_BYTES:
            yield frame
            frame, size = [], 0
    if frame:
        yield frame


def _replay(data: bytes) -> tuple[list[Record], int]:
    check_file_header(data)
    records: list[Record] = []
    end = FILE_HEADER_SIZE
    for frame in read_frames(data):
        records += frame.records
        end = frame.end
    return records, end


def _write_new_log(folder: Path, frames: Iterable[Sequence[Record]]) -> tuple[int, int]:
    """Write a whole log beside the old one and put it in its place; returns its descriptor and size."""
    path = folder / NEW_LOG_NAME
    log = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        _write_all(log, file_header(), 0)
        size = FILE_HEADER_SIZE
        for records in frames:
            frame = encode_frame(records, size)
            _write_all(log, frame, size)
            size += len(frame)
        os.fsync(log)
        path.replace(folder / LOG_NAME)
        _sync_folder(folder)
    except BaseException:
        os.close(log)
        path.unlink(missing_ok=True)
        raise
    return log, size


def _write_all(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        _sync_folder(folder.parent)
    elif not folder.is_dir():
        raise GalleryError(f"{folder}: expected a folder, found a file")
    elif not (folder / LOCK_NAME).exists() and not (folder / LOG_NAME).exists() and any(folder.iterdir()):
        raise GalleryError(f"{folder}: expected a gallery or an empty folder, found other files")


def _sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk: a new or renamed file is only safe after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _close_all(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())


@contextlib.contextmanager
def _named_errors(folder: Path) -> Iterator[None]:
    """Turn errors of the system into ours, with the folder in front of damage reports."""
    try:
        yield
    except OSError as error:
        advice = "; open it with read_only=True to search only" if isinstance(error, PermissionError) else ""
        raise GalleryError(f"{folder}: cannot open the gallery ({error.strerror}){advice}") from error
