"""Which process something belongs to: the one that made it. A child that was forked from it must not use its files."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Owned(Protocol):
    """What is told when a process is forked."""

    def forked(self) -> None:
        """Called in the child, before anything else runs there."""
        ...


_TOLD: weakref.WeakSet[Owned] = weakref.WeakSet()


def tell_when_forked(owned: Owned) -> None:
    """Let an object know, as long as it lives, that it is in the child of a process that was forked."""
    _TOLD.add(owned)


def _tell_all() -> None:
    for owned in list(_TOLD):
        owned.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_tell_all)
