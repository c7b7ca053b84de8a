"""SEVERAL IMPRESSIONS OF ONE FINGER IN, ONE TEMPLATE OUT.

In come templates that the caller says are of one finger; out goes one template of all that can be laid on each other,
and which these are. It must not know keys, persons or the index, and decides about no identity.
"""

from fingerprint_engine.matching.merging.merge import Merged, MergeParameters, merge

__all__ = ["MergeParameters", "Merged", "merge"]
