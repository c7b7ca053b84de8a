"""From ridge maps to minutiae: the recipe of this room on one page."""

from __future__ import annotations

import dataclasses

import numpy as np

from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.minutiae.detection import DetectionParameters, detect
from fingerprint_engine.minutiae.filtering import FilterParameters, filter_candidates
from fingerprint_engine.minutiae.quality import MinutiaQualityParameters, minutia_features, minutia_quality
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps


@dataclasses.dataclass(frozen=True, slots=True)
class MinutiaParameters(Parameters):
    """Everything that decides the minutiae."""

    detection: DetectionParameters = DetectionParameters()
    filtering: FilterParameters = FilterParameters()
    quality: MinutiaQualityParameters = MinutiaQualityParameters()
    most: int = parameter(64, unit="1", low=4, high=64, source="chosen: a 4 KB template holds 64")


def extract_minutiae(maps: RidgeMaps, parameters: MinutiaParameters | None = None) -> Minutiae:
    """Minutiae of a print, best first.

    Parameters
    ----------
    maps
        Ridge maps at 500 ppi.
    parameters
        Defaults unless given.

    Returns
    -------
    Minutiae
        At most `MinutiaParameters.most`; may be empty.
    """
    parameters = parameters or MinutiaParameters()
    candidates = detect(maps, parameters.detection)
    candidates, border_distance = filter_candidates(candidates, maps.mask, parameters.filtering)
    features = minutia_features(candidates, border_distance, maps)
    quality = minutia_quality(features, parameters.quality)
    x, y, direction = (column.astype(np.float32) for column in (candidates.x, candidates.y, candidates.direction))
    found = Minutiae(x, y, direction, candidates.kind, quality)
    return found.best(parameters.most)
