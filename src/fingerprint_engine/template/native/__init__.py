"""THE NATIVE BYTES OF TEMPLATES.

In come templates or bytes; out go bytes, checked templates, and columns for many of them. Whatever enters from outside
passes the check. The room must not know where the bytes lie.
"""

__all__ = [
    "batch",
    "check",
    "format",
]
