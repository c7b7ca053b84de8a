"""ONE MODULE PER COMMAND. In come parsed words; out go text and an exit code. What a command does, the Python API does too."""

__all__ = [
    "convert",
    "dedupe",
    "demo",
    "demo_pictures",
    "demo_plan",
    "differences",
    "enrol",
    "enrol_list",
    "evaluate",
    "extract",
    "gallery",
    "identify",
    "inspect",
    "synthesize",
    "verify",
]
