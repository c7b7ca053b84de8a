"""TERMS THAT RUN OUT IN, ERASURE WITH PROOF OUT.

When records are due, restriction and erasure of what is, proof that nothing is left, and what a person may ask for:
access and correction. It must not know what prints are searched for.
"""

from fingerprint_engine.records.retention.access import Holding, access, correct
from fingerprint_engine.records.retention.erasure import ErasureProof, erase
from fingerprint_engine.records.retention.lapsing import LapseProof
from fingerprint_engine.records.retention.replay import export_erasures, replay_erasures
from fingerprint_engine.records.retention.retaining import RetentionPlan, retain

__all__ = [
    "ErasureProof",
    "Holding",
    "LapseProof",
    "RetentionPlan",
    "access",
    "correct",
    "erase",
    "export_erasures",
    "replay_erasures",
    "retain",
]
