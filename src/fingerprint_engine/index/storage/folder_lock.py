"""`FolderLock`: one writer at a time; see docs/decisions/gallery-storage.md for why it is our own."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from fingerprint_engine.errors import GalleryError, GalleryLocked
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader, decode_header, encode_header
from fingerprint_engine.shared_files.locks import lock, unlock

LOCK_NAME = "lock"
"""The file that the one who writes locks."""
LOCK_MARK = b"\x89FPGK\r\n\x1a"
LOCK_TEXT = b"\nA fingerprint gallery: while one process writes to it, it locks this file. Do not delete.\n"


class FolderLock:
    """Keeps two writers from one folder; the system releases it when the process ends, however it ends.

    The lock file is locked, and where the system can lock a folder also the folder itself: whoever deletes the file
    and makes another one does not get past that. Both are the owner's alone, since whoever can open them can lock them;
    a folder that others could open until now becomes private, and if one of them has locked it that does not count.

    Raises
    ------
    GalleryLocked
        When another process, or this one, holds the lock.
    CorruptGallery
        When the lock file is no regular file.
    OSError
        When the lock file cannot be opened or locked.
    """

    def __init__(self, folder: Path) -> None:
        self._path, self._process = folder / LOCK_NAME, os.getpid()
        is_private = _make_private(folder)
        self._file = durable_files.open_to_change(self._path, create=True)
        self.descriptors = [self._file]
        try:
            lock(self._file)
            if not self.is_in_place:  # deleted between opening and locking: another may hold the new one
                raise BlockingIOError
            if hasattr(os, "O_DIRECTORY"):
                self.descriptors.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
                _lock_if_possible(self.descriptors[-1], must_be_free=is_private)
        except BaseException as error:
            self.close()
            if isinstance(error, BlockingIOError):
                raise GalleryLocked(f"{folder}: another process, or this one, is writing to the gallery") from None
            raise

    @property
    def is_in_place(self) -> bool:
        """Whether the lock file is still the one that is locked."""
        return durable_files.is_there(self._path, self._file)

    @property
    def identity(self) -> bytes | None:
        """Of the gallery, when `mark` was called at any time since the lock file was made.

        Raises
        ------
        CorruptGallery, UnsupportedGalleryVersion
            When the file holds something else.
        """
        os.lseek(self._file, 0, os.SEEK_SET)
        data = b"".join(durable_files.pieces_of(self._file, HEADER_SIZE))
        return decode_header(data, LOCK_MARK, LOCK_NAME).identity if data else None

    def mark(self, identity: bytes) -> None:
        """Say that the gallery is made: from now on a missing manifest is a loss, not an interrupted beginning."""
        data = encode_header(LOCK_MARK, FileHeader(identity, 0)) + LOCK_TEXT
        durable_files.write_all(self._file, data, 0)
        durable_files.sync(self._file)

    def require_place(self) -> None:
        """Check that nobody deleted the lock file.

        Raises
        ------
        GalleryError
        """
        if not self.is_in_place:
            raise GalleryError(f"{self._path}: it was deleted or replaced; nothing more is written to the gallery")

    def close(self) -> None:
        """Release the lock, also when a child that was forked holds a copy of it; further calls do nothing."""
        while self.descriptors:
            descriptor = self.descriptors.pop()
            if os.getpid() == self._process:
                with contextlib.suppress(OSError):
                    unlock(descriptor)
            os.close(descriptor)

    def abandon(self) -> None:
        """Close the copies of a forked child; the lock stays with the owner."""
        while self.descriptors:
            os.close(self.descriptors.pop())


def _make_private(folder: Path) -> bool:
    """Let nobody else into the folder; whether that was so before."""
    if not hasattr(os, "geteuid"):
        return True
    found = folder.stat()
    if not stat.S_IMODE(found.st_mode) & 0o077:
        return True
    if found.st_uid == os.geteuid():
        folder.chmod(durable_files.PRIVATE_FOLDER)
    return False


def _lock_if_possible(descriptor: int, *, must_be_free: bool) -> None:
    """Lock a folder, which file systems over a network refuse, and which others may have locked who could open it."""
    try:
        lock(descriptor)
    except BlockingIOError:
        if must_be_free:
            raise
    except OSError:
        return
