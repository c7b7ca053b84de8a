"""A ROSTER AND CAPTURES IN, WHO IS PRESENT OUT.

The roster of a unit against captures of any finger, solved at once as an assignment, with an error probability for
every statement. It must not know the database.
"""

from fingerprint_engine.records.roll_call.assignment import Problem, Solution, solve
from fingerprint_engine.records.roll_call.likelihood import log_ratio, log_ratio_of_person
from fingerprint_engine.records.roll_call.options import Fate, Option, is_stated
from fingerprint_engine.records.roll_call.parameters import RollCallParameters

__all__ = [
    "Fate",
    "Option",
    "Problem",
    "RollCallParameters",
    "Solution",
    "is_stated",
    "log_ratio",
    "log_ratio_of_person",
    "solve",
]
