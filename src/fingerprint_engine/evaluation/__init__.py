"""PAIRS IN, ERROR RATES OUT.

In come labels of samples (to say which pairs a protocol compares) and a score for each pair; out go the error rates of
ISO/IEC 19795-1 with their intervals. Rates are computed from a `ScoreTable`, which is what a score file holds and
nothing else, so that every published figure can be computed again from a file. The room holds numbers only: it must not
know pixels, templates, keys of persons, records or exchange formats. A sample is a finger and an impression label; of
an image it knows the path. `reports` runs an evaluation and tells it to people.
"""

from fingerprint_engine.evaluation.bootstrap import Interval, bootstrap_intervals
from fingerprint_engine.evaluation.differences import Difference, paired_differences
from fingerprint_engine.evaluation.identification import Searches, searches
from fingerprint_engine.evaluation.journal import ScoreJournal
from fingerprint_engine.evaluation.lists import ListedImage, read_image_list, read_pair_list
from fingerprint_engine.evaluation.metrics import ErrorCurve, ErrorRates, error_curve, error_rates
from fingerprint_engine.evaluation.plan import Plan, plan_evaluation
from fingerprint_engine.evaluation.protocol import (
    Pairs,
    Sample,
    all_pairs,
    cross_pairs,
    fvc_pairs,
    read_samples,
    sampled_pairs,
)
from fingerprint_engine.evaluation.report import Report, format_table, mean_rates, report
from fingerprint_engine.evaluation.score_file import read_scores, write_scores
from fingerprint_engine.evaluation.score_matrix import ScoreMatrix, score_matrix
from fingerprint_engine.evaluation.score_table import ScoreTable, score_table
from fingerprint_engine.evaluation.thresholds import SuggestedThreshold, suggested_thresholds

__all__ = [
    "Difference",
    "ErrorCurve",
    "ErrorRates",
    "Interval",
    "ListedImage",
    "Pairs",
    "Plan",
    "Report",
    "Sample",
    "ScoreJournal",
    "ScoreMatrix",
    "ScoreTable",
    "Searches",
    "SuggestedThreshold",
    "all_pairs",
    "bootstrap_intervals",
    "cross_pairs",
    "error_curve",
    "error_rates",
    "format_table",
    "fvc_pairs",
    "mean_rates",
    "paired_differences",
    "plan_evaluation",
    "read_image_list",
    "read_pair_list",
    "read_samples",
    "read_scores",
    "report",
    "sampled_pairs",
    "score_matrix",
    "score_table",
    "searches",
    "suggested_thresholds",
    "write_scores",
]
