"""The classical extractor: local spectrum, relaxation, oriented filters, phase vortices."""

from __future__ import annotations

from fingerprint_engine.extractors.port import Reading
from fingerprint_engine.minutiae import MinutiaParameters, extract_minutiae
from fingerprint_engine.preprocessing import FingerprintImage, RidgeMapParameters, compute_ridge_maps


class ClassicalExtractor:
    """The recipe of `preprocessing` and `minutiae`, with their parameters."""

    name = "classical"

    def __init__(self, ridge_maps: RidgeMapParameters | None = None, minutiae: MinutiaParameters | None = None) -> None:
        self.ridge_maps = ridge_maps or RidgeMapParameters()
        self.minutiae = minutiae or MinutiaParameters()

    def read(self, image: FingerprintImage) -> Reading:
        """See `Extractor.read`."""
        maps = compute_ridge_maps(image, self.ridge_maps)
        return Reading(maps, extract_minutiae(maps, self.minutiae))
