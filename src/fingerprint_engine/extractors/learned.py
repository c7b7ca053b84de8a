"""The learned extractor: what the network says about an image, read with the tools of the classical rooms."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np

from fingerprint_engine.errors import ModelError
from fingerprint_engine.extractors.four_sides import seen_from_four_sides
from fingerprint_engine.extractors.heat import LearnedQualityParameters, heat_features
from fingerprint_engine.extractors.network import FIELD_PX, Answer, RidgeNetwork
from fingerprint_engine.extractors.network_input import busy_window, network_input
from fingerprint_engine.extractors.network_maps import NetworkMapParameters, read_maps
from fingerprint_engine.extractors.port import Reading, ReadingParameters
from fingerprint_engine.extractors.runtimes import Planes
from fingerprint_engine.minutiae import DetectionParameters
from fingerprint_engine.minutiae.extraction import best_minutiae, find_candidates
from fingerprint_engine.minutiae.filtering import FilterParameters
from fingerprint_engine.minutiae.quality import minutia_quality
from fingerprint_engine.parameters import parameter
from fingerprint_engine.plugins import RuntimeName, chosen_runtime
from fingerprint_engine.preprocessing import FingerprintImage, RidgeMaps, resample
from fingerprint_engine.preprocessing.acceptance import (
    AcceptanceParameters,
    require_area,
    require_contrast,
    require_ridges,
    require_size,
)
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.version import __version__

MODEL_FILE = "ridge_network.onnx"
MODEL_SHA256 = "e25f674829ae65fe4515c3a2a213f878c0e476d4ca8bd58ebc92df104e2967bd"
"""Digest of the network that the package ships; `ridge_network.md` beside it says how it was made."""
MODEL_IDENTITY = 0xE25F674829AE
"""What parameters record of it: a file that computes the same in another way keeps it, so that templates compare."""


@dataclasses.dataclass(frozen=True, slots=True)
class LearnedParameters(ReadingParameters):
    """Everything that decides what the learned extractor finds, the network included."""

    maps: NetworkMapParameters = NetworkMapParameters()
    detection: DetectionParameters = DetectionParameters()
    filtering: FilterParameters = FilterParameters(border_px=5.0)  # chosen on degraded uareu: it knows the print's edge
    quality: LearnedQualityParameters = LearnedQualityParameters()
    max_minutiae: int = parameter(255, unit="1", low=4, high=255, source="chosen: the most that a template holds")
    acceptance: AcceptanceParameters = AcceptanceParameters(min_coherence=0.6)  # worse copies 0.77, noise to 0.53
    four_sides_below: float = parameter(
        0.85, unit="probability", low=0.0, high=1.0, source="chosen on degraded uareu: mean readability of poor prints"
    )
    network: int = parameter(
        MODEL_IDENTITY, unit="1", low=0, high=(1 << 48) - 1, source="first 48 bits of the SHA-256 of the trained file"
    )

    def extractor(self) -> LearnedExtractor:
        """See `ReadingParameters.extractor`."""
        return LearnedExtractor(self)


def shipped_network() -> RidgeNetwork:
    """The network of the package, in the runtime that the environment names; read once for each.

    Raises
    ------
    ModelError
        When its file is missing, cut off or altered, or the runtime cannot read it.
    MissingExtra
        When that runtime is not installed.
    ParameterError
        When there is no such runtime.
    """
    return _shipped_in(chosen_runtime())


@functools.lru_cache
def _shipped_in(runtime: RuntimeName) -> RidgeNetwork:
    return RidgeNetwork(Path(__file__).with_name(MODEL_FILE), MODEL_SHA256, MODEL_IDENTITY, runtime)


class LearnedExtractor:
    """Reads prints with a network.

    Parameters
    ----------
    parameters
        Defaults unless given.
    network
        The shipped one unless given.

    Raises
    ------
    ModelError
        When the shipped network cannot be used, or is another one than the parameters say.
    MissingExtra, ParameterError
        See `shipped_network`.
    """

    name = f"fingerprint_engine {__version__} learned"

    def __init__(self, parameters: LearnedParameters | None = None, network: RidgeNetwork | None = None) -> None:
        self.parameters = parameters or LearnedParameters()
        self.network = network or shipped_network()
        if self.network.identity != self.parameters.network:
            raise ModelError(
                f"network: expected the one of identity {self.parameters.network:012x}, "
                f"got {self.network.identity:012x}"
            )

    def read(self, image: FingerprintImage) -> Reading:
        """See `Extractor.read`."""
        maps, answer = self.look(image)
        parameters = self.parameters
        candidates, features = find_candidates(maps, parameters.detection, parameters.filtering)
        features = np.hstack([features, heat_features(candidates, answer)])
        quality = minutia_quality(features, parameters.quality)
        return Reading(maps, best_minutiae(candidates, quality, parameters.max_minutiae))

    def ask(self, planes: Planes, window: tuple[slice, slice]) -> Answer:
        """The network's answer to a window of an image; of one that is hard to read the mean from four sides."""
        answer = self.network.answer_within(planes, window)
        return seen_from_four_sides(self.network, planes, window, answer, self.parameters.four_sides_below)

    def look(self, image: FingerprintImage) -> tuple[RidgeMaps, Answer]:
        """The ridge maps of an image, and the network's answer that they were read from.

        Raises
        ------
        FailureToExtract
            When the image shows no print, or too little of one.
        """
        acceptance = self.parameters.acceptance
        pixels = resample(image)
        require_size(pixels.shape, acceptance)
        normalized = normalize(pixels, NormalizationParameters())
        require_contrast(normalized.contrast, acceptance)
        planes = network_input(normalized)
        answer = self.ask(planes, busy_window(planes, FIELD_PX))
        maps = read_maps(answer, pixels, self.parameters.maps)
        readable = maps.quality > 0
        coherence = float(maps.coherence[readable].mean()) if readable.any() else 0.0
        require_area(maps.mask, acceptance)
        require_ridges(coherence, maps.overall_quality, acceptance)
        return maps, answer
