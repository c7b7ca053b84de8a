"""The learned extractor: what the network says about an image, read with the tools of the classical rooms."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import FailureReason, FailureToExtract, ModelError
from fingerprint_engine.extractors.heat import LearnedQualityParameters, heat_features, learned_quality
from fingerprint_engine.extractors.network import FIELD_PX, Answer, RidgeNetwork, identity_of
from fingerprint_engine.extractors.network_input import busy_window, network_input
from fingerprint_engine.extractors.network_maps import NetworkMapParameters, read_maps
from fingerprint_engine.extractors.port import Reading, ReadingParameters
from fingerprint_engine.minutiae import DetectionParameters, Minutiae
from fingerprint_engine.minutiae.detection import Candidates, detect
from fingerprint_engine.minutiae.filtering import FilterParameters, filter_candidates
from fingerprint_engine.minutiae.quality import minutia_features
from fingerprint_engine.parameters import parameter
from fingerprint_engine.preprocessing import FingerprintImage, RidgeMaps, resample
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from fingerprint_engine.preprocessing.quality import QualityParameters, overall_quality
from fingerprint_engine.preprocessing.ridges import (
    require_area,
    require_contrast,
    require_finger_size,
)
from fingerprint_engine.version import __version__

MODEL_FILE = "ridge_network.onnx"
MODEL_SHA256 = "aa2db00e5647dcb8723357f87271ee797a07ac5b38b85315538945d8561f88c9"
"""Digest of the network that the package ships; `ridge_network.md` beside it says how it was made."""


@dataclasses.dataclass(frozen=True, slots=True)
class LearnedParameters(ReadingParameters):
    """Everything that decides what the learned extractor finds, the network included."""

    maps: NetworkMapParameters = NetworkMapParameters()
    detection: DetectionParameters = DetectionParameters()
    filtering: FilterParameters = FilterParameters(border_px=5.0)  # chosen on degraded uareu: it knows the print's edge
    quality: LearnedQualityParameters = LearnedQualityParameters()
    overall: QualityParameters = QualityParameters()
    most: int = parameter(64, unit="1", low=4, high=64, source="chosen: a 4 KB template holds 64")
    most_side_px: int = parameter(
        2500, unit="px at 500 ppi", low=100, high=10_000, source="as the classical extractor: more than a hand is wide"
    )
    least_contrast_levels: float = parameter(
        2.5, unit="grey levels", low=0.0, high=50.0, source="as the classical extractor"
    )
    least_area_mm2: float = parameter(25.0, unit="mm²", low=0.0, high=200.0, source="as the classical extractor")
    least_coherence: float = parameter(0.5, unit="1", low=0.0, high=1.0, source="chosen")
    least_quality: int = parameter(12, unit="1", low=0, high=100, source="chosen")
    network: int = parameter(
        identity_of(MODEL_SHA256), unit="1", low=0, high=(1 << 48) - 1, source="first 48 bits of the file's SHA-256"
    )

    def extractor(self) -> LearnedExtractor:
        """See `ReadingParameters.extractor`."""
        return LearnedExtractor(self)


@functools.lru_cache(maxsize=1)
def shipped_network() -> RidgeNetwork:
    """The network of the package, read once.

    Raises
    ------
    ModelError
        When its file is missing, cut off or altered, or OpenCV cannot read it.
    """
    return RidgeNetwork(Path(__file__).with_name(MODEL_FILE), MODEL_SHA256)


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
    """

    name = f"fingerprint_engine {__version__} learned"

    def __init__(self, parameters: LearnedParameters | None = None, network: RidgeNetwork | None = None) -> None:
        self.parameters = parameters or LearnedParameters()
        self.network = network or shipped_network()
        if self.network.identity != self.parameters.network:
            raise ModelError(
                f"network: expected the one whose SHA-256 begins with {self.parameters.network:012x}, "
                f"got {self.network.identity:012x}"
            )

    def read(self, image: FingerprintImage) -> Reading:
        """See `Extractor.read`."""
        maps, answer = self.look(image)
        candidates, features = judged_candidates(maps, answer, self.parameters)
        quality = learned_quality(features, self.parameters.quality)
        x, y, direction = (column.astype(np.float32) for column in (candidates.x, candidates.y, candidates.direction))
        found = Minutiae(x, y, direction, candidates.kind, quality)
        return Reading(maps, found.best(self.parameters.most))

    def look(self, image: FingerprintImage) -> tuple[RidgeMaps, Answer]:
        """The ridge maps of an image, and the network's answer that they were read from.

        Raises
        ------
        FailureToExtract
            When the image shows no print, or too little of one.
        """
        parameters = self.parameters
        pixels = resample(image)
        require_finger_size(pixels.shape, parameters.most_side_px)
        _require_field(pixels.shape)
        normalized = normalize(pixels, NormalizationParameters())
        require_contrast(normalized.contrast, parameters.least_contrast_levels)
        planes = network_input(normalized)
        answer = self.network.answer_within(planes, busy_window(planes, FIELD_PX))
        found = read_maps(answer, (pixels.shape[0], pixels.shape[1]), parameters.maps)
        area_mm2 = require_area(found.mask, parameters.least_area_mm2)
        maps = RidgeMaps(
            image=pixels,
            mask=found.mask,
            orientation=found.orientation,
            coherence=found.coherence,
            period=found.period,
            enhanced=found.enhanced,
            quadrature=found.quadrature,
            quality=found.quality,
            overall_quality=overall_quality(found.quality, area_mm2 / 100.0, parameters.overall),
        )
        self._require_ridges(maps)
        return maps, answer

    def _require_ridges(self, maps: RidgeMaps) -> None:
        inside = maps.quality > 0
        coherence = float(maps.coherence[inside].mean()) if inside.any() else 0.0
        least, least_quality = self.parameters.least_coherence, self.parameters.least_quality
        if coherence < least or maps.overall_quality < least_quality:
            raise FailureToExtract(
                FailureReason.NO_FINGERPRINT,
                f"expected ridges of coherence {least:g} or more and quality {least_quality} or more; "
                f"found {coherence:.2f} and {maps.overall_quality}",
                {"coherence": coherence, "quality": float(maps.overall_quality)},
            )


def judged_candidates(
    maps: RidgeMaps, answer: Answer, parameters: LearnedParameters
) -> tuple[Candidates, NDArray[np.float64]]:
    """The vortices of the drawn ridges' phase that may be minutiae, and the features that their quality follows from.

    The features, shape (n, 9), are those of `minutia_features` and of `heat_features` side by side.
    """
    candidates = detect(maps, parameters.detection)
    candidates, border_distance = filter_candidates(candidates, maps.mask, parameters.filtering)
    return candidates, np.hstack(
        [minutia_features(candidates, border_distance, maps), heat_features(candidates, answer)]
    )


def _require_field(shape: tuple[int, ...]) -> None:
    if min(shape) < FIELD_PX:
        raise FailureToExtract(
            FailureReason.TOO_SMALL_AREA,
            f"expected at least {FIELD_PX} px a side at 500 ppi, found {shape[1]} x {shape[0]}",
            {"side_px": float(min(shape))},
        )
