"""Files that are written whole or not at all.

The data go to a new file in the same folder, which then takes the place of the old one. Its name cannot be guessed, it
is never opened through a link, and until it is renamed only its owner may read it, so that neither another process nor
a crash can make half a file, or the file of somebody else, pass for ours.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

PRIVATE = 0o600
"""Permissions of a file that its owner alone may read: what shows somebody's print."""
SHARED = 0o666
"""Permissions as the user's umask allows them."""
PARTIAL_PATTERN = r"\.{name}\.[0-9a-f]{{16}}\.partial"
"""Regular expression of what a file is called while it is written; a crash leaves it."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


def write_whole(path: Path, data: bytes | Iterable[bytes], *, overwrite: bool, mode: int = PRIVATE) -> None:
    """Write a file whole or not at all; a crash leaves the old one or the new one.

    Parameters
    ----------
    path
        Of the file. A link is replaced, not followed.
    data
        All that the file is to hold, in one piece or in several.
    overwrite
        Whether a file that exists is replaced.
    mode
        Permissions of the file, less the umask.

    Raises
    ------
    FileExistsError
        When there is such a file, even one that appeared meanwhile, and `overwrite` is false.
    OSError
        When the file cannot be written; then nothing is left of it.
    """
    partial = write_beside(path, data, mode=mode)
    try:
        if overwrite:
            partial.replace(path)
        else:
            _rename_to_new(partial, path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def write_beside(path: Path, data: bytes | Iterable[bytes], *, mode: int = PRIVATE) -> Path:
    """Write the data to a new file beside `path`, on the disk, for the caller to rename.

    Returns
    -------
    Path
        Of the new file.

    Raises
    ------
    OSError
        When it cannot be written; then nothing is left of it.
    """
    if not path.name:  # of an empty text, or the root
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        descriptor = os.open(partial, _NEW, mode)
    except ValueError as error:  # a null character in the name, or one that no name can hold
        raise FileNotFoundError(errno.ENOENT, str(error), str(path)) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    return partial


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk: a new or renamed file is only safe after this.

    Systems without folders that can be opened, such as Windows, keep the names by themselves.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename_to_new(partial: Path, path: Path) -> None:
    """Rename, unless the name is taken; unlike a check before, this cannot lose a race."""
    if os.name == "nt":
        partial.rename(path)  # refuses a name that is taken
        return
    try:
        os.link(partial, path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        os.close(os.open(path, _NEW, PRIVATE))  # a memory stick: take the name first, then replace what is ours
        try:
            partial.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
