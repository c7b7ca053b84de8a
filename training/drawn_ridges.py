"""Read only the ridges that a network draws: what its other tasks are worth shows when they are not asked."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from fingerprint_engine.extractors import ClassicalExtractor
from fingerprint_engine.extractors.network import RidgeNetwork
from fingerprint_engine.extractors.network_input import network_input
from fingerprint_engine.extractors.network_maps import drawn_ridges
from fingerprint_engine.extractors.port import Reading
from fingerprint_engine.preprocessing import FingerprintImage, image_from_array, resample
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize

GROUND, SWING = 128.0, 100.0


@dataclasses.dataclass(frozen=True)
class DrawnRidges:
    """The classical extractor on the picture that the network draws of a print."""

    network: RidgeNetwork
    classical: ClassicalExtractor = dataclasses.field(default_factory=ClassicalExtractor)
    name: str = "drawn"

    def read(self, image: FingerprintImage) -> Reading:
        """See `Extractor.read`."""
        pixels = resample(image)
        planes = network_input(normalize(pixels, NormalizationParameters()))
        drawn = drawn_ridges(self.network.answer(planes), (pixels.shape[0], pixels.shape[1]))
        picture = np.clip(GROUND - SWING * cv2.GaussianBlur(drawn, (0, 0), 0.5), 0.0, 255.0)
        return self.classical.read(image_from_array(np.rint(picture).astype(np.uint8), 500.0, polarity="dark-ridges"))
