"""DUPLICATES AND CONTRADICTIONS IN, REVERSIBLE CHANGES OUT.

Proposals with evidence, decisions on them, changes that one transaction makes, and their undoing. It must not change
anything that nobody decided.
"""

from fingerprint_engine.records.repair.case_decisions import DIFFERENT, SAME, UNDECIDED, decide_case
from fingerprint_engine.records.repair.changes import Change, list_changes, undo
from fingerprint_engine.records.repair.deciding import ACCEPTED, REFUSED, decide
from fingerprint_engine.records.repair.duplicates import find_duplicates
from fingerprint_engine.records.repair.proposals import Proposal, get_proposal, list_proposals, propose

__all__ = [
    "ACCEPTED",
    "DIFFERENT",
    "REFUSED",
    "SAME",
    "UNDECIDED",
    "Change",
    "Proposal",
    "decide",
    "decide_case",
    "find_duplicates",
    "get_proposal",
    "list_changes",
    "list_proposals",
    "propose",
    "undo",
]
