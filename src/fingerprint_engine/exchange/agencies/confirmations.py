"""`Confirmation` and `CoreData`: an examiner of the asker has looked; the identity follows, and not before."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.exchange.agencies.documents import MAX_LIST, dumped, opened, prose, reference, word
from fingerprint_engine.exchange.agencies.head import refuse

CONFIRMATION, CORE_DATA = "confirmation", "core data"
VERDICTS = ("same", "different", "cannot tell")
_CONFIRMED = ("reference", "answer", "verdict")
_TOLD = ("reference", "answer", "category", "identifiers")


@dataclasses.dataclass(frozen=True, slots=True)
class Confirmation:
    """What an examiner of the asker says about a hit.

    Attributes
    ----------
    reference, answer
        Those of both sides.
    verdict
        same, different or cannot tell.
    """

    reference: str
    answer: str
    verdict: str

    def to_bytes(self) -> bytes:
        """The record."""
        return dumped(CONFIRMATION, dataclasses.asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> Confirmation:
        """Read a record.

        Raises
        ------
        BundleRefused
        """
        found = opened(data, CONFIRMATION, _CONFIRMED)
        verdict = found.text("verdict", 40)
        if verdict not in VERDICTS:
            raise refuse("verdict: expected one of " + ", ".join(VERDICTS))
        return cls(reference(found), reference(found, "answer"), verdict)


@dataclasses.dataclass(frozen=True, slots=True)
class SentIdentifier:
    """A name or a number, and who gave it."""

    kind: str
    value: str
    issuer: str


@dataclasses.dataclass(frozen=True, slots=True)
class CoreData:
    """Who the candidate is.

    Attributes
    ----------
    reference, answer
        Those of both sides.
    category
        Whom the file of the other side is about.
    identifiers
        Names and numbers on that file.
    """

    reference: str
    answer: str
    category: str
    identifiers: tuple[SentIdentifier, ...]

    def to_bytes(self) -> bytes:
        """The record."""
        return dumped(CORE_DATA, dataclasses.asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> CoreData:
        """Read a record.

        Raises
        ------
        BundleRefused
        """
        found = opened(data, CORE_DATA, _TOLD)
        told = tuple(
            SentIdentifier(word(one, "kind"), prose(one, "value"), word(one, "issuer", required=False))
            for one in found.objects("identifiers", MAX_LIST)
        )
        return cls(reference(found), reference(found, "answer"), word(found, "category"), told)
