"""`SearchFilter`: which enrolled prints a search may look at."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
from collections.abc import Iterable, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.columns.details import day_number
from fingerprint_engine.index.search.identification import Exclusion
from fingerprint_engine.text.shown import brief

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

    Raises
    ------
    InputError
        When something is not of its type.
    """

    categories: Set[str] | None = None
    sites: Set[str] | None = None
    fingers: Set[Finger] | None = None
    on: datetime.date | None = None
    include_expired: bool = False

    def __post_init__(self) -> None:
        for name, kind in (("categories", str), ("sites", str), ("fingers", Finger)):
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, str | bytes) or not isinstance(value, Iterable):
                raise InputError(f"{name}: expected a collection of values, got {type(value).__name__}")
            values = set()
            for one in value:  # checked as they come: there may be no end
                if not isinstance(one, kind):
                    raise InputError(f"{name}: expected each to be {kind.__name__}, got {type(one).__name__}")
                values.add(one)
            object.__setattr__(self, name, frozenset(values))
        if self.on is not None and type(self.on) is not datetime.date:
            raise InputError(f"on: expected a date, got {type(self.on).__name__}")
        if not isinstance(self.include_expired, bool):
            raise InputError(f"include_expired: expected True or False, got {type(self.include_expired).__name__}")

    @property
    def day(self) -> int:
        """Day number of the search."""
        return day_number(self.on or datetime.date.today())


@dataclasses.dataclass(frozen=True, slots=True)
class Eligible:
    """Which rows of each block a search may look at, how many it may not, by reason, and what nothing enrolled has."""

    masks: list[NDArray[np.bool_]]
    enrolled: int
    eligible: int
    filtered: tuple[Exclusion, ...]
    absent: tuple[str, ...]


def eligible_rows(views: Sequence[BlockView], where: SearchFilter, fingers: Set[Finger] | None) -> Eligible:
    """Apply a filter; each print that does not pass counts under the first reason that keeps it out."""
    counts: dict[str, int] = {}
    masks, enrolled, eligible = [], 0, 0
    allowed = _both(where.fingers, fingers)
    for view in views:
        traits, mask = view.traits, view.alive
        left = int(np.count_nonzero(mask))
        enrolled += left
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
            before, mask = left, mask & passes
            left = int(np.count_nonzero(mask))
            if left < before:
                counts[reason] = counts.get(reason, 0) + before - left
        eligible += left
        masks.append(mask)
    filtered = tuple(Exclusion(reason, count) for reason, count in sorted(counts.items()))
    # Where a print passes a filter of one word of each kind, nothing can be absent.
    has_all = eligible > 0 and all(words is None or len(words) == 1 for words in (where.categories, where.sites))
    return Eligible(masks, enrolled, eligible, filtered, () if has_all else _absences(views, where))


def _absences(views: Sequence[BlockView], where: SearchFilter) -> tuple[str, ...]:
    """A sentence for each word and finger of a filter that nothing enrolled has: a misspelt one finds nobody."""
    found = []
    for name, column, wanted in (("category", "category", where.categories), ("site", "site", where.sites)):
        for word in sorted(wanted or ()):
            if not any(_has(view, getattr(view.traits, column), word) for view in views):
                there = {
                    str(view.names.words[code])
                    for view in views
                    for code in np.unique(getattr(view.traits, column)[view.alive]).tolist()
                }
                near = difflib.get_close_matches(word, sorted(there), n=1)
                hint = f"; the nearest is {brief(near[0])}" if near else ""
                found.append(f"{name}: nothing enrolled has {brief(word)}{hint}")
    if where.fingers is not None:
        wanted_codes = np.array(sorted({*where.fingers, Finger.UNKNOWN}), np.uint8)
        if not any((np.isin(view.traits.finger, wanted_codes) & view.alive).any() for view in views):
            names = ", ".join(finger.words for finger in sorted(where.fingers))
            found.append(f"finger: nothing enrolled is {names or 'of no finger'}, or of an unknown finger")
    return tuple(found)


def _has(view: BlockView, codes: NDArray[np.uint32], word: str) -> bool:
    """Whether a print of a block has a word."""
    return any(
        np.count_nonzero((codes == code) & view.alive) for code, known in enumerate(view.names.words) if known == word
    )


def _among(view: BlockView, codes: NDArray[np.uint32], wanted: Set[str]) -> NDArray[np.bool_]:
    known = [word in wanted for word in view.names.words]
    if sum(known) == 1:  # as mostly: to compare takes a fifth of looking up
        passes: NDArray[np.bool_] = codes == known.index(True)
        return passes
    return np.array(known, np.bool_).take(codes)


def _both(first: Set[Finger] | None, second: Set[Finger] | None) -> Set[Finger] | None:
    if first is None or second is None:
        return second if first is None else first
    return first & second
