"""`Follower`: one gallery that takes the changes of a registry."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.index import Gallery
from fingerprint_engine.records.documents import digest_of
from fingerprint_engine.records.following.live_prints import (
    all_live_prints,
    details_of,
    enrollable,
    live_prints,
    template_of,
)
from fingerprint_engine.records.following.rule import FollowRule
from fingerprint_engine.records.following.state import FollowState, keep_state, read_state
from fingerprint_engine.records.policy import Policy
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import feed

BATCH = 2000
"""Chosen: a few megabytes of templates at a time."""
KEEP_EVERY = 256
"""Chosen: taking a change twice does no harm, so the place is written down now and then, and at the end."""


class Follower:
    """One gallery that takes the changes of a registry. Safe to use from several threads.

    Parameters
    ----------
    database, registry
        Whose changes.
    gallery
        An empty one, or one that followed this registry before.
    parameters
        Digest (hexadecimal) of the templates that it holds: a gallery holds templates of one kind.
    policy
        Says until when prints may be searched.
    only
        Which prints it holds.

    Attributes
    ----------
    opened_at
        Number of the last change that the gallery had taken when it was opened.

    Raises
    ------
    ForeignGallery
        When the gallery follows another registry, or none and holds prints.
    """

    def __init__(
        self,
        database: Database,
        registry: str,
        gallery: Gallery,
        *,
        parameters: str,
        policy: Policy,
        only: FollowRule = FollowRule(),  # noqa: B008 - frozen
    ) -> None:
        self.gallery = gallery
        self.parameters = parameters
        self.only = only
        self._database = database
        self._policy = policy
        self._rule = digest_of([policy.digest, parameters, only.as_dict()])
        self._lock = threading.Lock()
        state = read_state(gallery, registry)
        self._state = state or FollowState(registry, 0, "", self._rule)
        self.opened_at = self._kept = self._state.number

    @property
    def number(self) -> int:
        """Number of the last change that the gallery took."""
        return self._state.number

    def catch_up(self) -> int:
        """Take all changes up to now; gives the number of the last one. Whatever the gallery was, it agrees then."""
        with self._lock, self._database.reading() as connection:
            if not self._can_go_on(connection):
                self._agree_anew(connection)
            while changes := self._changes(connection):
                self._take(connection, list(dict.fromkeys(change.print_id for change in changes)))
                self._move(changes[-1].number, changes[-1].mark)
            return self._state.number

    def close(self) -> None:
        """Write down how far the gallery came and let go of it."""
        with self._lock:
            if self._state.number != self._kept:
                keep_state(self.gallery, self._state)
            self.gallery.close()

    def _changes(self, connection: Connection) -> Sequence[Any]:
        query = sa.select(feed.c.number, feed.c.print_id, feed.c.mark).where(feed.c.number > self._state.number)
        return connection.execute(query.order_by(feed.c.number).limit(BATCH)).fetchall()

    def _can_go_on(self, connection: Connection) -> bool:
        """Whether the database still has the change that the gallery took last, and the rule is the same."""
        if self._state.rule != self._rule:
            return False
        if self._state.number == 0:
            return True
        found = connection.execute(sa.select(feed.c.mark).where(feed.c.number == self._state.number)).scalar()
        return found == self._state.mark

    def _agree_anew(self, connection: Connection) -> None:
        """Compare every print of the gallery with the database."""
        left = set(self.gallery)
        after = ""
        while rows := all_live_prints(connection, after, BATCH):
            wanted = [row for row in rows if self._holds(row)]
            self._put(wanted)
            left.difference_update(row.id for row in wanted)
            after = rows[-1].id
        self.gallery.remove_many(sorted(left))
        last = connection.execute(sa.select(feed.c.number, feed.c.mark).order_by(feed.c.number.desc()).limit(1)).first()
        self._move(last.number if last else 0, last.mark if last else "", keep=True)

    def _take(self, connection: Connection, ids: Iterable[str]) -> None:
        wanted = list(ids)
        rows = live_prints(connection, wanted)
        held = [row for row in rows.values() if self._holds(row)]
        kept = {row.id for row in held}
        gone = [one for one in wanted if one not in kept and one in self.gallery]
        if gone:
            self.gallery.remove_many(gone)
        self._put(held)

    def _put(self, rows: Sequence[Any]) -> None:
        new = []
        for row in rows:
            details = details_of(row, self._policy)
            if row.id not in self.gallery:
                held = enrollable(row)
                if held is not None:
                    new.append((row.id, held, details))
                continue
            template = template_of(row)
            if template is not None and (
                self.gallery.details(row.id) != details or self.gallery.get(row.id) != template
            ):
                self.gallery.replace(row.id, template, details)
        if new:
            self.gallery.enrol_many(new)

    def _holds(self, row: Any) -> bool:
        return bool(row.parameters == self.parameters and self.only.takes(row))

    def _move(self, number: int, mark: str, *, keep: bool = False) -> None:
        self._state = FollowState(self._state.registry, number, mark, self._rule)
        if keep or number - self._kept >= KEEP_EVERY or not self._kept:
            keep_state(self.gallery, self._state)
            self._kept = number
