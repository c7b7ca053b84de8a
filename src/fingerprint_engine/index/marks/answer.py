"""`MarkCandidates`: what a search with a mark says, which is never a hit."""

from __future__ import annotations

import dataclasses
from typing import Any

from fingerprint_engine.index.search.identification import (
    Candidate,
    SearchCoverage,
    candidates_as_dicts,
    digest_of,
    receipt_as_dict,
)

DECISION = "none: a search with a mark ranks candidates, and an examiner decides"


@dataclasses.dataclass(frozen=True, slots=True)
class MarkReceipt(SearchCoverage):
    """What was searched with a mark, and how.

    Attributes
    ----------
    decision
        Who decides: not the search.
    regions
        Regions of the mark, those included that nobody could read.
    readings
        Of each reading in words: its region, who read it, how many minutiae its looks have, where the finger points.
    best_regions
        So many regions of a mark count at most: those that match best.
    turned_away
        Prints at the top of the list that were left out, since the mark would point elsewhere on them.
    """

    decision: str
    regions: int
    readings: tuple[str, ...]
    best_regions: int
    turned_away: int


@dataclasses.dataclass(frozen=True, slots=True)
class MarkCandidates:
    """The answer to a search with a mark: candidates for an examiner, best first, never a hit and never a person.

    Attributes
    ----------
    candidates
        One per subject, falling score. ``matches`` names the readings behind a score, by their number in the receipt.
    receipt
        See `MarkReceipt`.
    """

    candidates: tuple[Candidate, ...]
    receipt: MarkReceipt

    @property
    def is_complete(self) -> bool:
        """Whether everything eligible was searched."""
        return not self.receipt.excluded

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: candidates, receipt and digest."""
        return {
            "candidates": candidates_as_dicts(self.candidates),
            "receipt": receipt_as_dict(self.receipt),
            "digest": self.digest,
        }

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of candidates and receipt: what a log keeps to show that none was changed."""
        return digest_of(dataclasses.asdict(self))
