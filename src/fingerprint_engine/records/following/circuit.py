"""`CircuitShelf`: the prints of the people of one circuit, so that a search looks at nobody else."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from fingerprint_engine.index import Gallery, PrintDetails
from fingerprint_engine.records.following.live_prints import details_of, is_sound, live_prints_of, template_of
from fingerprint_engine.records.policy import Policy
from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import ledger, tags
from fingerprint_engine.template import Template

_PEOPLE = 500
"""Chosen: people whose prints are read at a time."""


@dataclasses.dataclass(frozen=True, slots=True)
class CircuitGallery:
    """Prints of one kind of template."""

    gallery: Gallery
    parameters: str
    unreadable: int


class CircuitShelf:
    """Galleries in memory of those who have a tag now. A tag chooses who is looked at; a score knows nothing of it.

    Parameters
    ----------
    database, policy
        Of the registry.
    circuit
        The tag.
    """

    def __init__(self, database: Database, policy: Policy, circuit: str) -> None:
        prints: dict[str, list[tuple[str, Template, PrintDetails]]] = {}
        unreadable: dict[str, int] = {}
        held = sa.select(tags.c.person_id).where(tags.c.circuit == circuit, tags.c.valid_to.is_(None)).distinct()
        with database.reading() as connection:
            self._change = int(connection.execute(sa.select(ledger.c.feed_number)).scalar_one())
            people = sorted(connection.execute(held).scalars())
            for begin in range(0, len(people), _PEOPLE):
                for row in live_prints_of(connection, people[begin : begin + _PEOPLE]):
                    template = template_of(row)
                    kept = prints.setdefault(row.parameters, [])
                    if template is not None and is_sound(template, row.parameters):
                        kept.append((row.id, template, details_of(row, policy)))
                    else:
                        unreadable[row.parameters] = unreadable.get(row.parameters, 0) + 1
        self.followers: Sequence[CircuitGallery] = tuple(
            CircuitGallery(_filled(prints[kind]), kind, unreadable.get(kind, 0)) for kind in sorted(prints)
        )
        self.holds: Mapping[str, Sequence[str]] = {"circuits": [circuit]}

    def catch_up(self) -> int:
        """Number of the last change that is in the galleries: they were made just now."""
        return self._change


def _filled(prints: Sequence[tuple[str, Template, PrintDetails]]) -> Gallery:
    gallery = Gallery()
    gallery.enrol_many(prints)
    return gallery
