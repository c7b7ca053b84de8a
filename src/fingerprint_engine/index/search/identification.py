"""`Identification`: the candidates of a search, its outcome, and a receipt of what was searched."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
from typing import Any

from fingerprint_engine.fingers import Finger


class Outcome(enum.Enum):
    """What a search says. Only `NO_HIT` is a clean negative answer."""

    HIT = "hit"
    """The best candidate reaches the threshold for the false positive rate that was asked for."""
    POSSIBLE = "possible"
    """No candidate does, but at least one is worth a look by an examiner."""
    NO_HIT = "no hit"
    """Everything was searched with a usable probe, and no score came near a threshold."""
    INCOMPLETE = "incomplete"
    """No score came near a threshold, but some of the enrolled prints could not be searched."""
    REJECTED_FOR_QUALITY = "rejected for quality"
    """No score came near a threshold, but the probe is too poor for this to count as "no hit"."""


@dataclasses.dataclass(frozen=True, slots=True)
class PrintMatch:
    """One probe beside one enrolled print.

    Attributes
    ----------
    probe
        Which of the probes, from 0.
    key
        The key of the enrolled print.
    finger
        Its position, as enrolled.
    score
        ``-10 log10(FMR)`` of the comparison, above 0.
    """

    probe: int
    key: str
    finger: Finger
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One enrolled subject that the probe may come from.

    Attributes
    ----------
    rank
        1 for the best. Equal scores are ordered by key.
    key
        The key of its best print.
    score
        ``-10 log10`` of the rate at which another subject scores as high, above 0: of one probe that of the best
        comparison, of several probes those of all fingers fused.
    subject
        The subject that was given with the print; without one the key.
    matches
        The comparisons behind the score: the best of each probe, falling score.
    """

    rank: int
    key: str
    score: float
    subject: str
    matches: tuple[PrintMatch, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Exclusion:
    """Enrolled prints that a search did not cover, and why."""

    reason: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class SearchCoverage:
    """What was searched: what every receipt says.

    Attributes
    ----------
    enrolled
        Prints in the gallery.
    filtered
        Prints that the caller did not ask for (category, site, finger) or that have expired, by reason.
    absent
        A sentence for each category, site and finger that the caller asked for and nothing enrolled has.
    eligible
        Prints that should have been searched: `enrolled` less the sum of `filtered`.
    searched
        Those that were looked at for every probe; `eligible` less the sum of `excluded`.
    excluded
        Prints that should have been searched and were not, by reason.
    segments, segments_answered
        Parts of the gallery (files, and what was enrolled since the last was made), and those that were searched to
        the end.
    shortlist
        How prints were chosen for full comparison; "exact" compares all, "faiss" goes by votes of minutiae in cells.
    shortlist_note
        Why prints were scanned that should be in an index; empty where none were.
    visited
        Prints that were looked at as a whole, at least at their sketch: with "faiss" those with most votes.
    shortlist_size
        Full comparisons that were made.
    recall
        Share of mates that the shortlist keeps: 1 for the exact one, which leaves none out; otherwise as
        `Gallery.measure_recall` measured it, None when it was not measured with these stages.
    recall_source
        What that was measured on.
    engine_version
        Release of this package.
    gallery_format
        Version of the gallery format.
    key_ids
        Ids of the keys that protect the gallery; none where it has none, or is in memory.
    extractor, parameters_digest
        Of the probe: what made it, and the digest (hexadecimal) that it shares with everything searched.
    """

    enrolled: int
    filtered: tuple[Exclusion, ...]
    absent: tuple[str, ...]
    eligible: int
    searched: int
    excluded: tuple[Exclusion, ...]
    segments: int
    segments_answered: int
    shortlist: str
    shortlist_note: str
    visited: int
    shortlist_size: int
    recall: float | None
    recall_source: str
    engine_version: str
    gallery_format: int
    key_ids: tuple[str, ...]
    extractor: str
    parameters_digest: str


@dataclasses.dataclass(frozen=True, slots=True)
class SearchReceipt(SearchCoverage):
    """What was searched and from where on something is a hit, so that a reader knows how far to rely on a "no hit".

    Attributes
    ----------
    max_fpir
        The false positive identification rate that was asked for.
    hit_score, possible_score
        Scores from which a candidate is a hit and a possible; they rise with the number searched.
    threshold_source
        Where these come from: the calibration alone, or also the gallery's own non-mated scores.
    """

    max_fpir: float
    hit_score: float
    possible_score: float
    threshold_source: str


@dataclasses.dataclass(frozen=True, slots=True)
class Identification:
    """The answer to a search: candidates for an examiner, never a person."""

    outcome: Outcome
    candidates: tuple[Candidate, ...]
    receipt: SearchReceipt

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: outcome, candidates, receipt and digest."""
        return {
            "outcome": self.outcome.value,
            "candidates": candidates_as_dicts(self.candidates),
            "receipt": receipt_as_dict(self.receipt),
            "digest": self.digest,
        }

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of outcome, candidates and receipt: what a log keeps to show that none was changed."""
        return digest_of(dataclasses.asdict(self) | {"outcome": self.outcome.value})


def candidates_as_dicts(candidates: tuple[Candidate, ...]) -> list[dict[str, Any]]:
    """Candidates as plain data for JSON."""
    found = [dataclasses.asdict(candidate) for candidate in candidates]
    for candidate in found:
        candidate["matches"] = [match | {"finger": match["finger"].words} for match in candidate["matches"]]
    return found


def receipt_as_dict(receipt: SearchCoverage) -> dict[str, Any]:
    """A receipt as plain data for JSON."""
    found = dataclasses.asdict(receipt)
    for name in ("filtered", "excluded"):
        found[name] = {exclusion["reason"]: exclusion["count"] for exclusion in found[name]}
    return found


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 (hexadecimal) of an answer."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
