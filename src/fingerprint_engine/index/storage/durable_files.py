"""A gallery's files: private from the first byte, regular, never behind a link, on the disk when a call returns.

A manifest is written by `whole_files`.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery, NotEnoughMemory
from fingerprint_engine.index.columns.large_pages import read_into_memory

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Permissions: what a gallery holds are people's prints, and whoever may open a file may lock it."""
_SAFE = (
    getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe is not waited for
    | getattr(os, "O_CLOEXEC", 0)
)
_PIECE = 1 << 20
ASIDE_SUFFIX = ".damaged"


def create(path: Path) -> int:
    """A descriptor of a new, empty file that its owner alone may open; what lay there, even a link, is replaced."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFE, PRIVATE_FILE)


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[int]:
    """A descriptor of a new file as of `create`, on the disk when the block ends; nothing is left when it fails."""
    descriptor = create(path)
    try:
        yield descriptor
        sync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def open_to_change(path: Path, *, create: bool = False) -> int:
    """A descriptor of a regular file that is there, or is made when absent; it becomes private.

    Raises
    ------
    CorruptGallery
        When the path names a link, a pipe, a device or a folder.
    OSError
        When it names nothing, or may not be written.
    """
    descriptor = _open(path, os.O_RDWR | (os.O_CREAT if create else 0))
    if hasattr(os, "fchmod") and stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
        with contextlib.suppress(PermissionError):  # of another owner, who shares it
            os.fchmod(descriptor, PRIVATE_FILE)
    return descriptor


def open_to_read(path: Path) -> int:
    """A descriptor of a regular file.

    Raises
    ------
    CorruptGallery, OSError
        As `open_to_change`.
    """
    return _open(path, os.O_RDONLY)


def read_whole(path: Path, max_bytes: int) -> bytes:
    """All bytes of a regular file.

    Raises
    ------
    CorruptGallery
        As `open_to_change`; and when the file has more bytes than allowed.
    OSError
        When it cannot be read.
    """
    descriptor = open_to_read(path)
    try:
        if os.fstat(descriptor).st_size > max_bytes:
            raise CorruptGallery(f"{path}: expected at most {max_bytes} bytes, got {os.fstat(descriptor).st_size}")
        data = b"".join(pieces_of(descriptor, max_bytes))
    finally:
        os.close(descriptor)
    return data


def pieces_of(descriptor: int, max_bytes: int) -> Iterator[bytes]:
    """The bytes of a file from where it stands, some at a time, at most so many."""
    while max_bytes > 0:
        piece = os.read(descriptor, min(_PIECE, max_bytes))
        if not piece:
            return
        max_bytes -= len(piece)
        yield piece


def load(path: Path, descriptor: int, begin: int, size: int) -> NDArray[np.uint8]:
    """`read_into_memory` of an open file, with its path in front of what is wrong.

    Raises
    ------
    CorruptGallery
        When the file is cut short or cannot be read.
    NotEnoughMemory
        When there is not so much.
    """
    try:
        return read_into_memory(descriptor, begin, size)
    except CorruptGallery as error:
        raise CorruptGallery(f"{path}: {error}") from None
    except (MemoryError, OSError) as error:
        if isinstance(error, MemoryError) or error.errno == errno.ENOMEM:
            advice = "open the gallery without in_memory"
            raise NotEnoughMemory(f"{path}: there is no memory for {size} bytes of it; {advice}") from None
        raise CorruptGallery(f"{path}: cannot read it ({error.strerror or error})") from None


def write_all(descriptor: int, data: bytes | bytearray | memoryview, offset: int) -> None:
    """Write all of `data`, however many calls the system makes of it."""
    view = memoryview(data).cast("B") if len(data) else memoryview(b"")
    os.lseek(descriptor, offset, os.SEEK_SET)
    while view:
        view = view[os.write(descriptor, view) :]


def sync(descriptor: int) -> None:
    """Wait until what was written is on the disk."""
    os.fsync(descriptor)


def size_of(descriptor: int) -> int:
    """Bytes of an open file."""
    return os.fstat(descriptor).st_size


def cut(descriptor: int, size: int) -> None:
    """Shorten a file, on the disk."""
    os.ftruncate(descriptor, size)
    os.fsync(descriptor)


def is_there(path: Path, descriptor: int) -> bool:
    """Whether a path still names the file that is open: nobody deleted it or put another in its place."""
    try:
        found = path.stat(follow_symlinks=False)
    except OSError:
        return False
    own = os.fstat(descriptor)
    return (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino)


def aside(path: Path) -> Path:
    """A new name beside a path, for what is put aside there and never read."""
    names = (path.with_name(f"{path.name}{number or ''}{ASIDE_SUFFIX}") for number in itertools.count())
    return next(name for name in names if not os.path.lexists(name))


def asides(path: Path) -> list[Path]:
    """Files that were put aside from a path."""
    name = re.compile(re.escape(path.name) + r"\d*" + re.escape(ASIDE_SUFFIX))
    return [other for other in path.parent.iterdir() if name.fullmatch(other.name) and other.is_file()]


def _open(path: Path, flags: int) -> int:
    try:
        descriptor = os.open(path, flags | _SAFE, PRIVATE_FILE)
    except OSError as error:
        # Links are refused with ELOOP, folders with EISDIR, sockets and pipes without a reader with ENXIO.
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise CorruptGallery(f"{path}: expected a regular file") from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CorruptGallery(f"{path}: expected a regular file")
    return descriptor
