"""From ridge maps to minutiae: the recipe of this room on one page."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.minutiae.detection import Candidates, DetectionParameters, detect
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
    max_minutiae: int = parameter(255, unit="1", low=4, high=255, source="chosen: the most that a template holds")


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
        At most `MinutiaParameters.max_minutiae`; may be empty.
    """
    parameters = parameters or MinutiaParameters()
    candidates, features = find_candidates(maps, parameters.detection, parameters.filtering)
    return best_minutiae(candidates, minutia_quality(features, parameters.quality), parameters.max_minutiae)


def find_candidates(
    maps: RidgeMaps, detection: DetectionParameters, filtering: FilterParameters
) -> tuple[Candidates, NDArray[np.float64]]:
    """What may be minutiae, and the features (see `minutia_features`) that their quality follows from."""
    candidates, border_distance = filter_candidates(detect(maps, detection), maps.mask, filtering)
    return candidates, minutia_features(candidates, border_distance, maps)


def best_minutiae(candidates: Candidates, quality: NDArray[np.uint8], max_minutiae: int) -> Minutiae:
    """The candidates of highest quality as minutiae."""
    x, y, direction = (column.astype(np.float32) for column in (candidates.x, candidates.y, candidates.direction))
    return Minutiae(x, y, direction, candidates.kind, quality).best(max_minutiae)
