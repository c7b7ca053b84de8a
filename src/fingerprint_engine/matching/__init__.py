"""TWO TEMPLATES IN, A COMPARISON OUT.

In come templates made with the same parameters; out go symmetric, calibrated scores (-10·log10 of the false match
rate), and on request the pairs, the motion and the evidence behind them; `merge` makes one template of several
impressions. The room must not know keys, persons or the index.
"""

from fingerprint_engine.matching.comparison import (
    MIN_MATCH_MINUTIAE,
    Comparison,
    Verification,
    fmr_of_score,
    score_of_fmr,
)
from fingerprint_engine.matching.hit_evidence import HitEvidence, evidence_from_document, evidence_of
from fingerprint_engine.matching.matcher import Matcher, compare, compare_many, verify
from fingerprint_engine.matching.merging import Merged, MergeParameters, merge
from fingerprint_engine.matching.model import ScoreModel
from fingerprint_engine.matching.parameters import MatchingParameters
from fingerprint_engine.matching.recomputation import EvidenceCheck, EvidenceVerdict, check_evidence

__all__ = [
    "MIN_MATCH_MINUTIAE",
    "Comparison",
    "EvidenceCheck",
    "EvidenceVerdict",
    "HitEvidence",
    "Matcher",
    "MatchingParameters",
    "MergeParameters",
    "Merged",
    "ScoreModel",
    "Verification",
    "check_evidence",
    "compare",
    "compare_many",
    "evidence_from_document",
    "evidence_of",
    "fmr_of_score",
    "merge",
    "score_of_fmr",
    "verify",
]
