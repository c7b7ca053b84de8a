"""TWO TEMPLATES IN, A COMPARISON OUT.

In come templates made with the same parameters; out go symmetric, calibrated scores (-10·log10 of the false match
rate), and on request the pairs, the motion and the evidence behind them. The room must not know keys, persons or the
index.
"""

from fingerprint_engine.matching.comparison import (
    MIN_MATCH_MINUTIAE,
    Comparison,
    Verification,
    fmr_of_score,
    score_of_fmr,
)
from fingerprint_engine.matching.matcher import Matcher, compare, compare_many, verify
from fingerprint_engine.matching.model import ScoreModel
from fingerprint_engine.matching.parameters import MatchingParameters

__all__ = [
    "MIN_MATCH_MINUTIAE",
    "Comparison",
    "Matcher",
    "MatchingParameters",
    "ScoreModel",
    "Verification",
    "compare",
    "compare_many",
    "fmr_of_score",
    "score_of_fmr",
    "verify",
]
