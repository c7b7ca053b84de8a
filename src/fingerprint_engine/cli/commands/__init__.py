"""ONE MODULE PER COMMAND.

In come parsed words; out go text and an exit code. The Python API can do whatever they do.
"""

__all__ = [
    "convert",
    "dedupe",
    "demo",
    "demo_pictures",
    "demo_plan",
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
