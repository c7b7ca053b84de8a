"""PIXELS IN, RIDGE MAPS OUT.

In come image files and arrays of pixels; out go a `FingerprintImage`, which has 8-bit grey pixels, dark ridges and a
known resolution, and the `RidgeMaps` of it at 500 ppi: where the print is, how its ridges run, how far apart they lie,
the enhanced ridges and the quality of each spot. The room must not know minutiae, persons or names of fingers.
"""

from fingerprint_engine.preprocessing.block_maps import BLOCK_PX
from fingerprint_engine.preprocessing.image import FingerprintImage, check_ppi
from fingerprint_engine.preprocessing.loading.codec_port import DecodedImage, ImageCodec
from fingerprint_engine.preprocessing.loading.grey import to_grey
from fingerprint_engine.preprocessing.loading.load import image_from_array, load_image
from fingerprint_engine.preprocessing.loading.rules import (
    AlphaRule,
    ChannelOrder,
    ColourRule,
    DepthRule,
    PolarityRule,
    check_rules,
)
from fingerprint_engine.preprocessing.print_place import PlaceParameters, PrintCut, cut_to_print
from fingerprint_engine.preprocessing.resample import resample
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps
from fingerprint_engine.preprocessing.ridge_spacing import SpacingParameters, ridge_spacing
from fingerprint_engine.preprocessing.ridges import RidgeMapParameters, compute_ridge_maps

__all__ = [
    "BLOCK_PX",
    "AlphaRule",
    "ChannelOrder",
    "ColourRule",
    "DecodedImage",
    "DepthRule",
    "FingerprintImage",
    "ImageCodec",
    "PlaceParameters",
    "PolarityRule",
    "PrintCut",
    "RidgeMapParameters",
    "RidgeMaps",
    "SpacingParameters",
    "check_ppi",
    "check_rules",
    "compute_ridge_maps",
    "cut_to_print",
    "image_from_array",
    "load_image",
    "resample",
    "ridge_spacing",
    "to_grey",
]
