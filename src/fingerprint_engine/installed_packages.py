"""Where installed packages are looked for: on the module path without the working folder.

``python -c`` and ``python -m`` put the working folder first on the module path. Whoever may write there, or sent the
files that lie there, must not decide what is executed.
"""

from __future__ import annotations

import importlib.metadata
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path

from fingerprint_engine.errors import ImageError


def search_path() -> list[str]:
    """The module path, without the working folder and what is relative to it."""
    working = _working_folder()
    return [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry) != working]


def entry_points(group: str) -> list[EntryPoint]:
    """What installed packages offer in a group, by name; one that is installed twice counts once."""
    found: dict[tuple[str, str], EntryPoint] = {}
    for distribution in importlib.metadata.distributions(path=search_path()):
        for entry in distribution.entry_points.select(group=group):
            found.setdefault((entry.name, entry.value), entry)
    return [found[name] for name in sorted(found)]


def extension_module(name: str) -> ModuleSpec | None:
    """Where a module of an installed package is; None where it is not installed."""
    return PathFinder.find_spec(name, search_path())


def check_origin(entry: EntryPoint) -> None:
    """Refuse what would be imported from the working folder instead of the installed package.

    Raises
    ------
    ImageError
        Which names the entry point.
    """
    top = entry.module.partition(".")[0]
    if top in sys.modules:
        return
    spec = find_spec(top)
    places = () if spec is None else (spec.submodule_search_locations or (spec.origin or "",))
    if any(Path(place).parent == _working_folder() for place in places) and _working_folder_is_searched():
        raise ImageError(f"image codec {entry.name!r} ({entry.value}): its module lies in the working folder")


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return None


def _working_folder_is_searched() -> bool:
    return len(search_path()) < len(sys.path)
