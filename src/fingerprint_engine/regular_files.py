"""The one way in which files of a caller's are opened for reading: regular files only, and no more bytes than allowed.

A named pipe, a device or a socket would be waited for, perhaps for ever; a file of ``/proc`` or one that grows says
nothing true about its size.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from fingerprint_engine.errors import InputError, LimitExceeded, NotARegularFile
from fingerprint_engine.text.shown import brief

STANDARD_INPUT = "-"
"""Name by which a command is asked to read standard input."""
_READ = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe without a writer is not waited for
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def path_of(given: object, what: str) -> Path:
    """The path that a caller gave.

    Parameters
    ----------
    given
        A text or a path.
    what
        Names it in the error.

    Raises
    ------
    InputError
        When it is something else, or no file can have that name.
    """
    if not isinstance(given, str | os.PathLike):
        raise InputError(f"{what}: expected the name of a file or folder, got {type(given).__name__}")
    path = Path(given)
    if not is_system_text(str(path)):
        raise InputError(f"{what}: expected a name that a file can have, got {brief(str(path))}")
    return path


def is_system_text(text: str) -> bool:
    """Whether the system can take a text as a name, a word of a command or a variable's value.

    None of them has a null character, nor what the encoding of names cannot hold.
    """
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file for reading.

    Raises
    ------
    NotARegularFile
        When the path names a pipe, a device or a socket.
    InputError
        When it is no path.
    OSError
        When it names a folder or nothing, or may not be read.
    """
    try:
        name = os.fspath(path)
    except TypeError:
        raise InputError(f"path: expected the name of a file, got {type(path).__name__}") from None
    try:
        descriptor = os.open(name, _READ)
    except ValueError as error:  # a null character in the name
        raise FileNotFoundError(errno.ENOENT, str(error), name) from error
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.EOPNOTSUPP):  # a socket
            raise NotARegularFile(str(name)) from error
        raise
    try:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if not stat.S_ISREG(kind):
            raise NotARegularFile(str(name))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """All bytes of a file.

    Parameters
    ----------
    path
        Of the file.
    max_bytes
        How many it may have; one that grows meanwhile is noticed.

    Raises
    ------
    NotARegularFile, OSError
        As `open_regular`.
    LimitExceeded
        When the file has more bytes.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            raise LimitExceeded("file_bytes", max_bytes, size, os.fspath(path))
        data = file.read(size + 1) or b""
        if len(data) > size:  # it grows, or it is one of those that say that they are empty
            data += file.read(max_bytes + 1 - len(data)) or b""
        return _checked(data, max_bytes, os.fspath(path))


def read_input(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """All bytes of a file, or of standard input where the path is ``-``; see `read_regular`."""
    if os.fspath(path) == STANDARD_INPUT:
        return _checked(sys.stdin.buffer.read(max_bytes + 1), max_bytes, "standard input")
    return read_regular(path, max_bytes)


def _checked(data: bytes, max_bytes: int, name: str) -> bytes:
    if len(data) > max_bytes:
        raise LimitExceeded("file_bytes", max_bytes, len(data), name)
    return data
