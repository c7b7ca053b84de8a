"""Writing so that it is on the disk when a call returns: the one place that writes a gallery's files."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

NEW_SUFFIX = ".new"
"""What a file is called while it is being made; left over from a crash, it is deleted."""


def create(path: Path) -> int:
    """A descriptor of a new, empty file."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)


def open_to_change(path: Path, *, create: bool = False) -> int:
    """A descriptor of a file that is there, or is made when absent."""
    return os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o666)


def write_all(descriptor: int, data: bytes | bytearray | memoryview, offset: int) -> None:
    """Write all of `data`, however many calls the system makes of it."""
    view = memoryview(data).cast("B") if len(data) else memoryview(b"")
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def sync(descriptor: int) -> None:
    """Wait until what was written is on the disk."""
    os.fsync(descriptor)


def cut(descriptor: int, size: int) -> None:
    """Shorten a file, on the disk."""
    os.ftruncate(descriptor, size)
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk: a new or renamed file is only safe after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_new(path: Path, data: bytes) -> Path:
    """Write a whole file beside `path`, on the disk; the caller puts it in its place by renaming."""
    new = path.with_name(path.name + NEW_SUFFIX)
    try:
        descriptor = create(new)
        try:
            write_all(descriptor, data, 0)
            sync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    return new
