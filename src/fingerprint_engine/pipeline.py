"""THE RECIPE: from an image to a template, one line per step.

In comes an image; out goes a template, or the reason why there is none. Whoever wants to know how the engine works
reads `extract` and opens the rooms that it names. Many files at once: `bulk.py`.
"""

from __future__ import annotations

import dataclasses
import warnings
from typing import Literal

import numpy as np

from fingerprint_engine.errors import (
    FailureReason,
    FailureToExtract,
    ImageError,
    ModelError,
    ModelWarning,
    ParameterError,
)
from fingerprint_engine.extractors import ClassicalParameters, LearnedParameters, Reading, ReadingParameters
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.matching import compare
from fingerprint_engine.minutiae import SingularPointParameters, find_singular_points
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing import FingerprintImage, image_from_array
from fingerprint_engine.template import MAX_CELLS, Template, TemplateParameters, build_template, map_cells

ExtractorName = Literal["classical", "learned"]
"""The two ways to read a print; see the room `extractors`."""
READINGS: dict[ExtractorName, type[ReadingParameters]] = {
    "classical": ClassicalParameters,
    "learned": LearnedParameters,
}
DEFAULT_EXTRACTOR: ExtractorName = "learned"
"""The more accurate of the two; see docs/decisions/learned-extractor.md."""


@dataclasses.dataclass(frozen=True, slots=True)
class PipelineParameters(Parameters):
    """Everything that decides what a template holds; each template stores its digest."""

    reading: ReadingParameters = LearnedParameters()  # those of `DEFAULT_EXTRACTOR`
    singular_points: SingularPointParameters = SingularPointParameters()
    template: TemplateParameters = TemplateParameters()
    min_minutiae: int = parameter(
        4, unit="minutiae", low=0, high=50, source="chosen: two fix an alignment, fewer than two more support none"
    )


DEFAULT_PARAMETERS = PipelineParameters()


def extract(
    image: FingerprintImage,
    *,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
) -> Template:
    """Make a template of one fingerprint image.

    Parameters
    ----------
    image
        See `load_image` and `image_from_array`.
    finger, impression
        Kept in the template as they are.
    parameters
        Their `reading` says which extractor reads the print, see `pipeline_parameters`. Templates made with different
        parameters do not compare.

    Raises
    ------
    FailureToExtract
        When the image shows no print that a template could be made of.
    ImageError
        When `image` is not a `FingerprintImage`, or larger at 500 ppi than an image may be.
    ModelError
        When the parameters ask for the learned extractor and its network cannot be used.
    """
    if not isinstance(image, FingerprintImage):
        raise ImageError(f"image: expected a FingerprintImage (see load_image), got {type(image).__name__}")
    extractor = parameters.reading.extractor()
    return template_of(
        extractor.read(image),
        finger=finger,
        impression=impression,
        source_ppi=image.ppi,
        extractor=extractor.name,
        parameters=parameters,
    )


def template_of(
    reading: Reading,
    *,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    source_ppi: float,
    extractor: str,
    parameters: PipelineParameters,
) -> Template:
    """Make a template of what an extractor read: the second half of `extract`.

    Raises
    ------
    FailureToExtract
        When there are fewer minutiae than `parameters` ask for, or the print is larger than a template can hold.
    """
    maps, minutiae = reading.maps, reading.minutiae
    if len(minutiae) < parameters.min_minutiae:
        raise FailureToExtract(
            FailureReason.TOO_FEW_MINUTIAE,
            f"expected at least {parameters.min_minutiae} minutiae, found {len(minutiae)}",
            {"minutiae": float(len(minutiae))},
        )
    cells = map_cells(maps.mask)
    if cells > MAX_CELLS:
        raise FailureToExtract(
            FailureReason.TOO_LARGE_AREA,
            f"expected a print within {MAX_CELLS} cells of 16 px at 500 ppi, found one in {cells}",
            {"cells": float(cells)},
        )
    return build_template(
        minutiae,
        find_singular_points(maps, parameters.singular_points),
        shape=maps.shape,
        mask=maps.mask,
        orientation=maps.orientation,
        period=maps.period,
        quality=maps.overall_quality,
        finger=finger,
        impression=impression,
        source_ppi=source_ppi,
        extractor=extractor,
        parameters_digest=parameters.digest(),
        parameters=parameters.template,
    )


def pipeline_parameters(extractor: ExtractorName, *, fallback: bool = False) -> PipelineParameters:
    """Return the default parameters of an extractor, to be handed to `extract` and `extract_many`.

    Parameters
    ----------
    extractor
        ``"classical"`` or ``"learned"``.
    fallback
        Whether the classical one may take the place of a learned one that cannot be used here. This is decided once,
        before any print is read: templates of the two do not compare.

    Raises
    ------
    ParameterError
        When there is no such extractor.
    ModelError
        When the network of the learned extractor cannot be used and no fallback is allowed.

    Warns
    -----
    ModelWarning
        When the classical extractor takes the place of the learned one.
    """
    if extractor not in READINGS:
        raise ParameterError(f"extractor: expected one of {', '.join(map(repr, READINGS))}, got {extractor!r}")
    reading = READINGS[extractor]()
    try:
        reading.extractor()
    except ModelError as error:
        if not fallback:
            raise
        warnings.warn(f"the classical extractor takes the place of the learned one: {error}", ModelWarning, 2)
        reading = ClassicalParameters()
    return PipelineParameters(reading=reading)


def warm_up(parameters: PipelineParameters = DEFAULT_PARAMETERS) -> None:
    """Compile every kernel of extraction with these parameters and of comparison, or load it from the cache on disk.

    The first call of each kernel costs seconds when nothing is cached; a service calls this once before it serves.
    """
    y, x = np.mgrid[0:256, 0:256].astype(np.float64)
    phase = 2.0 * np.pi * np.hypot(x - 128.0, y - 300.0) / 9.0
    for number, (column, row) in enumerate([(64, 64), (128, 96), (192, 64), (96, 160), (160, 192), (64, 208)]):
        phase += (-1) ** number * np.arctan2(y - row, x - column)  # each vortex of the phase is a minutia
    drawn = np.rint(128.0 - 90.0 * np.cos(phase)).astype(np.uint8)
    template = extract(image_from_array(drawn, 500.0, polarity="dark-ridges"), parameters=parameters)
    compare(template, Template.from_bytes(template.to_bytes()))
