"""Where compiled kernels are kept between processes: a folder that nobody else can write to, or nowhere.

Numba's cache is read with pickle: whoever can write there runs code in every process that reads it. So a folder counts
only if it and all above it belong to this user or to root, and nobody else may write or rename there. Candidates are
``NUMBA_CACHE_DIR``, the user's own cache folder, and a folder of this user's in the folder of temporary files. Without
any, every process compiles anew, for some 20 seconds.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import stat
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from fingerprint_engine.errors import KernelCacheWarning

VARIABLE = "NUMBA_CACHE_DIR"
PRIVATE_FOLDER = 0o700
NAME = "fingerprint_engine-kernels"
_LOG = logging.getLogger(__name__)


@functools.cache
def kernel_folder() -> Path | None:
    """The folder of this process's kernels; None when there is no safe one. Says so when it is not the first choice."""
    complaints: list[str] = []
    for number, candidate in enumerate(_candidates()):
        problem = unsafe(candidate)
        if problem is None:
            if number:
                _warn(f"compiled kernels are kept in {candidate}: {'; '.join(complaints)}")
            _LOG.info("compiled kernels are kept in %s", candidate)
            return candidate
        complaints.append(f"{candidate}: {problem}")
    _LOG.warning("compiled kernels are kept nowhere: every process compiles anew")
    _warn(f"compiled kernels are kept nowhere, so every process compiles anew: {'; '.join(complaints)}")
    return None


def unsafe(folder: Path) -> str | None:
    """Make a folder for this user alone if it is absent; what speaks against reading pickles from it, None if nothing.

    On systems without users of POSIX only that it can be written.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        real = folder.resolve(strict=True)
        if hasattr(os, "getuid"):
            for place in (real, *real.parents):
                problem = _others_write(place.lstat(), is_parent=place != real)
                if problem is not None:
                    return problem if place == real else f"{place} {problem}"
            is_reachable = bool(real.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH))
            for name, inner in _inside(real):
                if inner.st_uid != os.getuid() or stat.S_ISLNK(inner.st_mode):
                    return f"{name} in it is not ours"
                if is_reachable and _others_write(inner, is_parent=False) is not None:
                    return f"{name} in it can be written by others"
        tempfile.TemporaryFile(dir=real).close()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _candidates() -> Iterator[Path]:
    """Folders to try, best first; those that cannot be named are passed over."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        yield Path(chosen)
    home = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    if not home or not Path(home).is_absolute():
        try:
            home = str(Path.home() / ".cache")
        except RuntimeError:  # no home
            home = None
    if home:
        yield Path(home) / NAME
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    yield Path(tempfile.gettempdir()) / f"{NAME}{user}"


def _others_write(found: os.stat_result, *, is_parent: bool) -> str | None:
    """What lets others put files in a place, or put another place there instead."""
    us = os.getuid()
    if found.st_uid not in ((us, 0) if is_parent else (us,)):
        return "belongs to somebody else"
    if is_parent and found.st_mode & stat.S_ISVTX:
        return None  # as /tmp: others may add files, but neither rename nor remove ours
    # A group of the same number as the user is the user's own, by the convention of most systems.
    is_own_group = us != 0 and found.st_gid == us
    if found.st_mode & (stat.S_IWOTH | (0 if is_own_group else stat.S_IWGRP)):
        return "can be written by others"
    return None


def _inside(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """All that is in a folder and in those below it: it may have been open to others once."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # another process has just renamed it
                yield entry.name, entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    yield from _inside(Path(entry.path))


def _warn(message: str) -> None:
    warnings.warn(message, KernelCacheWarning, stacklevel=2)
