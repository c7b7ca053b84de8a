"""`Identification`: the candidates of a search, its outcome, and a receipt of what was searched."""

from __future__ import annotations

import dataclasses
import enum


class Outcome(enum.Enum):
    """What a search says. Only `NO_HIT` is a clean negative answer."""

    HIT = "hit"
    """The best candidate reaches the threshold of the false positive rate that was asked for."""
    POSSIBLE = "possible"
    """None does, but at least one is worth a look by an examiner."""
    NO_HIT = "no hit"
    """Everything was searched with a usable probe and nothing came near."""
    INCOMPLETE = "incomplete"
    """Nothing came near, but some of the enrolled prints could not be searched."""
    REJECTED_FOR_QUALITY = "rejected for quality"
    """Nothing came near, but the probe is so poor that this says nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One enrolled print that may be of the same finger.

    Attributes
    ----------
    rank
        1 for the best. Equal scores are ordered by key.
    key
        The key under which it was enrolled.
    score
        ``-10 log10(FMR)`` of the comparison, above 0.
    """

    rank: int
    key: str
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Exclusion:
    """Enrolled prints that a search did not cover, and why."""

    reason: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class SearchReceipt:
    """What was searched, so that "no hit" can be relied on, or not.

    Attributes
    ----------
    eligible
        Enrolled prints that should have been searched.
    searched
        Those that were compared with the probe; `eligible` less the sum of `excluded`.
    excluded
        Prints that were not searched, by reason.
    shortlist
        How prints were chosen for full comparison; "exact" compares all.
    shortlist_size
        Prints that were fully compared.
    recall
        Share of mates that the shortlist keeps; 1 for the exact one, because it leaves none out.
    max_fpir
        The false positive identification rate that was asked for.
    hit_score, possible_score
        Scores from which a candidate is a hit and a possible; they rise with the number searched.
    engine_version
        Release of this package.
    gallery_format
        Version of the gallery format.
    extractor, parameters_digest
        Of the probe: what made it, and the digest (hexadecimal) that it shares with everything searched.
    """

    eligible: int
    searched: int
    excluded: tuple[Exclusion, ...]
    shortlist: str
    shortlist_size: int
    recall: float
    max_fpir: float
    hit_score: float
    possible_score: float
    engine_version: str
    gallery_format: int
    extractor: str
    parameters_digest: str


@dataclasses.dataclass(frozen=True, slots=True)
class Identification:
    """The answer to a search: candidates for an examiner, never a person."""

    outcome: Outcome
    candidates: tuple[Candidate, ...]
    receipt: SearchReceipt
