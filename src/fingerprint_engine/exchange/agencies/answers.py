"""`Answer`: hit or no hit, what was searched, and evidence that the other side can recompute; no identity."""

from __future__ import annotations

import dataclasses
from typing import Any

from fingerprint_engine.exchange.agencies.documents import dumped, opened, plain_object, prose, reference, word
from fingerprint_engine.exchange.agencies.head import refuse

KIND = "answer"
OUTCOMES = ("hit", "possible", "no hit", "incomplete", "rejected for quality", "refused")
"""Those of a search, and one for a request that the policy of the other side does not let it search for."""
MAX_RECEIPT, MAX_EVIDENCE = 200_000, 2_000_000
_NAMES = ("reference", "answer", "outcome", "reason", "receipt", "evidence")


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What is told about one request, or about a watch that found something.

    Attributes
    ----------
    reference
        The asker's own.
    answer
        The reference of the side that answers; it stands for the candidate, who is not named.
    outcome
        One of `OUTCOMES`.
    reason
        Why a request was refused; empty otherwise.
    receipt
        What was searched, as plain data without identifiers of people.
    evidence
        What `matching.check_evidence` recomputes; None where nothing was found, or the law forbids it.
    """

    reference: str
    answer: str
    outcome: str
    reason: str
    receipt: dict[str, Any]
    evidence: dict[str, Any] | None

    def to_bytes(self) -> bytes:
        """The record."""
        return dumped(KIND, {name: getattr(self, name) for name in _NAMES})

    @classmethod
    def from_bytes(cls, data: bytes) -> Answer:
        """Read a record; its evidence is plain data that nobody has looked at.

        Raises
        ------
        BundleRefused
        """
        found = opened(data, KIND, _NAMES)
        outcome = found.text("outcome", 40)
        if outcome not in OUTCOMES:
            raise refuse("outcome: expected one of " + ", ".join(OUTCOMES))
        evidence = None if found.value("evidence") is None else plain_object(found, "evidence", MAX_EVIDENCE)
        return cls(
            reference(found),
            word(found, "answer", required=outcome != "refused"),
            outcome,
            prose(found, "reason", required=False),
            plain_object(found, "receipt", MAX_RECEIPT),
            evidence,
        )
