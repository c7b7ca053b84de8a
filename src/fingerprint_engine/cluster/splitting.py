"""`split` and `join`: a gallery in shards by subject, and shards in one gallery again."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from fingerprint_engine.errors import GalleryError, InputError, ParameterError
from fingerprint_engine.index import Gallery, PrintDetails
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.text.shown import brief

MAX_SHARDS = 4096
Progress = Callable[[int, int], object]


def split(
    source: str | Path,
    folder: str | Path,
    shards: int,
    *,
    progress: Progress | None = None,
    keys: KeyRing | None = None,
) -> tuple[Path, ...]:
    """Put the prints of a gallery into shards, all of a subject into the same one; the gallery stays as it is.

    Which one follows from the subject alone: its `text_hash` (that of the key where there is none) modulo their number.
    What was measured on the gallery has to be measured again on each shard.

    Parameters
    ----------
    source, folder
        The gallery, and a folder that is not there yet.
    shards
        How many, 1 to `MAX_SHARDS`.
    progress
        Called with the number of shards done and of all.
    keys
        Of a gallery that is protected; its shards are then as well.

    Returns
    -------
    The shards, ``shard-0000`` and so on.

    Raises
    ------
    ParameterError, GalleryError
        When the number is out of range, the folder is there, or a gallery cannot be read or written.
    """
    if isinstance(shards, bool) or not isinstance(shards, int) or not 1 <= shards <= MAX_SHARDS:
        raise ParameterError(f"shards: expected a whole number from 1 to {MAX_SHARDS}, got {brief(shards)}")
    target = path_of(folder, "folder")
    paths = tuple(target / f"shard-{number:04d}" for number in range(shards))
    with Gallery.open(source, read_only=True, keys=keys) as gallery, _whole_or_not_at_all(target, "folder"):
        for number, path in enumerate(paths):
            with Gallery.open(path, keys=keys) as shard:
                shard.enrol_many(_prints(gallery, shards, number))
                shard.compact()
            if progress is not None:
                progress(number + 1, shards)
    return paths


def join(
    shards: Sequence[str | Path], target: str | Path, *, progress: Progress | None = None, keys: KeyRing | None = None
) -> int:
    """Put the prints of shards into one gallery, which is not there yet; gives their number.

    Raises
    ------
    InputError
        As `several_paths`.
    GalleryError
        When the target is there, a key is in two shards, or a gallery cannot be read or written; then no target is.
    """
    place, paths = path_of(target, "target"), several_paths(shards)
    with _whole_or_not_at_all(place, "gallery"), Gallery.open(place, keys=keys) as gallery:
        for number, path in enumerate(paths):
            with Gallery.open(path, read_only=True, keys=keys) as shard:
                enrolled = gallery.enrol_many(_prints(shard))
            if enrolled.refused:
                raise GalleryError(f"{path}: {len(enrolled.refused)} prints cannot be joined: {enrolled.refused[0][1]}")
            if progress is not None:
                progress(number + 1, len(paths))
        gallery.compact()
        return len(gallery)


def several_paths(shards: Sequence[str | Path]) -> list[str]:
    """The paths of shards that a caller gave.

    Raises
    ------
    InputError
        When there are none, one is no path, or one is there twice.
    """
    if isinstance(shards, str | os.PathLike) or not isinstance(shards, Iterable):
        raise InputError(f"shards: expected several paths, got {brief(shards)}")
    paths = [str(path_of(path, "shards")) for path in shards]
    if not paths:
        raise InputError("shards: expected paths of shards, got none")
    if twice := [path for path, times in Counter(paths).items() if times > 1]:
        raise InputError(f"shards: expected each path once, got {brief(twice[0])} several times")
    return paths


@contextlib.contextmanager
def _whole_or_not_at_all(folder: Path, what: str) -> Iterator[None]:
    """Make a new folder, of which an error leaves nothing."""
    if folder.exists():
        raise GalleryError(f"{folder}: expected a {what} that is not there yet")
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _prints(gallery: Gallery, shards: int = 1, number: int = 0) -> Iterator[tuple[str, bytes, PrintDetails]]:
    """Key, template and details of the prints that belong into one of so many shards, in the order of enrolment."""
    for view in gallery.snapshot().views:
        for row in np.flatnonzero(view.alive & (view.traits.subject % np.uint64(shards) == number)).tolist():
            yield view.key(row), view.columns.template_bytes(row), view.details(row)
