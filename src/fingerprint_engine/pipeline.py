"""THE RECIPE: from an image to a template, one line per step.

In comes an image; out goes a template, or the reason why there is none. Whoever wants to know how the engine works
reads `extract` and opens the rooms that it names. Many files at once: `bulk.py`.
"""

from __future__ import annotations

import dataclasses
import warnings
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import (
    FailureReason,
    FailureToExtract,
    ImageError,
    ModelError,
    ModelWarning,
    ParameterError,
    ResolutionWarning,
    SeveralPrintsWarning,
)
from fingerprint_engine.extractors import ClassicalParameters, LearnedParameters, Reading, ReadingParameters
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae import SingularPointParameters, find_singular_points
from fingerprint_engine.parameters import Parameters, one_of, parameter
from fingerprint_engine.preprocessing import (
    FingerprintImage,
    PlaceParameters,
    SpacingParameters,
    cut_to_print,
    ridge_spacing,
)
from fingerprint_engine.template import (
    MAX_CELLS,
    Template,
    TemplateParameters,
    build_template,
    map_cells,
    placed,
)
from fingerprint_engine.template.resolution import resolution_finding

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

    place: PlaceParameters = PlaceParameters()
    spacing: SpacingParameters = SpacingParameters()
    reading: ReadingParameters = LearnedParameters()  # those of `DEFAULT_EXTRACTOR`
    singular_points: SingularPointParameters = SingularPointParameters()
    template: TemplateParameters = TemplateParameters()
    min_minutiae: int = parameter(
        4, unit="minutiae", low=0, high=50, source="chosen: two fix an alignment, fewer than two more support none"
    )


DEFAULT_PARAMETERS = PipelineParameters()
SPACING_TOLERANCE = 0.1
"""Two measures of the ridge period on one print differ by less: 95 of 100 do on uareu."""


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
    MissingExtra, ParameterError
        When the runtime that the environment names for it is not installed, or there is none of that name.

    Warns
    -----
    ResolutionWarning
        When no finger has ridges as far apart as the stated resolution makes them; `Template.resolution_finding` says
        the same.
    SeveralPrintsWarning
        When the picture shows several prints. The one with the largest area of ridges is read.
    """
    template = make_template(image, finger=finger, impression=impression, parameters=parameters)
    if template.resolution_finding is not None:
        warnings.warn(str(template.resolution_finding), ResolutionWarning, stacklevel=2)
    return template


def check_parameters(parameters: object) -> None:
    """Refuse what are no parameters of a pipeline.

    Raises
    ------
    ParameterError
        Which says what was found.
    """
    if not isinstance(parameters, PipelineParameters):
        raise ParameterError(
            f"parameters: expected PipelineParameters (see pipeline_parameters), got {type(parameters).__name__}"
        )


def make_template(
    image: FingerprintImage,
    *,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
    name: object = "",
) -> Template:
    """`extract` without its `ResolutionWarning`, for those who read `Template.resolution_finding`.

    Other warnings begin with `name`, where one is given.
    """
    if not isinstance(image, FingerprintImage):
        raise ImageError(f"image: expected a FingerprintImage (see load_image), got {type(image).__name__}")
    check_parameters(parameters)
    extractor = parameters.reading.extractor()
    cut = cut_to_print(image, parameters.place)
    if cut.others:
        said = f"{name}: the picture" if name != "" else "the picture"
        what = f"{said} shows {1 + cut.others} prints; the one with the largest area of ridges is read"
        warnings.warn(f"{what}: cut single fingers out first", SeveralPrintsWarning, stacklevel=3)
    spacing_px = ridge_spacing(cut.image.pixels, image.ppi, cut.spots, parameters.spacing)
    try:
        template = template_of(
            extractor.read(cut.image),
            finger=finger,
            impression=impression,
            source_ppi=image.ppi,
            extractor=extractor.name,
            spacing_px=spacing_px,
            parameters=parameters,
        )
    except FailureToExtract as failure:
        finding = resolution_finding(image.ppi, spacing_px)
        if finding is None:
            raise
        # A wrong resolution may be why: ridges that no finger has are not taken for any.
        measures = {**failure.measures, **finding.as_dict()}
        raise FailureToExtract(failure.reason, f"{failure.detail}; {finding}", measures) from failure
    return template if cut.shape is None else placed(template, cut.row_px, cut.col_px, cut.shape)


def template_of(
    reading: Reading,
    *,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    source_ppi: float,
    extractor: str,
    spacing_px: float | None = None,
    parameters: PipelineParameters,
) -> Template:
    """Make a template of what an extractor read: the second half of `extract`.

    Parameters
    ----------
    reading, finger, impression, source_ppi, extractor, parameters
        See `extract` and `Template`.
    spacing_px
        How far apart the ridges lie by `ridge_spacing`, which knows distances that the extractors do not.

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
    cells = map_cells(maps.mask, few=MAX_CELLS)
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
        period=_trusted_period(maps.period, maps.quality > 0, spacing_px),
        quality=maps.overall_quality,
        finger=finger,
        impression=impression,
        source_ppi=source_ppi,
        extractor=extractor,
        parameters_digest=parameters.digest(),
        parameters=parameters.template,
    )


def _trusted_period(
    period: NDArray[np.float32], inside: NDArray[np.bool_], spacing_px: float | None
) -> NDArray[np.float32]:
    """The extractor's period map; with another median where that of the picture is no finger's and contradicts it."""
    if resolution_finding(1.0, spacing_px) is None or spacing_px is None or not inside.any():
        return period
    ratio = spacing_px / float(np.median(period[inside]))
    return period if abs(np.log(ratio)) < SPACING_TOLERANCE else (period * np.float32(ratio)).astype(np.float32)


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
        When there is no such extractor, or no such runtime as the environment names.
    ModelError
        When the network of the learned extractor cannot be used and no fallback is allowed.
    MissingExtra
        When that runtime is not installed; nothing takes its place.

    Warns
    -----
    ModelWarning
        When the classical extractor takes the place of the learned one.
    """
    reading = READINGS[one_of(extractor, "extractor", READINGS)]()
    try:
        reading.extractor()
    except ModelError as error:
        if not fallback:
            raise
        warnings.warn(f"the classical extractor takes the place of the learned one: {error}", ModelWarning, 2)
        reading = ClassicalParameters()
    return PipelineParameters(reading=reading)
