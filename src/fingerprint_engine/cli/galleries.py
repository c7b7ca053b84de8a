"""Searches as the command line reports them to machines."""

from __future__ import annotations

import dataclasses
from typing import Any

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Identification


def identification_document(found: Identification) -> dict[str, Any]:
    """The answer to a search for machines: outcome, candidates and the receipt with everything that it says."""
    receipt = dataclasses.asdict(found.receipt)
    for name in ("filtered", "excluded"):
        receipt[name] = {exclusion["reason"]: exclusion["count"] for exclusion in receipt[name]}
    return {
        "outcome": found.outcome.value,
        "candidates": [
            {
                "rank": candidate.rank,
                "key": candidate.key,
                "score": candidate.score,
                "subject": candidate.subject,
                "matches": [
                    {"probe": match.probe, "key": match.key, "finger": finger_name(match.finger), "score": match.score}
                    for match in candidate.matches
                ],
            }
            for candidate in found.candidates
        ],
        "receipt": receipt,
        "digest": found.digest,
    }


def finger_name(finger: Finger) -> str:
    """A finger's position in words."""
    return finger.name.lower().replace("_", " ")
