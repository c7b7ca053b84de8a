"""PROBES AND BLOCKS IN, CANDIDATES OUT: eligibility, shortlist, comparison, decision, receipt.

Knows no files: it is given blocks of prints, wherever they are kept.
"""

__all__ = [
    "candidates",
    "decision",
    "eligibility",
    "finger_fusion",
    "identification",
    "kernels",
    "measuring",
    "options",
    "parameters",
    "scan",
    "search",
    "shortlist_cells",
    "shortlists",
    "staged_scan",
]
