"""Plug-ins: which classes of other installed packages the engine may load, and what they are.

A package that is installed may offer image codecs in the entry-point group ``fingerprint_engine.image_codecs``. They
are code that runs in this process with all of its rights. By default all are used; the environment variable `VARIABLE`
names those that may be, separated by commas, or ``none``. What this package offers itself is always there. What lies in
the working folder is no plug-in, whatever the module path says.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from importlib.metadata import EntryPoint
from typing import Any, NamedTuple

from fingerprint_engine.installed_packages import check_origin, entry_points

IMAGE_CODECS = "fingerprint_engine.image_codecs"
VARIABLE = "FINGERPRINT_ENGINE_PLUGINS"
NONE = "none"


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


@contextlib.contextmanager
def plugins_allowed(stated: str | None) -> Iterator[None]:
    """Allow what a command says, for as long as it runs, in this process and its children; None changes nothing."""
    before = os.environ.get(VARIABLE)
    try:
        if stated is not None:
            os.environ[VARIABLE] = stated
        yield
    finally:
        if stated is not None:
            if before is None:
                os.environ.pop(VARIABLE, None)
            else:
                os.environ[VARIABLE] = before


def loaded_plugin(entry: EntryPoint) -> Any:
    """The class that an entry point names.

    Raises
    ------
    ImageError
        When it would be imported from the working folder instead of the installed package.
    """
    check_origin(entry)
    return entry.load()


def _is_own(entry: EntryPoint) -> bool:
    return entry.value.startswith("fingerprint_engine.")
