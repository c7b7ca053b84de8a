"""RANDOM NUMBERS IN, FINGERPRINTS WITH KNOWN TRUTH OUT.

In comes a seeded generator and parameters; out come master fingers, impressions of them and folders of samples, each
with its true minutiae, orientation, period, contact region and correspondences. This room must not know how prints are
extracted, matched or indexed: it makes the truth that those are measured against.
"""

from fingerprint_engine.synthesis.impressions.appearance import Condition
from fingerprint_engine.synthesis.impressions.distortion import Correspondence, SkinDistortion
from fingerprint_engine.synthesis.impressions.impression import (
    ImpressionParameters,
    SyntheticImpression,
    make_impression,
)
from fingerprint_engine.synthesis.impressions.mark import MarkParameters, SyntheticMark, make_mark
from fingerprint_engine.synthesis.impressions.rolling import (
    UNROLLED_FINGER,
    RollingParameters,
    make_rolled_impression,
)
from fingerprint_engine.synthesis.manifest import SampleRecord, read_manifest
from fingerprint_engine.synthesis.master_finger.finger import FingerParameters, MasterFinger, make_finger
from fingerprint_engine.synthesis.master_finger.minutia_truth import TrueMinutiae
from fingerprint_engine.synthesis.master_finger.patterns import Layout, PatternClass, choose_pattern
from fingerprint_engine.synthesis.point_people import PointPeople
from fingerprint_engine.synthesis.point_prints import PointPrint, PointPrintParameters, draw_flow, make_point_print
from fingerprint_engine.synthesis.population import (
    SAMPLE_SEED,
    population_finger,
    population_impression,
    write_population,
    write_samples,
)
from fingerprint_engine.synthesis.scene import make_scene
from fingerprint_engine.synthesis.slaps.slap import SlapParameters, SyntheticSlap, TrueTip, make_slap

__all__ = [
    "SAMPLE_SEED",
    "UNROLLED_FINGER",
    "Condition",
    "Correspondence",
    "FingerParameters",
    "ImpressionParameters",
    "Layout",
    "MarkParameters",
    "MasterFinger",
    "PatternClass",
    "PointPeople",
    "PointPrint",
    "PointPrintParameters",
    "RollingParameters",
    "SampleRecord",
    "SkinDistortion",
    "SlapParameters",
    "SyntheticImpression",
    "SyntheticMark",
    "SyntheticSlap",
    "TrueMinutiae",
    "TrueTip",
    "choose_pattern",
    "draw_flow",
    "make_finger",
    "make_impression",
    "make_mark",
    "make_point_print",
    "make_rolled_impression",
    "make_scene",
    "make_slap",
    "population_finger",
    "population_impression",
    "read_manifest",
    "write_population",
    "write_samples",
]
