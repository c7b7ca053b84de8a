"""`GalleryShelf`: the galleries that searches use, one for each kind of template that the database holds.

While templates are made anew (see `images`), two kinds stand side by side, and a search looks in both.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from fingerprint_engine.errors import GalleryLocked, RecordsError
from fingerprint_engine.index import Gallery, wrapped_keys
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.records.following.follower import Follower
from fingerprint_engine.records.following.gallery_heads import known_head
from fingerprint_engine.records.following.rule import FollowRule
from fingerprint_engine.records.policy import Policy
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import ledger, prints

_KIND = re.compile(r"[0-9a-f]{40}")
_SUFFIX = ".gallery"
LOCK_WAIT_S = 10.0
"""Chosen: another command of the same machine is mostly done by then."""


class GalleryShelf:
    """The galleries of a registry. Safe to use from several threads.

    Parameters
    ----------
    database, registry, policy, only
        As for `Follower`.
    folder
        Where galleries lie, one folder each; None keeps them in memory.
    keys
        What they are protected with there. With keys the database keeps the state that each was last seen in, and an
        older or another one is refused.
    """

    def __init__(
        self,
        database: Database,
        registry: str,
        policy: Policy,
        folder: Path | None,
        only: FollowRule,
        keys: KeyRing | None = None,
    ) -> None:
        self.folder = folder
        self.only = only
        self._database = database
        self._registry = registry
        self._policy = policy
        self._keys = keys
        self._followers: dict[str, Follower] = {}
        self._seen = -1
        self._lock = threading.RLock()

    def catch_up(self) -> int:
        """Let every gallery take all changes; gives the number of the last one."""
        with self._lock:
            with self._database.reading() as connection:
                last = int(connection.execute(sa.select(ledger.c.feed_number)).scalar_one())
            if last != self._seen:
                self._open_missing()
            reached = [follower.catch_up() for follower in self._followers.values()]
            # Galleries may only differ by changes that came meanwhile; the lowest number is what all have seen.
            self._seen = min(reached, default=last)
            return self._seen

    @property
    def holds(self) -> Mapping[str, Sequence[str]]:
        """Which prints the galleries are restricted to, for receipts; empty when they hold all."""
        return self.only.as_dict()

    @property
    def followers(self) -> tuple[Follower, ...]:
        """The galleries, in the order of the kinds of their templates."""
        with self._lock:
            return tuple(self._followers[name] for name in sorted(self._followers))

    def close(self) -> None:
        """Let go of all galleries."""
        with self._lock, contextlib.ExitStack() as stack:  # all of them, even if one cannot write down how far it came
            for follower in self._followers.values():
                stack.callback(follower.close)
            self._followers = {}

    def _open_missing(self) -> None:
        """Open a gallery for each kind of template that has none yet."""
        for parameters in dict.fromkeys([*self._kinds(), *self._kinds_on_disk()]):
            if parameters not in self._followers:
                self._followers[parameters] = Follower(
                    self._database,
                    self._registry,
                    self._gallery(parameters),
                    parameters=parameters,
                    policy=self._policy,
                    only=self.only,
                    keeps_head=self.folder is not None and self._keys is not None,
                )

    def _kinds(self) -> list[str]:
        """Kinds of templates, by hopping through their index: a million prints of one kind cost one look."""
        found: list[str] = []
        with self._database.reading() as connection:
            while True:
                query = sa.select(sa.func.min(prints.c.parameters)).where(
                    prints.c.parameters > (found[-1] if found else "")
                )
                kind = connection.execute(query).scalar()
                if kind is None:
                    return found
                if not _KIND.fullmatch(str(kind)):  # it names a folder
                    raise RecordsError("database: expected the parameters of a print as 40 hexadecimal digits")
                found.append(str(kind))

    def _kinds_on_disk(self) -> list[str]:
        """Kinds of templates that only galleries hold still: these must drop them, and forget them after an erasure."""
        return [path.stem for path in galleries_in(self.folder)]

    def _gallery(self, parameters: str) -> Gallery:
        if self.folder is None:
            return Gallery()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place, until = self.folder / f"{parameters}{_SUFFIX}", time.monotonic() + LOCK_WAIT_S
        while True:
            identity = "" if self._keys is None else wrapped_keys(place)[0]
            expected = known_head(self._database, identity) if identity else None
            try:
                return Gallery.open(place, keys=self._keys, expected=expected)
            except GalleryLocked:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)


def galleries_in(folder: Path | None) -> list[Path]:
    """The galleries of a folder, one for each kind of template."""
    found = [] if folder is None else folder.glob(f"*{_SUFFIX}")
    return sorted(path for path in found if path.is_dir() and _KIND.fullmatch(path.stem))
