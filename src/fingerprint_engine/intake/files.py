"""Which files are meant: names as they are, folders, patterns, and a resolution that is said with a name."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from pathlib import Path

from fingerprint_engine.errors import EmptyInput
from fingerprint_engine.regular_files import path_of

_WITH_PPI = re.compile(r"(?P<name>.+)@(?P<ppi>\d{1,5}(?:\.\d+)?)(?:ppi)?")


def files_in(paths: Iterable[str | os.PathLike[str]], *, recursive: bool = False) -> list[Path]:
    """Files as they are, and in place of a folder or a pattern the files in it, by name.

    Parameters
    ----------
    paths
        Files, folders, and patterns with ``*``, ``?``, ``[...]`` and ``**``, which a shell may have left alone. What is
        there is taken as it is, whatever its name.
    recursive
        Whether folders in folders are looked into. Names that begin with a point are passed over.

    Raises
    ------
    EmptyInput
        When a folder or a pattern gives no file: whoever names it expects some.
    """
    found: list[Path] = []
    for path in (path_of(one, "paths") for one in paths):
        if path.is_dir():
            inside = _in_folder(path, recursive)
            what = "files in this folder" + (" or those below it" if recursive else "; --recursive looks below it")
        elif glob.has_magic(str(path)) and not os.path.lexists(path):
            matching = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207, patterns may begin at the root
            inside = [one for name in matching if (one := Path(name)).is_file()]
            what = "files whose names fit this pattern"
        else:
            found.append(path)
            continue
        if not inside:
            raise EmptyInput(f"{path}: expected {what}, found none")
        found += inside
    return found


def _in_folder(folder: Path, recursive: bool) -> list[Path]:
    pattern = "**/*" if recursive else "*"
    inside = (path for path in folder.glob(pattern) if path.is_file())
    return sorted(path for path in inside if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def with_resolution(path: Path) -> tuple[Path, float | None]:
    """A file and the resolution that is said with its name: ``probe.png@1000``; None where none is.

    A file that has such a name is taken as it is.
    """
    said = _WITH_PPI.fullmatch(str(path))
    if said is None or os.path.lexists(path):
        return path, None
    return Path(said["name"]), float(said["ppi"])
