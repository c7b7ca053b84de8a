"""`SealedSegments`: which segments this installation made or has looked at wholly, kept in its own private place.

A segment in that list, in a file that nobody touched since, is not looked at again when a gallery is opened. Without
the list, or when anybody else may write to it, every segment is looked at.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.segments.segment import Segment
from fingerprint_engine.whole_files import PRIVATE, write_whole

STATE_VARIABLE = "FINGERPRINT_ENGINE_STATE"
"""Names the folder of private state; by default one in `$XDG_STATE_HOME`, or in ~/.local/state."""
_FOLDER = Path("fingerprint-engine") / "sealed"
MAX_STATE_BYTES = 1 << 22
_HEADING = "fingerprint-engine sealed segments 1"


class SealedSegments:
    """The segments of one gallery that need not be looked at again.

    Parameters
    ----------
    identity
        Of the gallery.
    folder
        Where the list is kept; None: `state_folder`.
    """

    def __init__(self, identity: bytes, folder: Path | None = None) -> None:
        folder = folder or state_folder()
        self._path = None if folder is None else folder / f"{identity.hex()}.txt"
        self._known = _read(self._path)

    def knows(self, segment: Segment) -> bool:
        """Whether the segment was made or looked at here, and its file was not touched since."""
        return _line(segment) in self._known

    def keep(self, segments: Iterable[Segment]) -> None:
        """Remember exactly these segments; what cannot be written is looked at again another time."""
        lines = frozenset(_line(segment) for segment in segments)
        if self._path is None or lines == self._known:
            return
        self._known = lines
        with contextlib.suppress(OSError):
            folder = self._path.parent
            folder.mkdir(mode=durable_files.PRIVATE_FOLDER, parents=True, exist_ok=True)
            if _is_private(folder):
                text = "\n".join([_HEADING, *sorted(lines)]) + "\n"
                write_whole(self._path, text.encode(), overwrite=True, mode=PRIVATE)


def state_folder() -> Path | None:
    """Where lists are kept by default; None where there is no such place."""
    if given := os.environ.get(STATE_VARIABLE):
        return Path(given)
    if given := os.environ.get("XDG_STATE_HOME"):
        return Path(given) / _FOLDER
    try:
        return Path.home() / ".local" / "state" / _FOLDER
    except RuntimeError:  # a user without a home
        return None


def _line(segment: Segment) -> str:
    indexes = (index.digest.hex() for index in segment.entry.indexes)
    return " ".join([segment.entry.digest.hex(), *indexes, *map(str, segment.file.stamp)])


def _read(path: Path | None) -> frozenset[str]:
    """The lines of a list that is ours alone; none when it is anything else."""
    if path is None:
        return frozenset()
    try:
        if not _is_private(path.parent) or not _is_private(path):
            return frozenset()
        lines = durable_files.read_whole(path, MAX_STATE_BYTES).decode("ascii").splitlines()
    except (OSError, UnicodeDecodeError, CorruptGallery):
        return frozenset()
    return frozenset(lines[1:]) if lines[:1] == [_HEADING] else frozenset()


def _is_private(path: Path) -> bool:
    """Whether nobody but this user can have written it."""
    found = path.stat(follow_symlinks=False)
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o022
