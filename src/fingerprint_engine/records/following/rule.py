"""`FollowRule`: which prints a gallery holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from typing import Any

from fingerprint_engine.errors import RecordsError


@dataclasses.dataclass(frozen=True, slots=True)
class FollowRule:
    """Which prints a gallery holds; None: any.

    Attributes
    ----------
    sites, agencies, categories
        Of the person; so a person who is transferred leaves the gallery of one site for that of the other.
    """

    sites: Set[str] | None = None
    agencies: Set[str] | None = None
    categories: Set[str] | None = None

    def __post_init__(self) -> None:
        for name in ("sites", "agencies", "categories"):
            value = getattr(self, name)
            if value is not None:
                if isinstance(value, str):
                    raise RecordsError(f"{name}: expected a collection of texts, got one text")
                object.__setattr__(self, name, frozenset(value))

    def takes(self, row: Any) -> bool:
        """Whether the gallery holds a print of this row of `live_prints`."""
        return all(
            allowed is None or value in allowed
            for allowed, value in (
                (self.sites, row.site),
                (self.agencies, row.agency),
                (self.categories, row.category),
            )
        )

    def as_dict(self) -> dict[str, list[str]]:
        """Plain data; what is not restricted is left out."""
        given = {name: getattr(self, name) for name in ("sites", "agencies", "categories")}
        return {name: sorted(value) for name, value in given.items() if value is not None}
