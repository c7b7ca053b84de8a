"""TYPE-9 IN THE ENGINE'S OWN TERMS.

In comes a Type-9 record in any of its encodings; out go minutiae and singular points, and back, in one model.
"""

__all__ = [
    "image_geometry",
    "model",
    "reading",
    "writing",
]
