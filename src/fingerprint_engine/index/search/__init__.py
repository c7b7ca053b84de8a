"""PROBES AND BLOCKS IN, CANDIDATES OUT: eligibility, shortlist, comparison, decision, receipt.

Knows no files: it is given blocks of prints, wherever they lie.
"""
