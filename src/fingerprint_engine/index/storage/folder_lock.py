"""`FolderLock`: one writer at a time; see docs/decisions/gallery-storage.md for why it is our own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fingerprint_engine.errors import GalleryLocked
from fingerprint_engine.index.storage import durable_files

LOCK_NAME = "lock"
"""The file that the one who writes locks."""
_TEXT = b"A fingerprint gallery: while one process writes to it, it locks this file. Do not delete.\n"
_LOCKED_BYTE = 1 << 30
"""Far behind the text, because on Windows nobody may read a byte that is locked."""


class FolderLock:
    """Keeps two writers from one folder; the system releases it when the process ends, however it ends.

    The lock file is locked, and where the system can lock a folder also the folder itself: whoever deletes the file
    and makes another one does not get past that.

    Raises
    ------
    GalleryLocked
        When another process, or this one, holds the lock.
    OSError
        When the lock file cannot be opened or locked.
    """

    def __init__(self, folder: Path) -> None:
        self._file = durable_files.open_to_change(folder / LOCK_NAME, create=True)
        self._descriptors = [self._file]
        try:
            _lock(self._file)
            if hasattr(os, "O_DIRECTORY"):
                self._descriptors.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
                _lock_if_possible(self._descriptors[-1])
        except BaseException as error:
            self.close()
            if isinstance(error, BlockingIOError):
                raise GalleryLocked(f"{folder}: another process, or this one, is writing to the gallery") from None
            raise

    @property
    def is_marked(self) -> bool:
        """Whether `mark` was called at any time since the lock file was made."""
        return os.fstat(self._file).st_size > 0

    def mark(self) -> None:
        """Say that the gallery is made: from now on a missing manifest is a loss, not an interrupted beginning."""
        durable_files.write_all(self._file, _TEXT, 0)
        durable_files.sync(self._file)

    def close(self) -> None:
        """Release the lock; further calls do nothing."""
        while self._descriptors:
            os.close(self._descriptors.pop())


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_if_possible(descriptor: int) -> None:
    """Lock a folder, which file systems over a network refuse."""
    try:
        _lock(descriptor)
    except BlockingIOError:
        raise
    except OSError:
        return
