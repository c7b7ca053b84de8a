"""The one lock of open files between processes; the system releases it when its holder ends, however it ends.

POSIX locks the whole file, Windows one byte of it; who reads the file notices neither.
"""

from __future__ import annotations

import os
import sys

LOCKED_BYTE = 1 << 30
"""Of a file, on Windows: nobody else may read a byte that is locked there, so it lies behind all that is read."""


def lock(descriptor: int) -> None:
    """Lock an open file, or where the system can an open folder; waits for nobody.

    Raises
    ------
    BlockingIOError
        When another process, or this one through another descriptor, holds the lock.
    OSError
        When the file system has no lock for it.
    ImportError
        When the system has none.
    """
    if sys.platform == "win32":
        import msvcrt

        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def unlock(descriptor: int) -> None:
    """Release the lock itself: closing a descriptor leaves it with a forked child that has a copy. Windows forks none.

    Raises
    ------
    OSError
        When the file system cannot.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
