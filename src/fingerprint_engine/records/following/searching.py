"""A search over the galleries of a registry: candidates as persons, and what was searched at which change."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence, Set
from typing import Any, Protocol

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, Identification, SearchFilter
from fingerprint_engine.index.search.eligibility import eligible_rows
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.records.documents import digest_of
from fingerprint_engine.records.following.live_prints import RESTRICTED_PREFIX
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest

OTHER_PARAMETERS = "templates made with other parameters"
UNREADABLE = "templates damaged in the database"
_MAX_LISTED = 3
"""Chosen: so many candidates are named in a receipt."""
_ORDER = (Outcome.HIT, Outcome.POSSIBLE, Outcome.REJECTED_FOR_QUALITY, Outcome.INCOMPLETE, Outcome.NO_HIT)


class SearchedGallery(Protocol):
    """A gallery of one kind of template, and how many prints are missing from it."""

    @property
    def gallery(self) -> Gallery:
        """Its prints."""
        ...

    @property
    def parameters(self) -> str:
        """Kind of the templates, as digest (hexadecimal)."""
        ...

    @property
    def unreadable(self) -> int:
        """Prints whose templates are damaged."""
        ...


class Shelf(Protocol):
    """Galleries that are searched together: all that a registry has, or those of one circuit."""

    @property
    def followers(self) -> Sequence[SearchedGallery]:
        """The galleries."""
        ...

    @property
    def holds(self) -> Mapping[str, Sequence[str]]:
        """What they are restricted to, for receipts."""
        ...

    def catch_up(self) -> int:
        """Take all changes; gives the number of the last one."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class FingerMatch:
    """A captured finger beside an enrolled print."""

    finger: Finger
    print_id: str
    enrolled_finger: Finger
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """A candidate: a person whose prints resemble the probes."""

    person: str
    score: float
    is_hit: bool
    matches: tuple[FingerMatch, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Findings:
    """What a search says.

    Attributes
    ----------
    outcome
        As for one gallery; over several the most telling one.
    candidates
        Best first.
    change
        Number of the last change that all galleries had taken.
    receipt
        Plain data: what was searched, left out, and why.
    """

    outcome: Outcome
    candidates: tuple[Finding, ...]
    change: int
    receipt: dict[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the receipt."""
        return digest_of(self.receipt)


def search_galleries(
    shelf: Shelf,
    probes: Sequence[Template],
    *,
    categories: Set[str],
    restricted: Set[str],
    on: datetime.date,
    max_fpir: float,
    max_candidates: int = 20,
    same_finger: bool = False,
    workers: int = 2,
) -> Findings:
    """Search all galleries of a shelf for the person whose prints the probes are.

    Parameters
    ----------
    shelf
        The galleries; they take all changes first.
    probes
        Of one person; each is searched for in the gallery of its kind.
    categories, restricted
        Categories to search, and those of which restricted records are searched as well.
    on
        The day that decides what has expired.
    max_fpir, max_candidates, same_finger, workers
        As for `Gallery.identify`; the rate is that of all galleries together.
    """
    change = shelf.catch_up()
    where = SearchFilter(
        categories={*categories, *(RESTRICTED_PREFIX + name for name in restricted)},
        on=on,
        include_expired=bool(restricted) and restricted == categories,
    )
    kinds: dict[str, list[int]] = {}
    for place, probe in enumerate(probes):
        kinds.setdefault(template_digest(probe).hex(), []).append(place)
    followers = shelf.followers
    searched = [follower for follower in followers if follower.parameters in kinds]
    answers: list[tuple[str, list[int], Identification]] = []
    for follower in searched:
        places = kinds[follower.parameters]
        answer = follower.gallery.identify(
            [probes[place] for place in places],
            max_candidates=max_candidates,
            max_fpir=max_fpir / len(searched),
            where=where,
            same_finger=same_finger,
            workers=workers,
        )
        answers.append((follower.parameters, places, answer))
    other_kinds = sum(
        eligible_rows(follower.gallery.snapshot().views, where, None).eligible
        for follower in followers
        if follower.parameters not in kinds
    )
    unreadable = sum(follower.unreadable for follower in followers)
    excluded = {name: n for name, n in ((OTHER_PARAMETERS, other_kinds), (UNREADABLE, unreadable)) if n}
    outcome = _outcome([answer.outcome for *_, answer in answers], bool(excluded), any(len(probe) for probe in probes))
    candidates = _persons(probes, answers)[:max_candidates]
    return Findings(outcome, candidates, change, _receipt(outcome, candidates, answers, change, excluded, shelf))


def _outcome(outcomes: Sequence[Outcome], is_less: bool, is_usable: bool) -> Outcome:
    found = min(outcomes, key=_ORDER.index, default=Outcome.NO_HIT if is_usable else Outcome.REJECTED_FOR_QUALITY)
    return Outcome.INCOMPLETE if found is Outcome.NO_HIT and is_less else found


def _persons(
    probes: Sequence[Template], answers: Sequence[tuple[str, list[int], Identification]]
) -> tuple[Finding, ...]:
    """Candidates of all galleries, one for each person."""
    best: dict[str, Finding] = {}
    for _, places, answer in answers:
        for candidate in answer.candidates:
            matches = tuple(
                FingerMatch(probes[places[match.probe]].finger, match.key, match.finger, match.score)
                for match in candidate.matches
            )
            is_hit = answer.outcome is Outcome.HIT and candidate.score >= answer.receipt.hit_score
            finding = Finding(candidate.subject, candidate.score, is_hit, matches)
            known = best.get(candidate.subject)
            if known is None or known.score < finding.score:
                best[candidate.subject] = finding
    return tuple(sorted(best.values(), key=lambda finding: (-finding.score, finding.person)))


def _receipt(
    outcome: Outcome,
    candidates: Sequence[Finding],
    answers: Sequence[tuple[str, list[int], Identification]],
    change: int,
    excluded: dict[str, int],
    shelf: Shelf,
) -> dict[str, Any]:
    galleries = []
    for parameters, _, answer in answers:
        receipt = answer.as_dict()["receipt"]
        galleries.append({"parameters": parameters, "receipt": receipt, "digest": answer.digest})
    return {
        "outcome": outcome.value,
        "change": change,
        "galleries": galleries,
        "excluded": excluded,
        "holds": dict(shelf.holds),
        "candidates": [[finding.person, round(finding.score, 3)] for finding in candidates[:_MAX_LISTED]],
    }
