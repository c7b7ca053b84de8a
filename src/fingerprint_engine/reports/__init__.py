"""WHAT WAS MEASURED, TOLD TO PEOPLE.

In comes a plan of an evaluation: images with labels, and the pairs to compare. Out come templates and scores, kept on
disk as soon as they are made, the error rates of the score file, and a page that shows them with the worst errors as
pictures. In come two templates with their comparison; out goes a page that shows why. In comes a doubt about who
somebody is, in words and templates; out comes a page for an examiner. A page is one HTML file that needs nothing else;
it needs the extra ``reports``, the run does not. The room must not know galleries or records: a report names prints by
the labels that the caller gave. How a rate is computed is in `evaluation`, how a picture is drawn in `visualization`.
"""

from fingerprint_engine.reports.case_page import SYMBOLS, ShownCandidate, ShownCase, ShownPair, case_page
from fingerprint_engine.reports.evaluation_page import evaluation_page
from fingerprint_engine.reports.evaluation_run import JOURNAL_NAME, Evaluation, run_evaluation
from fingerprint_engine.reports.kept_scores import Compared
from fingerprint_engine.reports.kept_templates import Extracted
from fingerprint_engine.reports.match_page import match_page
from fingerprint_engine.reports.rendering import require_reports
from fingerprint_engine.reports.worst_pairs import WorstPair, reason_in_words, worst_pairs

__all__ = [
    "JOURNAL_NAME",
    "SYMBOLS",
    "Compared",
    "Evaluation",
    "Extracted",
    "ShownCandidate",
    "ShownCase",
    "ShownPair",
    "WorstPair",
    "case_page",
    "evaluation_page",
    "match_page",
    "reason_in_words",
    "require_reports",
    "run_evaluation",
    "worst_pairs",
]
