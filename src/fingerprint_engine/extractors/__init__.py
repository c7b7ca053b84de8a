"""AN IMAGE IN, RIDGE MAPS AND MINUTIAE OUT, in one of two ways.

The classical extractor is the recipe of the rooms `preprocessing` and `minutiae`. The learned one asks a small network,
which was trained on synthetic prints, what lies under the grey values, and reads its answer with the tools of the same
rooms. Both give the same things, and one body of tests holds both. The room must not know templates, scores or persons.
"""

from fingerprint_engine.extractors.classical import ClassicalExtractor, ClassicalParameters
from fingerprint_engine.extractors.learned import LearnedExtractor, LearnedParameters
from fingerprint_engine.extractors.port import Extractor, Reading, ReadingParameters

__all__ = [
    "ClassicalExtractor",
    "ClassicalParameters",
    "Extractor",
    "LearnedExtractor",
    "LearnedParameters",
    "Reading",
    "ReadingParameters",
]
