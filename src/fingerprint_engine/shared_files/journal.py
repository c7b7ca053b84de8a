"""A journal: lines that are appended as work is done, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fingerprint_engine.errors import JournalError, NotARegularFile
from fingerprint_engine.shared_files.locks import lock
from fingerprint_engine.whole_files import PRIVATE

MAX_JOURNAL_BYTES = 1 << 30
"""Chosen: forty million scores; another file is refused by its first line, however large it is."""


class Journal:
    """The journal of one run, open for appending; use it in a ``with`` statement.

    Its first line, the heading, says of which run it is. A line counts once it is whole, that is, ends in a line feed.
    The caller knows what the lines mean, and cuts off with `keep` those that it does not believe.

    Parameters
    ----------
    path
        Of the file; made when absent.
    heading
        Identifies the run: a digest of all that its results depend on.
    begin_anew
        Whether a file with another heading is emptied.
    found
        What a file with another heading is said to be.

    Attributes
    ----------
    lines
        The whole lines after the heading that an earlier process wrote, without line feeds.
    is_new
        Whether there was no journal with this heading.
    was_torn
        Whether a line was cut off because that process was stopped; it is gone.

    Raises
    ------
    JournalError
        When the file has another heading and `begin_anew` is false, is no regular file or too large, or when another
        process, or this one, has it open; it stays as it is.
    OSError
        When the file cannot be read or written.
    """

    def __init__(
        self,
        path: Path,
        heading: bytes,
        *,
        begin_anew: bool = False,
        found: str = "expected the journal of this run, found another file",
    ) -> None:
        self._size_of_heading = len(heading) + 1
        self._file = _opened(path)  # writes go to the end, wherever the file was read
        try:
            _lock(self._file, path)
            self._file.seek(0)
            begin = self._file.read(self._size_of_heading)
            self.is_new = begin != heading + b"\n"
            torn = b""
            self.lines: list[bytes] = []
            if self.is_new:
                if not begin_anew and not heading.startswith(begin):
                    raise JournalError(f"{path}: {found}")
                self._file.truncate(0)
                self.append([heading])
            else:
                if os.fstat(self._file.fileno()).st_size > MAX_JOURNAL_BYTES:
                    raise JournalError(f"{path}: expected a journal of at most {MAX_JOURNAL_BYTES} bytes")
                *self.lines, torn = self._file.read().split(b"\n")
            self.was_torn = bool(torn)
            if torn:
                self.keep(len(self.lines))
        except BaseException:
            self._file.close()
            raise

    @classmethod
    def of_run(cls, path: Path, heading: bytes, other: str) -> Self:
        """The journal of a run; `other` says what is not the same where the file is that of another run.

        Raises
        ------
        JournalError
            When it is, or cannot be read or written.
        """
        try:
            return cls(path, heading, found=f"the journal of {other}")
        except OSError as error:
            raise JournalError(f"{path}: cannot keep a journal ({error.strerror})") from error

    def keep(self, count: int) -> None:
        """Cut off all but the first `count` of `lines`."""
        self.lines = self.lines[:count]
        self._file.truncate(self._size_of_heading + sum(len(line) + 1 for line in self.lines))

    def append(self, lines: Iterable[bytes]) -> None:
        """Hand lines to the system at once, so that ending this process loses none; they are not added to `lines`."""
        self._file.write(b"".join(line + b"\n" for line in lines))
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()


def _lock(file: BinaryIO, path: Path) -> None:
    """One process at a time: of two, each would append what the other does too, and lines are counted.

    The system unlocks the file when it is closed. Where files cannot be locked there is no lock.
    """
    try:
        lock(file.fileno())
    except BlockingIOError:
        raise JournalError(f"{path}: another process, or this one, is writing to the journal") from None
    except (ImportError, OSError):  # a system or a file system without locks
        return


def _opened(path: Path) -> BinaryIO:
    """The file, made for its owner alone when absent: a journal holds scores. Never waits for another process."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    opened = os.open(path, flags, PRIVATE)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise JournalError(str(NotARegularFile(str(path))))
    return os.fdopen(opened, "a+b")
