"""PROBES AND BLOCKS IN, CANDIDATES OUT: eligibility, shortlist, comparison, decision, receipt.

Knows no files: it is given blocks of prints, wherever they lie.
"""

__all__ = [
    "candidates",
    "decision",
    "eligibility",
    "exact_scan",
    "finger_fusion",
    "identification",
    "kernels",
    "measurements",
    "measuring",
    "parameters",
    "scan",
    "search",
    "shortlist_faiss",
    "shortlists",
    "stage_parameters",
    "staged_scan",
]
