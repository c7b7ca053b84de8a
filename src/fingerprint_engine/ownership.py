"""Which process something belongs to: the one that made it. A child that was forked from it must not use its files."""

from __future__ import annotations

import os
import weakref
from typing import Protocol

from fingerprint_engine.errors import FingerprintEngineError


class Owned(Protocol):
    """What is told when a process is forked."""

    def forked(self) -> None:
        """Called in the child, before anything else runs there."""
        ...


_TOLD: weakref.WeakSet[Owned] = weakref.WeakSet()


def tell_when_forked(owned: Owned) -> None:
    """Let an object know, as long as it lives, that it is in the child of a process that was forked."""
    _TOLD.add(owned)


def require_own(process: int, what: str, error: type[FingerprintEngineError]) -> None:
    """Refuse the use of something, such as ``"gallery"``, in another process than the one that opened it.

    Raises
    ------
    FingerprintEngineError
        Of the kind that was given.
    """
    if process != os.getpid():
        raise error(f"{what}: it belongs to the process that opened it; open it in this one as well")


def _tell_all() -> None:
    for owned in list(_TOLD):
        owned.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_tell_all)
