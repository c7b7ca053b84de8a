"""THE RECIPE: from images to templates, one line a step.

In come images or image files; out go templates, or the reason why there is none. Whoever wants to know how the engine
works reads `extract` and opens the rooms that it names.
"""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

import numpy as np

from fingerprint_engine.errors import (
    FailureReason,
    FailureToExtract,
    ImageError,
    InputError,
    MissingExtra,
    ModelError,
    ModelWarning,
    ParameterError,
    UnreadableImage,
)
from fingerprint_engine.extractors import ClassicalExtractor, Extractor, LearnedExtractor, LearnedParameters, Reading
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.matching import Verification, compare, verify
from fingerprint_engine.minutiae import MinutiaParameters, SingularPointParameters, find_singular_points
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing import (
    AlphaRule,
    ColourRule,
    DepthRule,
    FingerprintImage,
    PolarityRule,
    RidgeMapParameters,
    check_ppi,
    check_rules,
    image_from_array,
    load_image,
)
from fingerprint_engine.template import Template, TemplateParameters, build_template
from fingerprint_engine.threads import in_order
from fingerprint_engine.version import __version__

__all__ = [
    "ExtractionFailure",
    "ExtractorName",
    "LearnedPipelineParameters",
    "PipelineParameters",
    "Verification",
    "extract",
    "extract_many",
    "extractor_of",
    "pipeline_parameters",
    "template_of",
    "verify",
    "warm_up",
]

EXTRACTORS = {
    "classical": f"fingerprint_engine {__version__}",
    "learned": f"fingerprint_engine {__version__} learned",
}
"""What templates record, by the extractor's name."""
ImagePath: TypeAlias = str | os.PathLike[str]
"""A file name."""
ExtractorName = Literal["classical", "learned"]
"""The two ways to read a print; see the room `extractors`."""


@dataclasses.dataclass(frozen=True, slots=True)
class PipelineParameters(Parameters):
    """Everything that decides what a template of the classical extractor holds; each template stores its digest."""

    ridge_maps: RidgeMapParameters = RidgeMapParameters()
    minutiae: MinutiaParameters = MinutiaParameters()
    singular_points: SingularPointParameters = SingularPointParameters()
    template: TemplateParameters = TemplateParameters()
    least_minutiae: int = parameter(
        4, unit="minutiae", low=0, high=50, source="chosen: two fix an alignment, fewer than two more support none"
    )


@dataclasses.dataclass(frozen=True, slots=True)
class LearnedPipelineParameters(Parameters):
    """Everything that decides what a template of the learned extractor holds; each template stores its digest."""

    reading: LearnedParameters = LearnedParameters()
    singular_points: SingularPointParameters = SingularPointParameters()
    template: TemplateParameters = TemplateParameters()
    least_minutiae: int = parameter(4, unit="minutiae", low=0, high=50, source="as the classical extractor")


AnyPipelineParameters: TypeAlias = PipelineParameters | LearnedPipelineParameters
DEFAULT_EXTRACTOR: ExtractorName = "learned"
"""The more accurate of the two; see docs/decisions/learned-extractor.md."""
DEFAULT_PARAMETERS: AnyPipelineParameters = LearnedPipelineParameters()
"""Those of `DEFAULT_EXTRACTOR`."""


@dataclasses.dataclass(frozen=True, slots=True)
class ExtractionFailure:
    """What `extract_many` yields in the place of a template.

    Attributes
    ----------
    key
        The key of the image.
    reason
        Why there is no template, as a value that can be counted.
    detail
        One sentence with what was expected and what was found.
    measures
        The measured numbers behind the decision, by name.
    """

    key: str
    reason: FailureReason
    detail: str
    measures: Mapping[str, float] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}"

    def __reduce__(self) -> tuple[type[ExtractionFailure], tuple[str, FailureReason, str, dict[str, float]]]:
        return type(self), (self.key, self.reason, self.detail, dict(self.measures))


def extract(
    image: FingerprintImage,
    *,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    parameters: AnyPipelineParameters = DEFAULT_PARAMETERS,
) -> Template:
    """Make a template of one fingerprint image.

    Parameters
    ----------
    image
        See `load_image` and `image_from_array`.
    finger, impression
        Kept in the template as they are.
    parameters
        Their kind says which extractor reads the print, see `pipeline_parameters`. Templates made with unlike
        parameters do not compare.

    Raises
    ------
    FailureToExtract
        When the image shows no print that a template could be made of.
    ImageError
        When `image` is no `FingerprintImage`, or larger at 500 ppi than an image may be.
    ModelError
        When the parameters ask for the learned extractor and its network cannot be used.
    """
    if not isinstance(image, FingerprintImage):
        raise ImageError(f"image: expected a FingerprintImage (see load_image), got {type(image).__name__}")
    extractor = extractor_of(parameters)
    return template_of(
        extractor.read(image),
        finger=finger,
        impression=impression,
        source_ppi=image.ppi,
        extractor=EXTRACTORS[extractor.name],
        parameters=parameters,
    )


def template_of(
    reading: Reading,
    *,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    source_ppi: float,
    extractor: str,
    parameters: AnyPipelineParameters,
) -> Template:
    """Make a template of what an extractor read: the second half of `extract`.

    Raises
    ------
    FailureToExtract
        When there are fewer minutiae than `parameters` ask for.
    """
    maps, minutiae = reading.maps, reading.minutiae
    singular_points = find_singular_points(maps, parameters.singular_points)
    _require_minutiae(len(minutiae), parameters.least_minutiae)
    return build_template(
        minutiae,
        singular_points,
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


def extract_many(
    paths: Iterable[ImagePath | tuple[str, ImagePath]],
    *,
    ppi: float | None = None,
    workers: int = 1,
    polarity: PolarityRule = "check",
    colour: ColourRule = "refuse",
    alpha: AlphaRule = "refuse",
    depth: DepthRule = "refuse",
    parameters: AnyPipelineParameters = DEFAULT_PARAMETERS,
) -> Iterator[tuple[str, Template | ExtractionFailure]]:
    """Make templates of many image files, in the order given; a file that fails does not stop the others.

    Parameters
    ----------
    paths
        File names, or pairs of a key and a file name; without a key the file name is the key. May be an endless
        iterator: at most a few files a worker are read ahead.
    ppi, polarity, colour, alpha, depth
        As in `load_image`, for all files.
    workers
        How many threads work side by side. The templates do not depend on it.
    parameters
        As in `extract`.

    Yields
    ------
    tuple
        The key, and the template or why there is none.

    Raises
    ------
    ParameterError, InputError
        When `workers` is not a positive whole number, or an entry is neither a file name nor a pair.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise ParameterError(f"workers: expected a whole number from 1 up, got {workers!r}")
    if isinstance(paths, str | os.PathLike):
        raise InputError("paths: expected several file names, got one; put it in a list")
    check_rules(polarity=polarity, colour=colour, alpha=alpha, depth=depth)
    if ppi is not None:
        check_ppi(ppi)

    def template_or_failure(entry: ImagePath | tuple[str, ImagePath]) -> tuple[str, Template | ExtractionFailure]:
        key, path = _key_and_path(entry)
        try:
            image = load_image(path, ppi=ppi, polarity=polarity, colour=colour, alpha=alpha, depth=depth)
            return key, extract(image, parameters=parameters)
        except FailureToExtract as failure:
            return key, ExtractionFailure(key, failure.reason, failure.detail, failure.measures)
        except (UnreadableImage, MissingExtra) as error:
            return key, ExtractionFailure(key, FailureReason.UNREADABLE_IMAGE, str(error))
        except ImageError as error:
            return key, ExtractionFailure(key, FailureReason.INVALID_IMAGE, str(error))

    return in_order(template_or_failure, paths, workers=workers)


def pipeline_parameters(extractor: ExtractorName, *, fallback: bool = False) -> AnyPipelineParameters:
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
    if extractor not in get_args(ExtractorName):
        known = ", ".join(map(repr, get_args(ExtractorName)))
        raise ParameterError(f"extractor: expected one of {known}, got {extractor!r}")
    if extractor == "classical":
        return PipelineParameters()
    parameters = LearnedPipelineParameters()
    try:
        extractor_of(parameters)
    except ModelError as error:
        if not fallback:
            raise
        warnings.warn(f"the classical extractor takes the place of the learned one: {error}", ModelWarning, 2)
        return PipelineParameters()
    return parameters


def extractor_of(parameters: AnyPipelineParameters = DEFAULT_PARAMETERS) -> Extractor:
    """The extractor that these parameters are of; its `read` gives what lies between image and template.

    Raises
    ------
    ModelError
        When the network of the learned extractor cannot be used.
    """
    if isinstance(parameters, LearnedPipelineParameters):
        return LearnedExtractor(parameters.reading)
    return ClassicalExtractor(parameters.ridge_maps, parameters.minutiae)


def warm_up(parameters: AnyPipelineParameters = DEFAULT_PARAMETERS) -> None:
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


def _require_minutiae(found: int, least: int) -> None:
    if found < least:
        raise FailureToExtract(
            FailureReason.TOO_FEW_MINUTIAE,
            f"expected at least {least} minutiae, found {found}",
            {"minutiae": float(found)},
        )


def _key_and_path(entry: ImagePath | tuple[str, ImagePath]) -> tuple[str, ImagePath]:
    if isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[1], str | os.PathLike):
        return str(entry[0]), entry[1]
    if isinstance(entry, str | os.PathLike):
        return os.fspath(entry), entry
    raise InputError(f"paths: expected a file name or a pair of key and file name, got {type(entry).__name__}")
