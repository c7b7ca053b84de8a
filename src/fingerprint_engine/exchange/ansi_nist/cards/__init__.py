"""IMAGES OF A TEN-PRINT CARD IN, A NEW TRANSACTION OUT.

In come images with what is said about them; out goes a checked transaction. The room knows the record model; it must
not know how a transaction is written.
"""

__all__ = [
    "building",
    "checks",
    "model",
]
