"""WHO IS ENROLLED TWICE.

In comes a snapshot of a gallery; out go groups of subjects that share fingers, and records that contradict themselves.
"""

__all__ = [
    "all_pairs",
    "groups",
    "journal",
    "likely_prints",
]
