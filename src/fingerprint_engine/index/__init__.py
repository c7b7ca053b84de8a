"""ONE TEMPLATE IN, CANDIDATES OUT.

In come templates under keys, to be enrolled, and probes, to be searched for; out go candidates with calibrated scores,
an outcome and a receipt of what was searched. The room keeps templates in memory or, through one append-only file, on
disk. It must not know persons, images, or formats other than its own.
"""

from fingerprint_engine.index.gallery import Enrolments, Gallery
from fingerprint_engine.index.identification import Candidate, Exclusion, Identification, Outcome, SearchReceipt
from fingerprint_engine.index.parameters import SearchParameters

__all__ = [
    "Candidate",
    "Enrolments",
    "Exclusion",
    "Gallery",
    "Identification",
    "Outcome",
    "SearchParameters",
    "SearchReceipt",
]
