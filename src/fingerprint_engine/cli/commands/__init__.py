"""ONE MODULE PER COMMAND.

In come parsed words; out go text and an exit code. The Python API can do whatever they do.
"""

__all__ = [
    "compare_all",
    "completion",
    "convert",
    "dedupe",
    "demo",
    "differences",
    "enrol",
    "evaluate",
    "extract",
    "gallery",
    "identify",
    "inspect",
    "synthesize",
    "verify",
]
