"""A HAND OR A CARD IN, NAMED PRINTS OUT.

In come images of hands and single fingers with what is said about them; out goes a `TenprintSet`: prints with their
fingers, boxes, templates and quality, what is missing and why, and what is wrong. Marks come in with their regions and
go out as templates. The room must not know persons, files or the index.
"""

from fingerprint_engine.tenprint.capture_quality import CaptureQuality, CaptureQualityParameters, Reason
from fingerprint_engine.tenprint.card import read_card
from fingerprint_engine.tenprint.completeness import Completeness, Purpose, completeness
from fingerprint_engine.tenprint.hand import TenprintParameters, read_hand
from fingerprint_engine.tenprint.hand_problems import HandLimits
from fingerprint_engine.tenprint.marks import (
    Mark,
    MarkParameters,
    MarkReading,
    MarkRegion,
    Reader,
    Upright,
    mark_of_templates,
    read_mark,
)
from fingerprint_engine.tenprint.page import cut_page
from fingerprint_engine.tenprint.problems import MissingReason, Problem, ProblemKind
from fingerprint_engine.tenprint.segmentation import (
    Fingertip,
    Segmentation,
    SegmentationParameters,
    TurnedBox,
    segment,
)
from fingerprint_engine.tenprint.sequence import SequenceParameters, check_sequence
from fingerprint_engine.tenprint.tenprint_set import CapturedPrint, TenprintSet

__all__ = [
    "CaptureQuality",
    "CaptureQualityParameters",
    "CapturedPrint",
    "Completeness",
    "Fingertip",
    "HandLimits",
    "Mark",
    "MarkParameters",
    "MarkReading",
    "MarkRegion",
    "MissingReason",
    "Problem",
    "ProblemKind",
    "Purpose",
    "Reader",
    "Reason",
    "Segmentation",
    "SegmentationParameters",
    "SequenceParameters",
    "TenprintParameters",
    "TenprintSet",
    "TurnedBox",
    "Upright",
    "check_sequence",
    "completeness",
    "cut_page",
    "mark_of_templates",
    "read_card",
    "read_hand",
    "read_mark",
    "segment",
]
