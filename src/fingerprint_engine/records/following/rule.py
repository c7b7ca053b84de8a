"""`FollowRule`: which prints a gallery holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from typing import Any

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.index.columns.details import text_hash
from fingerprint_engine.text.shown import brief


@dataclasses.dataclass(frozen=True, slots=True)
class FollowRule:
    """Which prints a gallery holds; None: any.

    Attributes
    ----------
    sites, agencies, categories
        Of the person; so a person who is transferred leaves the gallery of one site for that of the other.
    part
        Number of a part, from 0, and how many there are: the people of one shard, as `cluster.split` divides them.
    """

    sites: Set[str] | None = None
    agencies: Set[str] | None = None
    categories: Set[str] | None = None
    part: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for name in ("sites", "agencies", "categories"):
            value = getattr(self, name)
            if value is not None:
                if isinstance(value, str):
                    raise RecordsError(f"{name}: expected a collection of texts, got one text")
                object.__setattr__(self, name, frozenset(value))
        if self.part is not None:
            is_pair = isinstance(self.part, tuple) and [type(one) for one in self.part] == [int, int]
            if not is_pair or not 0 <= self.part[0] < self.part[1]:
                raise RecordsError(
                    f"part: expected a number from 0 and how many parts there are, got {brief(self.part)}"
                )

    def takes(self, row: Any) -> bool:
        """Whether the gallery holds a print of this row of `live_prints`."""
        return all(
            allowed is None or value in allowed
            for allowed, value in (
                (self.sites, row.site),
                (self.agencies, row.agency),
                (self.categories, row.category),
            )
        ) and self.has(row.person_id)

    def has(self, person: str) -> bool:
        """Whether a person belongs to the part."""
        return self.part is None or text_hash(person) % self.part[1] == self.part[0]

    def as_dict(self) -> dict[str, list[str]]:
        """Plain data; what is not restricted is left out."""
        given = {name: getattr(self, name) for name in ("sites", "agencies", "categories")}
        restricted = {name: sorted(value) for name, value in given.items() if value is not None}
        if self.part is not None:
            restricted["part"] = [f"{self.part[0]} of {self.part[1]}"]
        return restricted
