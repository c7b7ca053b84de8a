"""ONE TEMPLATE IN, CANDIDATES OUT.

In come templates under keys, to be enrolled, and probes, to be searched for; out go candidates with calibrated scores,
an outcome and a receipt of what was searched. The room keeps templates in memory or, in files that lose nothing, on
disk. It must not know persons, images, or formats other than its own.
"""

from fingerprint_engine.index.columns.details import PrintDetails
from fingerprint_engine.index.duplicates.all_pairs import Duplicates
from fingerprint_engine.index.duplicates.groups import DuplicateGroup, PrintPair, ProblemKind, RecordProblem
from fingerprint_engine.index.enrolment import Enrolments
from fingerprint_engine.index.gallery import Gallery
from fingerprint_engine.index.marks.answer import MarkCandidates, MarkReceipt
from fingerprint_engine.index.marks.search import MarkSearchParameters
from fingerprint_engine.index.search.eligibility import SearchFilter
from fingerprint_engine.index.search.identification import (
    Candidate,
    Exclusion,
    Identification,
    Outcome,
    PrintMatch,
    SearchReceipt,
)
from fingerprint_engine.index.search.parameters import SearchParameters, StageParameters
from fingerprint_engine.index.storage.check import GalleryReport, check_gallery, traces
from fingerprint_engine.index.storage.compaction import Compaction
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.reading import wrapped_keys
from fingerprint_engine.index.storage.repair import Repair, repair_gallery

__all__ = [
    "Candidate",
    "Compaction",
    "DuplicateGroup",
    "Duplicates",
    "Enrolments",
    "Exclusion",
    "Follows",
    "Gallery",
    "GalleryReport",
    "Identification",
    "MarkCandidates",
    "MarkReceipt",
    "MarkSearchParameters",
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
    "StageParameters",
    "check_gallery",
    "repair_gallery",
    "traces",
    "wrapped_keys",
]
