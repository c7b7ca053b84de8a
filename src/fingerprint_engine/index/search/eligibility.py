"""`SearchFilter`: which enrolled prints a search may look at."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.columns.details import day_number
from fingerprint_engine.index.search.identification import Exclusion

OTHER_CATEGORY, OTHER_SITE, EXPIRED, OTHER_FINGER = "another category", "another site", "expired", "another finger"


@dataclasses.dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which prints are searched.

    Attributes
    ----------
    categories, sites
        Words of which the print's own must be one; None: any.
    fingers
        Positions of which the print's own must be one, unless it is unknown; None: any.
    on
        The day of the search, for prints that expire; None: today.
    include_expired
        Search prints whose last day has passed as well.
    """

    categories: Set[str] | None = None
    sites: Set[str] | None = None
    fingers: Set[Finger] | None = None
    on: datetime.date | None = None
    include_expired: bool = False

    def __post_init__(self) -> None:
        for name in ("categories", "sites", "fingers"):
            value = getattr(self, name)
            if value is not None:
                if isinstance(value, str):
                    raise InputError(f"{name}: expected a collection of values, got one text")
                object.__setattr__(self, name, frozenset(value))

    @property
    def day(self) -> int:
        """Day number of the search."""
        return day_number(self.on or datetime.date.today())


@dataclasses.dataclass(frozen=True, slots=True)
class Eligible:
    """Which rows of each block a search may look at, and how many it may not, by reason."""

    masks: list[NDArray[np.bool_]]
    enrolled: int
    eligible: int
    filtered: tuple[Exclusion, ...]


def eligible_rows(views: Sequence[BlockView], where: SearchFilter, fingers: Set[Finger] | None) -> Eligible:
    """Apply a filter; each print that does not pass counts under the first reason that keeps it out."""
    counts: dict[str, int] = {}
    masks, enrolled = [], 0
    allowed = _both(where.fingers, fingers)
    for view in views:
        traits, mask = view.traits, view.alive.copy()
        enrolled += int(mask.sum())
        checks: list[tuple[str, NDArray[np.bool_]]] = []
        if where.categories is not None:
            checks.append((OTHER_CATEGORY, _among(view, traits.category, where.categories)))
        if where.sites is not None:
            checks.append((OTHER_SITE, _among(view, traits.site, where.sites)))
        if not where.include_expired:
            checks.append((EXPIRED, traits.expires >= where.day))
        if allowed is not None:
            wanted = np.array(sorted({*allowed, Finger.UNKNOWN}), np.uint8)
            checks.append((OTHER_FINGER, np.isin(traits.finger, wanted)))
        for reason, passes in checks:
            out = int((mask & ~passes).sum())
            if out:
                counts[reason] = counts.get(reason, 0) + out
                mask &= passes
        masks.append(mask)
    filtered = tuple(Exclusion(reason, count) for reason, count in sorted(counts.items()))
    return Eligible(masks, enrolled, sum(int(mask.sum()) for mask in masks), filtered)


def _among(view: BlockView, codes: NDArray[np.uint32], wanted: Set[str]) -> NDArray[np.bool_]:
    known = np.array([word in wanted for word in view.names.words], np.bool_)
    return known[codes]


def _both(first: Set[Finger] | None, second: Set[Finger] | None) -> Set[Finger] | None:
    if first is None or second is None:
        return second if first is None else first
    return first & second
