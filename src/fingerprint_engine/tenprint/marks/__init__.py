"""AN IMAGE OF A MARK, OR AN EXAMINER'S MINUTIAE OF IT, IN; TEMPLATES TO SEARCH FOR OUT.

In come pixels with regions that an examiner drew, where the finger's end points, and minutiae that somebody marked;
out goes a `Mark`: one or two templates of each region. The room must not know galleries, persons or files.
"""

from fingerprint_engine.tenprint.marks.mark import Mark, MarkReading, Reader, Upright
from fingerprint_engine.tenprint.marks.reading import MarkParameters, mark_of_templates, read_mark
from fingerprint_engine.tenprint.marks.region import MarkRegion

__all__ = [
    "Mark",
    "MarkParameters",
    "MarkReading",
    "MarkRegion",
    "Reader",
    "Upright",
    "mark_of_templates",
    "read_mark",
]
