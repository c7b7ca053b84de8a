"""INTERPOL'S INT-I PROFILE: ITS RULES AS DATA, AND TRANSACTIONS THAT KEEP THEM.

In come transactions of any encoding, out go the rules that they break, each with the code of INT-I; requests and
answers are built, and nothing is written that breaks one. Where INTERPOL's own samples contradict its table of fields,
reading is tolerant by default and writing follows the table. The room must not know how a transaction is searched.
"""

from fingerprint_engine.exchange.interpol.building import (
    Envelope,
    Form,
    Organization,
    build_request,
    error,
    hit,
    no_hit,
)
from fingerprint_engine.exchange.interpol.checking import STRICT, TOLERANT, Peer, last_day, violations
from fingerprint_engine.exchange.interpol.codes import ERRORS
from fingerprint_engine.exchange.interpol.control_numbers import control_number, is_control_number
from fingerprint_engine.exchange.interpol.violations import CONTRADICTIONS, Violation

__all__ = [
    "CONTRADICTIONS",
    "ERRORS",
    "STRICT",
    "TOLERANT",
    "Envelope",
    "Form",
    "Organization",
    "Peer",
    "Violation",
    "build_request",
    "control_number",
    "error",
    "hit",
    "is_control_number",
    "last_day",
    "no_hit",
    "violations",
]
