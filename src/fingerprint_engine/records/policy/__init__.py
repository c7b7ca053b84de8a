"""A POLICY FILE IN, YES OR NO OUT.

Which purpose may do what with which category of people, how long records are kept, and at which error rates the engine
decides, read from one TOML file and checked. It must not know the database or the galleries.
"""

from fingerprint_engine.records.policy.policy import LogTerms, Policy, Purpose, Rates, Retention
from fingerprint_engine.records.policy.reading import default_policy, load_policy, parse_policy
from fingerprint_engine.records.policy.terms import Anchor, Term

__all__ = [
    "Anchor",
    "LogTerms",
    "Policy",
    "Purpose",
    "Rates",
    "Retention",
    "Term",
    "default_policy",
    "load_policy",
    "parse_policy",
]
