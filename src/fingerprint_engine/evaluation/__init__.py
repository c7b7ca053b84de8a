"""PAIRS IN, ERROR RATES OUT.

What comes in are names of samples (to say which pairs a protocol compares) and a score for each pair; what goes out
are the error rates of ISO/IEC 19795-1 with their intervals. Rates are computed from a `ScoreTable`, which is what a
score file holds and nothing else, so that every published figure can be computed again from a file. The room must not
know images, templates, keys of persons, records or exchange formats: a sample is a finger and an impression label.
"""

from fingerprint_engine.evaluation.bootstrap import Interval, bootstrap_intervals
from fingerprint_engine.evaluation.differences import Difference, paired_differences
from fingerprint_engine.evaluation.identification import Searches, searches
from fingerprint_engine.evaluation.journal import Journal
from fingerprint_engine.evaluation.lists import ListedImage, read_image_list, read_pair_list
from fingerprint_engine.evaluation.metrics import ErrorCurve, ErrorRates, error_curve, error_rates
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
from fingerprint_engine.evaluation.score_table import ScoreTable, score_table

__all__ = [
    "Difference",
    "ErrorCurve",
    "ErrorRates",
    "Interval",
    "Journal",
    "ListedImage",
    "Pairs",
    "Report",
    "Sample",
    "ScoreTable",
    "Searches",
    "all_pairs",
    "bootstrap_intervals",
    "cross_pairs",
    "error_curve",
    "error_rates",
    "format_table",
    "fvc_pairs",
    "mean_rates",
    "paired_differences",
    "read_image_list",
    "read_pair_list",
    "read_samples",
    "read_scores",
    "report",
    "sampled_pairs",
    "score_table",
    "searches",
    "write_scores",
]
