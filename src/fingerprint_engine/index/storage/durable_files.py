"""Writing a gallery's logs and segments, so that what is written is on the disk when a call returns.

A manifest is written by `whole_files`.
"""

from __future__ import annotations

import os
from pathlib import Path

_CHANGE = os.O_RDWR | getattr(os, "O_BINARY", 0)


def create(path: Path) -> int:
    """A descriptor of a new, empty file."""
    return os.open(path, _CHANGE | os.O_CREAT | os.O_TRUNC, 0o666)


def open_to_change(path: Path, *, create: bool = False) -> int:
    """A descriptor of a file that is there, or is made when absent."""
    return os.open(path, _CHANGE | (os.O_CREAT if create else 0), 0o666)


def write_all(descriptor: int, data: bytes | bytearray | memoryview, offset: int) -> None:
    """Write all of `data`, however many calls the system makes of it."""
    view = memoryview(data).cast("B") if len(data) else memoryview(b"")
    os.lseek(descriptor, offset, os.SEEK_SET)
    while view:
        view = view[os.write(descriptor, view) :]


def sync(descriptor: int) -> None:
    """Wait until what was written is on the disk."""
    os.fsync(descriptor)


def cut(descriptor: int, size: int) -> None:
    """Shorten a file, on the disk."""
    os.ftruncate(descriptor, size)
    os.fsync(descriptor)
