"""WHAT A TRANSACTION SAYS THAT CONTRADICTS ITSELF.

In comes a transaction; out go findings for a report. They are never a reason not to read a file. The room must not
change anything, and it decodes no images: it looks at their headers.
"""

__all__ = [
    "consistency",
    "features",
    "findings",
    "images",
]
