"""The classical extractor: local spectrum, relaxation, oriented filters, phase vortices."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.extractors.port import Reading, ReadingParameters
from fingerprint_engine.minutiae import MinutiaParameters, extract_minutiae
from fingerprint_engine.preprocessing import FingerprintImage, RidgeMapParameters, compute_ridge_maps
from fingerprint_engine.version import __version__


@dataclasses.dataclass(frozen=True, slots=True)
class ClassicalParameters(ReadingParameters):
    """Everything that decides what the classical extractor finds."""

    ridge_maps: RidgeMapParameters = RidgeMapParameters()
    minutiae: MinutiaParameters = MinutiaParameters()

    def extractor(self) -> ClassicalExtractor:
        """See `ReadingParameters.extractor`."""
        return ClassicalExtractor(self)


class ClassicalExtractor:
    """The recipe of `preprocessing` and `minutiae`, with their parameters."""

    name = f"fingerprint_engine {__version__}"

    def __init__(self, parameters: ClassicalParameters | None = None) -> None:
        self.parameters = parameters or ClassicalParameters()

    def read(self, image: FingerprintImage) -> Reading:
        """See `Extractor.read`."""
        maps = compute_ridge_maps(image, self.parameters.ridge_maps)
        return Reading(maps, extract_minutiae(maps, self.parameters.minutiae))
