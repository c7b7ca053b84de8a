"""Other packages that work for the engine: which plug-ins it may load, and which runtime computes its network.

A package that is installed may offer image codecs in the entry-point group ``fingerprint_engine.image_codecs``. They
are code that runs in this process with all of its rights. By default all are used; the environment variable `VARIABLE`
names those that may be, separated by commas, or ``none``. What this package offers itself is always there. What lies in
the working folder is no plug-in: ``python -c`` and ``python -m`` put that folder first on the module path, and whoever
may write there, or sent the files that lie there, must not decide what is executed.

A runtime is how the work is done and not what comes out, so it is no parameter of templates. `RUNTIME_VARIABLE` names
one, and child processes inherit it; none takes the place of one that was named and is not installed.
"""

from __future__ import annotations

import importlib.metadata
import logging
import os
import sys
from collections.abc import Collection
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from fingerprint_engine.errors import ImageError
from fingerprint_engine.parameters import one_of

IMAGE_CODECS = "fingerprint_engine.image_codecs"
VARIABLE = "FINGERPRINT_ENGINE_PLUGINS"
NONE = "none"
RuntimeName = Literal["compiled", "opencv", "onnxruntime"]
"""This package's own kernels, OpenCV, which every installation has as well, or ONNX Runtime (extra `onnxruntime`)."""
RUNTIMES: tuple[RuntimeName, ...] = get_args(RuntimeName)
DEFAULT_RUNTIME: RuntimeName = "compiled"
RUNTIME_VARIABLE = "FINGERPRINT_ENGINE_RUNTIME"
_LOG = logging.getLogger(__name__)


class Plugin(NamedTuple):
    """A class that an installed package offers; nothing of it has been loaded.

    Attributes
    ----------
    name
        Of the plug-in.
    target
        Module and class.
    package
        Name and version of the package that offers it.
    is_own
        Whether its code is this package's.
    is_allowed
        Whether it may be loaded.
    """

    name: str
    target: str
    package: str
    is_own: bool
    is_allowed: bool


def allowed_names() -> frozenset[str] | None:
    """Names of the plug-ins that the environment allows; None where it does not restrict them."""
    stated = os.environ.get(VARIABLE)
    if stated is None:
        return None
    return frozenset(name for name in (part.strip() for part in stated.split(",")) if name and name != NONE)


def installed_plugins(group: str = IMAGE_CODECS, allowed: Collection[str] | None = None) -> tuple[Plugin, ...]:
    """What installed packages offer, by name; see `allowed_plugins`."""
    usable = allowed_plugins(group, allowed)
    found = []
    for entry in entry_points(group):
        package = "" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
        found.append(Plugin(entry.name, entry.value, package, _is_own(entry), entry in usable))
    return tuple(found)


def allowed_plugins(group: str = IMAGE_CODECS, allowed: Collection[str] | None = None) -> tuple[EntryPoint, ...]:
    """The entry points that may be loaded, by name.

    Parameters
    ----------
    group
        Of the entry points.
    allowed
        Names of those that may be; None: those that the environment allows, by default all.
    """
    names = allowed_names() if allowed is None else allowed
    return tuple(entry for entry in entry_points(group) if names is None or entry.name in names or _is_own(entry))


def chosen_runtime() -> RuntimeName:
    """The runtime that the environment names.

    Raises
    ------
    ParameterError
        When there is none of that name.
    """
    return one_of(os.environ.get(RUNTIME_VARIABLE, DEFAULT_RUNTIME), RUNTIME_VARIABLE, RUNTIMES)


def loaded_plugin(entry: EntryPoint) -> Any:
    """The class that an entry point names.

    Raises
    ------
    ImageError
        When it would be imported from the working folder instead of the installed package.
    """
    top = entry.module.partition(".")[0]
    if top not in sys.modules and (working := _untrusted_folder()) is not None:
        spec = find_spec(top)
        places = () if spec is None else (spec.submodule_search_locations or (spec.origin or "",))
        if any(Path(place).resolve().parent == working for place in places):
            raise ImageError(f"image codec {entry.name!r} ({entry.value}): its module lies in the working folder")
    found = entry.load()
    if not _is_own(entry):
        package = "an unknown package" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
        _LOG.info("plug-in %s (%s) of %s was loaded", entry.name, entry.value, package)
    return found


def extension_module(name: str) -> ModuleSpec | None:
    """Where a module of an installed package is; None where it is not installed."""
    return PathFinder.find_spec(name, _search_path())


def entry_points(group: str) -> list[EntryPoint]:
    """What installed packages offer in a group, by name; one that is installed twice counts once."""
    found: dict[tuple[str, str], EntryPoint] = {}
    for distribution in importlib.metadata.distributions(path=_search_path()):
        for entry in distribution.entry_points.select(group=group):
            found.setdefault((entry.name, entry.value), entry)
    return [found[name] for name in sorted(found)]


def _search_path() -> list[str]:
    """The module path, without the working folder."""
    working = _untrusted_folder()
    return sys.path if working is None else [entry for entry in sys.path if Path(entry).resolve() != working]


def _untrusted_folder() -> Path | None:
    """The working folder; None where it was deleted, or this package itself lies there."""
    try:
        working = Path.cwd().resolve()
    except OSError:
        return None
    return None if working == Path(__file__).resolve().parents[1] else working


def _is_own(entry: EntryPoint) -> bool:
    return entry.value.startswith("fingerprint_engine.")
