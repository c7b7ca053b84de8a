"""`Follower`: one gallery that takes the changes of a registry."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import ForeignGallery, TemplateError
from fingerprint_engine.index import Follows, Gallery, PrintDetails
from fingerprint_engine.records.documents import digest_of
from fingerprint_engine.records.following.gallery_heads import keep_head
from fingerprint_engine.records.following.live_prints import (
    all_live_prints,
    count_live_prints,
    details_of,
    enrollable,
    is_sound,
    live_prints,
    template_of,
)
from fingerprint_engine.records.following.rule import FollowRule
from fingerprint_engine.records.policy import Policy
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import feed
from fingerprint_engine.template import Template

BATCH = 2000
"""Chosen: a few megabytes of templates at a time; a gallery takes so many changes at once."""
KEEP_EVERY = 256
"""Chosen: changes that alter nothing in a gallery move its place in memory; it is written down now and then."""
Entry = tuple[str, Template | bytes, PrintDetails] | tuple[str, None]
"""What a gallery is to hold under a key; None: nothing."""


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
    keeps_head
        Whether the database keeps the state of the gallery, so that an older one is refused later.

    Attributes
    ----------
    opened_at
        Number of the last change that the gallery had taken when it was opened.
    unreadable
        Prints that may be searched and are not in the gallery, because their templates are damaged in the database.

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
        keeps_head: bool = False,
    ) -> None:
        self.gallery = gallery
        self.parameters = parameters
        self.only = only
        self._database = database
        self._policy = policy
        self._rule = digest_of([policy.digest, parameters, only.as_dict()])
        self._lock = threading.Lock()
        self._state = _own_place(gallery, registry) or Follows(registry, 0, "", self._rule)
        self.opened_at = self._kept = self._state.number
        self._head_kept_at = self._state.number if keeps_head else None
        self._damaged: set[str] = set()
        self._damaged_before: int | None = None

    @property
    def number(self) -> int:
        """Number of the last change that the gallery took."""
        return self._state.number

    @property
    def unreadable(self) -> int:
        """Prints that a search misses because their templates are damaged."""
        return len(self._damaged) + (self._damaged_before or 0)

    def catch_up(self) -> int:
        """Take all changes up to now; gives the number of the last one. Whatever the gallery was, it agrees then."""
        with self._lock, self._database.reading() as connection:
            if not self._can_go_on(connection):
                self._agree_anew(connection)
            while changes := self._changes(connection):
                ids = dict.fromkeys(change.print_id for change in changes)
                self._take(self._entries_of(connection, list(ids)), changes[-1].number, changes[-1].mark)
            if self._damaged_before is None:
                left_out = count_live_prints(connection, self.parameters, self.only) - len(self.gallery)
                self._damaged_before = max(0, left_out - len(self._damaged))
        with self._lock:
            self._keep_head(KEEP_EVERY)
            return self._state.number

    def close(self) -> None:
        """Write down how far the gallery came and let go of it."""
        with self._lock, self.gallery:  # the gallery is let go of even if the database is gone
            if self._state.number != self._kept:
                self.gallery.apply(follows=self._state)
            self._keep_head(1)

    def _keep_head(self, every: int) -> None:
        """Let the database keep the state of the gallery, once so many changes were taken since it last did."""
        if self._head_kept_at is not None and self._state.number - self._head_kept_at >= every:
            keep_head(self._database, self.gallery.identity, str(self.gallery.head))
            self._head_kept_at = self._state.number

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
        """Compare every print of the gallery with the database; only then it counts as one that came so far."""
        left = set(self.gallery)
        after = ""
        while rows := all_live_prints(connection, after, BATCH):
            held = [row for row in rows if self._holds(row)]
            self._apply(self._changed(held))
            left.difference_update(row.id for row in held)
            after = rows[-1].id
        gone = sorted(left)
        for begin in range(0, len(gone), BATCH):
            self._apply([(one, None) for one in gone[begin : begin + BATCH]])
        last = connection.execute(sa.select(feed.c.number, feed.c.mark).order_by(feed.c.number.desc()).limit(1)).first()
        self._take([], last.number if last else 0, last.mark if last else "", keep=True)

    def _entries_of(self, connection: Connection, ids: Sequence[str]) -> list[Entry]:
        """What some prints mean for the gallery now."""
        held = [row for row in live_prints(connection, ids).values() if self._holds(row)]
        kept = {row.id for row in held}
        gone: list[Entry] = [(one, None) for one in ids if one not in kept and one in self.gallery]
        self._damaged.difference_update(one for one in ids if one not in kept)
        return gone + self._changed(held)

    def _changed(self, rows: Sequence[Any]) -> list[Entry]:
        """Prints that the gallery does not hold as the database says."""
        found: list[Entry] = []
        for row in rows:
            details, data = details_of(row, self._policy), enrollable(row)
            is_held = row.id in self.gallery
            if data is None:
                self._damaged.add(row.id)
                found += [(row.id, None)] if is_held else []
            elif not is_held or self.gallery.details(row.id) != details or self.gallery.get(row.id) != template_of(row):
                self._damaged.discard(row.id)
                found.append((row.id, data, details))
        return found

    def _holds(self, row: Any) -> bool:
        return bool(row.parameters == self.parameters and self.only.takes(row))

    def _take(self, entries: Sequence[Entry], number: int, mark: str, *, keep: bool = False) -> None:
        """Make changes and move on, both at once; also after a crash."""
        state = Follows(self._state.registry, number, mark, self._rule)
        if entries or keep or number - self._kept >= KEEP_EVERY or not self._kept:
            self._apply(entries, state)
            self._kept = number
        self._state = state

    def _apply(self, entries: Sequence[Entry], state: Follows | None = None) -> None:
        try:
            self.gallery.apply(entries, follows=state)
        except TemplateError:  # what is damaged does not keep the rest from being found, and searches say so
            damaged = {key for key, data, *_ in entries if data is not None and not is_sound(data, self.parameters)}
            self._damaged |= damaged
            self.gallery.apply([(one[0], None) if one[0] in damaged else one for one in entries], follows=state)


def _own_place(gallery: Gallery, registry: str) -> Follows | None:
    """How far a gallery came, by its own files; None when it is new.

    Raises
    ------
    ForeignGallery
        When it follows another registry, or none and holds prints.
    """
    place = gallery.follows
    if place is None:
        if len(gallery):
            raise ForeignGallery(f"gallery: expected an empty one or one of this registry, got {len(gallery)} prints")
        return None
    if place.registry != registry:
        raise ForeignGallery("gallery: it follows another registry")
    return place
