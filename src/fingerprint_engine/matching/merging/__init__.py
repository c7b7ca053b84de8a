"""Several impressions of one finger in, one template out."""

from fingerprint_engine.matching.merging.merge import Merged, MergeParameters, merge

__all__ = ["MergeParameters", "Merged", "merge"]
