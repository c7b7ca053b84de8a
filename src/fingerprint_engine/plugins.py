"""Plug-ins: which classes of other installed packages the engine may load, and what they are.

A package that is installed may offer image codecs in the entry-point group ``fingerprint_engine.image_codecs``. They
are code that runs in this process with all of its rights. By default all are used; the environment variable `VARIABLE`
names those that may be, separated by commas, or ``none``. What this package offers itself is always there.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
from collections.abc import Collection, Iterator
from typing import NamedTuple

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
    for entry in _entries(group):
        package = "" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
        found.append(Plugin(entry.name, entry.value, package, _is_own(entry), entry in usable))
    return tuple(found)


def allowed_plugins(
    group: str = IMAGE_CODECS, allowed: Collection[str] | None = None
) -> tuple[importlib.metadata.EntryPoint, ...]:
    """The entry points that may be loaded, by name.

    Parameters
    ----------
    group
        Of the entry points.
    allowed
        Names of those that may be; None: those that the environment allows, by default all.
    """
    names = allowed_names() if allowed is None else allowed
    return tuple(entry for entry in _entries(group) if names is None or entry.name in names or _is_own(entry))


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


def _entries(group: str) -> list[importlib.metadata.EntryPoint]:
    """Entry points by name; one that is installed twice counts once."""
    found = {(entry.name, entry.value): entry for entry in importlib.metadata.entry_points(group=group)}
    return [found[name] for name in sorted(found)]


def _is_own(entry: importlib.metadata.EntryPoint) -> bool:
    return entry.value.startswith("fingerprint_engine.")
