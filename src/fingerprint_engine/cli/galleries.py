"""Galleries as the command line meets them: told by content, described for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fingerprint_engine.index import Identification
from fingerprint_engine.index.log_file import LOG_NAME


def is_gallery(path: Path) -> bool:
    """Whether a folder is a gallery: it holds the file that every gallery has."""
    return (path / LOG_NAME).is_file()


def identification_document(found: Identification) -> dict[str, Any]:
    """The answer to a search for machines: outcome, candidates and the receipt with everything that it says."""
    receipt = found.receipt
    return {
        "outcome": found.outcome.value,
        "candidates": [{"rank": c.rank, "key": c.key, "score": float(c.score)} for c in found.candidates],
        "receipt": {
            "eligible": receipt.eligible,
            "searched": receipt.searched,
            "excluded": {exclusion.reason: exclusion.count for exclusion in receipt.excluded},
            "shortlist": receipt.shortlist,
            "shortlist_size": receipt.shortlist_size,
            "recall": float(receipt.recall),
            "max_fpir": float(receipt.max_fpir),
            "hit_score": float(receipt.hit_score),
            "possible_score": float(receipt.possible_score),
            "engine_version": receipt.engine_version,
            "gallery_format": receipt.gallery_format,
            "extractor": receipt.extractor,
            "parameters_digest": receipt.parameters_digest,
        },
    }
