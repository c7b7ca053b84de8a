"""PRINTS AS COLUMNS: what is kept of each enrolled print, in memory or mapped from a file.

A block is a run of prints in the order of enrolment, with a column per fact and their templates one after another; a
table is a sequence of blocks with keys. Knows no files and no searches.
"""

__all__ = [
    "block",
    "cell_lists",
    "details",
    "mapped_pages",
    "memory_block",
    "table",
]
