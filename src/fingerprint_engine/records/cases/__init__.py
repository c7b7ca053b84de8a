"""DOUBTS IN, FILES FOR EXAMINERS OUT.

Whatever an event could not settle becomes a case; what examiners say is added, with reasons, and never overwritten. It
must not know what follows from a decision: that is repair.
"""

from fingerprint_engine.records.cases.evidence import CaseCandidate, CaseEvidence, FingerPair, case_evidence
from fingerprint_engine.records.cases.reading import Case, Decision, get_case, list_cases

__all__ = [
    "Case",
    "CaseCandidate",
    "CaseEvidence",
    "Decision",
    "FingerPair",
    "case_evidence",
    "get_case",
    "list_cases",
]
