"""Windows where files are locked, simulated: its locks belong to an open file and lie on bytes."""

from __future__ import annotations

import errno
import os
import sys
import types

import pytest


def simulate_windows(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], int]:
    """Take away what Windows lacks; gives the locked bytes (of which file, where) and who holds them.

    A lock stays when its file is closed, as it does not there: whoever simulates that clears what was given.
    """
    locked: dict[tuple[int, int], int] = {}

    def locking(descriptor: int, mode: int, count: int) -> None:
        place = (os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR))
        assert (mode, count) == (2, 1)
        if place in locked:
            raise PermissionError(errno.EACCES, "Permission denied")
        locked[place] = descriptor

    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr(sys, "platform", "win32")
    for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "pwrite"):
        monkeypatch.delattr(os, name)
    return locked
