"""`Request`: is this person known to you? What one agency asks another about one person."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.exchange.agencies.documents import dumped, moment, opened, prose, reference, word, words
from fingerprint_engine.exchange.agencies.prints import SentPrint, as_list, prints_of

KIND = "request"
_NAMES = ("reference", "purpose", "legal_basis", "categories", "expires_at", "answer_by", "prints")


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One person asked about; no name, no number.

    Attributes
    ----------
    reference
        The asker's own, opaque.
    purpose, legal_basis
        Why, and under which law.
    categories
        Of the other side's people that are asked for.
    expires_at
        When the other side has to forget the request, and the asker the answer.
    answer_by
        When an answer is wanted; empty when it may take its time.
    prints
        The fingers.
    """

    reference: str
    purpose: str
    legal_basis: str
    categories: tuple[str, ...]
    expires_at: str
    answer_by: str
    prints: tuple[SentPrint, ...]

    def to_bytes(self) -> bytes:
        """The record."""
        content = {name: getattr(self, name) for name in _NAMES}
        return dumped(KIND, content | {"categories": list(self.categories), "prints": as_list(self.prints)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Request:
        """Read a record.

        Raises
        ------
        BundleRefused
        """
        found = opened(data, KIND, _NAMES)
        return cls(
            reference(found),
            word(found, "purpose"),
            prose(found, "legal_basis"),
            words(found, "categories"),
            moment(found, "expires_at"),
            moment(found, "answer_by", required=False),
            prints_of(found),
        )
