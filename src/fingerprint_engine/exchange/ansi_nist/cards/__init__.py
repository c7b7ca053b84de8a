"""IMAGES OF A TEN-PRINT CARD IN, A NEW TRANSACTION OUT.

In come images with what is said about them; out goes a checked transaction. Knows the record model, not its encodings.
"""

__all__ = [
    "building",
    "checks",
    "model",
]
