"""`TemplateContent`: the fields of a template, which is what its bytes hold."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import CoarseMap


@dataclasses.dataclass(frozen=True, eq=False)
class TemplateContent:
    """What is stored of one print; everything is quantized as in the bytes.

    Attributes
    ----------
    minutiae
        Minutiae, x and y in quarters of a pixel at 500 ppi, directions in 256 steps per turn.
    singular_points
        Cores and deltas, quantized in the same way.
    cylinders
        uint64, shape (n, 7): the minutiae's local descriptors, see `template.cylinders`.
    coarse_map
        Area, ridge orientation and ridge period on a coarse grid.
    finger, impression
        Position of the finger and type of the impression.
    quality
        Overall quality 0 to 100, 255 when unknown.
    shape
        Rows and columns of the print in pixels at 500 ppi.
    source_ppi
        Resolution of the image that the print came from.
    extractor
        Name and version of what found the minutiae, at most 255 bytes of UTF-8.
    parameters_digest, descriptor_digest
        Eight bytes each: the parameters of the extraction and of the descriptors. Templates with different digests do
        not compare.
    radius_px
        Radius of the cylinders in pixels at 500 ppi.
    """

    minutiae: Minutiae
    singular_points: SingularPoints
    cylinders: NDArray[np.uint64]
    coarse_map: CoarseMap
    finger: Finger
    impression: Impression
    quality: int
    shape: tuple[int, int]
    source_ppi: float
    extractor: str
    parameters_digest: bytes
    descriptor_digest: bytes
    radius_px: float
