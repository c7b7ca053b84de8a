"""ONE TEMPLATE IN, CANDIDATES OUT.

In come templates under keys, to be enrolled, and probes, to be searched for; out go candidates with calibrated scores,
an outcome and a receipt of what was searched. The room keeps templates in memory or, in files that lose nothing, on
disk. It must not know persons, images, or formats other than its own.
"""

from fingerprint_engine.index.compaction import Compaction
from fingerprint_engine.index.duplicate_groups import DuplicateGroup, PrintPair, ProblemKind, RecordProblem
from fingerprint_engine.index.duplicates import Duplicates
from fingerprint_engine.index.eligibility import SearchFilter
from fingerprint_engine.index.enrolment import Enrolments
from fingerprint_engine.index.gallery import Gallery
from fingerprint_engine.index.identification import (
    Candidate,
    Exclusion,
    Identification,
    Outcome,
    PrintMatch,
    SearchReceipt,
)
from fingerprint_engine.index.parameters import SearchParameters
from fingerprint_engine.index.print_details import PrintDetails
from fingerprint_engine.index.repair import Repair, repair_gallery
from fingerprint_engine.index.verification import GalleryReport, traces, verify_gallery

__all__ = [
    "Candidate",
    "Compaction",
    "DuplicateGroup",
    "Duplicates",
    "Enrolments",
    "Exclusion",
    "Gallery",
    "GalleryReport",
    "Identification",
    "Outcome",
    "PrintDetails",
    "PrintMatch",
    "PrintPair",
    "ProblemKind",
    "RecordProblem",
    "Repair",
    "SearchFilter",
    "SearchParameters",
    "SearchReceipt",
    "repair_gallery",
    "traces",
    "verify_gallery",
]
