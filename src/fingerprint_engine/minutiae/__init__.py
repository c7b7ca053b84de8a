"""Ridge maps in, minutiae and singular points out.

The room finds where ridges end and fork, which way they point, and how likely each finding is to be found again in
another impression of the same finger. It must not know files, templates or scores.
"""

from fingerprint_engine.minutiae.columns import (
    MAX_QUALITY,
    UNKNOWN_QUALITY,
    Minutiae,
    MinutiaKind,
    SingularKind,
    SingularPoints,
)
from fingerprint_engine.minutiae.detection import DetectionParameters
from fingerprint_engine.minutiae.extraction import MinutiaParameters, extract_minutiae
from fingerprint_engine.minutiae.singular_points import SingularPointParameters, find_singular_points

__all__ = [
    "MAX_QUALITY",
    "UNKNOWN_QUALITY",
    "DetectionParameters",
    "MinutiaKind",
    "MinutiaParameters",
    "Minutiae",
    "SingularKind",
    "SingularPointParameters",
    "SingularPoints",
    "extract_minutiae",
    "find_singular_points",
]
