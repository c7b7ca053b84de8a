"""TYPE-9 IN THE ENGINE'S OWN TERMS.

In comes a Type-9 record in any of its four blocks of fields; out go minutiae and singular points, and back, in one
model. The room knows the record model; it must not know how a transaction is written.
"""

__all__ = [
    "image_geometry",
    "model",
    "reading",
    "writing",
]
