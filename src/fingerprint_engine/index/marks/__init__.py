"""A MARK IN, A RANKED LIST OUT, FOR AN EXAMINER.

In come the readings of a mark and blocks of prints; out go candidates in the order of their scores, and a receipt that
says that nothing was decided. Knows no files.
"""

__all__ = [
    "answer",
    "merging",
    "search",
]
